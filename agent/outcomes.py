"""What became of a case, counted honestly (row U16): silence is no resolution; whoever comes back was not helped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from agent.case import CaseStatus, ExecutionStatus
from agent.repositories import CaseRecord
from tools.helpdesk import Author, Ticket

REOPENED_WITHIN = timedelta(days=7)
"""A customer who writes again within so long after the end of a case shows that it was none."""


class Outcome(StrEnum):
    """What may be said about a case."""

    RESOLVED = "resolved"
    """The customer said so, or a person closed it, and nobody came back within a week."""
    UNKNOWN = "unknown"
    """An answer left, and nobody has said whether it helped."""
    WITH_PERSON = "with_person"
    OPEN = "open"
    NONE = "none"
    """Nobody asked anything: mail that a program wrote."""


def outcome_of(record: CaseRecord, ticket: Ticket) -> Outcome:
    """What became of a case. Time alone never changes it for the better."""
    if record.status is CaseStatus.IGNORED:
        return Outcome.NONE
    ended = resolved_at(record)
    if ended is not None and not _came_back(ticket, ended):
        return Outcome.RESOLVED
    if record.status is CaseStatus.ANSWERED:
        return Outcome.UNKNOWN
    handed = record.with_person or record.status is CaseStatus.ESCALATED
    return Outcome.WITH_PERSON if handed else Outcome.OPEN


def resolved_at(record: CaseRecord) -> datetime | None:
    """When the ticket was closed for the last time. Only somebody's word closes one: a thank-you, or a person."""
    closed = [
        done.settled_at
        for done in record.executions
        if done.action.kind == "close_ticket" and done.status is ExecutionStatus.SUCCEEDED and done.settled_at
    ]
    return max((*closed, *([record.finished_at] if record.finished_at else [])), default=None)


def _came_back(ticket: Ticket, ended: datetime) -> bool:
    asked = (message.at for message in ticket.messages if message.author is Author.CUSTOMER and not message.automatic)
    return any(ended < at <= ended + REOPENED_WITHIN for at in asked)


def tally(cases: Iterable[tuple[CaseRecord, Ticket]]) -> dict[Outcome, int]:
    """How many cases came to what; every outcome is there, with 0 when there is none."""
    counts = Counter(outcome_of(record, ticket) for record, ticket in cases)
    return {outcome: counts[outcome] for outcome in Outcome}
