"""The case row: what the product reads about a case, filled from the state of the graph."""

from __future__ import annotations

from datetime import datetime

from agent.case import CaseStatus, Classification, GuardVerdict, ProposedResolution
from agent.deps import AgentDeps
from agent.investigation import Inquiry
from agent.nodes.subject import inquiry_of, ticket_of
from agent.repositories import CaseRecord, ExecutionLedger
from agent.state import CaseState
from tools.actions import AssignTicket, EscalateToHuman, SetPriority
from tools.helpdesk import Author, Ticket


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
    spent = deps.reasoner.usage()
    return record.model_copy(
        update={
            "classification": Classification.model_validate(state["classification"]),
            "investigation": inquiry.investigation,
            "proposal": proposal,
            "verdict": GuardVerdict.model_validate(state["verdict"]),
            "executions": tuple(entry.execution() for entry in ledger.of_case(record.case_id)),
            "outcome": state.get("message") or proposal.escalate or proposal.ignore or proposal.rationale,
            "model_calls": record.model_calls + spent.model_calls,
            "timings": {**record.timings, **timings},
            "turn": sum(message.author is Author.CUSTOMER for message in ticket.messages),
            "customer_id": inquiry.investigation.identity.customer_id,
            "updated_at": deps.clock.now(),
            **_routing(proposal, record),
        }
    )


def _routing(proposal: ProposedResolution, record: CaseRecord) -> dict[str, str]:
    queues = [action.queue for action in proposal.actions if isinstance(action, AssignTicket | EscalateToHuman)]
    priorities = [action.priority for action in proposal.actions if isinstance(action, SetPriority)]
    return {
        "queue": queues[-1] if queues else record.queue,
        "priority": priorities[-1] if priorities else record.priority,
    }
