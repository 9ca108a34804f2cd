"""What a decision means for the paused graph: pure, so that the same decision can be carried in again after a crash."""

from __future__ import annotations

from collections.abc import Iterable

from agent.approvals import ApprovalRequest, ApprovalStatus, DecisionKind
from agent.case import Draft, ProposedResolution
from agent.nodes.subject import as_json
from agent.repositories import CaseRecord
from agent.state import CaseState, Json
from agent.trail import SYSTEM
from tools.actions import SendReply


def asked_at(interrupt_id: str, requests: Iterable[ApprovalRequest]) -> ApprovalRequest | None:
    """The newest request that a pause waits for."""
    found = [request for request in requests if request.interrupt_id == interrupt_id]
    return found[-1] if found else None


def answered(request: ApprovalRequest) -> bool:
    """Whether the pause can end: a person decided, or nobody did in time. Replaced by another request is no answer."""
    return request.decision is not None or request.status is ApprovalStatus.EXPIRED


def answer_of(request: ApprovalRequest, proposal: ProposedResolution | None, *, again: bool) -> Json:
    """What the graph is told. `proposal` stands in for the one that was asked about; `again` asks the reasoner anew."""
    decision = request.decision
    if decision is None:
        return {"kind": "reject", "approval_id": request.id, "by": SYSTEM, "reason": request.detail}
    answer: Json = {
        "kind": decision.kind.value,
        "approval_id": request.id,
        "by": decision.by,
        "reason": decision.reason,
    }
    if proposal is not None:
        answer["proposal"] = as_json(proposal)
    if decision.kind is DecisionKind.REJECT and again:
        answer["again"] = True
    return answer


def edited_by(request: ApprovalRequest, proposal: ProposedResolution) -> ProposedResolution:
    """The edit that a decision records, put together again from its effects."""
    decision = request.decision
    effects = decision.effects or () if decision else ()
    replies = [effect for effect in effects if isinstance(effect, SendReply)]
    reply = _draft(replies[-1]) if replies else None
    return proposal.model_copy(
        update={
            "actions": tuple(effect for effect in effects if not isinstance(effect, SendReply)),
            "reply": reply,
            "author": request.decided_by,
        }
    )


def state_of(record: CaseRecord) -> CaseState:
    """The case as its row tells it, in the words of the graph."""
    state: CaseState = {"case_id": record.case_id, "ticket_id": record.ticket_id, "turn": record.message_id}
    if record.classification is not None:
        state["classification"] = as_json(record.classification)
    if record.proposal is not None:
        state["proposal"] = as_json(record.proposal)
    return state


def _draft(reply: SendReply) -> Draft:
    return Draft(text=reply.text, language=reply.language, in_reply_to=reply.in_reply_to)
