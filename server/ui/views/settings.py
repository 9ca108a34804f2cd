"""What is configured and what is missing, the limits in words, and what is stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.limits import Person, PolicyLimits
from agent.limits.people import ORDER
from agent.switches import Switch
from server.cli.examination import Finding
from server.ui.people import named
from server.ui.views.stopped import stop_says
from server.ui.words import moment, money, spoken

_TONES = {"ok": "good", "note": "waits", "missing": "wrong"}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    tone: str
    state: str
    says: str
    do: str


@dataclass(frozen=True, kw_only=True)
class RoleRow:
    """What a role may sign."""

    role: str
    each: str
    per_day: str
    credit: str
    people: str


@dataclass(frozen=True, kw_only=True)
class WindowRow:
    """A cumulative limit."""

    name: str
    says: str
    above: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A switch that is on."""

    scope: str
    says: str
    by: str
    reason: str
    at: str


def checks(findings: Iterable[Finding]) -> tuple[Check, ...]:
    """What is missing first."""
    order = list(_TONES)
    found = sorted(findings, key=lambda each: -order.index(each.state) if each.state in order else 0)
    return tuple(
        Check(name=each.name, tone=_TONES.get(each.state, "plain"), state=each.state, says=each.said, do=each.do)
        for each in found
    )


def role_rows(limits: PolicyLimits, people: Sequence[Person] = ()) -> tuple[RoleRow, ...]:
    """From the least trusted to the most, each with those of `people` who have it."""
    rows: list[RoleRow] = []
    for role in ORDER:
        own = limits.roles.of(role)
        most = [_ceiling(each) for each in (own.each, own.per_day, own.store_credit)]
        own_people = ", ".join(person.name for person in people if person.role is role)
        rows.append(RoleRow(role=role.value, each=most[0], per_day=most[1], credit=most[2], people=own_people))
    return tuple(rows)


def _ceiling(found: object) -> str:
    text = str(found) if found is not None else ""
    return money(text) if " " in text else text or "nothing"


def window_rows(limits: PolicyLimits) -> tuple[WindowRow, ...]:
    """Every window of limits.yaml, in words."""
    return tuple(
        WindowRow(
            name=spoken(each.id),
            says=_window(each.per.value, each.hours, money(each.amount), each.count),
            above=f"needs {each.above.role.value}" if each.above.role else "blocked",
        )
        for each in limits.windows.limits
    )


def _window(per: str, hours: int | None, amount: str, count: int | None) -> str:
    most = " and ".join([*([amount] if amount else []), *([f"{count} times"] if count else [])])
    span = f"in {hours} hours" if hours and hours < 72 else f"in {hours // 24} days" if hours else "ever"
    return f"{most} per {per} {span}"


def stops(switches: Sequence[Switch]) -> tuple[Stop, ...]:
    """What is stopped now."""
    return tuple(
        Stop(scope=each.scope, says=stop_says(each.scope), by=named(each.by), reason=each.reason, at=moment(each.at))
        for each in switches
        if each.stopped
    )
