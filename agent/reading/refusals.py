"""What looks like an ask and is none: refused, taken back, somebody else's, or only asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.reading.asks import GOODS, OUTRIGHT, is_said
from agent.reading.clause_words import SENTENCE
from agent.reading.stated import (
    ADVISED,
    AS_IT_IS,
    HYPOTHETICAL,
    NO_FAULT,
    NO_GOODS,
    NO_MONEY,
    NOT_CANCEL,
    NOT_RETURN,
    RATHER_MONEY,
    REPLACEMENT,
    WITHDRAWN,
    cautions,
    said_as,
    stated,
)
from agent.reading.words import fold

ONLY_WOULD_BE = "the message only asks what would be"
_REFUSABLE = OUTRIGHT | {"change_order", "change_address"}
_REFUSALS = {"cancel_order": NOT_CANCEL, "return_request": NOT_RETURN, "exchange_request": NOT_RETURN}
_OF_SWAPPING = re.compile(r"exchang|swap|chang|tausch|cambi|ruil|troc|keep|kept|quedo|garde|behalt|tengo")
_CREDIT = re.compile(
    r"\b(?:no|kein\w*|sin|pas d\w*|sans)\W+(?:\w+\W+)?(?:credits?|gutschrift|vouchers?|gutschein|vale|avoir|bon)\b"
)


def stated_asks(text: str) -> frozenset[str]:
    """What a message states, but for a cancellation that it refuses."""
    return stated(text) - ({"cancel_order"} if NOT_CANCEL in cautions(text) else frozenset[str]())


def unrefused(said: frozenset[str], text: str) -> frozenset[str]:
    """What of the statements of a message it does not refuse as well: "not a return, but it has burst"."""
    return said - ({"return_request"} if NOT_RETURN in cautions(text) else frozenset[str]())


def not_asked(intent: str, text: str, others: Iterable[str] = ()) -> str:
    """Why what looks like an ask is none, for people: refused, taken back, only asked about. Empty when it is one.

    Args:
        intent: The ask.
        text: What the customer says.
        others: Every ask of the message, as far as they are known.
    """
    found = cautions(text) if intent in _REFUSABLE else frozenset[str]()
    if _REFUSALS.get(intent, "") in found and not (intent == "exchange_request" and _rather_swaps(text)):
        return f"the message says something against {_spoken(intent)}"
    if NO_FAULT in found and intent in ("damaged_item", "wrong_item") and not is_said(intent, stated(text)):
        return f"the message says that nothing is wrong, so {_spoken(intent)} may not be what is meant"
    if ADVISED in found and intent not in GOODS and not _own_words(intent, text):
        return f"somebody else speaks of {_spoken(intent)} in it, and it may not be what the customer wants"
    if AS_IT_IS in found and intent not in GOODS:
        return f"the message says that something stays as it is, so {_spoken(intent)} may not be what is wanted"
    if _no_money(text) if intent == "refund_request" else _no_goods(intent, found, text, others):
        return f"the message says that nothing is wanted for it, so {_spoken(intent)} may not be an ask"
    if WITHDRAWN in found:
        return f"the message seems to take something back, so {_spoken(intent)} may not be what is wanted"
    return ONLY_WOULD_BE if HYPOTHETICAL in found and intent not in GOODS else ""


def _rather_swaps(text: str) -> bool:
    """Whether only sending back for good is refused, by who wants to swap: "swap, don't return"."""
    return "exchange_request" in stated(text) and not any(map(_OF_SWAPPING.search, said_as(NOT_RETURN, text)))


def _own_words(intent: str, text: str) -> bool:
    """Whether a message says an ask also where it tells nothing of what somebody else thinks should be done."""
    own = (each for each in SENTENCE.split(text) if ADVISED not in cautions(each))
    return is_said(intent, stated(" ".join(own)))


def _no_goods(intent: str, found: frozenset[str], text: str, others: Iterable[str]) -> bool:
    """Whether nothing is to be sent once more for goods with a fault, and no money is asked for either."""
    if intent not in GOODS or NO_GOODS not in found or "refund_request" in others:
        return False
    said = stated(text)
    return REPLACEMENT not in said and (not {"refund_request", RATHER_MONEY} & said or _no_money(text))


def _no_money(text: str) -> bool:
    """Whether money is refused; "no credit please, a refund" refuses none."""
    return "refund_request" not in stated(text) and NO_MONEY in stated(_CREDIT.sub(" ", fold(text)))


def _spoken(intent: str) -> str:
    return intent.replace("_", " ")
