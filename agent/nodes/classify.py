"""classify: what is this message about? Reads the ticket, changes nothing."""

from __future__ import annotations

from agent.case import Classification
from agent.deps import AgentDeps
from agent.investigation.identity import sender_of
from agent.nodes.subject import answered, as_json, ticket_of
from agent.state import CaseState


def classify(state: CaseState, deps: AgentDeps) -> CaseState:
    """The classification of the newest message."""
    ticket = ticket_of(state, deps)
    # The language on record only breaks ties; it is no fact about anybody's order.
    customer = deps.readers.customers.customer_by_email(sender_of(ticket))
    found = deps.reasoner.classify(ticket, customer.language if customer else "")
    said = as_json(answered(found, Classification))
    return {"classification": said, "ticket": ticket, "staff": ticket.staff}
