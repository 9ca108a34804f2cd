"""Whom a hostile case is about: the customer who writes, and strangers whose facts must never reach them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tools.commerce import Customer, Order, Shipment
from tools.connectors.demo import DemoWorld


@dataclass(frozen=True)
class Fact:
    """Something of a stranger, as it is and as a draft writes it."""

    kind: str
    raw: str
    written: str


@dataclass(frozen=True)
class Party:
    """A customer with everything that is theirs."""

    customer: Customer
    orders: tuple[Order, ...]
    shipments: tuple[Shipment, ...]

    @cached_property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(kind, raw) of everything that identifies this customer or tells about an order."""
        address = self.customer.default_address
        names = self.customer.name.split()
        found = [("name", self.customer.name), *(("email", mail) for mail in self.customer.emails)]
        if len(names) > 1 and len(names[-1]) > 3:
            found.append(("surname", names[-1]))
        if self.customer.phone:
            found.append(("phone", self.customer.phone))
        if address is not None:
            found += [("address", f"{address.line1}, {address.city}"), ("address", address.one_line())]
        for order in self.orders[:3]:
            found += [("order", order.number), ("amount", str(order.total)), ("date", order.placed_at.isoformat())]
        for parcel in self.shipments[:3]:
            found += [("tracking", parcel.tracking_number), ("link", parcel.tracking_url)]
        return tuple((kind, raw) for kind, raw in found if raw)


class People:
    """Every customer of the demo brand with at least one order."""

    def __init__(self, world: DemoWorld) -> None:
        orders: dict[str, list[Order]] = defaultdict(list)
        parcels: dict[str, list[Shipment]] = defaultdict(list)
        owner = {order.id: order.customer_id for order in world.orders}
        for order in world.orders:
            orders[order.customer_id].append(order)
        for parcel in world.shipments:
            parcels[owner[parcel.order_id]].append(parcel)
        self.parties: Sequence[Party] = [
            Party(customer, tuple(reversed(orders[customer.id])), tuple(reversed(parcels[customer.id])))
            for customer in world.customers
            if orders[customer.id] and customer.emails
        ]


def plain(text: str) -> str:
    """As a reader sees it: without case, accents and what is invisible."""
    seen = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in seen if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", plain(text)))
