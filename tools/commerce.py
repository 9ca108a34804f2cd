"""The nouns of a shop: what a commerce platform knows, as plain frozen data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from tools.money import Money, total
from tools.parties import Address as Address
from tools.parties import Customer as Customer
from tools.parties import Identifier as Identifier
from tools.parties import Noun as Noun
from tools.parties import PaymentKind as PaymentKind
from tools.parties import PaymentMethod as PaymentMethod
from tools.parties import Quantity as Quantity


class Variant(Noun):
    """One buyable thing: a product in one set of options. `cost` is what the shop paid (margin floor)."""

    id: Identifier
    sku: str = ""
    title: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    price: Money
    cost: Money | None = None


class Product(Noun):
    """What the shop sells. `attributes` are the only product facts a reply may quote."""

    id: Identifier
    title: str
    category: str = ""
    description: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    tags: tuple[str, ...] = ()
    final_sale: bool = False
    active: bool = True

    def variant(self, variant_id: str) -> Variant | None:
        """The variant with this id or SKU."""
        return next((v for v in self.variants if variant_id in (v.id, v.sku)), None)


class StockLevel(Noun):
    """Units of a variant that can be promised at one location."""

    variant_id: Identifier
    location: Identifier = "main"
    available: int
    restock_at: AwareDatetime | None = None


class OrderStage(StrEnum):
    """How far an order has come. Only a pending order can be changed; only a delivered one can be returned."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class FraudBand(StrEnum):
    """The platform's risk assessment."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class LineItem(Noun):
    """One line of an order. `discount` and `tax` are for the whole line; `price` is for one unit."""

    id: Identifier
    product_id: str = ""
    variant_id: str = ""
    sku: str = ""
    title: str
    category: str = ""
    options: dict[str, str] = Field(default_factory=dict)
    quantity: Annotated[int, Field(ge=1, le=100_000)]
    price: Money
    discount: Money
    tax: Money
    final_sale: bool = False
    refunded: Quantity = 0
    returning: Quantity = 0

    @property
    def left(self) -> int:
        """Pieces that are neither refunded nor on their way back."""
        return max(self.quantity - self.refunded - self.returning, 0)

    def paid(self, taxes_included: bool) -> Money:
        """What the customer paid for the whole line: price x quantity, less discount, plus tax if not included."""
        net = self.price * self.quantity - self.discount
        return net if taxes_included else net + self.tax

    def refundable(self, quantity: int, taxes_included: bool) -> Money:
        """What the next `quantity` units are worth, to the cent, after the units already refunded."""
        return self.paid(taxes_included).share(quantity, self.quantity, self.refunded)


class TransactionKind(StrEnum):
    """Direction of a money movement on an order."""

    CAPTURE = "capture"
    REFUND = "refund"


class Transaction(Noun):
    """Money that moved for an order. `key` is the effect key when we moved it."""

    id: Identifier
    kind: TransactionKind
    amount: Money
    method_id: str = ""
    at: AwareDatetime
    key: str = ""


class Hold(Noun):
    """Why an order does not move. The reason is for staff; it never reaches a customer."""

    reason: str
    by: str = ""
    at: AwareDatetime


class Order(Noun):
    """An order as the platform has it. `version` grows with every change; an approval is bound to it."""

    id: Identifier
    number: str
    customer_id: Identifier
    email: str = ""
    placed_at: AwareDatetime
    stage: OrderStage
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: tuple[LineItem, ...]
    shipping: Money
    shipping_tax: Money
    taxes_included: bool = False
    discount_codes: tuple[str, ...] = ()
    shipping_method: str = ""
    shipping_address: Address = Address()
    payment_method_id: str = ""
    transactions: tuple[Transaction, ...] = ()
    hold: Hold | None = None
    fraud: FraudBand = FraudBand.LOW
    items_modified: bool = False
    replaces_order_id: str = ""
    cancelled_at: AwareDatetime | None = None
    cancel_reason: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    campaign: str = ""
    version: int = 1

    def line(self, line_id: str) -> LineItem | None:
        """The line with this id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def moved(self, kind: TransactionKind) -> Money:
        """Sum of the captures or of the refunds."""
        return total((t.amount for t in self.transactions if t.kind == kind), self.currency)

    @property
    def captured(self) -> Money:
        """What the customer has paid."""
        return self.moved(TransactionKind.CAPTURE)

    @property
    def refunded(self) -> Money:
        """What went back to the customer."""
        return self.moved(TransactionKind.REFUND)

    @property
    def left_to_refund(self) -> Money:
        """Captured less refunded: no refund may exceed it."""
        return self.captured - self.refunded

    @property
    def shipping_paid(self) -> Money:
        """What the customer paid for shipping, with its tax."""
        return self.shipping if self.taxes_included else self.shipping + self.shipping_tax

    @property
    def total(self) -> Money:
        """What the order costs: lines and shipping, with tax."""
        return total((line.paid(self.taxes_included) for line in self.lines), self.currency) + self.shipping_paid


