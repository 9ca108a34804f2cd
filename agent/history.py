"""The past as policy asks for it: what was done, and, when something new is proposed, what waits or is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.approvals.request import ApprovalRequest
from agent.case import effect_key
from agent.ledger import LedgerEntry
from agent.limits import Per, PolicyLimits
from agent.policy import PastEffect
from agent.policy.amounts import NAMES
from agent.policy.facts import longest_memory
from agent.repositories import ApprovalRepository, ExecutionLedger
from tools.actions import ACTIONS
from tools.remembering import of_each

DAY = 24
VALUE_KINDS = frozenset(kind for kind, action in ACTIONS.items() if action.gives_value)
PRICED_KINDS = VALUE_KINDS | set(NAMES)
"""Those that may give something: an exchange does when it pays back at once."""


@dataclass(frozen=True, kw_only=True)
class LedgerHistory:
    """What was done or is claimed. The executor's guard uses it: a later request never stops an earlier signature."""

    ledger: ExecutionLedger
    limits: PolicyLimits

    def past_effects(self, since: datetime, customer_id: str = "", case_id: str = "") -> Sequence[PastEffect]:
        """Effects of the customer since `since`, of the case, and of the whole shop as far back as its windows go."""
        shop_since = since + longest_memory(self.limits) - shop_memory(self.limits)
        kinds = counted_kinds(self.limits)
        found = self.ledger.history(since, customer_id, case_id, max(since, shop_since), kinds)
        return [_past(entry) for entry in found]


@dataclass(frozen=True, kw_only=True)
class AskedHistory:
    """What was done, and what other cases wait for or have signed: for judging a new proposal and a new signature."""

    done: LedgerHistory
    approvals: ApprovalRepository

    def past_effects(self, since: datetime, customer_id: str = "", case_id: str = "") -> Sequence[PastEffect]:
        """As in LedgerHistory, and the effects of requests that are awaiting or executing in other cases."""
        done = self.done.past_effects(since, customer_id, case_id)
        known = {past.key for past in done}
        # The case's own request is left out: a new proposal replaces it.
        requests = [request for request in self.approvals.counting(customer_id) if request.case_id != case_id]
        # Only a case that is in the ledger can hold an effect twice; other keys are not worth computing.
        cases = {past.case_id for past in done}
        asked = (past for request in requests for past in _asked(request, keyed=request.case_id in cases))
        return [*done, *(past for past in asked if past.key not in known)]


def shop_memory(limits: PolicyLimits) -> timedelta:
    """How far back what everybody did can matter; a window without hours reaches as far as anything."""
    shared = [window for window in limits.windows.limits if window.per in (Per.SHOP, Per.APPROVER)]
    if any(window.hours is None for window in shared):
        return longest_memory(limits)
    return timedelta(hours=max([DAY, *(window.hours or 0 for window in shared)]))


def counted_kinds(limits: PolicyLimits) -> frozenset[str]:
    """The kinds of actions that any window counts."""
    return PRICED_KINDS.union(*(window.actions for window in limits.windows.limits))


def past_of(entry: LedgerEntry) -> PastEffect:
    """A ledger entry as policy sees it."""
    return PastEffect(
        action=entry.action,
        at=entry.claimed_at,
        customer_id=entry.customer_id,
        approver=entry.approved_by,
        case_id=entry.case_id,
        amount=entry.amount,
        key=entry.key,
    )


def _asked(request: ApprovalRequest, *, keyed: bool) -> Sequence[PastEffect]:
    past = _effects(request)
    if not keyed:
        return past
    return [each.model_copy(update={"key": effect_key(request.case_id, each.action)}) for each in past]


def _effects_of(request: ApprovalRequest) -> Sequence[PastEffect]:
    return tuple(
        PastEffect(
            action=action,
            at=request.decided_at or request.created_at,
            customer_id=request.customer_id,
            approver=request.decided_by,
            case_id=request.case_id,
            amount=request.amount_of(action),
        )
        for action in request.effects
    )


_past = of_each(past_of, most=4_096)
_effects = of_each(_effects_of, most=2_048)
"""What was done and what waits is read for every case, and the repositories give the same objects each time."""
