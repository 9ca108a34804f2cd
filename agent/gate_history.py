"""What a run of the gate has done so far, summed up as it happens so that a long run stays quick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.limits import Per, PolicyLimits
from agent.policy import Past, PastEffect, Tally
from agent.policy.amounts import NAMES, within
from agent.policy.past import tally_of
from agent.policy.signing import DAY
from tools.money import Money

Span = tuple[int | None, tuple[str, ...]]
"""How far back, and which kinds count; none named: all that give value."""
_THE_SHOP = None
_FEW = 32
"""Effects of one customer that are sooner summed anew than their sum is kept."""


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
        self._keys: defaultdict[str, set[str]] = defaultdict(set)
        self._got: dict[tuple[Span, str], tuple[int, Tally]] = {}
        for effect in past:
            self.add(effect)

    def add(self, effect: PastEffect) -> None:
        """Count one more effect."""
        self._of_customer[effect.customer_id].append(effect)
        self._of_case[effect.case_id].append(effect)
        self._keys[effect.customer_id].add(effect.key)
        for span in self._spans:
            one = self.given([effect], span)
            for whose in (_THE_SHOP, effect.approver):
                self._sums[span, whose] = self.sum(span, whose) + one

    def keys(self, customer_id: str) -> Container[str]:
        """The keys of what this customer got: the store knows those effects too, and they count once."""
        return self._keys.get(customer_id, ()) if customer_id else ()

    def about(self, customer_id: str, case_id: str, store: Iterable[PastEffect]) -> Past:
        """What counts for an action of this customer, together with what the `store` itself knows."""
        known = self.keys(customer_id)
        besides = [each for each in store if not each.key or each.key not in known]
        case = [each for each in self._of_case.get(case_id, []) if case_id and self._counts(each, customer_id)]
        return _Seen(self, case, besides)

    def of(self, customer_id: str) -> Sequence[PastEffect]:
        """What this customer got; nobody is not a customer."""
        return self._of_customer.get(customer_id, ()) if customer_id else ()

    def sum(self, span: Span, whose: str | None) -> Tally:
        """What was done within `span` by one who signs, or by everybody."""
        return self._sums.get((span, whose), self._nothing)

    def got(self, span: Span, customer_id: str) -> Tally:
        """What this customer got within `span`: a long list is only ever looked through where it grew."""
        effects = self.of(customer_id)
        if len(effects) <= _FEW:
            return self.given(effects, span)
        done, before = self._got.get((span, customer_id), (0, self._nothing))
        found = before + self.given(effects[done:], span) if done < len(effects) else before
        self._got[span, customer_id] = (len(effects), found)
        return found

    def given(self, effects: Iterable[PastEffect], span: Span) -> Tally:
        """What these add to the sum of a span."""
        hours, kinds = span
        return tally_of(within(effects, self._now, hours), kinds, self._nothing.amount.currency)

    def _counts(self, effect: PastEffect, customer_id: str) -> bool:
        """Whether what was done in the same case counts: also of another customer, or nobody, when it is value."""
        return effect.customer_id == customer_id or effect.action.kind in self._counted


@dataclass(frozen=True)
class _Seen:
    """The past of one call. `besides` is what only the store knows, and no person of ours signed it."""

    history: GateHistory
    case: list[PastEffect]
    besides: list[PastEffect]

    def near(self, customer_id: str, case_id: str) -> Sequence[PastEffect]:
        """The effects of this customer and of this case, which are those that the call is about."""
        return [*self.history.of(customer_id), *self.besides, *self._others(customer_id)]

    def in_case(self, case_id: str) -> Sequence[PastEffect]:
        """The effects of this case, which is the one that the call is about."""
        return self.case

    def got(self, customer_id: str, hours: int | None, kinds: tuple[str, ...], case_id: str = "") -> Tally:
        """What this customer got, or was done in this case, within `hours`."""
        others = self._others(customer_id) if case_id else []
        besides = self.history.given([*self.besides, *others], (hours, kinds))
        return self.history.got((hours, kinds), customer_id) + besides

    def tally(self, hours: int | None, kinds: tuple[str, ...], signer: str | None = _THE_SHOP) -> Tally:
        """What the whole shop, or one person who signs, did within `hours`."""
        done = self.history.sum((hours, kinds), signer)
        return done + self.history.given(self.besides, (hours, kinds)) if signer is _THE_SHOP else done

    def _others(self, customer_id: str) -> list[PastEffect]:
        """What was done in this case, but not for this customer."""
        return [each for each in self.case if not customer_id or each.customer_id != customer_id]
