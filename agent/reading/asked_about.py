"""Messages that speak of ending an order and do not ask for it: "how do I cancel?", "I cancelled it yesterday".

Cancelling cannot be undone, so it rests on a sentence that asks for it. One that only asks how it is done, until when
or what it would cost, and one that tells what somebody did before, are answered with what can be done.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from agent.reading.phrases import shapes_of
from agent.reading.stated import PART_MONEY, plain_of, stated, terms

FILE = Path(__file__).with_name("asked_about.csv")
"""What only asks or tells, what asks for it all the same or wants out,
and what means a part or the whole; notation of `stated`."""
_ENDS = frozenset(("cancel_order", "refund_request"))
_SPEAKS = re.compile(
    r" (?:cancel|refund|return|go back|money|zuruck|renvo|retour|storn|erstatt|geld|anul|reembols|devol|devuelv|annul"
    r"|rembours)"
)
_CHARGE = re.compile(
    r" (?:charge\w*|payment\w*|transaction|authori[sz]ation|debit|booking|doppel\w*|abbuchung\w*|zahlung\w*|buchung\w*"
    r"|cobro\w*|cargo\w*|pago\w*|prelevement\w*|paiement\w*|debito|addebito|pagamento|subscri\w*|abo\w*|suscrip\w*)\b"
)
# Folding takes the accent that alone tells Spanish "I cancelled" from "cancel it".
_DID = re.compile(r"\b(?:cancelé|anulé)\b", re.IGNORECASE)


def only_about(text: str) -> bool:
    """Whether a message asks or tells about the end of an order in each sentence that speaks of it."""
    return _read(text.strip())[0]


def asked_to_end(text: str) -> bool:
    """Whether a sentence asks us outright to cancel or to refund, and not to cancel a charge."""
    asks = (each for each in plain_of(text).split("|") if shapes_of(FILE)["asks"].search(f" {each.strip()} "))
    return any(not _CHARGE.search(each) for each in asks)


def part_meant(text: str) -> bool:
    """Whether a message asks for some pieces of what was bought, or for part of the money."""
    return _read(text.strip())[1] or PART_MONEY in terms(text)


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[bool, bool]:
    shapes = shapes_of(FILE)
    sentences = [f" {each.strip()} " for each in plain_of(_DID.sub("yo cancele", text)).split("|")]
    about = [each for each in sentences if shapes["about"].search(each) and not shapes["asks"].search(each)]
    others = [each for each in sentences if each not in about]
    whole = any(shapes["whole"].search(each) for each in sentences)
    part = any(shapes["part"].search(each) and _SPEAKS.search(each) for each in others)
    wants = any(_ENDS & stated(each) for each in others) or any(shapes["out"].search(each) for each in sentences)
    return bool(about) and not wants, part and not whole
