"""Which answers to the asks of one message go together, so that one reply neither contradicts itself nor pays twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from agent.investigation.fields import fields_of
from agent.reading.stated import SENDS_TOO, stated
from agent.reading.words import fold
from agent.reasoners.base import Brief
from agent.reasoners.local import words_of
from agent.remedies import clash
from tools.actions import Action, CancelOrder

_SWAPPED = frozenset(("exchange_items", "change_order_items"))
_SWAPS, _BACK = frozenset(("change_order", "exchange_request")), frozenset(("return_request", "refund_request"))
_ENDED = frozenset(
    "return_request change_address change_order exchange_request order_status delivery_estimate not_received".split()
)
"""Asks whose answers are about an order that goes on."""
_INSTEAD = re.compile(
    r"\b(?:instead(?! of)|stattdessen|an ?(?:deren|dessen) stelle|en su lugar|en cambio|a la place|en remplacement)\b"
)
_SENT = re.compile(
    r"\b(?:send|ship|deliver|get me|want|need|take|order|schick\w*|sende\w*|liefer\w*|mochte|hatte|will|nehme\w*"
    r"|envi\w+|mand\w+|quier\w+|prefier\w+|envoy\w+|expedi\w+|livr\w+|veux|voudrais|prendrai)\b"
)
_MONEY = re.compile(
    r"\b(?:refund\w*|money|credit|voucher|gift card|geld|erstatt\w*|guthaben|gutschein|reembols\w*|dinero|saldo|vale"
    r"|rembours\w*|argent|avoir)\b"
)
_SENTENCE = re.compile(r"[.!?;\n]+")


class _Book(Protocol):
    @property
    def intent(self) -> str: ...


class Answered(Protocol):
    """An answer to one ask."""

    @property
    def playbook(self) -> _Book: ...  # noqa: D102 - the name says it
    @property
    def actions(self) -> tuple[Action, ...]: ...  # noqa: D102 - the name says it


A = TypeVar("A", bound=Answered)


@dataclass(frozen=True, slots=True)
class Kept(Generic[A]):
    """The answers that stay, and the asks for which nothing is done because of them."""

    answers: list[A]
    undone: list[str]


def led(asks: Sequence[str], brief: Brief) -> list[str]:
    """The asks in the order in which they are answered: who cancels or sends back to get another variant gets that one.

    Whoever asks about the money of an order that can still be cancelled is told with the answer about that.
    """
    order = fields_of(brief.scope.get("order"))
    if order is not None and order["pending"]:
        asks = _with_its_money(asks, only_asked=bool(brief.scope.get("only_asked_about")))
    if order is None or fields_of(brief.scope.get("swap")) is None:
        return list(asks)
    worded = bool(_SWAPS & set(asks)) or sends_too(brief)
    if asks[:1] == ["cancel_order"] and order["pending"] and worded:
        return ["change_order", *(ask for ask in asks if ask not in _SWAPS | {"cancel_order", "refund_request"})]
    if asks[0] in _BACK and "exchange_request" in asks and sends_too(brief):
        return ["exchange_request", *(ask for ask in asks if ask not in _SWAPS | _BACK)]
    return list(asks)


def _with_its_money(asks: Sequence[str], *, only_asked: bool) -> list[str]:
    """The asks without those about money that the answer about cancelling a pending order tells."""
    told = "refund_status" if "cancel_order" in asks else "refund_request" if only_asked else ""
    rest = [ask for ask in asks if ask not in (told, "cancel_order")]
    return ["cancel_order", *rest] if asks[:1] == [told] else [ask for ask in asks if ask != told]


def wants_instead(brief: Brief) -> bool:
    """Whether a message says that something else is to be sent instead: goods, not money."""
    sentences = _SENTENCE.split(fold(words_of(brief.ticket)))
    return any(_INSTEAD.search(each) and _SENT.search(each) and not _MONEY.search(each) for each in sentences)


def sends_too(brief: Brief) -> bool:
    """Whether a message wants something sent to the customer besides what it sends back."""
    return SENDS_TOO in stated(words_of(brief.ticket)) or wants_instead(brief)


def together(answers: Sequence[A], brief: Brief) -> Kept[A]:
    """The answers without those that make good a second time, or speak of an order that another one ends."""
    kept = _one_remedy(answers)
    return Kept(_beside_a_swap(kept.answers, brief), kept.undone)


def _one_remedy(answers: Sequence[A]) -> Kept[A]:
    kept: list[A] = []
    undone: list[str] = []
    ended = {action.order_id for answer in answers for action in answer.actions if isinstance(action, CancelOrder)}
    for answer in answers:
        before = [action for earlier in kept for action in earlier.actions]
        twice = any(clash(action, earlier) for action in answer.actions for earlier in before)
        if not twice and not (ended and _goes_on(answer)):
            kept.append(answer)
        elif _differs(answer.actions, before):
            undone.append(answer.playbook.intent.replace("_", " "))
    return Kept(kept, undone)


def _beside_a_swap(answers: list[A], brief: Brief) -> list[A]:
    """The answers without what a swap of the same article has answered: what is in stock, and how it goes back."""
    if not any(action.kind in _SWAPPED for action in answers[0].actions):
        return answers
    said = stated(words_of(brief.ticket))
    product, swap = fields_of(brief.scope.get("product")), fields_of(brief.scope.get("swap"))
    same = product is None or (swap is not None and product["title"] == swap["title"])
    told = {"return_request"} | ({"stock_availability"} if same else set[str]())
    told |= set[str]() if "return_policy" in said else {"return_policy"}
    return [answers[0], *(each for each in answers[1:] if each.playbook.intent not in told or each.actions)]


def _goes_on(answer: Answered) -> bool:
    ends = any(isinstance(action, CancelOrder) for action in answer.actions)
    return answer.playbook.intent in _ENDED and not ends


def _differs(actions: Iterable[Action], before: Iterable[Action]) -> bool:
    """Whether something else would be done than is done already."""
    return bool({action.kind for action in actions} - {action.kind for action in before})