class ParcelStatus(StrEnum):
    """What the carrier last said, in our words."""

    LABEL_CREATED = "label_created"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED_TO_SENDER = "returned_to_sender"


class TrackingEvent(Noun):
    """One scan of a parcel."""

    at: AwareDatetime
    status: ParcelStatus
    description: str = ""
    location: str = ""


class Shipment(Noun):
    """A parcel of an order. `line_ids` names the lines inside; empty means all."""

    id: Identifier
    order_id: Identifier
    carrier: str
    tracking_number: str = ""
    tracking_url: str = ""
    status: ParcelStatus
    shipped_at: AwareDatetime | None = None
    estimated_delivery: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    events: tuple[TrackingEvent, ...] = ()
    line_ids: tuple[str, ...] = ()

    @property
    def last_scan(self) -> TrackingEvent | None:
        """The newest scan by time (feeds deliver out of order)."""
        return max(self.events, key=lambda event: event.at, default=None)


def arrived(order: Order, parcels: Sequence[Shipment]) -> bool:
    """Whether the customer has the order: its stage says so, or it has left and all its parcels say so."""
    if order.stage is not OrderStage.SHIPPED:
        return order.stage is OrderStage.DELIVERED
    return bool(parcels) and all(parcel.status is ParcelStatus.DELIVERED for parcel in parcels)


def untracked(order: Order, parcels: Sequence[Shipment]) -> bool:
    """Whether it has left and no parcel is on record: nobody knows whether, or when, it arrived."""
    return order.stage is OrderStage.SHIPPED and not parcels


class ReturnStatus(StrEnum):
    """How far a return or exchange has come."""

    LABEL_SENT = "label_sent"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INSPECTED = "inspected"
    CLOSED = "closed"
    REJECTED = "rejected"


class ReturnLine(Noun):
    """Units of a line that come back, and what they are exchanged for (empty for a plain return)."""

    line_id: Identifier
    quantity: Annotated[int, Field(ge=1)]
    reason: str = ""
    exchange_variant_id: str = ""


class Return(Noun):
    """A return or exchange (RMA) with its label."""

    id: Identifier
    order_id: Identifier
    status: ReturnStatus
    lines: tuple[ReturnLine, ...]
    label_url: str = ""
    refund_method_id: str = ""
    difference: Money | None = None
    requested_at: AwareDatetime
    received_at: AwareDatetime | None = None
    key: str = ""


BY_CANCELLATION = "order cancelled"
"""The reason of the refund that a cancellation makes, in the same moment."""


class Refund(Noun):
    """A refund that happened."""

    id: Identifier
    order_id: Identifier
    amount: Money
    lines: tuple[ReturnLine, ...] = ()
    shipping: Money | None = None
    method_id: str = ""
    reason: str = ""
    at: AwareDatetime
    key: str = ""


class CarrierTrace(Noun):
    """A search for a parcel, opened with the carrier. One per shipment."""

    id: Identifier
    shipment_id: Identifier
    order_id: Identifier
    opened_at: AwareDatetime
    due_at: AwareDatetime
    ticket_ids: tuple[str, ...] = ()
    key: str = ""


class StoreCredit(Noun):
    """Credit given to a customer."""

    id: Identifier
    customer_id: Identifier
    amount: Money
    reason: str = ""
    at: AwareDatetime
    key: str = ""


class DiscountCode(Noun):
    """A code a customer can enter. Exactly one of `percent` and `amount` is set."""

    code: Identifier
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount: Money | None = None
    customer_id: str = ""
    starts_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    minimum: Money | None = None
    stackable: bool = False
    key: str = ""

    def in_force(self, now: datetime) -> bool:
        """Whether the code can be used at `now`."""
        started = self.starts_at is None or self.starts_at <= now
        return started and (self.expires_at is None or now < self.expires_at)


class Suppression(Noun):
    """No promotional message to this customer until `until`."""

    id: Identifier
    customer_id: Identifier
    until: AwareDatetime
    reason: str
    key: str = ""


class Subscription(Noun):
    """A recurring order. Changed by a person in the platform; we only read it."""

    id: Identifier
    customer_id: Identifier
    product_id: str = ""
    title: str
    interval: str
    price: Money
    status: str
    next_renewal: AwareDatetime | None = None
