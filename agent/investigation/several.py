"""Which of several orders that a message names is the one asked about, and what it names that is none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agent.investigation.own_numbers import numbers_beside, place_of
from agent.reading.clause_words import DAMAGE, SENTENCE
from agent.reading.words import fold
from tools.commerce import Order, OrderStage

_SENT = r"\b(?:address|adress|anschrift|direcci|ship|send|deliver|redirect|liefer|schick|send|envi|mand|livr|expedi)"
_BACK = (
    r"\b(?:return|send(?:ing)? (?:\w+ )?back|refund|money|zuruck|retour|erstatt|geld|devol|devuelv|reembols|renvoy"
    r"|rembours)"
)
_ASKED_OF = {
    "cancel_order": re.compile(r"\b(?:cancel|storn|annul|anul|widerr|stop|withdraw|call off)"),
    "change_address": re.compile(_SENT),
    "change_order": re.compile(r"\b(?:chang|swap|make|andern|tausch|statt|cambi|modif|echang|remplac|add|remove)"),
    "return_request": re.compile(_BACK),
    "refund_request": re.compile(_BACK),
    "exchange_request": re.compile(r"\b(?:exchang|swap|chang|umtausch|tausch|cambi|echang)"),
    "damaged_item": DAMAGE,
    "missing_item": re.compile(r"\b(?:missing|not in|without|fehl|falta|manqu|absent)"),
    "wrong_item": re.compile(r"\b(?:wrong|instead|falsch|statt|equivocad|mauvais|erreur)"),
}
"""What an ask sounds like, folded."""
_OF_PENDING = frozenset(("cancel_order", "change_address", "change_order"))
"""Asks that can only be done while an order is pending."""
_KEEPS = re.compile(
    r"\b(?:keep|need|only|just|not|except|but|right|fine|stays?|behalt|brauch|nur|nicht|ausser|aber|bleib|solo|pero|menos"
    r"|quedo|necesit|garde|besoin|seul|mais|sauf|pas)"
)
_CLAUSE = re.compile(r",\s+|\s+(?:but|and|while|aber|und|sondern|pero|y|sino|mais|et)\s+", re.IGNORECASE)
# "The second one": of two numbers nobody knows which is second, that placed or that named.
_ONE_OF_THEM = re.compile(
    r"\bthe (?:first|second|other|latter|former|last|newer|older) (?:one|order)\b"
    r"|\b(?:die|den|der) (?:erste|zweite|andere|letzte|neuere|altere)n?(?: bestellung)?(?=\W|$)"
    r"|\b(?:el|la) (?:primer[oa]?|segund[oa]|otr[oa]|ultim[oa])\b"
    r"|\b(?:la|le) (?:premiere?|deuxieme|seconde?|derniere?)\b"
)


# "The socks are from my other order": not from the one that is named.
_ANOTHER = re.compile(
    r"\b(?:my|an|the|a) ?(?:other|different|previous|earlier|older|second) (?:order|purchase)\b"
    r"|\b(?:andere|anderen|vorige|vorigen|fruhere|fruheren|zweite|zweiten) bestellung\b"
    r"|\b(?:otro|anterior|segundo) pedido\b|\bpedido anterior\b"
    r"|\b(?:autre|precedente|deuxieme) commande\b|\bcommande precedente\b"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMES_ONE = frozenset("order number orders bestellung pedido commande nr no".split())


def meant_of(named: Sequence[Order], intent: str, text: str) -> Order | None:
    """The order that is meant of those named; None when nobody can tell.

    The one in whose sentence, or clause, the ask stands, else the one in which it can still be done.
    """
    asked = _ASKED_OF.get(intent)
    if asked is None:
        return named[0]
    sentences = [fold(sentence) for sentence in SENTENCE.split(text)]
    if any(asked.search(each) and _ANOTHER.search(each) and not _names(named, each) for each in sentences):
        return None
    if len(named) < 2:
        return named[0]
    clauses = [clause for sentence in sentences for clause in _clauses(sentence)]
    for pieces in (sentences, clauses):
        of = [order for order in named if any(asked.search(each) and place_of(order, each) >= 0 for each in pieces)]
        if len(of) == 1:
            return of[0]
    if any(asked.search(each) and _ONE_OF_THEM.search(each) for each in sentences):
        return None
    return _still_to_do(named, asked.search, sentences) if intent in _OF_PENDING else named[0]


def _names(named: Sequence[Order], piece: str) -> bool:
    return any(place_of(order, piece) >= 0 for order in named)


def _clauses(sentence: str) -> list[str]:
    """The clauses of a sentence; one that is a number alone belongs to the one before: "cancel 2145 and 2160"."""
    found: list[str] = []
    for piece in _CLAUSE.split(sentence):
        alone = not set(_WORD.findall(piece)) - _NAMES_ONE
        if found and alone:
            found[-1] += f", {piece}"
        else:
            found.append(piece)
    return found


def _still_to_do(named: Sequence[Order], asked: Callable[[str], object], sentences: Sequence[str]) -> Order:
    if named[0].stage is OrderStage.PENDING:
        return named[0]
    of = {order.id: [each for each in sentences if place_of(order, each) >= 0] for order in named[1:]}
    later = [order for order in named[1:] if order.stage is OrderStage.PENDING and of[order.id]]
    # "Cancel 2145, I only need 2160": a wrong guess would end the order that is wanted.
    clear = (o for o in later if all(asked(each) and not _KEEPS.search(each) for each in of[o.id]))
    return next(clear, named[0])


def not_own(text: str, numbers: Sequence[str], own: Sequence[Order], year: int) -> tuple[str, ...]:
    """The numbers beside those of own orders that the sender has no order of, as they are written.

    Args:
        text: The message.
        numbers: What it names as orders.
        own: All orders of the sender.
        year: Of today.
    """
    known = {order.number.lstrip("#").casefold() for order in own}
    # "#207" is the number of a flat.
    lengths = {len(number) for number in known}
    signed = (plain for number in numbers if len(plain := number.lstrip("#")) in lengths)
    written = [*signed, *numbers_beside(text, own, year)]
    return tuple(f"#{each}" for each in dict.fromkeys(written) if each.casefold() not in known and each in text)
