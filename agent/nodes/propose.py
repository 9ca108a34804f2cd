"""propose: a reply and actions, as data. Some cases go to a person before any reasoner is asked."""

from __future__ import annotations

from agent.deps import AgentDeps
from agent.nodes.subject import as_json, brief_of, subject_of, with_asked
from agent.reasoners.handover import forced
from agent.state import CaseState


def propose(state: CaseState, deps: AgentDeps) -> CaseState:
    """What should happen; nothing has."""
    subject, inquiry = subject_of(state, deps)
    brief = brief_of(subject, inquiry, deps, state)
    proposal = forced(brief) or deps.reasoner.propose(brief)
    inquiry = with_asked(inquiry, proposal.lookups, deps)
    # Only a person's edit carries an author; a reasoner that claims one would be judged more gently.
    return {"proposal": as_json(proposal.model_copy(update={"author": ""})), "inquiry": inquiry, "decision": {}}
