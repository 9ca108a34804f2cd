"""The read ports over the store's tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pydantic import AwareDatetime
from sqlalchemy import bindparam, func, select

from tools import commerce as shop
from tools.helpdesk import SentMessage, Ticket
from tools.ports import Readers, Receipt
from tools.store import nouns
from tools.store.nouns import micros, paid_back_elsewhere
from tools.store.rows import Rows, Texts, by
from tools.store.words import folded, number_key, words

_MOST_WORDS = 24
_MOST_ORDERS = 100
"""Orders of one customer in which refunds are looked for."""

_ORDERS, _REFUNDS = nouns.ORDERS.table, nouns.REFUNDS.table
_EMAILS = nouns.StoreTable.metadata.tables["customer_emails"]
_NAMES = nouns.StoreTable.metadata.tables["variant_names"]
_WORDS = nouns.StoreTable.metadata.tables["product_words"]

_NEWEST_ORDERS = by(nouns.ORDERS, "customer_id", "-placed_at", "-id").limit(bindparam("most"))
_REFUNDS_SINCE = (
    select(_REFUNDS.c.body)
    .join(_ORDERS, _ORDERS.c.id == _REFUNDS.c.order_id)
    .where(_ORDERS.c.customer_id == bindparam("customer_id"), _REFUNDS.c.at >= bindparam("since"))
    .order_by(_REFUNDS.c.at, _REFUNDS.c.id)
)
_CUSTOMERS_BY_EMAIL = (
    select(nouns.CUSTOMERS.table.c.body)
    .join(_EMAILS, _EMAILS.c.customer_id == nouns.CUSTOMERS.table.c.id)
    .where(_EMAILS.c.email == bindparam("email"))
    .order_by(nouns.CUSTOMERS.table.c.id)
)
_CUSTOMER_BY_EMAIL = _CUSTOMERS_BY_EMAIL.limit(2)
_PRODUCTS_BY_VARIANT = (
    select(nouns.PRODUCTS.table.c.body)
    .join(_NAMES, _NAMES.c.product_id == nouns.PRODUCTS.table.c.id)
    .where(_NAMES.c.name == bindparam("name"))
    .limit(2)
)


@lru_cache(maxsize=_MOST_WORDS)
def _matching(count: int) -> Texts:
    """Products that hold one of so many words, the best first."""
    return (
        select(_WORDS.c.product_id)
        .where(_WORDS.c.word.in_([bindparam(_word(at)) for at in range(count)]))
        .group_by(_WORDS.c.product_id)
        .order_by(func.count().desc(), func.sum(_WORDS.c.weight).desc(), _WORDS.c.product_id)
        .limit(bindparam("most"))
    )


def _word(at: int) -> str:
    return f"word_{at}"


class StoredOrders:
    """`ports.OrderReader`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def order(self, order_id: str) -> shop.Order | None:
        """By id."""
        return self._rows.one(nouns.ORDERS, by(nouns.ORDERS, "id"), id=order_id)

    def order_by_number(self, number: str) -> shop.Order | None:
        """By number; None also when two shops' orders share it."""
        return self._rows.one(nouns.ORDERS, by(nouns.ORDERS, "number", most=2), number=number_key(number))

    def orders_of(self, customer_id: str, limit: int = 20) -> Sequence[shop.Order]:
        """Newest first."""
        return self._rows.all(nouns.ORDERS, _NEWEST_ORDERS, customer_id=customer_id, most=limit)

    def shipments(self, order_id: str) -> Sequence[shop.Shipment]:
        """Oldest first."""
        return self._rows.all(nouns.SHIPMENTS, by(nouns.SHIPMENTS, "order_id", "at", "id"), order_id=order_id)

    def shipment(self, shipment_id: str) -> shop.Shipment | None:
        """By id."""
        return self._rows.one(nouns.SHIPMENTS, by(nouns.SHIPMENTS, "id"), id=shipment_id)

    def returns(self, order_id: str) -> Sequence[shop.Return]:
        """Oldest first."""
        return self._rows.all(nouns.RETURNS, by(nouns.RETURNS, "order_id", "at", "id"), order_id=order_id)

    def refunds(self, order_id: str) -> Sequence[shop.Refund]:
        """Oldest first."""
        return self._rows.all(nouns.REFUNDS, by(nouns.REFUNDS, "order_id", "at", "id"), order_id=order_id)

    def refunds_of(self, customer_id: str, since: AwareDatetime) -> Sequence[shop.Refund]:
        """Over all orders of the customer, oldest first; those too that a platform only shows as money that moved."""
        known = self._rows.all(nouns.REFUNDS, _REFUNDS_SINCE, customer_id=customer_id, since=micros(since))
        orders = self._rows.all(nouns.ORDERS, _NEWEST_ORDERS, customer_id=customer_id, most=_MOST_ORDERS)
        bare = [refund for order in orders for refund in paid_back_elsewhere(order) if refund.at >= since]
        told = {order_id for order_id in {refund.order_id for refund in bare} if self._tells(order_id)}
        more = [refund for refund in bare if refund.order_id not in told]
        return sorted([*known, *more], key=lambda refund: (refund.at, refund.id)) if more else known

    def _tells(self, order_id: str) -> bool:
        """Whether the store has refunds of its own for what a platform paid back on an order."""
        return any(not refund.key for refund in self.refunds(order_id))

    def replacements(self, order_id: str) -> Sequence[shop.Order]:
        """Oldest first."""
        return self._rows.all(nouns.ORDERS, by(nouns.ORDERS, "replaces", "placed_at", "id"), replaces=order_id)

    def trace(self, shipment_id: str) -> shop.CarrierTrace | None:
        """Of a parcel."""
        return self._rows.one(nouns.TRACES, by(nouns.TRACES, "id"), id=shipment_id)


