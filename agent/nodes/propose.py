"""propose: a reply and actions, as data. Some cases go to a person before any reasoner is asked."""

from __future__ import annotations

from agent.case import ProposedResolution
from agent.deps import AgentDeps
from agent.nodes.subject import answered, as_json, brief_of, rejected_because, subject_of, with_asked
from agent.reasoners.base import Brief
from agent.reasoners.handover import forced, handover
from agent.state import CaseState


def propose(state: CaseState, deps: AgentDeps) -> CaseState:
    """What should happen; nothing has."""
    subject, inquiry = subject_of(state, deps)
    brief = brief_of(subject, inquiry, deps, state)
    proposal = _proposed(state, brief, deps)
    inquiry = with_asked(inquiry, proposal.lookups, deps)
    return {
        # Only a person's edit carries an author; a reasoner that claims one would be judged more gently.
        "proposal": as_json(proposal.model_copy(update={"author": ""})),
        "inquiry": inquiry,
        "decision": {},
        "revised": state.get("revised", False) or bool(rejected_because(state)),
    }


def _proposed(state: CaseState, brief: Brief, deps: AgentDeps) -> ProposedResolution:
    fault = state.get("fault")
    if fault:
        return handover(brief, fault)
    return forced(brief) or answered(deps.reasoner.propose(brief), ProposedResolution)
