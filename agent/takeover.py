"""Who has a case: what a person took over stays with them until they give it back (row U8). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from agent.case import CaseStatus, ProposedResolution, move
from agent.record import WAITING, answered_last, turns_of, waiting_since
from agent.repositories import CaseEvent, CaseRecord
from tools.helpdesk import Author, Ticket

FINISHABLE = frozenset({CaseStatus.ESCALATED, CaseStatus.ANSWERED, CaseStatus.REJECTED, CaseStatus.FAILED})
"""Where anybody may say that nothing is left to do; who has a case may say so of a draft that waits in it as well."""
_TOOK = " took it over"
_BEGUN = "the shop began this conversation, and nobody has answered yet"


def taken(record: CaseRecord, ticket: Ticket) -> str:
    """Why the assistant is silent on this case; empty when it may work on it.

    It was handed over, a person wrote to the customer after the message that we worked on, or no customer wrote at all.
    """
    held = "" if record.with_person == _BEGUN else record.with_person  # until somebody answers, and no longer
    return held or answered_by_hand(record, ticket) or begun_by_the_shop(record, ticket)


def answered_by_hand(record: CaseRecord, ticket: Ticket) -> str:
    """Which message of a person came after the one that the case is about; empty when there is none."""
    ids = [message.id for message in ticket.messages]
    later = ticket.messages[ids.index(record.message_id) + 1 :] if record.message_id in ids else ()
    since = max((at for at in (record.given_back_at, record.finished_at) if at is not None), default=None)
    written = [m.id for m in later if m.author is Author.STAFF and (since is None or m.at > since)]
    return f"a person answered in message {written[-1]}" if written else ""


def begun_by_the_shop(record: CaseRecord, ticket: Ticket) -> str:
    """Why there is nothing to answer yet: the shop wrote first, and we would answer ourselves; else empty."""
    asked = any(message.author is Author.CUSTOMER for message in ticket.messages)
    return "" if asked or record.given_back_at or record.finished_at else _BEGUN


def refused(record: CaseRecord) -> str:
    """Why a person answers who said no to the last draft, when the customer writes again; else empty."""
    return f"{record.outcome}, and the customer writes again" if record.status is CaseStatus.REJECTED else ""


def took_over(person: str, reason: str) -> str:
    """What the row says about a case that a person took."""
    return f"{person}{_TOOK}{f': {reason}' if reason else ''}"


def holder(record: CaseRecord) -> str:
    """Who took a case over; empty where nobody did by name, also when it was handed to whoever takes it."""
    person, took, _ = record.with_person.partition(_TOOK)
    return person if took else ""


def lost_its_draft(record: CaseRecord, ticket: Ticket) -> bool:
    """Whether a case was taken over with a draft that nobody has answered instead.

    What was asked about it counts no more, and without a new message nothing else would bring it back.
    """
    drafted = record.proposal is not None and not record.proposal.escalate
    sent = any(each.action.kind == "send_reply" for each in record.executions)
    unanswered = ticket.latest.id == record.message_id and not answered_by_hand(record, ticket) and not sent
    return _TOOK in record.with_person and drafted and unanswered


def handed_over(proposal: ProposedResolution) -> str:
    """What a run that ended in a handover leaves in the row."""
    return f"handed to a person: {proposal.escalate}" if proposal.escalate else ""


def known_quiet(record: CaseRecord, ticket: Ticket, why: str) -> bool:
    """Whether the row says so already, about every message there is."""
    return _told(record, ticket, why) and (record.waiting_since is None) == answered_last(ticket)


def _told(record: CaseRecord, ticket: Ticket, why: str) -> bool:
    return record.with_person == why and record.turn == turns_of(ticket)


def quiet(record: CaseRecord, ticket: Ticket, why: str, now: datetime) -> tuple[CaseRecord, Sequence[CaseEvent]]:
    """The row of a case that a person has: new messages are visible, and nothing is drafted or asked.

    That whoever has it answered the customer is in the row, and no event of its own.
    """
    changes = {
        "status": move(move(record.status, CaseStatus.WORKING), CaseStatus.ESCALATED),
        "with_person": why,
        "turn": turns_of(ticket),
        "waiting_since": waiting_since(ticket, now),
        "outcome": why,
        "updated_at": now,
    }
    event = CaseEvent(case_id=record.case_id, at=now, kind="taken", body={"why": why})
    return record.model_copy(update=changes), () if _told(record, ticket, why) else (event,)


def given_back(record: CaseRecord, person: str, now: datetime) -> tuple[CaseRecord, CaseEvent]:
    """The row once a person lets the assistant work on the case again."""
    changes = {"with_person": "", "given_back_at": now, "updated_at": now}
    event = CaseEvent(case_id=record.case_id, at=now, kind="given_back", body={"by": person})
    return record.model_copy(update=changes), event


def may_finish(record: CaseRecord, ticket: Ticket, seen: int | None = None) -> bool:
    """Whether nobody else waits for it, and nothing came in after the messages that were `seen` (None: the case's).

    The case must know the newest message, or finishing it would swallow one.
    """
    over = record.status in FINISHABLE or (bool(record.with_person) and record.status in WAITING)
    return over and turns_of(ticket) == record.turn and seen in (None, record.turn)


def finished_by(person: str, reason: str) -> str:
    """What the row says about a case that a person is done with."""
    return f"{person} finished it{f': {reason}' if reason else ''}"


def finished(record: CaseRecord, ticket: Ticket, why: str, now: datetime) -> tuple[CaseRecord, CaseEvent]:
    """The row once a person says that nothing is left to do, about every message there is."""
    changes = {
        "status": move(move(record.status, CaseStatus.WORKING), CaseStatus.RESOLVED),
        "message_id": ticket.latest.id,
        "with_person": "",
        "finished_at": now,
        "approval_id": "",
        "outcome": why,
        "updated_at": now,
    }
    body: dict[str, JsonValue] = {"why": why, "by_hand": replied_by_hand(ticket)}
    return record.model_copy(update=changes), CaseEvent(case_id=record.case_id, at=now, kind="finished", body=body)


def replied_by_hand(ticket: Ticket) -> bool:
    """Whether a person of the shop ever answered the customer in the helpdesk."""
    authors = [message.author for message in ticket.messages]
    asked = authors.index(Author.CUSTOMER) if Author.CUSTOMER in authors else len(authors)
    return Author.STAFF in authors[asked:]
