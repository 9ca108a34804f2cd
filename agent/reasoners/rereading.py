"""What a message asks, read once more when its order is known: nothing can have broken in a parcel that never left.

A reading is a guess over likely intents. How well each of them fits the order that the message names decides between
them; words that say something outright are never overruled by likeness. A sure reading is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agent.case import Classification, RankedIntent
from agent.investigation.fields import fields_of, members_of, texts_of
from agent.reading.asks import FAULTS, GOODS, OUTRIGHT, PLAUSIBLE, POSSIBLE, is_said
from agent.reading.refusals import stated_asks
from agent.reading.stated import CAME, CHEAPER, HYPOTHETICAL, REFUNDED, REPLACEMENT, cautions, stated
from agent.reading.words import mentions
from tools.money import Money

Fits = Mapping[str, float]
UNLIKELY, IMPOSSIBLE = 0.3, 0.06
"""A reading that fits its order no better gives way; one that is said outright only when it cannot be."""
CERTAIN = 0.5
"""What somebody would have to sign for is read into a message only from this likelihood on."""
PLAIN = 0.7
"""From here on the money that is on its way is asked for, also by who says outright that it should come."""
_WORDED = ("cancel_order", "exchange_request", "return_request")
_ABOUT_A_PARCEL = frozenset(("order_status", "delivery_estimate"))
_OWN_WORDS = frozenset((*GOODS, "refund_status", "promotion", "payment_issue", "subscription"))
"""Readings that talk of sending back or cancelling as well: no single word overrules them."""
_LESS = 0.4
"""How much more often an order on its way is asked for by where it is than by when it comes."""
_CLUE = 3.0
"""How much a clue of the message itself weighs, such as a whole new address."""
_SWAPPED, _NOT_SWAPPED, _NO_SWAP = 6.0, 0.12, 0.25
"""How another variant of the very article ordered weighs: for a swap, for what else is done about goods, and for a swap
when none is named. Of 50 samples about swaps 41 name one, of 46 about a wrong article 6, of 240 about other things that
go wrong or come back none."""
_LETTERS = 2
_KEEPS_VARIANT = frozenset(
    "damaged_item missing_item not_received return_request refund_request refund_status cancel_order".split()
)
_SELDOM = 0.1
"""How much a reading weighs that hardly ever goes with what the records say; enough when the words are plain.

