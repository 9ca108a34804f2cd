"""investigate: who writes, which order is meant, what is true? Reads only."""

from __future__ import annotations

from agent.deps import AgentDeps
from agent.nodes.subject import as_json, classification_of, look_up, ticket_of
from agent.reasoners.local import words_of
from agent.reasoners.rereading import reread
from agent.state import CaseState


def investigate_case(state: CaseState, deps: AgentDeps) -> CaseState:
    """The facts of the case, for this run, and what the message asks now that they are known."""
    # What was classified is what is looked into, also when the customer writes again meanwhile.
    ticket = state.get("ticket") or ticket_of(state, deps)
    inquiry = look_up(state, deps, ticket)
    said = classification_of(state)
    # Once something was proposed, the reading stays: only the world may have moved on.
    now = said if state.get("proposal") else reread(said, inquiry.scope, words_of(ticket))
    if now == said:
        return {"inquiry": inquiry}
    again: CaseState = {**state, "classification": as_json(now)}
    if now.intents != said.intents:
        inquiry = look_up(again, deps, ticket)
    return {"classification": again["classification"], "inquiry": inquiry}
