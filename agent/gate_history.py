"""What a run of the gate has done so far, summed up as it happens so that a long run stays quick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.limits import Per, PolicyLimits
from agent.policy import Past, PastEffect, Tally, merged
from agent.policy.amounts import NAMES, within
from agent.policy.past import tally_of
from agent.policy.signing import DAY
from tools.money import Money

Span = tuple[int | None, tuple[str, ...]]
"""How far back, and which kinds count; none named: all that give value."""
_THE_SHOP = None


class GateHistory:
    """Effects by customer and by case, and running sums for every window of the shop and of a person who signs."""

    def __init__(self, past: Iterable[PastEffect], limits: PolicyLimits, now: datetime) -> None:
        shared = [window for window in limits.windows.limits if window.per in (Per.SHOP, Per.APPROVER)]
        self._now, self._nothing = now, Tally(0, Money.zero(limits.currency))
        self._counted = set(NAMES)
        self._counted.update(*(window.actions for window in shared))
        self._spans: set[Span] = {(DAY, ()), *((window.hours, window.actions) for window in shared)}
        self._sums: dict[tuple[Span, str | None], Tally] = {}
        self._of_customer: defaultdict[str, list[PastEffect]] = defaultdict(list)
        self._of_case: defaultdict[str, list[PastEffect]] = defaultdict(list)
        for effect in past:
            self.add(effect)

    def add(self, effect: PastEffect) -> None:
        """Count one more effect."""
        self._of_customer[effect.customer_id].append(effect)
        self._of_case[effect.case_id].append(effect)
        for span in self._spans:
            one = self.given([effect], span)
            for whose in (_THE_SHOP, effect.approver):
                self._sums[span, whose] = self.sum(span, whose) + one

    def about(self, customer_id: str, case_id: str, store: Sequence[PastEffect]) -> Past:
        """What counts for an action of this customer, together with what the `store` itself knows."""
        own = self._of_customer.get(customer_id, []) if customer_id else []
        together = merged(own, list(store))
        beside = [each for each in self._of_case.get(case_id, []) if self._beside(each, customer_id)]
        return _Seen(self, [*together, *beside], together[len(own) :])

    def sum(self, span: Span, whose: str | None) -> Tally:
        """What was done within `span` by one who signs, or by everybody."""
        return self._sums.get((span, whose), self._nothing)

    def given(self, effects: Iterable[PastEffect], span: Span) -> Tally:
        """What these add to the sum of a span."""
        hours, kinds = span
        return tally_of(within(effects, self._now, hours), kinds, self._nothing.amount.currency)

    def _beside(self, effect: PastEffect, customer_id: str) -> bool:
        """Whether what was done in the same case counts although the customer is another, or nobody."""
        if effect.customer_id == customer_id:
            return not customer_id
        return effect.action.kind in self._counted


@dataclass(frozen=True)
class _Seen:
    """The past of one call. `besides` is what only the store knows, and no person of ours signed it."""

    history: GateHistory
    nearby: list[PastEffect]
    besides: list[PastEffect]

    def near(self, customer_id: str, case_id: str) -> Sequence[PastEffect]:
        """The effects of this customer and of this case, which are those that the call is about."""
        return self.nearby

    def tally(self, hours: int | None, kinds: tuple[str, ...], signer: str | None = _THE_SHOP) -> Tally:
        """What the whole shop, or one person who signs, did within `hours`."""
        done = self.history.sum((hours, kinds), signer)
        return done + self.history.given(self.besides, (hours, kinds)) if signer is _THE_SHOP else done
