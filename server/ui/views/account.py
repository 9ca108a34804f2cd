"""One's own account as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from server.auth.principal import Scope

if TYPE_CHECKING:
    from server.auth.accounts import Account, ApiKey, SignIn

SCOPES_SAY = {
    Scope.READ: "see cases, requests, knowledge and figures",
    Scope.TICKETS: "bring tickets and messages in",
    Scope.DECIDE: "answer requests and send replies, within your limits",
    Scope.OPERATE: "stop and go, retry runs, bring knowledge in",
    Scope.ADMINISTER: "accounts, keys, settings",
    Scope.EMBED: "open the sidecar for everybody, each as themselves: for the backend of a helpdesk",
}


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """A session: where from, since when, when last."""

    where: str
    program: str
    begun: datetime
    seen: datetime
    this_one: bool


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """A key, without what opens anything. `state`: counts, revoked or ended."""

    prefix: str
    name: str
    scopes: str
    made: datetime
    used: datetime | None
    ends: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """What the page shows."""

    name: str
    email: str
    role: str
    sessions: tuple[SessionLine, ...]
    keys: tuple[KeyLine, ...]
    scopes: tuple[tuple[str, str], ...]


def account_view(
    *,
    account: Account | None,
    sessions: Sequence[SignIn],
    current: str,
    keys: Sequence[ApiKey],
    scopes: frozenset[Scope],
    now: datetime,
) -> AccountView:
    """Pure: everything comes in."""
    return AccountView(
        name=account.name if account else "",
        email=account.email if account else "",
        role=account.role.value if account else "",
        sessions=tuple(_session(each, current) for each in sessions),
        keys=tuple(_key(each, now) for each in keys),
        scopes=tuple((scope.value, SCOPES_SAY[scope]) for scope in Scope if scope in scopes),
    )


def _session(sign_in: SignIn, current: str) -> SessionLine:
    return SessionLine(
        where=sign_in.address,
        program=program_of(sign_in.program),
        begun=sign_in.created_at,
        seen=sign_in.seen_at,
        this_one=sign_in.id == current,
    )


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def program_of(agent: str) -> str:
    """`Firefox 131 on macOS` of what a browser calls itself; another program's own name, as it is."""
    known = next(((name, agent.partition(mark)[2]) for mark, name in _BROWSERS if mark in agent), None)
    if known is None:
        return agent[:60] or "Unknown program"
    system = next((f" on {name}" for mark, name in _SYSTEMS if mark in agent), "")
    return f"{known[0]} {known[1].split('.')[0].split(' ')[0]}{system}"


def _key(key: ApiKey, now: datetime) -> KeyLine:
    over = key.expires_at is not None and key.expires_at <= now
    state = "revoked" if key.revoked_at is not None else "ended" if over else "counts"
    return KeyLine(
        prefix=key.prefix,
        name=key.name,
        scopes=", ".join(scope.value for scope in Scope if scope in key.scopes),
        made=key.created_at,
        used=key.used_at,
        ends=key.expires_at,
        state=state,
    )
