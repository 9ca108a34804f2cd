"""What the audit log says about each kind of change: ids, digests, amounts, who decided; no words of a customer."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.audit import AuditNote
from agent.case import ExecutionStatus
from agent.ledger import LedgerEntry
from agent.promises import PromiseEntry, PromiseStatus
from agent.switches import Switch

SYSTEM = "system"
"""The actor when no person acted."""
_BY_PERSON = (ApprovalStatus.EXECUTING, ApprovalStatus.REJECTED)


def approval_note(request: ApprovalRequest) -> AuditNote:
    """A request was asked, answered, expired, replaced or closed."""
    decision = request.decision
    answered = decision is not None and (request.status in _BY_PERSON or request.settled_at is None)
    payload: dict[str, JsonValue] = {
        "approval_id": request.id,
        "digest": request.digest,
        "kinds": [action.kind for action in request.effects],
        "amount": str(request.amount) if request.amount else "",
        "required_role": request.required_role.value,
    }
    if decision is not None:
        payload |= {"decision": decision.kind.value, "by": decision.by, "role": decision.role.value}
    return AuditNote(
        at=decision.at if answered and decision else request.settled_at or request.created_at,
        actor=decision.by if answered and decision else SYSTEM,
        event=f"approval.{request.status.value}",
        case_id=request.case_id,
        payload=payload,
    )


def effect_note(entry: LedgerEntry) -> AuditNote:
    """An effect was claimed, or became what it is now."""
    claimed = entry.status is ExecutionStatus.PENDING
    return AuditNote(
        at=entry.claimed_at if claimed else entry.settled_at or entry.claimed_at,
        actor=SYSTEM,
        event=f"effect.{'claimed' if claimed else entry.status.value}",
        case_id=entry.case_id,
        payload=_of_effect(entry),
    )


def released_note(entry: LedgerEntry) -> AuditNote:
    """A claim was given back; nothing had been changed under it."""
    return AuditNote(
        at=entry.claimed_at, actor=SYSTEM, event="effect.released", case_id=entry.case_id, payload=_of_effect(entry)
    )


def _of_effect(entry: LedgerEntry) -> dict[str, JsonValue]:
    return {
        "key": entry.key,
        "kind": entry.action.kind,
        "attempt": entry.attempt,
        "amount": str(entry.amount) if entry.amount else "",
        "approval_id": entry.approval_id,
        "approved_by": entry.approved_by,
        "reference": entry.reference,
    }


def switch_note(switch: Switch) -> AuditNote:
    """A scope was stopped or resumed."""
    event = "switch.stopped" if switch.stopped else "switch.resumed"
    return AuditNote(
        at=switch.at, actor=switch.by, event=event, payload={"scope": switch.scope, "reason": switch.reason}
    )


def promise_note(entry: PromiseEntry) -> AuditNote:
    """A promise was made, kept, taken back or became late."""
    made = entry.status is PromiseStatus.OPEN
    return AuditNote(
        at=entry.settled_at or entry.made_at,
        actor=entry.settled_by or SYSTEM,
        event=f"promise.{'made' if made else entry.status.value}",
        case_id=entry.case_id,
        payload={"promise_id": entry.id, "kind": entry.kind, "effect": entry.effect, "due_at": _iso(entry.due_at)},
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
