"""What pages, sidecar and API do around an answer: sign an edit in the same step, and give a case back for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.approvals import ApprovalStatus
from agent.takeover import answered_by_hand

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


def give_back(service: Service, case_id: str, by: str) -> bool:
    """Release a case. False when there is none.

    One that was taken over with its draft, and that nobody has answered since, is drafted anew: what was asked about it
    counts no more, and without a new message nothing else would bring it back.
    """
    record = service.database.cases.get(case_id)
    ticket = service.store.readers().helpdesk.ticket(record.ticket_id) if record else None
    lost = (
        record is not None
        and ticket is not None
        and " took it over" in record.with_person
        and record.proposal is not None
        and not record.proposal.escalate
        and ticket.latest.id == record.message_id
        and not answered_by_hand(record, ticket)
        and not any(each.action.kind == "send_reply" for each in record.executions)
    )
    known = service.work.release(case_id, by)
    return service.work.again(case_id, by) if known and lost else known
