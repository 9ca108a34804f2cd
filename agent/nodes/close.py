"""close: how the case stands. Silence is never counted as a resolution."""

from __future__ import annotations

from agent.case import CaseStatus, Verdict
from agent.nodes.subject import proposal_of
from agent.state import CaseState


def close(state: CaseState) -> CaseState:
    """The outcome, from what was decided and done."""
    return {"outcome": outcome_of(state).value}


def outcome_of(state: CaseState) -> CaseStatus:
    """Failed before everything else: nothing that went wrong may look done."""
    proposal, kind = proposal_of(state), state.get("decision", {}).get("kind")
    if state.get("halted") or state["verdict"].get("verdict") == Verdict.BLOCK.value:
        return CaseStatus.FAILED
    if kind == "reject":
        return CaseStatus.REJECTED
    if proposal.ignore:
        return CaseStatus.IGNORED
    # Without a reply the customer has heard nothing: it is with the person who signed.
    handed = proposal.escalate or proposal.reply is None
    return CaseStatus.ESCALATED if handed else CaseStatus.ANSWERED
