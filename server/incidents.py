"""Incidents: what went wrong is told once for each cause, counted while it lasts, and closed when it is over (row L17).

Causes are read from the durable events of cases, so none is lost by a restart; whoever posts them elsewhere gets each
opening and each closing exactly once, whichever process noticed it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime

from agent.limits import PolicyLimits, Role
from agent.promises import PromiseStatus
from agent.repositories import CaseEvent
from tools.commerce import Identifier, Noun

if TYPE_CHECKING:
    from server.db.database import Database

_log = logging.getLogger(__name__)
MOST_CASES = 50
"""Cases that an incident names; more are counted."""
_OVER = frozenset({"waiting", "closed", "taken"})
"""Kinds of events after which a case is past what went wrong."""
_NUMBERS = re.compile(r"[0-9a-f]{8,}|\d+")


class Incident(Noun):
    """One cause, from the first time it was noticed until it was over. `owner` is the person who is named."""

    id: Identifier
    key: str
    kind: str
    message: str
    owner: str
    opened_at: AwareDatetime
    last_at: AwareDatetime
    times: int = 1
    cases: tuple[str, ...] = ()
    """The cases that are still held up, the first of them."""
    closed_at: AwareDatetime | None = None
    closed_because: str = ""

    @property
    def open(self) -> bool:
        """Whether it still lasts."""
        return self.closed_at is None


class Trouble(Noun):
    """Something that went wrong once: the cause it belongs to, and the case it held up."""

    key: str
    kind: str
    message: str
    case_id: str = ""
    at: AwareDatetime


Tell = Callable[[Incident], None]
"""Is given an incident when it opens and once more when it is over."""


def trouble_of(event: CaseEvent) -> Trouble | None:
    """What an event says went wrong; None for one that says something else."""
    said = {name: str(value) for name, value in event.body.items()}
    if event.kind == "alert":
        key, kind = said.get("key", event.kind), said.get("about", "alert")
        return Trouble(key=key, kind=kind, message=said.get("message", ""), case_id=event.case_id, at=event.at)
    if event.kind in ("failed", "paused"):
        why = said.get("why", event.kind)
        key = f"{event.kind}:{hashlib.sha256(_NUMBERS.sub('#', why).encode()).hexdigest()[:16]}"
        return Trouble(key=key, kind=event.kind, message=why, case_id=event.case_id, at=event.at)
    return None


def opened(trouble: Trouble, owner: str) -> Incident:
    """The incident that a trouble begins."""
    stamp = hashlib.sha256(f"{trouble.key}\n{trouble.at.isoformat()}".encode()).hexdigest()[:12]
    return Incident(
        id=f"in-{stamp}",
        key=trouble.key,
        kind=trouble.kind,
        message=trouble.message,
        owner=owner,
        opened_at=trouble.at,
        last_at=trouble.at,
        cases=(trouble.case_id,) if trouble.case_id else (),
    )


def again(incident: Incident, trouble: Trouble) -> Incident:
    """The same cause once more: counted, not told."""
    cases = tuple(dict.fromkeys((*incident.cases, *([trouble.case_id] if trouble.case_id else []))))[:MOST_CASES]
    return incident.model_copy(update={"times": incident.times + 1, "last_at": trouble.at, "cases": cases})


def closed(incident: Incident, now: datetime, why: str) -> Incident:
    """The incident once it is over."""
    return incident.model_copy(update={"closed_at": now, "closed_because": why})


def after(standing: Sequence[Incident], events: Iterable[CaseEvent], owner: str) -> list[Incident]:
    """Every incident that these events open, repeat or end, as it is after them. Pure."""
    by_key = {incident.key: incident for incident in standing}
    touched: dict[str, Incident] = {}
    for event in events:
        trouble = trouble_of(event)
        found = [_next(by_key.get(trouble.key), trouble, owner)] if trouble else _recovered(by_key.values(), event)
        for incident in found:
            touched[incident.id] = incident
            by_key.pop(incident.key, None)
            if incident.open:
                by_key[incident.key] = incident
    return list(touched.values())


def _next(known: Incident | None, trouble: Trouble, owner: str) -> Incident:
    return again(known, trouble) if known else opened(trouble, owner)


def _recovered(standing: Iterable[Incident], event: CaseEvent) -> list[Incident]:
    over = event.kind in _OVER and event.body.get("status") != "failed"
    held = [each for each in standing if over and each.kind in ("failed", "paused") and event.case_id in each.cases]
    return [_without(incident, event) for incident in held]


def _without(incident: Incident, event: CaseEvent) -> Incident:
    left = tuple(case for case in incident.cases if case != event.case_id)
    fewer = incident.model_copy(update={"cases": left})
    return fewer if left else closed(fewer, event.at, "every case that it held up went on")


def owner_of(limits: PolicyLimits) -> str:
    """Who is named: the first lead of limits.yaml, else the first admin, else nobody."""
    ranked = [person.id for role in (Role.LEAD, Role.ADMIN) for person in limits.people if person.role is role]
    return next(iter(ranked), "")


def collect(database: Database, limits: PolicyLimits, now: datetime, tell: Tell | None = None) -> list[Incident]:
    """Take in what happened since the last time, and give the incidents that opened or closed by it. Safe to repeat."""
    changed = database.incidents.advance(lambda standing, events: after(standing, events, owner_of(limits)))
    changed += database.incidents.end(lambda incident: _settled(database, incident), now)
    for incident in changed:
        if tell is not None:
            tell(incident)
    return changed


def logged(incident: Incident) -> None:
    """A `Tell` for the log: one line when it opens and one when it is over."""
    named = f" ({incident.owner} owns it)" if incident.owner else ""
    if incident.open:
        # Not the message: it may quote what we promised to somebody.
        _log.error("incident %s opened%s: %s, see /incidents", incident.id, named, incident.kind)
    else:
        _log.info("incident %s is over after %d times: %s", incident.id, incident.times, incident.closed_because)


def _settled(database: Database, incident: Incident) -> str:
    """Why an incident that no event of a case ends is over; empty while it lasts."""
    kind, _, name = incident.key.partition(":")
    if kind == "promise":
        entry = database.promises.get(name)
        kept = entry is not None and entry.status in (PromiseStatus.KEPT, PromiseStatus.WITHDRAWN)
        return f"the promise is {entry.status.value}" if kept and entry else ""
    if kind == "effect":
        known = database.ledger.get(name)
        return (
            "" if known is None or known.status.value in ("pending", "unknown", "unconfirmed") else known.status.value
        )
    if kind == "loop":
        # The key ends with the moment it was tripped; the switch's scope is what stands before that.
        scope = _scope_of(incident.key)
        return "" if database.switches.stopped([scope]) else "somebody let it go on"
    return ""


def _scope_of(key: str) -> str:
    return ":".join(key.split(":")[:3])
