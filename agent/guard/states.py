# ruff: noqa: E501 - one phrase a line reads better than one phrase on three
"""What a reply says about where an order stands must be what the evidence says (rows A3, A5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agent.case import Investigation, Violation
from agent.guard.rules import Rule, blocked
from agent.guard.sentences import Sentence, sentences_of

ORDER_KINDS = frozenset({"order", "orders", "shipment", "return_", "refund", "subscription"})
ASKED_ORDERS = (
    "asked_order",
    "asked_recent_orders",
    "asked_parcels",
    "asked_returns_and_refunds",
    "asked_subscriptions",
)
_GAP = r"[^.?!\n]{0,40}?"
_STATUS = re.compile(
    rf"\byour (?:order(?! (?:confirmation|number|history|e-?mail|page|details))|parcel|package|shipment|delivery|refund|return|replacement)\b{_GAP}\b(?:is|was|has|left|shipped|arrived|arrives|will)\b"
    r"|\b(?:order|parcel|package|shipment|it) (?:has been|was|is|has) (?:shipped|delivered|dispatched|on its way|out for delivery|refunded|cancell?ed|delayed|lost|stuck)\b"
    rf"|\bsu (?:pedido|paquete|envío|reembolso|devolución)\b{_GAP}\b(?:está|fue|ha sido|salió|llegó|llegará|se (?:envió|entregó|ha))\b"
    rf"|\bvotre (?:commande|colis|remboursement|retour)\b{_GAP}\b(?:est|a|sera|arrive\w*)\b"
    rf"|\bIhre? (?:Bestellung|Paket|Sendung|Erstattung|Rücksendung)\b{_GAP}\b(?:ist|wurde|wird|hat|kommt)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:if|whether|unless|once|when|as soon as|not find|si|cuando|en cuanto|no encontr\w+|s['’]il|quand|lorsque|dès|"
    r"ne trouv\w+|wenn|falls|ob|sobald|nicht finden)\b|\?",
    re.IGNORECASE,
)
"""A condition or a question states nothing."""
_ON_ITS_WAY = re.compile(
    r"(?<!or )\bon (?:its|the|their) way\b|(?<!\bo )\ben camino\b|(?<!ou )\ben (?:route|chemin)\b|(?<!oder )\bunterwegs\b",
    re.I,
)
"""Said as a fact; `with the warehouse or on its way` states neither."""
_ARRIVED = re.compile(
    r"\b(?:has been|was) delivered\b|\bhas arrived\b|\b(?:fue|ha sido) entregad\w+|\bse entregó\b|\ba été livrée?\b|"
    r"\bwurde [^.?!\n]{0,40}?(?:zugestellt|geliefert)\b",
    re.I,
)
_SOMETHING_ELSE = re.compile(
    r"refund|replac|return|reembols|reempl|devol|rembours|rempl|retour|erstatt|ersatz|rück", re.I
)
_STANDING_STILL = ("stalled", "lost", "exception", "returned_to_sender", "delivered")


def states(text: str, known: Investigation) -> Iterator[Violation]:
    """Statements about orders without order evidence, and statements that the evidence denies."""
    have = any(item.kind in ORDER_KINDS or item.kind.startswith(ASKED_ORDERS) for item in known.evidence)
    for sentence in sentences_of(text):
        if not have and _STATUS.search(sentence.text) and not _open(sentence.text):
            message = "the reply speaks about an order, and no order context is attached"
            yield blocked(Rule.NO_ORDER_CONTEXT, message, sentence.start, sentence.end)
        elif have:
            yield from _denied(sentence, known)


@lru_cache(maxsize=4096)
def _open(sentence: str) -> bool:
    """Most sentences of a reply are those of a macro, and come again with every case."""
    return _OPEN.search(sentence) is not None


@lru_cache(maxsize=4096)
def _something_else(sentence: str) -> bool:
    return _SOMETHING_ELSE.search(sentence) is not None


def _denied(sentence: Sentence, known: Investigation) -> Iterator[Violation]:
    parcel = known.find("shipment")
    if parcel is None or _open(sentence.text) or _something_else(sentence.text):
        return
    still = [name.replace("_", " ") for name in _STANDING_STILL if parcel.fields.get(name) is True]
    if still and (match := _ON_ITS_WAY.search(sentence.text)):
        yield _denial(sentence, match, f"the parcel is {still[0]}")
    if parcel.fields.get("delivered") is False and _one_parcel(known) and (match := _ARRIVED.search(sentence.text)):
        yield _denial(sentence, match, "no carrier says that the parcel was delivered")


def _one_parcel(known: Investigation) -> bool:
    order = known.find("order")
    return order is not None and order.fields.get("parcels") == 1 and order.fields.get("delivered") is False


def _denial(sentence: Sentence, match: re.Match[str], why: str) -> Violation:
    start = sentence.start + match.start()
    return blocked(Rule.STATE, f'"{match[0]}", but {why}', start, start + len(match[0]))
