"""investigate: who writes, which order is meant, what is true? Reads only."""

from __future__ import annotations

from agent.deps import AgentDeps
from agent.nodes.subject import look_up, ticket_of
from agent.state import CaseState


def investigate_case(state: CaseState, deps: AgentDeps) -> CaseState:
    """The facts of the case, for this run."""
    # What was classified is what is looked into, also when the customer writes again meanwhile.
    return {"inquiry": look_up(state, deps, state.get("ticket") or ticket_of(state, deps))}
