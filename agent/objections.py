"""Why a person may not sign a request: role, ceilings and sums of the day, against everything signed lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals import ApprovalRequest
from agent.approvals.desk import FindPerson
from agent.case import Violation
from agent.guard.guard import EffectHistory
from agent.limits import Person, PolicyLimits
from agent.policy import PastEffect, may_sign
from agent.policy.facts import longest_memory
from tools.actions import Action


@dataclass(frozen=True, kw_only=True)
class Objections:
    """`agent.approvals.desk.Objections` over the shop's limits. Several effects of one request count together."""

    limits: PolicyLimits
    history: EffectHistory
    person: FindPerson | None = None
    """Who there is and with which role; None: the people of limits.yaml."""

    def __call__(self, request: ApprovalRequest, person: Person, now: datetime) -> Sequence[str]:
        """Plain sentences; empty when the person may sign."""
        return tuple(dict.fromkeys(each.message for each in self.ruled(request, person, now)))

    def ruled(self, request: ApprovalRequest, person: Person, now: datetime) -> Sequence[Violation]:
        """The same with the rules that they come from."""
        since = now - longest_memory(self.limits)
        past = list(self.history.past_effects(since, request.customer_id, request.case_id))
        judged = {verdict.fingerprint: verdict for verdict in request.verdicts}
        found: list[Violation] = []
        for action in request.effects:
            verdict, amount = judged[action.fingerprint()], request.amount_of(action)
            found += may_sign(person, verdict, amount, past, self.limits, now, self.person)
            past.append(_signed_now(action, request, person, now))
        return tuple(dict.fromkeys(found))


def _signed_now(action: Action, request: ApprovalRequest, person: Person, now: datetime) -> PastEffect:
    return PastEffect(
        action=action,
        at=now,
        customer_id=request.customer_id,
        approver=person.id,
        case_id=request.case_id,
        amount=request.amount_of(action),
    )
