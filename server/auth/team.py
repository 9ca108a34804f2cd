"""Team: every change of accounts and keys, whoever asks for it: a page, the API or the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import JsonValue, ValidationError

from agent.audit import AuditNote
from agent.limits import Role
from server.auth.accounts import Account, AccountRefused, ApiKey, nobody, taken
from server.auth.passwords import must_be_good, random_password
from server.auth.principal import GRANTED, Scope
from server.auth.tokens import kept, new_key

if TYPE_CHECKING:
    from agent.deps import Clock
    from agent.limits import PolicyLimits
    from server.auth.passwords import Passwords
    from server.db.database import Database
    from server.db.session import Value
    from server.service import Service

LONGEST_KEY_DAYS = 3_650


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody to make an account for. No `id`: the one in limits.yaml with this e-mail, else made from the e-mail.

    No `password`: none; they come in through the identity provider, or an admin gives them one.
    """

    email: str
    name: str
    role: Role
    id: str = ""
    password: str = ""
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Team:
    """Raises AccountRefused for what cannot be. `by` is who asks, as the audit log names them."""

    database: Database
    limits: PolicyLimits
    passwords: Passwords
    clock: Clock
    wall: Clock

    @classmethod
    def of(cls, service: Service) -> Team:
        """The team of a running service."""
        return cls(
            database=service.database,
            limits=service.limits,
            passwords=service.passwords,
            clock=service.clock,
            wall=service.wall,
        )

    def add(self, new: Newcomer, by: str = "", *, first: bool = False) -> Account:
        """Make an account. Without `by` it is made by the person themselves; a `first` one only where nobody is yet."""
        account = self._account(new)
        if new.password:
            must_be_good(new.password, account.email, account.name, account.id)
        self._not_somebody_else(account)
        held = self.passwords.hash(new.password) if new.password else ""
        said: dict[str, JsonValue] = {"account": account.id, "role": account.role.value, "first": first}
        self.database.accounts.add(account, held, self._noted(by or account.id, "account.made", said), first=first)
        return account

    def _account(self, new: Newcomer) -> Account:
        email = new.email.strip().lower()
        try:
            return Account(
                id=self._id(new.id.strip(), email),
                email=email,
                name=new.name.strip(),
                role=new.role,
                subject=new.subject,
                created_at=self.wall.now(),
            )
        except ValidationError as error:
            where = str(error.errors()[0]["loc"][0])
            raise AccountRefused("account-invalid", _WANTED.get(where, f"{where} cannot be used")) from None

    def _id(self, asked: str, email: str) -> str:
        listed = self.limits.person(asked or email)
        if listed is not None:
            return listed.id
        return asked or re.sub(r"[^a-z0-9._-]+", "-", email.partition("@")[0]).strip("-._")[:64]

    def _not_somebody_else(self, account: Account) -> None:
        """Nobody signs as a colleague: an e-mail that limits.yaml gives to one person is no other's."""
        listed = self.limits.person(account.email)
        if listed is not None and listed.id != account.id:
            raise taken(f"the person {listed.id} of limits.yaml, whose e-mail this is; or one")

    def set_role(self, account_id: str, role: Role, by: str) -> Account:
        """From the next request on, sessions and keys included."""
        return self._change(account_id, {"role": role.value}, by, "account.role", {"role": role.value})

    def set_disabled(self, account_id: str, by: str, *, disabled: bool) -> Account:
        """Whoever is disabled has no session any more, no key of theirs works, and nobody signs as them."""
        event = "account.disabled" if disabled else "account.enabled"
        account = self._change(account_id, {"disabled": disabled}, by, event, {})
        if disabled:
            self.database.sign_ins.end_all(account_id, self._noted(by, "logout.everywhere", {"account": account_id}))
        return account

    def set_password(self, account_id: str, password: str, by: str, *, keep: str = "") -> Account:
        """Every session ends, but for the one with the token `keep`."""
        account = self.database.accounts.get(account_id)
        if account is None:
            raise nobody(account_id)
        must_be_good(password, account.email, account.name, account.id)
        changed = self._change(account_id, {"password": self.passwords.hash(password)}, by, "account.password", {})
        note = self._noted(by, "logout.everywhere", {"account": account_id})
        self.database.sign_ins.end_all(account_id, note, kept(keep) if keep else "")
        return changed

    def give_password(self, account_id: str, by: str) -> str:
        """A random password for somebody who forgot theirs; it is kept nowhere in clear."""
        password = random_password()
        self.set_password(account_id, password, by)
        return password

    def make_key(
        self, owner: str, name: str, scopes: frozenset[Scope], by: str, days: int | None = None
    ) -> tuple[ApiKey, str]:
        """A key for a program that acts for `owner`, and the whole of it, which is shown once."""
        account = self.database.accounts.get(owner)
        if account is None:
            raise nobody(owner)
        if account.disabled:
            said = f"{owner} is disabled, so a key would open nothing; let them in again first"
            raise AccountRefused("account-disabled", said)
        beyond = sorted(scope.value for scope in scopes - GRANTED[account.role])
        if beyond or not scopes:
            said = (
                f"{owner} is {account.role.value} and has no {', '.join(beyond)}" if beyond else "a key needs a scope"
            )
            raise AccountRefused("scope-beyond-role", f"{said}; scopes: {', '.join(scope.value for scope in Scope)}")
        prefix, whole = new_key()
        key = self._key(account, name, scopes, prefix, days)
        named: list[JsonValue] = [*sorted(scope.value for scope in scopes)]
        noted = self._noted(by, "key.made", {"account": owner, "key": prefix, "scopes": named})
        self.database.api_keys.add(key, kept(whole), noted)
        return key, whole

    def _key(self, owner: Account, name: str, scopes: frozenset[Scope], prefix: str, days: int | None) -> ApiKey:
        if not 1 <= len(name.strip()) <= 100:
            raise AccountRefused("key-invalid", "a key needs a name of at most 100 signs, such as n8n")
        if days is not None and not 1 <= days <= LONGEST_KEY_DAYS:
            raise AccountRefused("key-invalid", f"a key lasts 1 to {LONGEST_KEY_DAYS} days")
        now = self.wall.now()
        return ApiKey(
            prefix=prefix,
            account_id=owner.id,
            name=name.strip(),
            scopes=scopes,
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )

    def revoke_key(self, prefix: str, by: str, owner: str = "") -> bool:
        """From now on it opens nothing; False when there is none. With `owner` only theirs counts."""
        found = self.database.api_keys.find(prefix)
        if found is None or (owner and found[0].account_id != owner):
            return False
        note = self._noted(by, "key.revoked", {"account": found[0].account_id, "key": prefix})
        return self.database.api_keys.revoke(prefix, self.wall.now(), note)

    def _change(
        self, account_id: str, values: dict[str, Value], by: str, event: str, said: dict[str, JsonValue]
    ) -> Account:
        note = self._noted(by, event, {"account": account_id, **said})
        return self.database.accounts.change(account_id, values, note)

    def _noted(self, by: str, event: str, said: dict[str, JsonValue]) -> AuditNote:
        return AuditNote(at=self.clock.now(), actor=by, event=event, payload=said)


_WANTED = {
    "id": "an id has letters, digits, dots, dashes and underscores, such as dana",
    "email": "that is no e-mail address",
    "name": "say what the person is called, in at most 100 signs",
}
