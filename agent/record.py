"""The case row: what the product reads about a case, filled from the state of the graph."""

from __future__ import annotations

from datetime import datetime

from agent.case import CaseStatus, Classification, GuardVerdict, ProposedResolution
from agent.deps import AgentDeps
from agent.investigation import Inquiry
from agent.investigation.fields import fields_of
from agent.nodes.subject import inquiry_of, ticket_of
from agent.priority import score_of
from agent.repositories import CaseRecord, ExecutionLedger
from agent.state import CaseState
from tools.actions import AssignTicket, EscalateToHuman, SetPriority
from tools.helpdesk import Author, Ticket
from tools.money import Money


def case_id_of(ticket: Ticket) -> str:
    """One case per ticket of a helpdesk."""
    return f"{ticket.helpdesk}-{ticket.id}"


def new_record(ticket: Ticket, now: datetime) -> CaseRecord:
    """A case that work begins on now."""
    return CaseRecord(
        case_id=case_id_of(ticket),
        ticket_id=ticket.id,
        helpdesk=ticket.helpdesk,
        status=CaseStatus.WORKING,
        created_at=now,
        updated_at=now,
    )


def fill_record(
    record: CaseRecord,
    state: CaseState,
    deps: AgentDeps,
    ledger: ExecutionLedger,
    timings: dict[str, float],
    inquiry: Inquiry | None,
) -> CaseRecord:
    """The record with everything that this run found."""
    ticket = ticket_of(state, deps)
    inquiry = inquiry or inquiry_of(state, deps, ticket)
    proposal = ProposedResolution.model_validate(state["proposal"])
    said, spent = Classification.model_validate(state["classification"]), deps.reasoner.usage()
    return record.model_copy(
        update={
            "classification": said,
            "investigation": inquiry.investigation,
            "proposal": proposal,
            "verdict": GuardVerdict.model_validate(state["verdict"]),
            "executions": tuple(entry.execution() for entry in ledger.of_case(record.case_id)),
            "outcome": state.get("message") or proposal.escalate or proposal.ignore or proposal.rationale,
            "model_calls": record.model_calls + spent.model_calls,
            "input_tokens": record.input_tokens + spent.input_tokens,
            "output_tokens": record.output_tokens + spent.output_tokens,
            "seconds": record.seconds + _seconds(timings),
            "score": score_of(said, _spent(inquiry)),
            "timings": {**record.timings, **timings},
            "turn": sum(message.author is Author.CUSTOMER for message in ticket.messages),
            "customer_id": inquiry.investigation.identity.customer_id,
            "updated_at": deps.clock.now(),
            **_routing(proposal, record),
        }
    )


def _seconds(timings: dict[str, float]) -> float:
    """Of this run, over its nodes; `to_draft` is a moment and not a node."""
    return round(sum(spent for name, spent in timings.items() if name != "to_draft") / 1000, 6)


def _spent(inquiry: Inquiry) -> Money | None:
    customer = fields_of(inquiry.scope.get("customer"))
    value = customer["lifetime_value"] if customer is not None else None
    return value if isinstance(value, Money) else None


def _routing(proposal: ProposedResolution, record: CaseRecord) -> dict[str, str]:
    queues = [action.queue for action in proposal.actions if isinstance(action, AssignTicket | EscalateToHuman)]
    priorities = [action.priority for action in proposal.actions if isinstance(action, SetPriority)]
    return {
        "queue": queues[-1] if queues else record.queue,
        "priority": priorities[-1] if priorities else record.priority,
    }
