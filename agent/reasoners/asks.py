"""What a message asks, when what it says outright is held against what the classifier reads.

Code may propose what spends money only on an explicit statement: "it arrived broken, money back" is about the broken
thing, "my fault, M please" is no mistake of ours, and an ask that nobody wrote is not answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.case import RankedIntent
from agent.reasoners.stated import CAME, CHEAPER, OTHER_SIZE, OWN_MISTAKE

GOODS = ("wrong_item", "damaged_item", "missing_item", "not_received")
"""What can be wrong with the goods; it decides about the money."""
OUTRIGHT = frozenset((*GOODS, "refund_request", "return_request", "exchange_request", "cancel_order"))
"""Asks that somebody signs for: they rest on words, not on likeness."""
WORDED = OUTRIGHT | frozenset(
    "payment_issue stock_availability subscription account change_address change_order delivery_estimate order_status "
    "promotion".split()
)
"""Asks that count besides another one only when the message has words for them."""
SURE, POSSIBLE = 0.7, 0.02
"""A reading below SURE gives way to the one thing that is said outright, when that is POSSIBLE at all."""
_WORDS: Mapping[str, frozenset[str]] = {
    "exchange_request": frozenset({"exchange_request", "change_order", OTHER_SIZE}),
    "promotion": frozenset({"promotion", CHEAPER}),
}
"""Asks that have words besides their own."""
ADDRESS = "address"
"""That a message holds a complete address."""
_OF_THE_SHOP = frozenset(
    "stock_availability product_question subscription other promotion return_policy account payment_issue thanks "
    "complaint human_request".split()
)
# Where a parcel is, and that money should come back for it, contradict each other: nothing moves on that.
_READ_ONLY = frozenset(("order_status", "delivery_estimate", "change_address"))
_MONEY_ASKS = frozenset(("refund_request", "refund_status"))


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What the classifier reads: the lead, how sure it is, how likely each intent is, further asks."""

    intent: str
    confidence: float
    likely: Mapping[str, float]
    secondary: tuple[RankedIntent, ...] = ()

    def chance(self, intent: str) -> float:
        """How likely an intent is, as the main ask or as a further one."""
        further = (each.confidence for each in self.secondary if each.intent == intent)
        return max((*further, self.likely.get(intent, 0.0)))


def lead_of(heard: Heard, said: frozenset[str], *, names_order: bool) -> str:
    """The main ask of a message that says `said`."""
    faults = [fault for fault in GOODS if fault in said]
    if heard.intent in OUTRIGHT and CHEAPER in said and not faults:
        return "promotion"
    if heard.intent in _MONEY_ASKS and (fault := _fault(heard, faults, said)):
        return fault
    if heard.intent == "wrong_item" and (meant := _own_choice(said)):
        return meant
    if heard.intent in said or heard.confidence >= SURE or (heard.intent in _OF_THE_SHOP and not names_order):
        return heard.intent
    if {ADDRESS, "change_address"} <= said and heard.chance("change_address") >= POSSIBLE:
        return "change_address"
    return _only_one(heard, said) or heard.intent


def _fault(heard: Heard, faults: Sequence[str], said: frozenset[str]) -> str:
    """What is wrong with the goods that the money is asked for."""
    # "The refund is not here yet": without a parcel in mind nothing is missing but the money.
    known = [fault for fault in faults if fault != "not_received" or heard.chance(fault) >= POSSIBLE]
    asked = heard.intent == "refund_request" or "refund_request" in said
    return max(known, key=heard.chance) if known and asked else ""


def _own_choice(said: frozenset[str]) -> str:
    """What is meant by something wrong that nobody sent by mistake."""
    own = OWN_MISTAKE in said and CAME not in said
    if "wrong_item" in said and not own:
        return ""
    if "cancel_order" in said:
        return "cancel_order"
    swaps = OTHER_SIZE in said or "exchange_request" in said
    return "exchange_request" if swaps and (OWN_MISTAKE in said or CAME not in said) else ""


def _only_one(heard: Heard, said: frozenset[str]) -> str:
    """The one ask that is said outright; empty when there is none, or two that contradict each other."""
    asks = [intent for intent in (*GOODS, *sorted(OUTRIGHT.difference(GOODS))) if intent in said]
    if "return_policy" in said or heard.intent in GOODS or heard.intent in _READ_ONLY:
        asks = [intent for intent in asks if intent in GOODS]
    if "return_request" in asks or any(intent in GOODS for intent in asks):
        asks = [intent for intent in asks if intent != "refund_request"]
    return asks[0] if len(asks) == 1 and heard.chance(asks[0]) >= POSSIBLE else ""


def further(heard: Heard, lead: str, said: frozenset[str]) -> tuple[RankedIntent, ...]:
    """The further asks: those the message has words for, and what led before it was said to be about something else."""
    # Who asks for a person is found by the wording of the whole message.
    other = [each for each in heard.secondary if each.intent not in (lead, "human_request")]
    kept = [each for each in other if each.intent not in WORDED or each.intent in said]
    if lead in GOODS and heard.intent in _MONEY_ASKS and all(each.intent != "refund_request" for each in kept):
        kept.append(RankedIntent(intent="refund_request", confidence=heard.confidence))
    return tuple(each for each in kept if lead not in GOODS or each.intent != "refund_status")


def is_said(intent: str, said: frozenset[str]) -> bool:
    """Whether a message has words for this ask."""
    return bool(_WORDS.get(intent, frozenset({intent})) & said)
