"""Which order and which lines a message means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from agent.investigation.found import OPEN_STAGES, Found, read_stock
from agent.investigation.words import content_stems
from tools.commerce import LineItem, Order, OrderStage
from tools.ports import Readers

# What an order must look like to be the one meant when a message names none, most telling first.
_PENDING = frozenset({OrderStage.PENDING})
_UNDELIVERED = OPEN_STAGES
_ARRIVED = frozenset({OrderStage.DELIVERED})
_EXPECTED: dict[str, frozenset[OrderStage]] = {
    "cancel_order": _PENDING | _UNDELIVERED,
    "change_order": _PENDING | _UNDELIVERED,
    "change_address": _PENDING | _UNDELIVERED,
    "order_status": _UNDELIVERED,
    "delivery_estimate": _UNDELIVERED,
    "not_received": _UNDELIVERED | _ARRIVED,
    "damaged_item": _ARRIVED,
    "wrong_item": _ARRIVED,
    "missing_item": _ARRIVED,
    "return_request": _ARRIVED,
    "exchange_request": _ARRIVED,
}
RECENT_DAYS = 120
MOST_ORDERS = 100
T = TypeVar("T", Order, LineItem)


def look_up_orders(found: Found, readers: Readers) -> None:
    """The customer's newest orders and the one that the message means."""
    if found.customer is None:
        return
    found.orders = tuple(readers.orders.orders_of(found.customer.id, MOST_ORDERS))
    named = _named(found, readers)
    if named:
        found.order = named[0]
    elif found.classification.references.order_numbers:
        found.order_not_found = True
    else:
        _guess(found)


def _named(found: Found, readers: Readers) -> list[Order]:
    numbers = found.classification.references.order_numbers
    orders = [readers.orders.order_by_number(number) for number in numbers]
    return [order for order in orders if order is not None and order.customer_id == found.identity.customer_id]


def _guess(found: Found) -> None:
    candidates = _candidates(found)
    if len(candidates) > 1:
        candidates = _sharing_words(found.text, candidates) or candidates
    found.order_ambiguous = len(candidates) > 1
    found.order = candidates[0] if len(candidates) == 1 else None


def _candidates(found: Found) -> list[Order]:
    recent = [order for order in found.orders if (found.now - order.placed_at).days <= RECENT_DAYS] or list(
        found.orders
    )[:1]
    expected = _EXPECTED.get(found.classification.intent)
    if expected is None:
        return recent
    return [order for order in recent if order.stage in expected] or recent


def _sharing_words(text: str, orders: Iterable[Order]) -> list[Order]:
    return _best(list(orders), lambda order: max((overlap(text, line) for line in order.lines), default=0))


def overlap(text: str, line: LineItem) -> int:
    """How many telling words of a line stand in the text; its SKU counts as many."""
    if line.sku and line.sku.casefold() in text.casefold():
        return 100
    said = content_stems(text)
    return len(content_stems(line.title) & said) * 10 + len(content_stems(" ".join(line.options.values())) & said)


def _best(items: Sequence[T], score: Callable[[T], int]) -> list[T]:
    """The items with the highest score, if any scores at least one title word."""
    scored = [(score(item), item) for item in items]
    top = max((value for value, _ in scored), default=0)
    return [item for value, item in scored if value == top] if top >= 10 else []


def look_up_lines(found: Found, readers: Readers) -> None:
    """The order lines that the message means, and their stock."""
    if found.order is None:
        return
    singled = _best(found.order.lines, lambda line: overlap(found.text, line))
    found.lines_meant = bool(singled) or len(found.order.lines) == 1
    found.lines = singled or found.order.lines
    for line in found.lines:
        read_stock(found, readers, line.variant_id)


def look_up_shipment(found: Found, readers: Readers) -> None:
    """The parcels of the order and the search for the one that matters."""
    if found.order is not None:
        found.shipments = tuple(readers.orders.shipments(found.order.id))
    if found.shipment is not None:
        found.trace = readers.orders.trace(found.shipment.id)


def look_up_returns(found: Found, readers: Readers) -> None:
    """Returns of the order."""
    if found.order is not None:
        found.returns = tuple(readers.orders.returns(found.order.id))


def look_up_refunds(found: Found, readers: Readers) -> None:
    """Refunds of the order."""
    if found.order is not None:
        found.refunds = tuple(readers.orders.refunds(found.order.id))
