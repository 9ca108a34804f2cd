"""Which noun goes into which table, under which id, with which columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from pydantic import AwareDatetime
from sqlalchemy import Table

from tools import commerce as shop
from tools.commerce import Noun
from tools.helpdesk import SentMessage, Ticket
from tools.money import total
from tools.ports import Receipt
from tools.store.sound import sound_credit, sound_customer, sound_order, sound_product, sound_refund
from tools.store.tables import StoreTable
from tools.store.words import folded, number_key, product_words

N = TypeVar("N", bound=Noun)
Columns = Mapping[str, str | int | bool]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime | None) -> int:
    """Microseconds since 1970 UTC, exact; 0 when unknown."""
    return 0 if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


class Effect(Noun):
    """An effect as the store remembers it."""

    key: str
    kind: str
    fingerprint: str
    reference: str
    summary: str
    at: AwareDatetime

    def receipt(self, *, repeated: bool = False) -> Receipt:
        """The receipt for whoever asks about the key."""
        return Receipt(key=self.key, reference=self.reference, summary=self.summary, at=self.at, repeated=repeated)


@dataclass(frozen=True)
class Satellite:
    """Rows of another table that belong to one noun, found by `owner` (a column)."""

    table: str
    owner: str
    rows: tuple[Columns, ...]


@dataclass(frozen=True)
class Row:
    """A noun ready to be stored: the table, its columns, and what other tables hold about it (replaced as a whole)."""

    table: str
    values: dict[str, str | int | bool]
    satellites: tuple[Satellite, ...] = ()

    @property
    def id(self) -> str:
        """The primary key."""
        return str(self.values["id"])


class AnyTable(Protocol):
    """A noun's table when it does not matter which noun."""

    @property
    def name(self) -> str: ...  # noqa: D102 - as in NounTable
    @property
    def versioned(self) -> bool: ...  # noqa: D102
    @property
    def table(self) -> Table: ...  # noqa: D102
    def row(self, noun: Noun) -> Row: ...  # noqa: D102
    def parse(self, text: str | bytes) -> Row: ...  # noqa: D102
    def with_version(self, row: Row, version: int) -> Row: ...  # noqa: D102


_LONGEST_KEPT = 10_000
"""Characters of a body that is remembered, so that what is remembered stays within some megabytes."""
_SHORT = 400
"""Characters of a body of which many are remembered: a refund, a credit, an effect."""


def _none(noun: object) -> tuple[Satellite, ...]:
    return ()


def _sound(noun: object) -> None:
    """Nothing to check."""


def paid_back_elsewhere(order: shop.Order) -> list[shop.Refund]:
    """What went back to the customer without us, as far as the movements of money tell; parts of one moment are one."""
    parts: dict[datetime, list[shop.Transaction]] = {}
    for moved in order.transactions:
        if moved.kind is shop.TransactionKind.REFUND and not moved.key:
            parts.setdefault(moved.at, []).append(moved)
    return [
        shop.Refund(
            id=some[0].id, order_id=order.id, amount=total((part.amount for part in some), order.currency), at=at
        )
        for at, some in parts.items()
    ]


@lru_cache(maxsize=1_024)
def _kept(model: type[N], text: str) -> N:
    return model.model_validate_json(text)


@lru_cache(maxsize=8_192)
def _kept_short(model: type[N], text: str) -> N:
    # More of them than fit, read in the same order again and again, and not one would be found: so many may one
    # customer's refunds and credits be.
    return model.model_validate_json(text)


@dataclass(frozen=True)
class NounTable(Generic[N]):
    """How one noun is stored. `name` is the table and the snapshot file; `versioned` nouns count their changes."""

    name: str
    model: type[N]
    id_of: Callable[[N], str]
    columns: Callable[[N], Columns]
    satellites: Callable[[N], tuple[Satellite, ...]] = _none
    sound: Callable[[N], None] = _sound
    versioned: bool = False

    @property
    def table(self) -> Table:
        """The table."""
        return StoreTable.metadata.tables[self.name]

    def row(self, noun: Noun) -> Row:
        """The row of a noun of this table. Raises TypeError for another noun."""
        if not isinstance(noun, self.model):
            raise TypeError(f"{type(noun).__name__} does not go into {self.name}")
        values = {"id": self.id_of(noun), **self.columns(noun), "body": body(noun)}
        return Row(self.name, values, self.satellites(noun))

    def read(self, text: str) -> N:
        """The noun of a stored body. One case reads the same few again and again."""
        if len(text) > _LONGEST_KEPT:
            return self.model.model_validate_json(text)
        return _kept_short(self.model, text) if len(text) <= _SHORT else _kept(self.model, text)

    def parse(self, text: str | bytes) -> Row:
        """The row of a noun written as JSON. Raises pydantic.ValidationError, ValueError when it contradicts itself."""
        noun = self.model.model_validate_json(text)
        self.sound(noun)
        return self.row(noun)

    def with_version(self, row: Row, version: int) -> Row:
        """The same noun with another version."""
        return self.row(self.read(str(row.values["body"])).model_copy(update={"version": version}))


