"""What orders, lines and people are called: for the sentences of a card, never for the calls that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tools import actions as act
from tools.commerce import Customer
from tools.errors import ConnectorError
from tools.ports import Readers

LONGEST = 80
"""Characters of a title on a card; the shop writes titles, and one of them must not bury the rest."""
Key = tuple[str, ...]
"""`("order", id)`, `("line", order id, line id)`, `("variant", id)`, and so on: ids of two kinds may be the same."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What is known of the names. Whatever has none goes by its id; `ids` puts the id beside every name too."""

    known: Mapping[Key, str] = field(default_factory=dict[Key, str])
    ids: bool = False

    def with_ids(self) -> Names:
        """The same, with the id beside each name: for where the exact call stands below."""
        return replace(self, ids=True)

    def order(self, order_id: str) -> str:
        """`order #1042`."""
        return self._said("order ", order_id, ("order", order_id), keep=True)

    def line(self, order_id: str, line_id: str) -> str:
        """`Stone mug (Grey)`."""
        return self._said("line ", line_id, ("line", order_id, line_id))

    def variant(self, variant_id: str) -> str:
        """`Stone mug (Blue)`."""
        return self._said("variant ", variant_id, ("variant", variant_id))

    def customer(self, customer_id: str) -> str:
        """`customer Ada Byron`."""
        return self._said("customer ", customer_id, ("customer", customer_id), keep=True)

    def method(self, method_id: str) -> str:
        """`Visa ·1881`."""
        return self._said("method ", method_id, ("method", method_id))

    def shipment(self, shipment_id: str) -> str:
        """`shipment DHL 0034`."""
        return self._said("shipment ", shipment_id, ("shipment", shipment_id), keep=True)

    def _said(self, noun: str, identifier: str, key: Key, *, keep: bool = False) -> str:
        name = self.known.get(key, "")
        if not name:
            return f"{noun}{identifier}"
        beside = f" ({'' if keep else noun}{identifier})" if self.ids and name != identifier else ""
        return f"{noun if keep else ''}{name}{beside}"


NO_NAMES = Names()


def names_of(actions: Sequence[act.Action], readers: Readers) -> Names:
    """What the things that `actions` touch are called now. A system that does not answer leaves the ids."""
    known: dict[Key, str] = {}
    for action in actions:
        try:
            known |= {key: _short(name) for key, name in _found(action, readers)}
        except ConnectorError:
            continue
    return Names(known=known)


def _found(action: act.Action, readers: Readers) -> Iterator[tuple[Key, str]]:
    customer_id = getattr(action, "customer_id", "")
    if isinstance(action, act.OpenCarrierTrace):
        yield from _shipment(action.shipment_id, readers)
    order = readers.orders.order(getattr(action, "order_id", ""))
    if order is not None:
        yield ("order", order.id), order.number
        yield from ((("line", order.id, line.id), _titled(line.title, line.options)) for line in order.lines)
        customer_id = order.customer_id
    if isinstance(action, act.ExchangeItems | act.ChangeOrderItems):
        yield from (pair for swap in action.swaps for pair in _variant(swap.variant_id, readers))
    customer = readers.customers.customer(customer_id) if customer_id else None
    if customer is not None:
        yield from _customer(customer)


def _shipment(shipment_id: str, readers: Readers) -> Iterator[tuple[Key, str]]:
    shipment = readers.orders.shipment(shipment_id)
    if shipment is None:
        return
    order = readers.orders.order(shipment.order_id)
    of = f" of order {order.number}" if order else ""
    yield ("shipment", shipment_id), f"{shipment.carrier} {shipment.tracking_number}".strip() + of


def _variant(variant_id: str, readers: Readers) -> Iterator[tuple[Key, str]]:
    found = readers.catalog.variant(variant_id)
    if found is not None:
        product, variant = found
        yield ("variant", variant_id), _titled(product.title, variant.options)


def _customer(customer: Customer) -> Iterator[tuple[Key, str]]:
    yield ("customer", customer.id), customer.name
    yield from ((("method", method.id), method.label()) for method in customer.payment_methods)


def _titled(title: str, options: Mapping[str, str]) -> str:
    chosen = ", ".join(options.values())
    return f"{title} ({chosen})" if chosen else title


def _short(name: str) -> str:
    flat = " ".join(name.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
