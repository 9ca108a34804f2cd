"""From a judged proposal to the request that a person sees: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from agent.approvals import ApprovalKind, ApprovalRequest, approval_id
from agent.case import ActionVerdict, GuardVerdict, ProposedResolution, Verdict
from agent.limits import PolicyLimits, Role
from agent.limits.people import highest
from tools.actions import Action
from tools.money import Money, total


def request_for(
    *,
    case_id: str,
    ticket_id: str,
    customer_id: str,
    proposal: ProposedResolution,
    verdict: GuardVerdict,
    amounts: Mapping[str, Money],
    interrupt_id: str,
    intent: str = "",
    limits: PolicyLimits,
    now: datetime,
    changes: Mapping[str, str] = MappingProxyType({}),
) -> ApprovalRequest:
    """What is asked: every effect that is not free, exactly as it would run."""
    gated = [action for action in proposal.effects(ticket_id) if verdict.of(action) is Verdict.REQUIRE_APPROVAL]
    marks = {action.fingerprint() for action in gated}
    judged = tuple(item for item in verdict.actions if item.fingerprint in marks)
    draft = ApprovalRequest(
        id="pending",
        case_id=case_id,
        ticket_id=ticket_id,
        kind=ApprovalKind.REVIEW if _only_words(gated) else ApprovalKind.SIGN,
        effects=tuple(gated),
        bindings=proposal.bindings,
        required_role=_role(judged, verdict),
        customer_id=customer_id,
        intent=intent,
        amount=_sum(amounts, marks),
        amounts={mark: amount for mark, amount in amounts.items() if mark in marks},
        changes={mark: said for mark, said in changes.items() if mark in marks},
        verdicts=judged,
        reasons=_reasons(judged, verdict),
        created_at=now,
        expires_at=now + timedelta(hours=min(limits.approvals.hours_for(action.kind) for action in gated)),
        interrupt_id=interrupt_id,
    )
    return draft.model_copy(update={"id": approval_id(case_id, draft.digest, now)})


def _only_words(gated: list[Action]) -> bool:
    return all(action.kind in ("send_reply", "add_internal_note", "close_ticket") for action in gated)


def _role(judged: tuple[ActionVerdict, ...], verdict: GuardVerdict) -> Role:
    """The least role that satisfies every rule that asks; an agent when none names one."""
    named = [Role(item.role) for item in judged if item.role]
    named += [Role(v.role) for v in verdict.violations if v.role and v.verdict is Verdict.REQUIRE_APPROVAL]
    return highest([Role.AGENT, *named])


def _sum(amounts: Mapping[str, Money], marks: set[str]) -> Money | None:
    found = [amount for mark, amount in amounts.items() if mark in marks]
    if not found or len({amount.currency for amount in found}) > 1:
        return None
    return total(found, found[0].currency)


def _reasons(judged: tuple[ActionVerdict, ...], verdict: GuardVerdict) -> tuple[str, ...]:
    spoken = [*(v for item in judged for v in item.violations), *verdict.violations]
    asks = (f"{v.message} [{v.rule}]" for v in spoken if v.verdict is Verdict.REQUIRE_APPROVAL)
    return tuple(dict.fromkeys(asks))
