"""On what terms something is asked for, where a person has to judge them.

A playbook gives all of what is owed, to where it was paid from, for what was our fault. Whoever asks for part of it,
for money on another card or for what they broke themselves goes to a person, with what would have been proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from agent.investigation.fields import fields_of, members_of, texts_of
from agent.reading.answers import FEW_WORDS, asks
from agent.reading.asks import GOODS, SURE
from agent.reading.stated import (
    HAND_IN,
    NOT_ORDERED,
    NOT_RETURN,
    ONLY_TELLING,
    OTHER_METHOD,
    OWN_FAULT,
    PARCEL_WISH,
    PART_MONEY,
    PROMISE_BROKEN,
    PROPERTY,
    RETURN_OFF,
    SENT_BACK,
    WITHDRAWN,
    WORN,
    WRONG_AMOUNT,
    cautions,
    stated,
    terms,
)
from agent.reading.words import fold
from agent.reasoners.base import Brief
from agent.reasoners.local import words_of
from agent.reasoners.together import sends_too
from agent.triage.wording import own_words
from tools.helpdesk import Author
from tools.money import Money

RETURN_OPEN = "return_open"
"""The macro that says how far a return is."""
NEAR = 0.8
"""An amount that is at least this much of what something is worth stands for all of it: people round, and leave the tax
out."""
_PAYS, _TAKES_BACK = frozenset(("refund_order", "cancel_order", "create_return")), ("create_return", "exchange_items")
_MAKES_GOOD = frozenset(("refund_order", "replace_items"))
_OF_MONEY = frozenset(("refund_request", "refund_status"))
_GOES_BACK = frozenset(("exchange_request", "return_request"))
_TURNS = frozenset(("exchange_request", "refund_request", "return_request"))
_ADDRESSES = frozenset(("change_shipping_address", "update_customer_address"))
_MORE = re.compile(
    r"\b(?:also|too|other|others|another|rest|more|all|everything|both|whole|as well|auch|ander\w*|alles|noch|beide\w*"
    r"|tambien|otr[oa]s?|resto|todo|toda|ambos|demas|aussi|autres?|reste|tout|toute|les deux)\b"
)
_SHIPPING = re.compile(
    r"\b(?:refund|reimburse|erstatte\w*|reembols\w*|devuelv\w*|rembours\w*)\b[^.!?\n]{0,40}"
    r"\b(?:shipping|postage|delivery (?:cost|fee|charge)s?|versand\w*|porto|envio|portes|livraison|frais de port)\b"
)
_CORRECTION = re.compile(
    r"(?:\bnot|\binstead of|\bnicht|\bstatt|, no|\ben vez de|\bpas|\bau lieu de) (?:number |nummer |numero )?\d{1,5}\b"
)
_METHODS = {
    "paypal": "paypal", "visa": "visa", "mastercard": "mastercard", "amex": "amex", "american express": "amex",
    "klarna": "klarna", "apple pay": "apple pay", "google pay": "google pay",
}  # fmt: skip
_ONTO = re.compile(
    r"\b(?:to|on|onto|into|via|through|auf|per|uber|via|sur|vers|a|en|por|con)"
    r" (?:(?:my|our|the|a|mein\w*|das|die|unser\w*|mon|ma|le|la|mi|el|un|una|own|credit|card|karte|tarjeta|carte)"
    r" ){0,3}"
    rf"({'|'.join(_METHODS)})\b"
)
_SENTENCE = re.compile(r"[!?;\n]+|[.](?!\d)")
_AMOUNT = re.compile(r"[$€£]\s?\d|\d\s?(?:[$€£]|(?:usd|eur|euros?|dollars?|dolares|bucks|quid|pounds)\b)")
_WANTED = re.compile(
    r"\b(?:refund\w*|back|give|pay|want|say|just|only|maybe|take|accept|happy|fine|enough|off|zuruck\w*|erstatt\w*|nur"
    r"|reicht|genug|vielleicht|devu?elv\w*|reembols\w*|solo|basta\w*|rembours\w*|rendez|juste|seulement|suffi\w*)\b"
)
_PAID = re.compile(
    r"\b(?:paid|cost\w*|spent|worth|price|bought|bezahlt|gekostet|kostet\w*|pague|costo|paye|coute\w*)\b"
)


def on_other_terms(brief: Brief, kinds: Iterable[str], replies: Iterable[str]) -> str:
    """Why what is proposed is not what is asked for, for people; empty when it is.

    Args:
        brief: The case.
        kinds: Of the actions that the playbooks propose.
        replies: The names of the macros that they answer with.
    """
    words, doing, replies = words_of(brief.ticket), frozenset(kinds), frozenset(replies)
    found = terms(words)
    return (
        _called_off(words, found, replies)
        or _keeps_it(brief, words)
        or _otherwise(words, found, doing)
        or _gone_wrong(brief, found)
        or _turned(brief, replies)
        or _under_way(brief, replies)
        or _sends_no_more(brief, doing)
        or _corrected(words, doing)
        or _made_good(brief, doing)
        or _adds_a_word(brief, doing)
        or _half(brief, doing)
        or _elsewhere(brief, words, found, doing)
        or _less(brief, words, found, doing)
        or _own_fault(brief, found, doing)
        or _as_ordered(brief, doing)
        or _worn(found, doing)
        or _thanks_and_more(brief, words)
    )


def _called_off(words: str, found: frozenset[str], replies: Iterable[str]) -> str:
    kept = RETURN_OPEN in replies and bool({NOT_RETURN, WITHDRAWN} & cautions(words))
    return "the message calls off a return" if RETURN_OFF in found or kept else ""


def _keeps_it(brief: Brief, words: str) -> str:
    """Thanks of who keeps what we answered about sending back: a label may be out, and the return open."""
    if brief.classification.intent != "thanks" or not {NOT_RETURN, WITHDRAWN} & cautions(words):
        return ""
    asked = any(stated(each.text) & _GOES_BACK for each in brief.ticket.earlier if each.author is Author.CUSTOMER)
    told = asked and _answered_before(brief)
    return "says that they keep what they asked to send back, and were answered" if told else ""


def _answered_before(brief: Brief) -> bool:
    return any(message.author is not Author.CUSTOMER for message in brief.ticket.earlier)


def _elsewhere(brief: Brief, words: str, found: frozenset[str], doing: frozenset[str]) -> str:
    """Money goes back to where it came from: only a person can tell what to do about a card that is gone."""
    paid = doing & _PAYS or _OF_MONEY & set(brief.classification.intents)
    asked = OTHER_METHOD in found or _other_brand(brief, words)
    return "asks for the money on another card or account than the one that was charged" if paid and asked else ""


def _other_brand(brief: Brief, words: str) -> bool:
    order = fields_of(brief.scope.get("order"))
    label = fold(str(order["payment_label"] or "")) if order is not None else ""
    named = {_METHODS[hit] for hit in _ONTO.findall(" ".join(fold(words).split()))}
    paid = {brand for name, brand in _METHODS.items() if name in label}
    return bool(label and named) and not named & paid


def _less(brief: Brief, words: str, found: frozenset[str], doing: frozenset[str]) -> str:
    """Whoever asks for less and keeps the thing is not given all of it, nor a label to send it back."""
    amount = brief.scope.get("claimed_amount")
    # Money for a pending order ends it: who wants some of it back does not want that.
    ends = "cancel_order" in doing and brief.classification.intent == "refund_request"
    if isinstance(amount, Money) and (ends or doing & _MAKES_GOOD):
        less = _less_than_paid(brief.scope, amount) if ends else _less_than_worth(brief.scope, amount)
        if less and _asks_for(words):
            return f"asks for {amount} only: a person decides"
    lines = doing & {*_MAKES_GOOD, "create_return"}
    shipping = not brief.scope.get("items_named") and _SHIPPING.search(fold(words))
    if lines and shipping and brief.classification.intent == "refund_request":
        return "asks for the shipping and names no goods: a person decides"
    if not lines or PART_MONEY not in found or _part_of_order(brief):
        return ""
    return "asks for part of the money and keeps the goods: a person decides"


def _part_of_order(brief: Brief) -> bool:
    """Whether what is missing is part of an order, so that its whole price is a "partial refund"."""
    order = fields_of(brief.scope.get("order"))
    some = order is not None and len(members_of(brief.scope.get("items"))) < len(texts_of(order["titles"]))
    return some and brief.classification.intent == "missing_item"


def _less_than_worth(scope: Mapping[str, object], amount: Money) -> bool:
    """Whether an amount is clearly less than what the items are worth, and is not the worth of one of them."""
    value = scope.get("items_value")
    if not isinstance(value, Money) or value.currency != amount.currency:
        return False
    return amount.minor < value.minor * NEAR and not any(_stands_for(amount, each) for each in _worths(scope))


def _less_than_paid(scope: Mapping[str, object], amount: Money) -> bool:
    paid = (fields_of(scope.get("order")) or {}).get("left_to_refund")
    return isinstance(paid, Money) and amount.currency == paid.currency and amount.minor < paid.minor * NEAR


def _worths(scope: Mapping[str, object]) -> Sequence[Money]:
    """What single pieces are worth, and the shipping."""
    order = fields_of(scope.get("order")) or {}
    lines = members_of(scope.get("items"))
    pieces = [
        Money(minor=value.minor // left, currency=value.currency)
        for line in lines
        if isinstance(value := line["refundable"], Money) and isinstance(left := line["left"], int) and left
    ]
    shipping = order.get("shipping_paid")
    return [*pieces, shipping] if isinstance(shipping, Money) and shipping else pieces


def _stands_for(amount: Money, worth: Money) -> bool:
    return amount.currency == worth.currency and worth.minor * NEAR <= amount.minor <= worth.minor


def _asks_for(words: str) -> bool:
    """Whether a sentence asks for an amount, rather than saying what was paid."""
    return any(
        _AMOUNT.search(each) and _WANTED.search(each) and not _PAID.search(each)
        for each in _SENTENCE.split(fold(words))
    )


def _own_fault(brief: Brief, found: frozenset[str], doing: frozenset[str]) -> str:
    own = OWN_FAULT in found and brief.classification.intent == "damaged_item" and doing & _MAKES_GOOD
    return "by the customer's own word they broke it themselves: a person decides what we do" if own else ""


def _as_ordered(brief: Brief, doing: frozenset[str]) -> str:
    """Nothing is sent for free where what came is what the order says."""
    free = brief.classification.intent == "wrong_item" and doing & _MAKES_GOOD
    as_ordered = free and brief.scope.get("came_as_ordered") is True
    return "by the message another variant was meant, and what came is what the order says" if as_ordered else ""


def _worn(found: frozenset[str], doing: frozenset[str]) -> str:
    back = WORN in found and doing.intersection(_TAKES_BACK)
    return "the thing was worn, washed or used, so a person looks at its condition first" if back else ""


def _otherwise(words: str, found: frozenset[str], doing: frozenset[str]) -> str:
    """What would be done is right only if what the message tells besides were not so."""
    if NOT_ORDERED in found and "cancel_order" in doing:
        return "says that nobody there placed the order: somebody else may have used their name or their card"
    if "cancel_order" in doing and PARCEL_WISH in stated(words):
        return "says how or when the parcel is to be packed and sent, and may want no cancellation"
    if SENT_BACK in found and doing.intersection(_TAKES_BACK):
        return "says that it went back already, or asks for another label: nothing on record tells of that"
    if HAND_IN in found and doing.intersection(_TAKES_BACK):
        return "asks whether somebody else may send it back, or a shop take it: no policy says so"
    telling = ONLY_TELLING in found and doing & _MAKES_GOOD
    return "tells of a fault and says that nothing is wanted for it" if telling else ""


def _gone_wrong(brief: Brief, found: frozenset[str]) -> str:
    """What no fact of an order answers."""
    if PROPERTY in found:
        return "says that whoever delivered broke something that is no goods of ours"
    if WRONG_AMOUNT in found and _OF_MONEY & set(brief.classification.intents):
        return "says that the amount that came back is wrong"
    answered = any(message.author is not Author.CUSTOMER for message in brief.ticket.messages)
    told = PROMISE_BROKEN in found and answered and brief.classification.intent not in GOODS
    return "says that something we announced has not happened" if told else ""


def _turned(brief: Brief, replies: Iterable[str]) -> str:
    """Money wanted for what is being exchanged, or the other way round: what is under way has to be changed first."""
    under_way = fields_of(brief.scope.get("return_")) if RETURN_OPEN in replies else None
    if under_way is None or (brief.classification.intent == "exchange_request") == bool(under_way["is_exchange"]):
        return ""
    if brief.classification.intent not in _TURNS:
        return ""
    wanted, running = ("the money", "an exchange") if under_way["is_exchange"] else ("an exchange", "a return")
    return f"{running} is under way, and the customer wants {wanted} instead"


def _under_way(brief: Brief, replies: frozenset[str]) -> str:
    """Another wish about an exchange that is prepared: that it is under way was said before."""
    exchange = brief.classification.intent == "exchange_request" and RETURN_OPEN in replies
    return "writes again about an exchange that is under way" if exchange and _answered_before(brief) else ""


def _sends_no_more(brief: Brief, doing: frozenset[str]) -> str:
    """After a label for the mug "how much do I get back?" is no wish to send back the rest."""
    running = fields_of(brief.scope.get("return_")) if "create_return" in doing else None
    if running is None or running["closed"] or brief.scope.get("items_named") or not _answered_before(brief):
        return ""
    more = _MORE.search(fold(own_words(brief.ticket.latest.text)))
    return "" if more else "a return is under way, and the message names nothing else to send back"


def _corrected(words: str, doing: frozenset[str]) -> str:
    """The address that stands there whole is the wrong one: "sorry, number 84 not 48"."""
    return "corrects an address in a few words" if doing & _ADDRESSES and _CORRECTION.search(fold(words)) else ""


def _made_good(brief: Brief, doing: frozenset[str]) -> str:
    """Who was answered about a fault and wants the money now is not sent a label for what they need not send back."""
    answered = _answered_before(brief)
    faulty = any(stated(each.text) & set(GOODS) for each in brief.ticket.earlier if each.author is Author.CUSTOMER)
    money = brief.classification.intent == "refund_request" and "create_return" in doing
    return "wants the money after an answer about something faulty or missing" if answered and faulty and money else ""


def _adds_a_word(brief: Brief, doing: frozenset[str]) -> str:
    """A photo, or a few words, behind an answer about a fault that asked for nothing: there is nothing to ask again."""
    told = any(each.author is not Author.CUSTOMER and not asks(each.text) for each in brief.ticket.earlier[-1:])
    few = len(own_words(brief.ticket.latest.text).split()) <= FEW_WORDS
    if not (told and few) or brief.classification.intent not in GOODS or doing & _MAKES_GOOD:
        return ""
    return "sends a few words after an answer about something faulty or missing"


def _half(brief: Brief, doing: frozenset[str]) -> str:
    """A label alone is half of what is asked for by who sends one thing back and wants another sent."""
    half = "create_return" in doing and sends_too(brief)
    return "wants something sent besides what goes back, and it is not clear what" if half else ""


def _thanks_and_more(brief: Brief, words: str) -> str:
    """A case is not closed on a word of thanks that may not be the point."""
    said = brief.classification
    unsure = said.intent == "thanks" and said.confidence < SURE and WITHDRAWN not in cautions(words)
    return "says thanks, and speaks of something wrong" if unsure and stated(words) & set(GOODS) else ""