def body(noun: Noun) -> str:
    """A noun as one line of JSON without its defaults: the form in the store and in snapshots."""
    return noun.model_dump_json(exclude_defaults=True)


def stock_id(variant_id: str, location: str) -> str:
    """One id for a variant at a location; JSON, so that no two pairs share one."""
    return json.dumps([variant_id, location], ensure_ascii=False)


def _emails(customer: shop.Customer) -> tuple[Satellite, ...]:
    emails = sorted({folded(email) for email in customer.emails} - {""})
    rows = tuple({"email": email, "customer_id": customer.id} for email in emails)
    return (Satellite("customer_emails", "customer_id", rows),)


def _names(product: shop.Product) -> tuple[Satellite, ...]:
    names = {(folded(name), variant.id) for variant in product.variants for name in (variant.id, variant.sku) if name}
    words = product_words(product) if product.active else {}
    return (
        Satellite(
            "variant_names",
            "product_id",
            tuple({"name": name, "variant_id": variant, "product_id": product.id} for name, variant in sorted(names)),
        ),
        Satellite(
            "product_words",
            "product_id",
            tuple({"word": word, "product_id": product.id, "weight": weight} for word, weight in words.items()),
        ),
    )


ORDERS = NounTable(
    "orders",
    shop.Order,
    lambda o: o.id,
    lambda o: {
        "number": number_key(o.number),
        "customer_id": o.customer_id,
        "placed_at": micros(o.placed_at),
        "replaces": o.replaces_order_id,
    },
    sound=sound_order,
    versioned=True,
)
CUSTOMERS = NounTable(
    "customers", shop.Customer, lambda c: c.id, lambda c: {}, _emails, sound=sound_customer, versioned=True
)
PRODUCTS = NounTable("products", shop.Product, lambda p: p.id, lambda p: {}, _names, sound=sound_product)
STOCK = NounTable(
    "stock", shop.StockLevel, lambda s: stock_id(s.variant_id, s.location), lambda s: {"variant_id": s.variant_id}
)
SHIPMENTS = NounTable(
    "shipments", shop.Shipment, lambda s: s.id, lambda s: {"order_id": s.order_id, "at": micros(s.shipped_at)}
)
RETURNS = NounTable(
    "returns", shop.Return, lambda r: r.id, lambda r: {"order_id": r.order_id, "at": micros(r.requested_at)}
)
REFUNDS = NounTable(
    "refunds",
    shop.Refund,
    lambda r: r.id,
    lambda r: {"order_id": r.order_id, "at": micros(r.at)},
    sound=sound_refund,
)
TRACES = NounTable("traces", shop.CarrierTrace, lambda t: t.shipment_id, lambda t: {})
CREDITS = NounTable(
    "store_credits",
    shop.StoreCredit,
    lambda c: c.id,
    lambda c: {"customer_id": c.customer_id, "at": micros(c.at)},
    sound=sound_credit,
)
CODES = NounTable("discount_codes", shop.DiscountCode, lambda c: folded(c.code), lambda c: {})
SUBSCRIPTIONS = NounTable("subscriptions", shop.Subscription, lambda s: s.id, lambda s: {"customer_id": s.customer_id})
SUPPRESSIONS = NounTable(
    "suppressions", shop.Suppression, lambda s: s.id, lambda s: {"customer_id": s.customer_id, "at": micros(s.until)}
)
TICKETS = NounTable("tickets", Ticket, lambda t: t.id, lambda t: {})
SENT = NounTable("sent", SentMessage, lambda s: s.id, lambda s: {"ticket_id": s.ticket_id, "at": micros(s.at)})
EFFECTS = NounTable("effects", Effect, lambda e: e.key, lambda e: {})

EVERY_NOUN: tuple[AnyTable, ...] = (
    CUSTOMERS,
    PRODUCTS,
    STOCK,
    ORDERS,
    SHIPMENTS,
    RETURNS,
    REFUNDS,
    TRACES,
    CREDITS,
    CODES,
    SUBSCRIPTIONS,
    SUPPRESSIONS,
    TICKETS,
    SENT,
    EFFECTS,
)
"""Every noun the store holds."""

TABLES: dict[type[Noun], AnyTable] = {
    shop.Customer: CUSTOMERS,
    shop.Product: PRODUCTS,
    shop.StockLevel: STOCK,
    shop.Order: ORDERS,
    shop.Shipment: SHIPMENTS,
    shop.Return: RETURNS,
    shop.Refund: REFUNDS,
    shop.CarrierTrace: TRACES,
    shop.StoreCredit: CREDITS,
    shop.DiscountCode: CODES,
    shop.Subscription: SUBSCRIPTIONS,
    shop.Suppression: SUPPRESSIONS,
    Ticket: TICKETS,
    SentMessage: SENT,
    Effect: EFFECTS,
}
"""The table of a noun by its type."""


def row_of(noun: Noun) -> Row:
    """The row of any noun the store holds."""
    return TABLES[type(noun)].row(noun)