Of 47 samples about an order with a refund or a return, 43 ask how far it is and 4 for money; without either 2 and 40.
Of 46 about a parcel on its usual way nobody means that it did not come; of 13 who want money for one that stands still
or is lost, all do."""
_UNNAMED = 0.2
_WORTH_A_LOOK = 0.03
_SWAPS = frozenset(("exchange_request", "change_order"))
_OF_THE_SHOP = frozenset("delivery_estimate return_policy promotion payment_issue complaint human_request".split())
"""What a message without a number may ask whatever orders there are."""
_OF_A_PARCEL = frozenset(("not_received", "refund_request", "cancel_order"))
_OF_MONEY = frozenset(("refund_status", "refund_request"))
_DUE = (_OF_MONEY, frozenset(("refund_status", "return_request")))
_FOR_SWAPS, _FOR_PARCELS, _FOR_MONEY = ("product", "stock"), ("shipment",), ("refunds", "returns")
_NOT_LEFT, _ON_ITS_WAY, _HERE = (frozenset(each) for each in (("pending", "processing"), ("shipped",), ("delivered",)))
_ENDS, _BACK = frozenset(("cancel_order", "refund_request")), frozenset(("return_request", "refund_request"))


def _fits(other: float, **named: Iterable[str]) -> Fits:
    """Intents by how often messages about such an order mean them, against `other` for all that is not named."""
    marks = {"always": 1.0, "often": 0.5, "some": 0.3, "few": 0.15, "never": 0.05}
    return {"": other, **{intent: marks[mark] for mark, intents in named.items() for intent in intents}}


_BY_STAGE: Mapping[str, Fits] = {
    "pending": _fits(
        0.1,
        always=("cancel_order", "change_order", "change_address"),
        often=("payment_issue", "refund_request", "delivery_estimate", "order_status"),
        some=("promotion", "complaint", "human_request"),
        few=("exchange_request",),
        never=(*FAULTS, "return_request", "not_received", "refund_status"),
    ),
    "processing": _fits(
        0.1,
        always=("order_status", "cancel_order", "change_order", "change_address"),
        often=("delivery_estimate", "missing_item", "complaint", "human_request", "refund_request", "payment_issue"),
        some=("not_received",),
        never=("damaged_item", "wrong_item", "return_request", "exchange_request", "refund_status"),
    ),
    "shipped": _fits(
        0.1,
        always=("order_status", "not_received", "delivery_estimate"),
        often=("cancel_order", "change_address", "refund_request", "complaint", "human_request"),
        few=("missing_item",),
        never=("damaged_item", "wrong_item", "return_request", "exchange_request", "change_order", "refund_status"),
    ),
    "delivered": _fits(
        0.1,
        always=(*GOODS, "return_request", "exchange_request", "refund_request", "refund_status", "complaint"),
        often=("payment_issue", "human_request", "return_policy", "promotion"),
        few=("change_address",),
        never=("cancel_order", "change_order", "delivery_estimate"),
    ),
}


def reread(said: Classification, scope: Mapping[str, object], text: str) -> Classification:
    """The reading that fits the order best, with how likely it is; `said` itself when there is nothing to weigh.

    Args:
        said: What was read without knowing the order. `likely` is empty when it was sure.
        scope: The facts of the case.
        text: What the customer wrote (`agent.reasoners.local.words_of`).
    """
    stages = _stages(scope)
    if said.automatic or said.human_request:
        return said
    if not scope.get("order_named"):
        found = _of_the_shelf(_reweighed(said, scope, stages, text) if stages else said, scope, text)
        return _swap_of(found, _stages_of(fields_of(scope.get("order"))))
    if not stages:
        return said
    known = _on_record(said, scope, stages, text)
    said = _known_as(said, known, stages) if known else said
    return _swap_of(_reweighed(said, scope, stages, text), stages)


def _reweighed(said: Classification, scope: Mapping[str, object], stages: frozenset[str], text: str) -> Classification:
    """What weighs most among the likely intents; a sure reading has none and stays."""
    if not said.likely or _told_apart(said.intent, text):
        return said
    words = stated_asks(text)
    clues = _clues(scope, stages, words)
    weighed = _weighed(said, scope, stages, clues)
    named = bool(scope.get("order_named"))
    fit = _weight(said.intent, stages, named=named) * min(1.0, clues.get(said.intent, 1.0))
    best = _best(said, weighed, words, stages, clues, fit, named=named)
    chances = {each.intent: each.confidence for each in weighed}
    sure = max(chances.get(best, 0.0), said.confidence if best == said.intent else 0.0)
    return said.model_copy(update={"confidence": sure, "likely": weighed, **(_turned(said, best, stages))})


def _told_apart(intent: str, text: str) -> bool:
    """Whether words show that a question is only one: what would come back, or why money did."""
    if intent == "return_policy":
        return HYPOTHETICAL in cautions(text)
    return intent == "refund_status" and REFUNDED in stated(text)


def _on_record(said: Classification, scope: Mapping[str, object], stages: frozenset[str], text: str) -> str:
    """What the ask is called by what the records say of its order; empty where they leave it as it is."""
    if stages == _ON_ITS_WAY:
        return _of_a_late_parcel(said.intent, fields_of(scope.get("shipment")) or {}, stated(text))
    if stages == _HERE and said.intent == "order_status" and "not_received" in stated(text):
        return "not_received"
    announced = stages <= _NOT_LEFT and said.intent == "missing_item" and CAME not in stated(text)
    return "order_status" if announced else ""


def _of_a_late_parcel(intent: str, parcel: Mapping[str, object], words: frozenset[str]) -> str:
    """It has no date any more; who wants the money for one that stands still, or to end a lost one, has given up."""
    lost, stands = bool(parcel.get("lost")), bool(parcel.get("lost") or parcel.get("stalled"))
    anew = intent == "order_status" and REPLACEMENT in words
    if (intent == "refund_request" and stands) or (intent == "cancel_order" and lost) or (anew and lost):
        return "not_received"
    return "order_status" if intent == "delivery_estimate" and (stands or parcel.get("overdue")) else ""


def _known_as(said: Classification, intent: str, stages: frozenset[str]) -> Classification:
    """The same reading by that name; the money that was asked for with it is still wanted."""
    if intent == "not_received" and said.intent in ("refund_request", "cancel_order"):
        money = RankedIntent(intent="refund_request", confidence=said.confidence)
        others = tuple(each for each in said.secondary if each.intent != money.intent)
        said = said.model_copy(update={"secondary": (money, *others)})
    return _renamed(said, intent, stages)


def _of_the_shelf(said: Classification, scope: Mapping[str, object], text: str) -> Classification:
    """Whoever names one of several variants asks whether it can be had, more often than what it is like."""
    product = fields_of(scope.get("product"))
    options = texts_of(product["options"]) if product is not None else ()
    if said.intent != "product_question" or len(options) < 2:
        return said
    asks_more = fields_of(scope.get("attribute")) is not None or bool(scope.get("attribute_missing"))
    # "Do the moss caps come in black": the title may hold an option, and then no variant is known by it.
    named = any(len(option) > _LETTERS and mentions(text, option) for option in options)
    worded = named and not asks_more and "stock_availability" in stated(text)
    if not worded and not _to_be_had(said, fields_of(scope.get("variant"))):
        return said
    known = _renamed(said, "stock_availability", frozenset())
    further = RankedIntent(intent=said.intent, confidence=said.confidence)
    return known.model_copy(update={"secondary": (*known.secondary, further)}) if asks_more else known


def _to_be_had(said: Classification, variant: Mapping[str, object] | None) -> bool:
    if variant is None:
        return False
    chances = {each.intent: each.confidence for each in said.likely}
    had = chances.get("stock_availability", 0.0) * (_CLUE if variant["in_stock"] else 2 * _CLUE)
    return had > chances.get(said.intent, 1.0)


def _swap_of(said: Classification, stages: frozenset[str]) -> Classification:
    """Another size of what has not left changes the order, of what is here it is an exchange, whatever it is called."""
    if said.intent not in _SWAPS or not stages or not (stages == _HERE or stages <= _NOT_LEFT):
        return said
    return _renamed(said, "exchange_request" if stages == _HERE else "change_order", stages)


def _renamed(said: Classification, intent: str, stages: frozenset[str]) -> Classification:
    """The same reading under another name, as likely as both together."""
    if intent == said.intent:
        return said
    chances = {each.intent: each.confidence for each in said.likely}
    if said.intent in chances:
        chances[intent] = min(1.0, chances.pop(said.intent) + chances.get(intent, 0.0))
    ranked = sorted(chances, key=lambda each: -chances[each])
    likely = tuple(RankedIntent(intent=each, confidence=chances[each]) for each in ranked)
    return said.model_copy(update={"likely": likely, **_turned(said, intent, stages)})


def _turned(said: Classification, best: str, stages: frozenset[str]) -> dict[str, object]:
    if best == said.intent:
        return {}
    order = f"the order is {' or '.join(sorted(stages))}"
    because = "one of several variants is named" if best == "stock_availability" else order
    why = f"{_spoken(best)} rather than {_spoken(said.intent)}: {because}"
    further = tuple(each for each in said.secondary if each.intent != best)
    return {"intent": best, "secondary": further, "reason": f"{why}. {said.reason}"}


def _stages(scope: Mapping[str, object]) -> frozenset[str]:
    """The stages in which the order is that is meant: of the one named, else of every order of the customer."""
    if scope.get("order_named"):
        return _stages_of(fields_of(scope.get("order")))
    return _stages_of(*members_of(scope.get("orders")))


def _stages_of(*orders: Mapping[str, object] | None) -> frozenset[str]:
    return frozenset(str(each["stage"]) for each in orders if each is not None) & frozenset(_BY_STAGE)


def _fit(intent: str, stages: frozenset[str]) -> float:
    return max(_BY_STAGE[stage].get(intent, _BY_STAGE[stage][""]) for stage in stages)


def _weighed(
    said: Classification, scope: Mapping[str, object], stages: frozenset[str], clues: Mapping[str, float]
) -> tuple[RankedIntent, ...]:
    """The likely intents, most likely first, as likely as they are for this order."""
    named = bool(scope.get("order_named"))
    weights = {
        each.intent: each.confidence * _weight(each.intent, stages, named=named) * clues.get(each.intent, 1.0)
        for each in said.likely
    }  # fmt: skip
    rest = max(0.0, 1.0 - sum(each.confidence for each in said.likely)) * 0.3
    whole = sum(weights.values()) + rest
    ranked = sorted(weights, key=lambda intent: -weights[intent])
    return tuple(RankedIntent(intent=intent, confidence=min(1.0, weights[intent] / whole)) for intent in ranked)


def _weight(intent: str, stages: frozenset[str], *, named: bool) -> float:
    """How well a reading fits the order; without a number a message may as well be about the shop."""
    if named or (_of_orders(intent) and intent not in _OF_THE_SHOP):
        return _fit(intent, stages)
    return max(_fit(intent, stages), _UNNAMED) if _of_orders(intent) else 1.0


def _of_orders(intent: str) -> bool:
    return any(intent in fits and fits[intent] != fits[""] for fits in _BY_STAGE.values())


def _clues(scope: Mapping[str, object], stages: frozenset[str], words: frozenset[str]) -> dict[str, float]:
    """How much more or less likely an ask is by what the message itself says."""
    came = CAME in words and "not_received" not in words and stages == _HERE
    clues: dict[str, float] = {"not_received": IMPOSSIBLE} if came else {}
    clues |= _swap_clues(scope, stages)
    if scope.get("order_named"):
        clues |= _parcel_clues(scope, stages) | _money_clues(scope)
    if isinstance(scope.get("new_address"), str) and stages <= _NOT_LEFT:
        clues["change_address"] = _CLUE
    return clues


def _parcel_clues(scope: Mapping[str, object], stages: frozenset[str]) -> dict[str, float]:
    """Whoever misses a parcel that is on its usual way asks where it is; one that stands still has a date no more."""
    parcel = fields_of(scope.get("shipment"))
    if parcel is None or stages != _ON_ITS_WAY:
        return {}
    if parcel.get("stalled") or parcel.get("lost"):
        gone = {"not_received": _CLUE} if parcel.get("lost") else {}
        return {"delivery_estimate": UNLIKELY, **gone}
    return {} if parcel.get("overdue") else {"not_received": IMPOSSIBLE, "delivery_estimate": _LESS}


def _money_clues(scope: Mapping[str, object]) -> dict[str, float]:
    """Whoever wants money that is on its way, or for goods that are, asks how far it is."""
    moving = fields_of(scope.get("refund")) is not None or fields_of(scope.get("return_")) is not None
    left = (fields_of(scope.get("order")) or {}).get("left_to_refund")
    if not moving:
        return {"refund_status": IMPOSSIBLE}
    # What is on its way back to us has come to the customer.
    back = dict.fromkeys(("return_request", "not_received"), UNLIKELY)
    comes_back = back if fields_of(scope.get("return_")) is not None else {}
    return {"refund_request": IMPOSSIBLE if isinstance(left, Money) and not left else _SELDOM, **comes_back}


def _swap_clues(scope: Mapping[str, object], stages: frozenset[str]) -> dict[str, float]:
    """What it tells that another variant of the one thing meant is named, or that none is."""
    swap = "exchange_request" if "delivered" in stages else "change_order"
    if fields_of(scope.get("swap")) is not None:
        return {**dict.fromkeys(_KEEPS_VARIANT, _NOT_SWAPPED), swap: _SWAPPED}
    # What can be had instead is only known when the one thing meant was looked up.
    if scope.get("other_variant_came") is True:
        return {"wrong_item": _SWAPPED, swap: _NO_SWAP}
    looked = stages == _HERE and bool(texts_of(scope.get("alternatives_in_stock")))
    return {swap: _NO_SWAP} if looked else {}


def _best(
    said: Classification,
    weighed: tuple[RankedIntent, ...],
    words: frozenset[str],
    stages: frozenset[str],
    clues: Mapping[str, float],
    fit: float,
    *,
    named: bool,
) -> str:
    """The reading to go by: the likeliest, unless what was read is said in words, or may well be."""
    worded = _worded(said, weighed, words, stages)
    if worded or _moves(said, weighed, words, clues):
        return worded or "change_address"
    top = weighed[0]
    parcel = said.intent == "order_status" or (said.intent == "delivery_estimate" and named)
    if parcel and stages == _HERE and "not_received" not in words:
        return top.intent  # nobody asks where a parcel is that they hold
    if top.intent == "not_received" and clues.get("not_received", 0.0) > 1.0:
        return top.intent  # the carrier lost it
    outright = said.intent in words or (said.intent == "promotion" and CHEAPER in words)
    # "It came broken": whatever the shop's records say of the order, somebody holds it.
    held = CAME in words and said.intent in FAULTS & words and "delivered" not in stages
    due = frozenset((said.intent, top.intent)) in _DUE and top.confidence >= PLAIN  # "refund 2145 where"
    if held or fit > (IMPOSSIBLE if outright and not due else UNLIKELY):
        return said.intent
    bold = top.intent in OUTRIGHT - {"not_received"} and top.intent not in words and top.confidence < CERTAIN
    return said.intent if bold else top.intent


def _moves(
    said: Classification, weighed: tuple[RankedIntent, ...], words: frozenset[str], clues: Mapping[str, float]
) -> bool:
    """Whether a whole new address stands in a message that was read as a question about its order."""
    asks = said.intent in _ABOUT_A_PARCEL and said.intent not in words
    possible = any(each.intent == "change_address" and each.confidence >= POSSIBLE for each in weighed)
    return asks and possible and "change_address" in clues


def _worded(
    said: Classification, weighed: tuple[RankedIntent, ...], words: frozenset[str], stages: frozenset[str]
) -> str:
    """The one ask that is said outright and fits the order, where what was read is not said; empty without one."""
    chances = {each.intent: each.confidence for each in weighed}
    if is_said(said.intent, words):
        return ""
    if CHEAPER in words and chances.get("promotion", 0.0) >= PLAUSIBLE:
        return "promotion"
    # "I want to return it, delivered a month ago": not received cannot be what such words are about.
    if said.intent in _OWN_WORDS and not (said.intent == "not_received" and stages == _HERE):
        return ""
    asks = [ask for ask in _WORDED if ask in words and _fit(ask, stages) > UNLIKELY]
    # "Don't pack 2145" stops an order that can be stopped, however little it is like other messages that do.
    stops = asks == ["cancel_order"] and stages == frozenset(("pending",))
    return asks[0] if stops or (len(asks) == 1 and chances.get(asks[0], 0.0) >= PLAUSIBLE) else ""


def _spoken(intent: str) -> str:
    return intent.replace("_", " ")


def sureness(said: Classification, scope: Mapping[str, object]) -> float:
    """How likely it is that what the main intent leads to is what the customer wants."""
    alike = next((group for group in _alike(scope) if said.intent in group), frozenset({said.intent}))
    together = sum(each.confidence for each in said.likely if each.intent in alike)
    return min(1.0, max(together, said.confidence))


def _alike(scope: Mapping[str, object]) -> Iterable[frozenset[str]]:
    """Asks whose playbooks come to the same thing for this order: which of them it is need not be certain."""
    order = fields_of(scope.get("order"))
    if order is not None and order["pending"]:
        yield _ENDS
    elif order is not None and order["delivered_at"]:
        yield _BACK
    yield from (FAULTS, _SWAPS)


def clues_of(said: Classification) -> frozenset[str]:
    """The lookups without which it cannot be told which of the likely asks is meant."""
    likely = {said.intent, *(each.intent for each in said.likely if each.confidence >= _WORTH_A_LOOK)}
    swaps = bool(said.likely) and not likely.isdisjoint(_SWAPS)
    wanted = {_FOR_SWAPS: swaps, _FOR_PARCELS: not likely.isdisjoint(_OF_A_PARCEL), _FOR_MONEY: likely >= _OF_MONEY}
    return frozenset(lookup for lookups, worth in wanted.items() if worth for lookup in lookups)
