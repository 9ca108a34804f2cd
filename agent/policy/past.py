"""The past as a list, asked as rules ask: who keeps sums of a long one answers the same questions without a scan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.policy.amounts import gave, same_case, same_customer, summed, within
from agent.policy.question import Past, PastEffect, Tally


@dataclass(frozen=True)
class Listed:
    """Every effect that may count, looked through for each question."""

    effects: Sequence[PastEffect]
    now: datetime
    currency: str

    def near(self, customer_id: str, case_id: str) -> Sequence[PastEffect]:
        """The effects of this customer and of this case."""
        return [past for past in self.effects if same_customer(past, customer_id) or same_case(past, case_id)]

    def in_case(self, case_id: str) -> Sequence[PastEffect]:
        """The effects of this case."""
        return [past for past in self.effects if same_case(past, case_id)]

    def got(self, customer_id: str, hours: int | None, kinds: tuple[str, ...], case_id: str = "") -> Tally:
        """What this customer got, or was done in this case, within `hours`."""
        return tally_of(within(self.near(customer_id, case_id), self.now, hours), kinds, self.currency)

    def tally(self, hours: int | None, kinds: tuple[str, ...], signer: str | None = None) -> Tally:
        """What the whole shop, or one person who signs, did within `hours`."""
        recent = within(self.effects, self.now, hours)
        return tally_of((p for p in recent if signer is None or p.approver == signer), kinds, self.currency)


def past_in(history: Sequence[PastEffect] | Past, now: datetime, currency: str) -> Past:
    """`history` as rules ask it."""
    # Not the other way round: asking whether something is a protocol looks at all of its members.
    return Listed(history, now, currency) if isinstance(history, Sequence) else history


def tally_of(effects: Iterable[PastEffect], kinds: tuple[str, ...], currency: str) -> Tally:
    """How many of `effects` are of `kinds` (none named: give value), and what they gave."""
    counted = [past for past in effects if counts_in(past.action.kind, gave(past), kinds)]
    return Tally(len(counted), summed(counted, currency))


def counts_in(kind: str, value: bool, kinds: tuple[str, ...]) -> bool:
    """Whether an action counts where `kinds` are counted: all that give value when none are named."""
    return kind in kinds if kinds else value
