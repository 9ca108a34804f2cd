"""The case row: what the product reads about a case, filled from the state of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.case import CaseStatus, Classification, Execution, GuardVerdict, ProposedResolution, move
from agent.investigation import Inquiry
from agent.investigation.fields import fields_of
from agent.priority import score_of
from agent.reasoners.base import Usage
from agent.repositories import CaseRecord
from agent.state import CaseState
from agent.threads import Run
from agent.trail import SYSTEM
from tools.actions import AssignTicket, EscalateToHuman, SetPriority
from tools.helpdesk import Author, Ticket
from tools.money import Money

WAITING = frozenset({CaseStatus.AWAITING_REVIEW, CaseStatus.AWAITING_APPROVAL})
OPEN = WAITING | {CaseStatus.WORKING}
"""Statuses of a case whose thread has not come to an end."""


def case_id_of(ticket: Ticket) -> str:
    """One case per ticket of a helpdesk; a ticket that came from outside bears the helpdesk's name already."""
    own = ticket.id.startswith(f"{ticket.helpdesk}-")
    return ticket.id if own else f"{ticket.helpdesk}-{ticket.id}"


def new_record(ticket: Ticket, now: datetime) -> CaseRecord:
    """A case that work begins on now."""
    return CaseRecord(
        case_id=case_id_of(ticket),
        ticket_id=ticket.id,
        helpdesk=ticket.helpdesk,
        status=CaseStatus.WORKING,
        turn=turns_of(ticket),
        message_id=ticket.latest.id,
        waiting_since=waiting_since(ticket, now),
        created_at=now,
        updated_at=now,
    )


def working(record: CaseRecord, now: datetime) -> CaseRecord:
    """The case while the graph runs."""
    return record.model_copy(update={"status": move(record.status, CaseStatus.WORKING), "updated_at": now})


def next_turn(record: CaseRecord, ticket: Ticket, now: datetime) -> CaseRecord:
    """The case when work begins on another message, or anew: nothing of the last draft stands for the next one."""
    fresh = new_record(ticket, now)
    changed = {name: getattr(fresh, name) for name in (*_OF_A_TURN, "turn", "message_id", "waiting_since")}
    return working(record, now).model_copy(update=changed)


_OF_A_TURN = (
    "classification",
    "investigation",
    "proposal",
    "verdict",
    "approval_id",
    "outcome",
    "value",
    "with_person",
)


def turns_of(ticket: Ticket) -> int:
    """How many messages the customer has written."""
    return sum(message.author is Author.CUSTOMER for message in ticket.messages)


def waiting_since(ticket: Ticket, now: datetime) -> datetime | None:
    """When the customer wrote last, never later than `now`; None when somebody of the shop wrote after that."""
    return None if answered_last(ticket) else min(ticket.latest.at, now)


def answered_last(ticket: Ticket) -> bool:
    """Whether a person of the shop had the last word."""
    return ticket.messages[-1].author is Author.STAFF


def fill_record(
    record: CaseRecord, state: CaseState, run: Run, spent: Usage, executions: Sequence[Execution], now: datetime
) -> CaseRecord:
    """The record with everything that this run found; what it did not come to stays as it was."""
    changes: dict[str, object] = {
        "executions": tuple(executions),
        "timings": {**record.timings, **run.timings},
        "seconds": record.seconds + _seconds(run.timings),
        "model_calls": record.model_calls + spent.model_calls,
        "input_tokens": record.input_tokens + spent.input_tokens,
        "output_tokens": record.output_tokens + spent.output_tokens,
        "updated_at": now,
        **_of_state(record, state),
        **(_of_inquiry(state, run.inquiry) if run.inquiry else {}),
    }
    return record.model_copy(update=changes)


def _of_state(record: CaseRecord, state: CaseState) -> dict[str, object]:
    found: dict[str, object] = {}
    if state.get("classification"):
        found["classification"] = Classification.model_validate(state["classification"])
    if state.get("proposal"):
        proposal = ProposedResolution.model_validate(state["proposal"])
        found |= {"proposal": proposal, "outcome": _outcome(state, proposal), **_routing(proposal, record)}
    if state.get("verdict"):
        found["verdict"] = GuardVerdict.model_validate(state["verdict"])
    return found


def _of_inquiry(state: CaseState, inquiry: Inquiry) -> dict[str, object]:
    said = Classification.model_validate(state["classification"])
    return {
        "investigation": inquiry.investigation,
        "customer_id": inquiry.investigation.identity.customer_id,
        "score": score_of(said, _spent(inquiry)),
    }


def _outcome(state: CaseState, proposal: ProposedResolution) -> str:
    """Why the case stands as it does, for people."""
    decision, message = state.get("decision", {}), state.get("message", "")
    if decision.get("kind") == "reject":
        who = "" if decision.get("by") == SYSTEM else f"{decision.get('by')} said no: "
        return f"{who}{decision.get('reason')}"
    why = proposal.escalate or proposal.ignore or proposal.rationale
    if not message:
        return why
    return message if state.get("halted") else f"{message}; {why}"


def _seconds(timings: dict[str, float]) -> float:
    """Of this run, over its nodes; `to_draft` is a moment and not a node."""
    return round(sum(spent for name, spent in timings.items() if name != "to_draft") / 1000, 6)


def _spent(inquiry: Inquiry) -> Money | None:
    customer = fields_of(inquiry.scope.get("customer"))
    value = customer["lifetime_value"] if customer is not None else None
    return value if isinstance(value, Money) else None


def _routing(proposal: ProposedResolution, record: CaseRecord) -> dict[str, object]:
    queues = [action.queue for action in proposal.actions if isinstance(action, AssignTicket | EscalateToHuman)]
    priorities = [action.priority for action in proposal.actions if isinstance(action, SetPriority)]
    return {
        "queue": queues[-1] if queues else record.queue,
        "priority": priorities[-1] if priorities else record.priority,
    }
