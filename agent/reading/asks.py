"""What a message asks, when what it says outright is held against what the classifier reads.

Code may propose what spends money only on an explicit statement: "it arrived broken, money back" is about the broken
thing, "my fault, M please" is no mistake of ours, and an ask that nobody wrote is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.case import RankedIntent
from agent.reading.clause_words import PAID, SENTENCE
from agent.reading.stated import (
    CAME,
    CHEAPER,
    GRATEFUL,
    HYPOTHETICAL,
    NO_GOODS,
    NO_MONEY,
    NOT_CANCEL,
    OF_AN_ACCOUNT,
    OTHER_SIZE,
    OWN_MISTAKE,
    PARCEL_WISH,
    RATHER_MONEY,
    REFUNDED,
    REPLACEMENT,
    SENDS_TOO,
    SHOP_RIGHT,
    UNUSED,
    WITHDRAWN,
    stated,
)
from agent.reading.words import fold

GOODS = ("wrong_item", "damaged_item", "missing_item", "not_received")
"""What can be wrong with the goods; it decides about the money."""
FAULTS = frozenset(GOODS) - {"not_received"}
"""Faults of what came: money or goods make them good."""
_MADE_ANEW = frozenset(("damaged_item", "not_received"))
OUTRIGHT = frozenset((*GOODS, "refund_request", "return_request", "exchange_request", "cancel_order"))
"""Asks that somebody signs for: they rest on words, not on likeness."""
CONTRARY = frozenset(("missing_item", "exchange_request"))
"""Said together, one of them only sounds like it: "could it turn into an M, I pay what is missing"."""
WORDED = OUTRIGHT | frozenset(
    "payment_issue stock_availability subscription account change_address change_order delivery_estimate order_status "
    "promotion product_question".split()
)
"""Asks that count besides another one only when the message has words for them."""
WISHES = frozenset(("refund_request", "return_request", "exchange_request"))
"""What a customer may only be thinking about."""
SURE, PLAUSIBLE, POSSIBLE = 0.7, 0.1, 0.02
"""A reading below SURE gives way to the one thing that is said outright, when that is PLAUSIBLE: of 45 messages that
nothing was tuned on, what was said was right in 22 of 34 from there on, and in 3 of 11 below."""
PLAIN = 0.4
"""From here on what a message has words for is meant rather than what they are about: "I leave the coffee club"."""
SURE_OF_MONEY = 0.9
"""From here on money is wanted rather than goods although the message has no words for it."""
SURE_OF_MONEY_BESIDES = 0.75
"""The same of a single sentence beside others."""
QUESTION = "question"
"""That a message asks a question."""
_WORDS: Mapping[str, frozenset[str]] = {
    "exchange_request": frozenset({"exchange_request", "change_order", OTHER_SIZE}),
    "promotion": frozenset({"promotion", CHEAPER}),
    "product_question": frozenset({QUESTION}),
}
"""Asks that have words besides their own."""
_SAME = {
    "subscription": "cancel_order",
    "exchange_request": "change_order",
    "change_order": "exchange_request",
}
"""An ask and what may look like a further one and is the same in other words."""
PAID_WITH = "paid_with"
"""That all a message says of paying is how it was paid: "I paid with a gift card, by the way"."""
ENDS = "ends"
"""That a sentence asks us to cancel or to refund: "can u cancel my order, had a bit of a shopping spree there"."""
ADDRESS = "address"
"""That a message holds a complete address."""
_OF_THE_SHOP = frozenset(
    "stock_availability product_question subscription other promotion return_policy account payment_issue thanks "
    "complaint human_request".split()
)
_OWN_CHOICES = ("exchange_request", "change_order", "return_request", "cancel_order")
# Where a parcel is, and that money should come back for it, contradict each other: nothing moves on that.
_READ_ONLY = frozenset(("order_status", "delivery_estimate", "change_address"))
# What makes of a card more than the means by which something was paid.
_TROUBLE = re.compile(
    r"\b(?:twice|two times|double|again|declin|fail|error|charg|invoice|receipt|vat|expir|balance|code|another"
    r"|doppelt|zweimal|rechnung|abgebucht|gutscheincode|geht nicht|abgelehnt|dos veces|doble|factur|cobr|rechaz|caduc"
    r"|deux fois|debit|prelev|refus|expir|how|whether|wie|como|comment|can i|kann ich|puedo|puis je|instead|statt)"
)
_OF_A_CLUB = frozenset(("product_question", "other"))
_SMALL_TALK = frozenset(("thanks", "complaint", "other"))
_SOME = 0.15
_MAYBE, _MAKING_GOOD = 0.3, "making good"
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
    contradicted = _contradicted(heard, said)
    if contradicted or heard.confidence >= SURE:
        return contradicted or heard.intent
    other = _outright(heard, said) or _by_the_way(heard, said) or (_not_the_account(heard) if names_order else "")
    if other or heard.intent in said or (heard.intent in _OF_THE_SHOP and not names_order):
        return other or heard.intent
    return _only_one(heard, said) or heard.intent


def _contradicted(heard: Heard, said: frozenset[str]) -> str:
    """What a message is about whose words contradict even a sure reading; empty when they do not."""
    faults = [fault for fault in GOODS if fault in said]
    if heard.intent in OUTRIGHT and CHEAPER in said and not faults:
        return "promotion"
    if heard.intent in WISHES and HYPOTHETICAL in said and not faults:
        return "return_policy"
    if heard.intent in _MONEY_ASKS and REFUNDED in said:
        return "refund_status"
    if heard.intent == "cancel_order" and PARCEL_WISH in said:
        return "change_order"
    if heard.intent in _MONEY_ASKS:
        return _fault(heard, faults, said)
    if heard.intent == "change_address":
        return _to_that_address(heard, faults, said)
    return _own_choice(heard, said) if heard.intent == "wrong_item" else _more_than_talk(heard, said)


def _more_than_talk(heard: Heard, said: frozenset[str]) -> str:
    """The ask of what reads like talk about the shop: "I leave the coffee club", "cancel it, what a shopping spree"."""
    if (
        heard.intent == "stock_availability"
        and "exchange_request" in said
        and heard.chance("exchange_request") >= POSSIBLE
    ):
        return "exchange_request"  # "do you have it in XL? If so swap mine"
    if heard.intent in _OF_A_CLUB and "subscription" in said and heard.chance("subscription") >= PLAIN:
        return "subscription"
    return _ended(said) if heard.intent in _SMALL_TALK and ENDS in said else ""


def _to_that_address(heard: Heard, faults: Sequence[str], said: frozenset[str]) -> str:
    """What is to be sent to the address that a message gives: "it broke, send the new one to ..."."""
    anew = [fault for fault in faults if fault in _MADE_ANEW] if REPLACEMENT in said else []
    for_goods = (*FAULTS, "exchange_request")
    anew += [each.intent for each in heard.secondary if each.intent in for_goods and each.confidence >= SURE_OF_MONEY]
    return max(anew, key=heard.chance, default="")


def _ended(said: frozenset[str]) -> str:
    """What chatter asks for that asks us to end something; nothing where it tells a fault as well."""
    asked = [ask for ask in ("cancel_order", "refund_request") if ask in said]
    return asked[0] if len(asked) == 1 and not FAULTS & said else ""


def _by_the_way(heard: Heard, said: frozenset[str]) -> str:
    """The ask behind an unsure reading of thanks, of a return that is only asked about, or beside a new address."""
    if heard.intent == "thanks":
        # An answer would close the conversation; a person sees what it is.
        return _more_than_thanks(heard, said) or ("" if GRATEFUL in said else "other")
    if _only_asks(heard, said):
        return "return_policy"
    sent_there = {ADDRESS, "change_address"} <= said and heard.chance("change_address") >= POSSIBLE
    return "change_address" if sent_there else ""


def _outright(heard: Heard, said: frozenset[str]) -> str:
    """What words say that stand against an unsure reading of something else; empty without such words."""
    if heard.intent == "payment_issue" and ENDS in said and "cancel_order" in said:
        return "cancel_order"  # how it was paid is told besides
    if heard.intent == "payment_issue" and "promotion" in said and heard.chance("promotion") >= _SOME:
        return "promotion"
    as_new = heard.intent in ("damaged_item", "missing_item") and heard.intent not in said and UNUSED in said
    wanted = [wish for wish in ("return_request", "refund_request") if wish in said]
    return wanted[0] if as_new and wanted else ""


def _not_the_account(heard: Heard) -> str:
    """What a message that names an order asks, where it only says whose mailbox it is written from; nothing to sign."""
    others = {intent: sure for intent, sure in heard.likely.items() if intent not in OUTRIGHT | {"account"}}
    return max(others, key=lambda intent: others[intent]) if heard.intent == "account" and others else ""


def _more_than_thanks(heard: Heard, said: frozenset[str]) -> str:
    """What a message with a word of thanks also has words for: "merci de ..." asks for something."""
    asks = [intent for intent in heard.likely if intent in WORDED and is_said(intent, said)]
    if WITHDRAWN in said or not {REPLACEMENT, "refund_request"} & said:
        # "I reported the scarf missing. Found it!": who asks for nothing is sent nothing.
        asks = [intent for intent in asks if intent not in GOODS]
    return max(asks, key=heard.chance, default="")


def _only_asks(heard: Heard, said: frozenset[str]) -> bool:
    """Whether somebody asks until when something may go back, and sends nothing yet."""
    maybe = heard.intent == "return_request" and heard.chance("return_policy") >= _MAYBE
    return maybe and "return_policy" in said


def _fault(heard: Heard, faults: Sequence[str], said: frozenset[str]) -> str:
    """What is wrong with the goods that the money is asked for."""
    # "The refund is not here yet": without a parcel in mind nothing is missing but the money.
    known = [fault for fault in faults if fault != "not_received" or heard.chance(fault) >= POSSIBLE]
    known = [fault for fault in known if fault != "damaged_item" or UNUSED not in said]
    asked = heard.intent == "refund_request" or "refund_request" in said
    return max(known, key=heard.chance) if known and asked else ""


def _own_choice(heard: Heard, said: frozenset[str]) -> str:
    """What is meant by something wrong that nobody sent by mistake."""
    own = SHOP_RIGHT in said or (OWN_MISTAKE in said and CAME not in said)
    if "wrong_item" in said and not own:
        return ""
    if "cancel_order" in said:
        return "cancel_order"
    swaps = OTHER_SIZE in said or "exchange_request" in said
    if swaps and (own or OWN_MISTAKE in said or CAME not in said):
        return "exchange_request"
    return max(_OWN_CHOICES, key=heard.chance) if own else ""


def _only_one(heard: Heard, said: frozenset[str]) -> str:
    """The one ask that is said outright; empty when there is none, or two that contradict each other."""
    asks = [intent for intent in (*GOODS, *sorted(OUTRIGHT.difference(GOODS))) if intent in said]
    if "return_policy" in said or heard.intent in GOODS:
        asks = [intent for intent in asks if intent in GOODS]
    if heard.intent in _READ_ONLY:
        asks = [intent for intent in asks if intent not in ("refund_request", "cancel_order")]
    if "return_request" in asks or any(intent in GOODS for intent in asks):
        asks = [intent for intent in asks if intent != "refund_request"]
    return asks[0] if len(asks) == 1 and _plausible(heard, asks[0]) else ""


def _plausible(heard: Heard, ask: str) -> bool:
    """Whether an ask that is said may be meant. Which of the faults it is need not be certain: each is made good."""
    alike = FAULTS if ask in FAULTS else frozenset({ask})
    return sum(heard.chance(each) for each in alike) >= PLAUSIBLE


def further(heard: Heard, lead: str, said: frozenset[str], *, orders: int = 1) -> tuple[RankedIntent, ...]:
    """The further asks: those the message has words for, and what led before it was said to be about something else.

    Of one and the same order nobody asks where it goes or when it comes and ends it; `orders` says how many are named.
    """
    # Who asks for a person is found by the wording of the whole message.
    none = (lead, "human_request", _SAME.get(lead))
    other = [each for each in heard.secondary if each.intent not in none]
    kept = [each for each in other if each.intent not in WORDED or is_said(each.intent, said)]
    if lead in _READ_ONLY and orders < 2:
        kept = [each for each in kept if each.intent != "cancel_order"]
    if PAID_WITH in said:
        kept = [each for each in kept if each.intent != "payment_issue"]
    if lead == "payment_issue" and OF_AN_ACCOUNT not in said:  # "it went to the card of our joint account"
        kept = [each for each in kept if each.intent != "account"]
    # "It got cheaper, refund the difference": that money is what the price is about.
    if lead in GOODS or (lead == "promotion" and CHEAPER in said):
        kept = [each for each in kept if each.intent not in _MONEY_ASKS]
    if lead in ("return_request", "refund_request") and SENDS_TOO in said:
        kept.append(RankedIntent(intent="exchange_request", confidence=heard.confidence))
    if lead in GOODS:
        # Whoever calls off what never came wants no other one.
        ended = lead == "not_received" and "cancel_order" in said and not {NOT_CANCEL, REPLACEMENT} & said
        if ended or _money_wanted(heard, said):
            kept.append(RankedIntent(intent="refund_request", confidence=heard.confidence))
    return tuple(kept)


def _money_wanted(heard: Heard, said: frozenset[str]) -> bool:
    """Whether money is wanted for goods in which something is wrong, rather than the goods."""
    if NO_MONEY in said and "refund_request" not in said:
        return False
    if (RATHER_MONEY in said and NO_MONEY not in said) or {NO_GOODS, "refund_request"} <= said:
        return True
    asked = heard.intent in _MONEY_ASKS or any(each.intent == "refund_request" for each in heard.secondary)
    if "refund_request" in said:
        return asked or REPLACEMENT not in said
    if heard.intent == "refund_request" and heard.confidence >= SURE_OF_MONEY:
        return True
    # A sentence of its own: "I paid on the first of May. Let me have that again."
    alone = (each.confidence for each in heard.secondary if each.intent == "refund_request")
    return REPLACEMENT not in said and max(alone, default=0.0) >= SURE_OF_MONEY_BESIDES


def only_paid_with(text: str) -> bool:
    """Whether each sentence that speaks of paying only says with what."""
    if not PAID.search(fold(text)):
        return False
    sentences = [each for each in SENTENCE.split(text) if "payment_issue" in stated(each)]
    return bool(sentences) and all(_says_with_what(each) for each in sentences)


def _says_with_what(sentence: str) -> bool:
    plain = fold(sentence)
    return bool(PAID.search(plain)) and not (sentence.rstrip().endswith("?") or _TROUBLE.search(plain))


def is_said(intent: str, said: frozenset[str]) -> bool:
    """Whether a message has words for this ask."""
    return bool(_WORDS.get(intent, frozenset({intent})) & said)


def remedies_of(intents: Iterable[str]) -> frozenset[str]:
    """The different things that are to be done about goods: making good, taking back, swapping, cancelling.

    Money for goods in which something is wrong is the same thing as making them good.
    """
    asked = {_MAKING_GOOD if intent in GOODS else intent for intent in intents if intent in OUTRIGHT}
    return frozenset(asked - {"refund_request"})
