"""The life of a request, as pure functions: whatever is not written here cannot happen to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.approvals.errors import (
    AlreadyDecided,
    Expired,
    NotAllowed,
    NothingEdited,
    ReasonMissing,
    StaleDigest,
    UnknownPerson,
)
from agent.approvals.request import ApprovalDecision, ApprovalRequest, ApprovalStatus, DecisionKind
from agent.limits.people import Role

MOVES: dict[ApprovalStatus, frozenset[ApprovalStatus]] = {
    ApprovalStatus.AWAITING: frozenset(
        {ApprovalStatus.EXECUTING, ApprovalStatus.REJECTED, ApprovalStatus.EXPIRED, ApprovalStatus.SUPERSEDED}
    ),
    ApprovalStatus.EXECUTING: frozenset({ApprovalStatus.EXECUTED, ApprovalStatus.FAILED, ApprovalStatus.SUPERSEDED}),
}
"""From where to where. A status that is not a key is final."""

_AFTER = {
    DecisionKind.APPROVE: ApprovalStatus.EXECUTING,
    DecisionKind.MODIFY: ApprovalStatus.SUPERSEDED,
    DecisionKind.REJECT: ApprovalStatus.REJECTED,
    DecisionKind.ESCALATE: ApprovalStatus.REJECTED,
}


class IllegalApprovalMove(ValueError):
    """A request cannot go from one status to the other: a bug, not somebody's mistake."""

    def __init__(self, before: ApprovalStatus, after: ApprovalStatus) -> None:
        super().__init__(f"a request for approval cannot go from {before} to {after}")


def decide(request: ApprovalRequest, decision: ApprovalDecision, now: datetime) -> ApprovalRequest:
    """The request after a person's answer. Raises an ApprovalError that says why the answer does not count.

    An answer that comes at or after `expires_at` is Expired, whatever it says.
    """
    _open(request, now)
    if not decision.by.strip():
        raise UnknownPerson(decision.by)
    if decision.digest != request.digest:
        raise StaleDigest(request)
    _complete(request, decision)
    return _moved(request, _AFTER[decision.kind], decision=decision)


def _open(request: ApprovalRequest, now: datetime) -> None:
    if request.decision is not None:
        raise AlreadyDecided(request)
    if request.status is ApprovalStatus.SUPERSEDED:
        raise StaleDigest(request)
    if request.status is ApprovalStatus.EXPIRED or now >= request.expires_at:
        raise Expired(request)
    if request.status is not ApprovalStatus.AWAITING:
        raise AlreadyDecided(request)


def _complete(request: ApprovalRequest, decision: ApprovalDecision) -> None:
    # Saying no, or asking for changes that are judged anew, gives nothing away: any agent may.
    needed = request.required_role if decision.kind is DecisionKind.APPROVE else Role.AGENT
    if not decision.role.covers(needed):
        raise NotAllowed(request, decision.by, decision.role)
    if decision.kind is DecisionKind.REJECT and not decision.reason.strip():
        raise ReasonMissing
    if decision.kind is DecisionKind.MODIFY and decision.effects is None and not decision.text.strip():
        raise NothingEdited


def attach(request: ApprovalRequest, interrupt_id: str) -> ApprovalRequest:
    """The request, knowing which pause of the graph its answer ends."""
    return request.model_copy(update={"interrupt_id": interrupt_id, "version": request.version + 1})


def expire(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """The request after its time ran out: the answer is no. Raises ValueError before that moment."""
    if now < request.expires_at:
        raise ValueError(f"request {request.id} is good until {request.expires_at.isoformat()}")
    return _moved(request, ApprovalStatus.EXPIRED, settled_at=now, detail="nobody answered in time")


def supersede(request: ApprovalRequest, now: datetime, why: str) -> ApprovalRequest:
    """The request after what it asked for changed; a new one has to be asked."""
    return _moved(request, ApprovalStatus.SUPERSEDED, settled_at=now, detail=why)


def finish(request: ApprovalRequest, now: datetime, *, done: bool, detail: str = "") -> ApprovalRequest:
    """An executing request after all of its effects happened, or after one of them could not."""
    status = ApprovalStatus.EXECUTED if done else ApprovalStatus.FAILED
    return _moved(request, status, settled_at=now, detail=detail)


def _moved(request: ApprovalRequest, status: ApprovalStatus, **changes: Any) -> ApprovalRequest:  # Any: field values
    if status not in MOVES.get(request.status, frozenset()):
        raise IllegalApprovalMove(request.status, status)
    return request.model_copy(update={"status": status, "version": request.version + 1, **changes})
