"""Who may come in, as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.limits import PolicyLimits
from agent.limits.people import ORDER
from server.ui.views.settings import role_rows
from server.ui.words import day

if TYPE_CHECKING:
    from server.auth.accounts import Account

_MAY = {
    "viewer": "looks, and answers nothing",
    "agent": "answers, and signs for up to {each} each and {day} a day",
    "lead": "also stops, retries and brings knowledge in; signs for up to {each} each and {day} a day",
    "admin": "also lets people in; signs for up to {each} each and {day} a day",
}


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """One account. `own`: of whoever looks."""

    id: str
    name: str
    email: str
    role: str
    since: str
    disabled: bool
    own: bool


def person_line(account: Account, own: str) -> PersonLine:
    """The line of an account."""
    return PersonLine(
        id=account.id,
        name=account.name,
        email=account.email,
        role=account.role.value,
        since=day(account.created_at),
        disabled=account.disabled,
        own=account.id == own,
    )


def roles(limits: PolicyLimits) -> tuple[tuple[str, str], ...]:
    """Each role with what it may do, from the least trusted to the most."""
    rows = {row.role: row for row in role_rows(limits)}
    ceilings = ((role.value, rows[role.value]) for role in ORDER)
    return tuple((name, _MAY[name].format(each=_sum(row.each), day=_sum(row.per_day))) for name, row in ceilings)


def _sum(ceiling: str) -> str:
    return "any sum" if ceiling == "unlimited" else ceiling
