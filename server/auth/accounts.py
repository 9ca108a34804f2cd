"""Account, SignedIn, ApiKey: who may come in, as plain data without anything that opens a door."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import AwareDatetime, Field

from agent.limits import Role
from server.auth.principal import Scope
from tools.commerce import Noun

AccountId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class Account(Noun):
    """Somebody who may sign in. `email` is lower case; `subject` is how an identity provider knows them."""

    id: AccountId
    email: Email
    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role
    disabled: bool = False
    subject: str = ""
    created_at: AwareDatetime


class SignIn(Noun):
    """A session: where, since when and until when. The token itself is only in the person's browser."""

    id: str
    account_id: str
    through: str
    """`password`, `setup` or `provider`."""
    address: str
    program: str
    """What the browser called itself, shortened."""
    created_at: AwareDatetime
    seen_at: AwareDatetime
    expires_at: AwareDatetime


class ApiKey(Noun):
    """A program's key: `cs_<prefix>_...`. Its scopes count as far as the owner's role still reaches."""

    prefix: str
    account_id: str
    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: frozenset[Scope]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    used_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None


class Accounts(Protocol):
    """What looking people up needs: `server.db.accounts.StoredAccounts`."""

    def get(self, account_id: str) -> Account | None:
        """The account of this very id."""
        ...

    def by_email(self, email: str) -> Account | None:
        """The account of an address, in any case."""
        ...


class AccountRefused(Exception):
    """A change of accounts or keys was not made. `kind` is stable; the message says what to do."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def taken(what: str) -> AccountRefused:
    """Somebody has that already."""
    return AccountRefused("account-taken", f"there is an account of {what} already; change that one, or choose another")


def nobody(account_id: str) -> AccountRefused:
    """There is no such account."""
    name = account_id[:64]
    return AccountRefused("account-unknown", f'there is no account "{name}"; `countersign people list` shows them')


def last_admin() -> AccountRefused:
    """Without an admin nobody could let anybody in."""
    return AccountRefused("last-admin", "this is the last admin who can sign in; make another account admin first")
