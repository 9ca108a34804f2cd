"""FrontDoor: signing in and out. Whoever comes in gets a random token; the database keeps its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agent.audit import AuditNote
from server.auth.accounts import Account, SignIn
from server.auth.throttle import Throttle, blurred
from server.auth.tokens import kept, new_token, sign_in_id

if TYPE_CHECKING:
    from agent.deps import Clock
    from server.auth.passwords import Passwords
    from server.db.database import Database
    from server.service import Service

SEEN_EVERY = timedelta(minutes=1)
NOBODY = "nobody"
"""The actor of a log entry about somebody who did not get in."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Where a request comes from, and the session it came with, if any."""

    address: str
    program: str = ""
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why nobody got in: the same for a wrong password and for an unknown account. `until`: not before then."""

    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Entered:
    """Somebody is in; `token` goes into the cookie and nowhere else."""

    account: Account
    token: str


@dataclass(frozen=True, kw_only=True)
class FrontDoor:
    """`clock` dates the audit log like everything else in it; `wall` is the time by which sessions end."""

    database: Database
    passwords: Passwords
    clock: Clock
    wall: Clock
    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, service: Service) -> FrontDoor:
        """The door of a running service. Raises SettingsError when the times that are set are no numbers."""
        settings = service.settings
        return cls(
            database=service.database,
            passwords=service.passwords,
            clock=service.clock,
            wall=service.wall,
            idle=timedelta(minutes=settings.number("session_idle_minutes")),
            longest=timedelta(hours=settings.number("session_hours")),
        )

    def sign_in(self, email: str, password: str, visit: Visit) -> Entered | Refused:
        """By password. Raises TooBusy when too many do at once."""
        account = self._proved(self.database.accounts.by_email(email), email, password, visit)
        return account if isinstance(account, Refused) else self.enter(account, "password", visit)

    def prove(self, account_id: str, password: str, visit: Visit) -> Account | Refused:
        """Whether somebody who is signed in still knows the password; throttled like signing in."""
        account = self.database.accounts.get(account_id)
        return self._proved(account, account.email if account else "", password, visit)

    def _proved(self, account: Account | None, email: str, password: str, visit: Visit) -> Account | Refused:
        throttle = Throttle(self.database.attempts)
        until = throttle.refused(email, visit.address, self.wall.now())
        if until is not None:
            return Refused(until=until)
        held = self.database.accounts.password(account.id if account else "")
        right = self.passwords.check(held, password)
        if account is None or account.disabled or not right:
            self.note(NOBODY, "login.failed", {"account": account.id if account else "", **_from(visit)})
            return Refused()
        throttle.good(email, visit.address)
        if self.passwords.outdated(held):
            self.database.accounts.rehash(account.id, held, self.passwords.hash(password))
        return account

    def enter(self, account: Account, through: str, visit: Visit) -> Entered:
        """Begin a session for somebody who proved who they are; the one they came with ends."""
        if visit.token:
            self.database.sign_ins.end(kept(visit.token))
        now, token = self.wall.now(), new_token()
        begun = SignIn(
            id=sign_in_id(),
            account_id=account.id,
            through=through,
            address=visit.address[:64],
            program=visit.program[:120],
            created_at=now,
            seen_at=now,
            expires_at=now + self.longest,
        )
        said: dict[str, JsonValue] = {"through": through, "session": begun.id, **_from(visit)}
        self.database.sign_ins.add(kept(token), begun, self._noted(account.id, "login.ok", said))
        return Entered(account=account, token=token)

    def who(self, token: str) -> tuple[SignIn, Account] | None:
        """The session of a token and whose it is; None when it counts no more."""
        return living(self.database, token, self.wall.now(), self.idle)

    def sign_out(self, token: str) -> None:
        """End this session."""
        found = self.who(token)
        if found is not None:
            sign_in, account = found
            note = self._noted(account.id, "logout", {"session": sign_in.id})
            self.database.sign_ins.end(kept(token), note)

    def sign_out_everywhere(self, account_id: str, but: str = "") -> int:
        """End every session of an account, but for the one with this token; gives how many."""
        note = self._noted(account_id, "logout.everywhere", {"kept_this_one": bool(but)})
        return self.database.sign_ins.end_all(account_id, note, kept(but) if but else "")

    def note(self, actor: str, event: str, payload: dict[str, JsonValue]) -> None:
        """Write something into the audit log that changes nothing else."""
        self.database.audit.append(self._noted(actor, event, payload))

    def _noted(self, actor: str, event: str, payload: dict[str, JsonValue]) -> AuditNote:
        return AuditNote(at=self.clock.now(), actor=actor, event=event, payload=payload)


def living(database: Database, token: str, now: datetime, idle: timedelta) -> tuple[SignIn, Account] | None:
    """The session of a token and whose it is, noted as used; None when it counts no more."""
    found = database.sign_ins.find(kept(token), now, idle) if token else None
    if found is not None and now - found[0].seen_at >= SEEN_EVERY:
        database.sign_ins.seen(kept(token), now)
    return found


def _from(visit: Visit) -> dict[str, JsonValue]:
    return {"from": blurred(visit.address)}
