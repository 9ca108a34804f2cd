"""Directory: whose name, address, number or parcel a text names, over everybody the brand knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from evals.scorers.facts import plain

if TYPE_CHECKING:
    from tools.connectors.demo import DemoWorld

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_ORDER = re.compile(r"#\d{3,12}")
_CODE = re.compile(r"\b(?=\w*\d)\w{10,40}\b")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,20}\d")
Owners = dict[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something of a customer in a text: what it is, as it is written there, and whose it may be."""

    kind: str
    text: str
    owners: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What belongs to whom: customer ids by e-mail, order number, parcel, full name, street line and phone."""

    exact: Owners
    names: Owners
    streets: Owners

    @classmethod
    def of(cls, world: DemoWorld) -> Directory:
        """Everybody of a world."""
        buyers = {order.id: order.customer_id for order in world.orders}
        exact: list[tuple[str, str]] = [(order.number, order.customer_id) for order in world.orders]
        exact += [(p.tracking_number, buyers.get(p.order_id, "")) for p in world.shipments if p.tracking_number]
        exact += [(mail, customer.id) for customer in world.customers for mail in customer.emails]
        exact += [(_digits(customer.phone), customer.id) for customer in world.customers if customer.phone]
        names = [(customer.name, customer.id) for customer in world.customers if " " in customer.name]
        homes = [(c.default_address, c.id) for c in world.customers if c.default_address is not None]
        streets = [(home.line1, customer_id) for home, customer_id in homes if len(home.line1) > 5]
        return cls(exact=_owners(exact), names=_owners(names), streets=_owners(streets))

    def named_in(self, text: str) -> Iterator[Named]:
        """Everything in a text that is somebody's."""
        for kind, shape in (("e-mail", _MAIL), ("order", _ORDER), ("parcel", _CODE)):
            for match in shape.finditer(text):
                if owners := self.exact.get(plain(match[0])):
                    yield Named(kind=kind, text=match[0], owners=owners)
        for match in _PHONE.finditer(text):
            if owners := self.exact.get(_digits(match[0])):
                yield Named(kind="phone", text=match[0], owners=owners)
        for pair in _pairs(text):
            if owners := self.names.get(plain(pair)):
                yield Named(kind="name", text=pair, owners=owners)
        yield from self._streets(plain(text))

    def _streets(self, text: str) -> Iterator[Named]:
        for street, owners in self.streets.items():
            if street in text:
                yield Named(kind="street", text=street, owners=owners)


def _owners(found: Iterable[tuple[str, str]]) -> Owners:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for key, customer_id in found:
        owners[plain(key)].add(customer_id)
    return {key: frozenset(ids) for key, ids in owners.items() if key}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _pairs(text: str) -> Iterator[str]:
    words = list(_WORD.finditer(text))
    for one, other in pairwise(words):
        if one[0][0].isupper() and other[0][0].isupper() and other.start() - one.end() == 1:
            yield f"{one[0]} {other[0]}"


@cache
def demo_directory() -> Directory:
    """Everybody of the demo brand; a second of work, once per process."""
    from tools.connectors.demo import generate

    return Directory.of(generate())
