"""The promise ledger: what replies said would happen, until it did; what is late is told once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from agent.case import Execution, ExecutionStatus, Promise
from tools.commerce import Identifier, Noun


class PromiseStatus(StrEnum):
    """Whether a promise was kept. A late one can still be kept; it stays known as late."""

    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class PromiseEntry(Noun):
    """A promise in a reply that was sent. `effect` is the key of the effect that keeps it, when there is one."""

    id: Identifier
    case_id: Identifier
    ticket_id: Identifier
    kind: str
    text: str
    effect: str = ""
    made_at: AwareDatetime
    due_at: AwareDatetime | None = None
    status: PromiseStatus = PromiseStatus.OPEN
    settled_at: AwareDatetime | None = None
    """Since when the status is what it is."""
    settled_by: str = ""


class Alert(Noun):
    """Something a person has to know now. `key` is the same for the same matter, so it is told once."""

    key: Identifier
    kind: str
    case_id: str = ""
    message: str
    at: AwareDatetime


def entries_for(
    promises: Iterable[Promise], executions: Sequence[Execution], case_id: str, ticket_id: str, now: datetime
) -> list[PromiseEntry]:
    """The promises of a reply that was sent: kept already when their effect succeeded, open otherwise."""
    return [_entry(promise, executions, case_id, ticket_id, now) for promise in promises]


def _entry(
    promise: Promise, executions: Sequence[Execution], case_id: str, ticket_id: str, now: datetime
) -> PromiseEntry:
    effect = f"{case_id}:{promise.fingerprint}" if promise.fingerprint else ""
    done = next((e for e in executions if e.key == effect and e.status is ExecutionStatus.SUCCEEDED), None)
    due = promise.due_at.isoformat() if promise.due_at else ""
    digest = hashlib.sha256("\n".join((case_id, promise.kind, promise.text, effect, due)).encode()).hexdigest()
    return PromiseEntry(
        id=f"pr-{digest[:16]}",
        case_id=case_id,
        ticket_id=ticket_id,
        kind=promise.kind,
        text=promise.text,
        effect=effect,
        made_at=now,
        due_at=promise.due_at,
        status=PromiseStatus.KEPT if done else PromiseStatus.OPEN,
        settled_at=done.settled_at if done else None,
        settled_by="system" if done else "",
    )


def settle(entry: PromiseEntry, now: datetime, by: str, *, kept: bool = True) -> PromiseEntry:
    """The promise after it was kept, or taken back by a person who told the customer. ValueError when settled."""
    if entry.status in (PromiseStatus.KEPT, PromiseStatus.WITHDRAWN):
        raise ValueError(f"promise {entry.id} is already {entry.status}")
    status = PromiseStatus.KEPT if kept else PromiseStatus.WITHDRAWN
    return entry.model_copy(update={"status": status, "settled_at": now, "settled_by": by})


def late(entry: PromiseEntry, now: datetime) -> bool:
    """Whether an open promise is past its moment."""
    return entry.status is PromiseStatus.OPEN and entry.due_at is not None and now > entry.due_at


def overdue(entry: PromiseEntry, now: datetime) -> PromiseEntry:
    """The promise once its moment passed."""
    return entry.model_copy(update={"status": PromiseStatus.OVERDUE, "settled_at": now})


def alert_for(entry: PromiseEntry, now: datetime) -> Alert:
    """What to tell about a late promise, with the words that were promised."""
    due = f"{entry.due_at:%Y-%m-%d %H:%M} UTC" if entry.due_at else "no date"
    message = f'Ticket {entry.ticket_id}: we promised "{entry.text}" by {due}, and it has not happened'
    return Alert(key=f"promise:{entry.id}", kind="promise_overdue", case_id=entry.case_id, message=message, at=now)


def unbacked(promises: Iterable[Promise], case_id: str, executions: Sequence[Execution]) -> list[Promise]:
    """Promises whose effect is not in the ledger as done: the reply that makes them must not leave."""
    done = {e.key for e in executions if e.status is ExecutionStatus.SUCCEEDED}
    return [p for p in promises if p.fingerprint and f"{case_id}:{p.fingerprint}" not in done]
