"""From a judged proposal to the request that a person answers, and why somebody may not answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from agent.approvals.request import ApprovalKind, ApprovalRequest, approval_id, stated_amount
from agent.case import ActionVerdict, GuardVerdict, ProposedResolution, Verdict, effect_key
from agent.limits import Person, PolicyLimits, Role
from agent.limits.people import highest
from agent.policy import PastEffect, may_sign
from tools.actions import Action
from tools.money import Money, total


class SignedHistory(Protocol):
    """What was done and signed: `agent.history.AskedHistory`."""

    def past_effects(self, since: datetime, customer_id: str = "", case_id: str = "") -> Sequence[PastEffect]:
        """Effects since a moment, oldest first."""
        ...


def request_for(
    *,
    case_id: str,
    ticket_id: str,
    customer_id: str,
    proposal: ProposedResolution,
    verdict: GuardVerdict,
    limits: PolicyLimits,
    now: datetime,
    amounts: Mapping[str, Money] | None = None,
) -> ApprovalRequest:
    """The request for everything in `proposal`. `amounts` prices effects by fingerprint where the action does not."""
    effects = proposal.effects(ticket_id)
    priced = {a.fingerprint(): m for a in effects if (m := _price(a, amounts or {})) is not None}
    waiting = [action for action in effects if verdict.of(action) is not Verdict.ALLOW] or list(effects)
    hours = min(limits.approvals.hours_for(action.kind) for action in waiting)
    return ApprovalRequest(
        id=approval_id(case_id, proposal.digest(ticket_id), now),
        case_id=case_id,
        ticket_id=ticket_id,
        customer_id=customer_id,
        kind=_kind(waiting),
        effects=effects,
        bindings=proposal.bindings,
        required_role=_role(verdict),
        amount=_sum(priced),
        amounts=priced,
        verdicts=verdict.actions,
        reasons=_reasons(verdict),
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )


def _price(action: Action, amounts: Mapping[str, Money]) -> Money | None:
    return amounts.get(action.fingerprint()) or stated_amount(action)


def _kind(waiting: Sequence[Action]) -> ApprovalKind:
    reading = all(action.kind == "send_reply" for action in waiting)
    return ApprovalKind.REVIEW if reading else ApprovalKind.SIGN


def _role(verdict: GuardVerdict) -> Role:
    named = [item.role for item in verdict.actions] + [violation.role for violation in verdict.every_violation()]
    return highest([Role(name) for name in named if name])


def _sum(priced: Mapping[str, Money]) -> Money | None:
    currencies = {amount.currency for amount in priced.values()}
    return total(priced.values(), currencies.pop()) if len(currencies) == 1 else None


def _reasons(verdict: GuardVerdict) -> tuple[str, ...]:
    asks = (v.message for v in verdict.every_violation() if v.verdict is Verdict.REQUIRE_APPROVAL)
    return tuple(dict.fromkeys(asks))


@dataclass(frozen=True, kw_only=True)
class SigningRules:
    """Ceilings and daily sums of the person who signs; `objections` is what `ApprovalDesk` asks."""

    limits: PolicyLimits
    history: SignedHistory

    def objections(self, request: ApprovalRequest, person: Person, now: datetime) -> list[str]:
        """Why `person` may not sign `request`; empty when they may. An effect that nobody judged is never signed."""
        since = now - timedelta(hours=max([24, *(w.hours or 0 for w in self.limits.windows.limits)]))
        past = list(self.history.past_effects(since, request.customer_id, request.case_id))
        verdicts = {verdict.fingerprint: verdict for verdict in request.verdicts}
        found: list[str] = []
        for action in request.effects:
            verdict = verdicts.get(action.fingerprint())
            if verdict is None:
                return [f"{action.kind} was never judged"]
            found += self._about(request, action, verdict, person, past, now)
        return list(dict.fromkeys(found))

    def _about(
        self,
        request: ApprovalRequest,
        action: Action,
        verdict: ActionVerdict,
        person: Person,
        past: list[PastEffect],
        now: datetime,
    ) -> list[str]:
        key, amount = effect_key(request.case_id, action), request.amount_of(action)
        if any(effect.key == key for effect in past):
            return []
        found = may_sign(person, verdict, amount, past, self.limits, now)
        past.append(
            PastEffect(
                action=action,
                at=now,
                customer_id=request.customer_id,
                approver=person.id,
                case_id=request.case_id,
                amount=amount,
                key=key,
            )
        )
        return [violation.message for violation in found]
