"""Asks that hang on a condition: "cancel it if the mug is not microwave safe".

A playbook decides whether a thing can still be done, and nobody asks a shop to do what it cannot: "if it has not left
yet", "if possible" are no conditions. Whatever else stands behind an "if" is for a person to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from agent.reading.asks import GOODS, is_said
from agent.reading.phrases import shapes_of
from agent.reading.stated import plain_of, stated

FILE = Path(__file__).with_name("conditions.csv")
"""What makes a condition, and a proviso that is none, in the notation of `stated`."""
_SWAPS = frozenset(("exchange_request", "change_order"))
# Spanish "sí," is a yes; "if not, ..." names what is done when the first ask cannot be.
_NO_CONDITION = re.compile(r"\bsí\b|\b(?:si|if not|if so|si no|si non|sinon|wenn nicht|falls nicht)\s*,", re.IGNORECASE)
_CANNOT = re.compile(r"\b(can|could|will|would|do|does|did|is|has|have) not\b", re.IGNORECASE)
# "... Only if it is not safe for the microwave": what follows belongs to the ask before.
_GOES_ON = re.compile(
    r" \| (?=(?:but |and |aber |und |pero |y |mais |et )?(?:only if|unless|provided|nur wenn|nur falls|es sei denn|"
    r"solo si|a menos que|salvo que|seulement si|sauf si|a moins)\b)"
)


def on_condition(intent: str, lead: str, text: str) -> bool:
    """Whether a message wants this done only if something is so that no playbook decides.

    Args:
        intent: The ask.
        lead: The main ask of the message: what is wrong with goods is made good one way or the other.
        text: What the customer says.
    """
    return lead not in GOODS and any(is_said(intent, said) for said in _conditional(text.strip(), intent in _SWAPS))


@lru_cache(maxsize=64)
def _conditional(text: str, swaps: bool) -> tuple[frozenset[str], ...]:
    """What each sentence with a condition says. That a thing is in stock is what the playbooks of swaps look up."""
    return tuple(stated(sentence) for sentence in _sentences(text) if _has_condition(sentence, swaps=swaps))


def _sentences(text: str) -> Iterator[str]:
    plain = plain_of(_CANNOT.sub(r"\1nt", _NO_CONDITION.sub(" ", text)))
    yield from _GOES_ON.sub(" ", plain).split("|")


def _has_condition(sentence: str, *, swaps: bool) -> bool:
    shapes, spaced = shapes_of(FILE), f" {sentence.strip()} "
    if shapes["deadline"].search(spaced):
        return True
    for harmless in ("proviso", *(("in_stock",) if swaps else ())):
        spaced = shapes[harmless].sub(" ", spaced)
    return bool(shapes["conditional"].search(spaced))
