"""The tables: each row is a noun as JSON (`body`) and only the columns that somebody looks up or sorts by.

Moments are integers, microseconds since 1970 UTC, so that SQLite and Postgres sort them alike.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Index, MetaData
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

from tools.actions import kind_of


class StoreTable(SQLModel):
    """The store keeps its metadata apart from every other table of the process."""

    # SQLModel declares both for one table per class; a base with metadata of its own is what its documents show.
    metadata: ClassVar[MetaData] = MetaData()  # pyright: ignore[reportIncompatibleVariableOverride]

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805 - the class  # pyright: ignore[reportIncompatibleVariableOverride]
        """`store_credits` for StoreCredits."""
        return kind_of(cls.__name__)


class Orders(StoreTable, table=True):
    """Orders."""

    __table_args__ = (Index("ix_orders_customer", "customer_id", "placed_at"),)
    id: str = Field(primary_key=True)
    number: str = Field(index=True)
    customer_id: str
    placed_at: int = Field(sa_type=BigInteger)
    replaces: str = Field(index=True)
    body: str


class Shipments(StoreTable, table=True):
    """Parcels."""

    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class Returns(StoreTable, table=True):
    """Returns and exchanges."""

    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class Refunds(StoreTable, table=True):
    """Refunds."""

    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class Traces(StoreTable, table=True):
    """Carrier searches: one per shipment, whose id is the key."""

    id: str = Field(primary_key=True)
    body: str


class Customers(StoreTable, table=True):
    """Customers."""

    id: str = Field(primary_key=True)
    body: str


class CustomerEmails(StoreTable, table=True):
    """Whose e-mail address is whose, folded to lower case."""

    __table_args__ = (Index("ix_customer_emails_customer", "customer_id"),)
    email: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True)


class Products(StoreTable, table=True):
    """Products."""

    id: str = Field(primary_key=True)
    body: str


class VariantNames(StoreTable, table=True):
    """The names of variants: ids and SKUs, folded."""

    __table_args__ = (Index("ix_variant_names_product", "product_id"),)
    name: str = Field(primary_key=True)
    product_id: str = Field(primary_key=True)
    variant_id: str = Field(primary_key=True)


class ProductWords(StoreTable, table=True):
    """The words a product is found by; a higher weight says that the word names it better."""

    __table_args__ = (Index("ix_product_words_product", "product_id"),)
    word: str = Field(primary_key=True)
    product_id: str = Field(primary_key=True)
    weight: int


class Stock(StoreTable, table=True):
    """Stock by variant and location."""

    id: str = Field(primary_key=True)
    variant_id: str = Field(index=True)
    body: str


class StoreCredits(StoreTable, table=True):
    """Store credit."""

    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class DiscountCodes(StoreTable, table=True):
    """Discount codes, folded."""

    id: str = Field(primary_key=True)
    body: str


class Subscriptions(StoreTable, table=True):
    """Recurring orders."""

    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    body: str


class Suppressions(StoreTable, table=True):
    """Pauses of promotions."""

    id: str = Field(primary_key=True)
    customer_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class Tickets(StoreTable, table=True):
    """Tickets of the local helpdesk."""

    id: str = Field(primary_key=True)
    body: str


class Sent(StoreTable, table=True):
    """Replies and notes that we wrote."""

    id: str = Field(primary_key=True)
    ticket_id: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    body: str


class Effects(StoreTable, table=True):
    """What was done, by effect key: the unique claim that makes an effect happen once."""

    id: str = Field(primary_key=True)
    body: str
