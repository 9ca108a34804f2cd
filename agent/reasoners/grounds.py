"""On what a proposal rests: that the message asks for it, in words, or by a reading that is sure and not contradicted.

What moves goods or money is proposed on firm ground alone; saying where an order stands is right often and harms
nobody. A proposal without grounds goes to a person, with what was read and how sure that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from agent.case import Classification
from agent.investigation.fields import fields_of, members_of, texts_of
from agent.reading.asks import CONTRARY, FAULTS, GOODS, OUTRIGHT, is_said
from agent.reading.conditions import on_condition
from agent.reading.refusals import ONLY_WOULD_BE, not_asked, unrefused
from agent.reading.stated import ONE_MORE, REPLACEMENT, cautions, stated
from agent.reasoners.base import Brief
from agent.reasoners.local import words_of
from agent.reasoners.rereading import sureness
from knowledge.playbooks import Branch


class Weight(IntEnum):
    """What a branch does that somebody signs for."""

    TELLS = 0
    """Nothing: it answers, asks, or starts what can be undone."""
    MOVES = 1
    """Goods come back, are swapped or go elsewhere."""
    GIVES = 2
    """Money or goods are given away, or an order ends for good."""


UNSURE = 0.35
"""Below it a best guess is wrong more often than right: 11 of 14 in the demo inbox, against 13 of 21 above."""
UNSAID: Mapping[Weight, float] = {Weight.TELLS: 0.5, Weight.MOVES: 0.55, Weight.GIVES: 0.8}
"""Below it, what somebody has to sign for is proposed only when the message asks for it in words."""
ON_RECORD = 0.5
"""From here on the records bear a reading out that nobody put into words: a parcel that is lost did not come."""
BEYOND_WORDS = 0.95
"""From here on a reading holds against words that speak of something else: people mention more than they ask."""
SAID_OF_GOODS = 0.5
"""Words of a fault do not carry a reading that is more likely wrong than right."""
SAID_AGAIN = 0.7
"""From here on a fault that has no words is made good with what the message asks for in words: the same once more."""
_GIVES = frozenset(("refund_order", "replace_items", "cancel_order", "issue_store_credit", "issue_discount_code"))
_MOVES = frozenset(
    "create_return exchange_items change_order_items change_shipping_address change_payment_method".split()
)
_READ_ONLY = frozenset(("order_status", "delivery_estimate", "refund_status"))
_ASKS = OUTRIGHT | {"change_order", "change_address"}
"""Asks that lead to different things being done: one that is said speaks against a reading of another."""
_BACK, _ENDS = frozenset(("return_request", "refund_request")), frozenset(("cancel_order", "refund_request"))
_SWAPS = frozenset(("exchange_request", "change_order"))
_BESIDE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(FAULTS, FAULTS),
    "not_received": frozenset((*GOODS, *_ENDS)),
    "return_request": _BACK,
    "refund_request": _BACK | _ENDS,
    "cancel_order": _ENDS,
    "exchange_request": _SWAPS | {"return_request"},
    "change_order": _SWAPS,
}
"""What may be said of a reading without speaking against it."""


def weight_of(branch: Branch | None) -> Weight:
    """The weightiest thing that a branch does."""
    kinds = {step.kind for step in branch.steps} if branch is not None else set[str]()
    return Weight.GIVES if kinds & _GIVES else Weight.MOVES if kinds & _MOVES else Weight.TELLS


def doubt(brief: Brief, weight: Weight) -> str:
    """Why nothing of this weight is proposed on what was understood; empty when it may be."""
    said, words = brief.classification, words_of(brief.ticket)
    refused = next(filter(None, (not_asked(intent, words, said.intents) for intent in said.intents)), "")
    # Telling what would be is what such a message asks for.
    if refused and not (refused == ONLY_WOULD_BE and weight is Weight.TELLS):
        return refused
    named, sure = _named(brief, words), sureness(said, brief.scope)
    held = weight > Weight.TELLS and sure < BEYOND_WORDS
    against = _against(said, unrefused(named, words)) if held else frozenset[str]()
    if against:
        return f"it reads like {_spoken(said.intent)}, but the message speaks of {_listed(against)}"
    if _firm(said, named, sure, weight) and not _about_before(brief, words, weight):
        return ""
    if _worded(said, named, sure) and _carried(said, named, sure, weight):
        return ""
    if _on_record(brief, sure):
        return ""
    if said.intent in _READ_ONLY and brief.scope.get("order") is not None:
        return ""
    return f"not clear what is asked; {_spoken(said.intent)} at best ({said.confidence:.0%})"


def conditional(brief: Brief, intent: str, branch: Branch | None) -> bool:
    """Whether a branch does what the customer wants only if something is so that the branch does not look at."""
    acts = weight_of(branch) > Weight.TELLS
    return acts and on_condition(intent, brief.classification.intent, words_of(brief.ticket))


def _against(said: Classification, named: frozenset[str]) -> frozenset[str]:
    """The asks in a message that speak against what was read into it; empty when that is said as well.

    A fault that nobody names while the message asks for something else was most likely none: "it isn't for me".
    """
    beside = _BESIDE.get(said.intent)
    own = FAULTS if said.intent in FAULTS else frozenset(said.intents)
    if beside is None or is_said(said.intent, named) or own & named:
        return frozenset()
    return (named & _ASKS) - beside


def _firm(said: Classification, named: frozenset[str], sure: float, weight: Weight) -> bool:
    """Whether a reading is sure enough by itself."""
    if said.abstained and sure < UNSURE:
        return False
    return sure >= UNSAID[weight] or said.intent not in OUTRIGHT


def _on_record(brief: Brief, sure: float) -> bool:
    parcel = fields_of(brief.scope.get("shipment"))
    gone = parcel is not None and bool(parcel.get("lost")) and bool(brief.scope.get("order_named"))
    return gone and brief.classification.intent == "not_received" and sure >= ON_RECORD


def _worded(said: Classification, named: frozenset[str], sure: float) -> bool:
    """Whether a message has words for what is asked, or for the same goods once more where something is wrong."""
    again = said.intent in FAULTS and REPLACEMENT in named and "refund_request" not in named
    fault = said.intent in FAULTS and bool(named & FAULTS)
    return fault or is_said(said.intent, named) or (again and sure >= SAID_AGAIN)


def _named(brief: Brief, words: str) -> frozenset[str]:
    """What the message says; also that some of an order did not come, or came as another variant than ordered."""
    other = {"wrong_item"} if brief.scope.get("other_variant_came") is True else set[str]()
    named, order = stated(words) | other, fields_of(brief.scope.get("order"))
    some = order is not None and len(members_of(brief.scope.get("items"))) < len(texts_of(order["titles"]))
    missing = "missing_item" in brief.classification.intents and "not_received" in named
    return named | {"missing_item"} if missing and some and brief.scope.get("items_named") else named


def _carried(said: Classification, named: frozenset[str], sure: float, weight: Weight) -> bool:
    """Whether words for an ask are enough for a reading that is not sure by itself."""
    # Who asks whether something may go back names that as plainly as who sends it back.
    if (named >= CONTRARY and sure < UNSAID[weight]) or (weight is Weight.MOVES and sure < UNSURE):
        return False
    return said.intent not in FAULTS or weight < Weight.GIVES or sure >= SAID_OF_GOODS


def _about_before(brief: Brief, words: str, weight: Weight) -> bool:
    """Whether a message is about something before: one more of a kind, money awaited already or taken twice."""
    said = brief.classification
    awaited = "refund_status" in said.intents or "payment_issue" in stated(words)
    gives = weight is Weight.GIVES
    return (said.intent == "refund_request" and awaited) or (gives and (ONE_MORE in cautions(words) or _swaps(brief)))


def _swaps(brief: Brief) -> bool:
    """Whether another variant of the one thing meant is named, where nobody writes of a wrong one."""
    faulty = brief.classification.intent in FAULTS - {"wrong_item"}
    return faulty and fields_of(brief.scope.get("swap")) is not None


def _listed(asks: frozenset[str]) -> str:
    return ", ".join(_spoken(ask) for ask in sorted(asks))


def _spoken(intent: str) -> str:
    return intent.replace("_", " ")
