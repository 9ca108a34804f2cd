"""Which order a message means, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

from agent.investigation.found import OPEN_STAGES, Found
from agent.investigation.identity import thread_text
from agent.investigation.naming import Said, best_orders
from agent.investigation.own_numbers import MOST_ORDERS, own_order, own_orders_named, place_of
from agent.investigation.several import meant_of, not_own
from tools.commerce import Order, OrderStage
from tools.ports import Readers

_ARRIVED = frozenset({OrderStage.DELIVERED})
# What an order must look like to be the one meant when a message names none.
_EXPECTED: dict[str, frozenset[OrderStage]] = {
    "cancel_order": OPEN_STAGES,
    "change_order": OPEN_STAGES,
    "change_address": OPEN_STAGES,
    "order_status": OPEN_STAGES,
    "delivery_estimate": OPEN_STAGES,
    "not_received": OPEN_STAGES | _ARRIVED,
    "damaged_item": _ARRIVED,
    "wrong_item": _ARRIVED,
    "missing_item": _ARRIVED,
    "return_request": _ARRIVED,
    "exchange_request": _ARRIVED,
}
# Another size of what is here already, or of what has not left yet: people say both in the same words.
_ALSO_EXPECTED = {"change_order": _ARRIVED, "exchange_request": frozenset({OrderStage.PENDING})}
# Questions about the shop: an order counts only when the message names it.
OF_THE_SHOP = frozenset(
    "promotion return_policy product_question stock_availability subscription account thanks other "
    "payment_issue".split()
)
# "How long does it take?" is about an order on its way, or about none.
_ONLY_EXPECTED = frozenset({"delivery_estimate"})
RECENT_DAYS = 120


def look_up_orders(found: Found, readers: Readers) -> None:
    """The customer's newest orders and the one that the message means."""
    if found.customer is None:
        return
    found.orders = tuple(readers.orders.orders_of(found.customer.id, MOST_ORDERS))
    references = found.classification.references.order_numbers
    named = _named(found, readers)
    if _of_the_shop_now(found, named):
        return
    if named:
        lead = meant_of(named, found.classification.intent, found.text)
        found.order, found.order_ambiguous = lead, lead is None
        first = named[0] if lead is None else lead
        found.orders_named = (first, *(order for order in named if order is not first))
        # In what a few words correct a wrong number may be named: only what is written now counts.
        message = f"{found.ticket.subject}\n{found.ticket.latest.text}"
        found.not_own = not_own(message, references, found.orders, found.now.year)
    elif references:
        found.order_not_found = True
    else:
        _guess(found)


def _of_the_shop_now(found: Found, named: Sequence[Order]) -> bool:
    """Whether the newest message asks how long delivery takes, after the order of the thread has arrived."""
    over = bool(named) and found.classification.intent in _ONLY_EXPECTED
    return over and not any(order.stage in OPEN_STAGES or place_of(order, found.text) >= 0 for order in named)


def _named(found: Found, readers: Readers) -> list[Order]:
    """The own orders that are named, with or without a sign, in the order of the newest message.

    What was named earlier in the thread counts when that names none.
    """
    numbers = found.classification.references.order_numbers
    signed = [own_order(number, found.identity.customer_id, found.orders, readers) for number in numbers]
    year = found.now.year
    bare = own_orders_named(found.text, found.orders, year)
    if not (bare or numbers):
        bare = own_orders_named(thread_text(found.ticket), found.orders, year)
    named = list({order.id: order for order in (*signed, *bare) if order is not None}.values())
    places = {order.id: place_of(order, found.text) for order in named}
    here = [order for order in named if places[order.id] >= 0]
    return sorted(here, key=lambda order: places[order.id]) or named


def _guess(found: Found) -> None:
    candidates = _candidates(found)
    also = _also(found, candidates)
    if len(candidates) + len(also) > 1:
        best = best_orders([*candidates, *also], Said.of(found.text, found.classification.language))
        candidates = [order for order in best if order in candidates] or best or candidates
    found.order_ambiguous = len(candidates) > 1
    found.order = candidates[0] if len(candidates) == 1 else None


def _candidates(found: Found) -> list[Order]:
    asks = [intent for intent in found.classification.intents if intent not in OF_THE_SHOP]
    if not asks:
        return []
    recent, expected = _recent(found), _EXPECTED.get(asks[0])
    fits = [order for order in recent if expected is None or order.stage in expected]
    return fits if fits or asks[0] in _ONLY_EXPECTED else recent


def _recent(found: Found) -> list[Order]:
    recent = [order for order in found.orders if (found.now - order.placed_at).days <= RECENT_DAYS]
    return recent or list(found.orders[:1])


def _also(found: Found, candidates: Sequence[Order]) -> list[Order]:
    """Orders of another stage that may be meant; they count when the message names their lines better."""
    stages = _ALSO_EXPECTED.get(found.classification.intent, frozenset())
    return [order for order in _recent(found) if order.stage in stages and order not in candidates]


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
