"""What a case's status is called, and how it looks. Colour is never alone: the word says it too."""

from __future__ import annotations

from dataclasses import dataclass

from agent.case import CaseStatus
from agent.record import answered_last
from agent.repositories import CaseRecord
from agent.switches import Switch
from tools.helpdesk import Ticket

_CALLED = {
    CaseStatus.NEW: ("new", "plain"),
    CaseStatus.WORKING: ("being worked on", "plain"),
    CaseStatus.AWAITING_REVIEW: ("to read", "waits"),
    CaseStatus.AWAITING_APPROVAL: ("to sign", "waits"),
    CaseStatus.ANSWERED: ("answered", "good"),
    CaseStatus.ESCALATED: ("with a person", "person"),
    CaseStatus.IGNORED: ("nothing to answer", "plain"),
    CaseStatus.REJECTED: ("rejected", "plain"),
    CaseStatus.RESOLVED: ("resolved", "good"),
    CaseStatus.FAILED: ("failed", "wrong"),
}


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A word and its tone: plain, waits, good, person or wrong."""

    says: str
    tone: str


def badge(status: CaseStatus) -> Badge:
    """The badge of a status."""
    says, tone = _CALLED[status]
    return Badge(says=says, tone=tone)


def by_hand(record: CaseRecord, ticket: Ticket | None) -> bool:
    """Whether a person has the case and has answered: nobody waits for us until the customer writes again."""
    return record.status is CaseStatus.ESCALATED and ticket is not None and answered_last(ticket)


def badge_of(record: CaseRecord, ticket: Ticket | None, stop: Switch | None = None) -> Badge:
    """The badge of a case; `stop`: the switch at which it stands still."""
    if stop is not None:
        return Badge(says="stopped", tone="waits")
    return Badge(says="answered by hand", tone="good") if by_hand(record, ticket) else badge(record.status)