class StoredCustomers:
    """`ports.CustomerReader`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def customer(self, customer_id: str) -> shop.Customer | None:
        """By id."""
        return self._rows.one(nouns.CUSTOMERS, by(nouns.CUSTOMERS, "id"), id=customer_id)

    def customer_by_email(self, email: str) -> shop.Customer | None:
        """None also when two customers share the address."""
        return self._rows.one(nouns.CUSTOMERS, _CUSTOMER_BY_EMAIL, email=folded(email))

    def customers_by_email(self, email: str) -> Sequence[shop.Customer]:
        """By id."""
        return self._rows.all(nouns.CUSTOMERS, _CUSTOMERS_BY_EMAIL, email=folded(email))

    def subscriptions(self, customer_id: str) -> Sequence[shop.Subscription]:
        """By id."""
        found = by(nouns.SUBSCRIPTIONS, "customer_id", "id")
        return self._rows.all(nouns.SUBSCRIPTIONS, found, customer_id=customer_id)

    def store_credits(self, customer_id: str) -> Sequence[shop.StoreCredit]:
        """Oldest first."""
        return self._rows.all(nouns.CREDITS, by(nouns.CREDITS, "customer_id", "at", "id"), customer_id=customer_id)

    def suppression(self, customer_id: str) -> shop.Suppression | None:
        """The one that lasts longest."""
        latest = by(nouns.SUPPRESSIONS, "customer_id", "-at", "id", most=1)
        return self._rows.one(nouns.SUPPRESSIONS, latest, customer_id=customer_id)


class StoredCatalog:
    """`ports.CatalogReader`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def product(self, product_id: str) -> shop.Product | None:
        """By id."""
        return self._rows.one(nouns.PRODUCTS, by(nouns.PRODUCTS, "id"), id=product_id)

    def variant(self, variant_id: str) -> tuple[shop.Product, shop.Variant] | None:
        """By id, else by SKU; None also when a SKU names several variants."""
        name = folded(variant_id)
        products = self._rows.all(nouns.PRODUCTS, _PRODUCTS_BY_VARIANT, name=name)
        pairs = [(product, variant) for product in products for variant in product.variants]
        exact = [pair for pair in pairs if pair[1].id == variant_id]
        found = exact or [pair for pair in pairs if name in (folded(pair[1].id), folded(pair[1].sku))]
        return found[0] if len(found) == 1 else None

    def find_products(self, words: str, limit: int = 5) -> Sequence[shop.Product]:
        """Most shared words first, then the words that name a product best. Only active products."""
        found = self._matches(words, limit)
        products = {product_id: self.product(product_id) for product_id in found}
        return [product for product in products.values() if product is not None]

    def _matches(self, text: str, limit: int) -> list[str]:
        wanted = sorted(set(words(text)))[:_MOST_WORDS]
        if not wanted:
            return []
        named = {_word(at): word for at, word in enumerate(wanted)}
        return self._rows.texts(_matching(len(wanted)), **named, most=limit)

    def stock(self, variant_id: str) -> Sequence[shop.StockLevel]:
        """By location."""
        return self._rows.all(nouns.STOCK, by(nouns.STOCK, "variant_id", "id"), variant_id=variant_id)

    def discount_code(self, code: str) -> shop.DiscountCode | None:
        """In any case."""
        return self._rows.one(nouns.CODES, by(nouns.CODES, "id"), id=folded(code))


class StoredHelpdesk:
    """`ports.HelpdeskReader`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def ticket(self, ticket_id: str) -> Ticket | None:
        """By id."""
        return self._rows.one(nouns.TICKETS, by(nouns.TICKETS, "id"), id=ticket_id)

    def sent(self, ticket_id: str) -> Sequence[SentMessage]:
        """Oldest first."""
        return self._rows.all(nouns.SENT, by(nouns.SENT, "ticket_id", "at", "id"), ticket_id=ticket_id)


class StoredEffects:
    """`ports.EffectReader`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def effect(self, key: str) -> nouns.Effect | None:
        """What was done under a key, with its kind and fingerprint."""
        return self._rows.one(nouns.EFFECTS, by(nouns.EFFECTS, "id"), id=key)

    def receipt(self, key: str) -> Receipt | None:
        """The receipt of a key."""
        effect = self.effect(key)
        return effect.receipt() if effect is not None else None


def readers_over(rows: Rows) -> Readers:
    """All read ports over one way of running selects."""
    return Readers(
        orders=StoredOrders(rows),
        customers=StoredCustomers(rows),
        catalog=StoredCatalog(rows),
        helpdesk=StoredHelpdesk(rows),
    )
