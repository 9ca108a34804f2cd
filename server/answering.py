"""What pages, sidecar and API do around an answer: sign an edit in the same step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.approvals import ApprovalStatus

if TYPE_CHECKING:
    from agent.approvals import ApprovalRequest
    from server.service import Service

_NOT_DONE = (ApprovalStatus.SUPERSEDED, ApprovalStatus.FAILED)


def found_in_edit(before: ApprovalRequest, after: ApprovalRequest) -> tuple[str, ...]:
    """What the check says about somebody's own words that it did not say about the draft.

    They may send what no source says, once they have seen it named: so never in the step that saves it.
    """
    return tuple(reason for reason in after.reasons if reason not in before.reasons)


def undone(service: Service, request_id: str) -> ApprovalStatus | None:
    """Why what was signed did not happen: SUPERSEDED for what had changed meanwhile, FAILED; None when it happened."""
    request = service.database.approvals.get(request_id)
    return request.status if request is not None and request.status in _NOT_DONE else None
