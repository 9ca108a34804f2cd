"""What the lookups found, as nouns: the raw material of evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.case import Classification, Identity
from agent.investigation.identity import sender_of
from agent.limits import PolicyLimits
from tools.commerce import (
    CarrierTrace,
    Customer,
    DiscountCode,
    LineItem,
    Order,
    OrderStage,
    Product,
    Refund,
    Return,
    Shipment,
    StockLevel,
    Subscription,
    Variant,
)
from tools.helpdesk import Ticket
from tools.money import Money
from tools.ports import Readers

OPEN_STAGES = frozenset({OrderStage.PENDING, OrderStage.PROCESSING, OrderStage.SHIPPED})
_ANSWERED_NO = re.compile(r"[^.!?:\n]{0,200}\?\s{0,3}(?:no|nope|nah|nein|non)\b(?!\s*\d)[ \t]*[.,;!]?", re.IGNORECASE)


@dataclass(kw_only=True)
class Found:
    """Filled lookup by lookup. Nothing of another customer ever gets in: only a verified identity opens the store."""

    ticket: Ticket
    classification: Classification
    identity: Identity
    limits: PolicyLimits
    now: datetime
    text: str
    customer: Customer | None = None
    orders: Sequence[Order] = ()
    order: Order | None = None
    orders_named: Sequence[Order] = ()
    not_own: tuple[str, ...] = ()
    """Numbers named beside those of own orders, of which the sender has none."""
    order_ambiguous: bool = False
    order_not_found: bool = False
    shipments: Sequence[Shipment] = ()
    trace: CarrierTrace | None = None
    returns: Sequence[Return] = ()
    refunds: Sequence[Refund] = ()
    refunds_recent: int = 0
    lines: Sequence[LineItem] = ()
    named_before: str = ""
    """The earlier message of a conversation that names things, where the newest one names none."""
    lines_meant: bool = False
    lines_named: bool = False
    lines_told: bool = False
    """The message says of each thing whether it is meant."""
    lines_unclear: bool = False
    """What is meant is no line of the order, or a part of it that nobody can make out."""
    units: Mapping[str, int] = field(default_factory=dict[str, int])
    """Line id to how many pieces of it are meant, where the message says that it is not all of them."""
    units_unclear: bool = False
    asks_differ: bool = False
    """Lines that are named apart are to be treated differently: one made good, one taken back."""
    product: Product | None = None
    variant: Variant | None = None
    swap_line: LineItem | None = None
    swap_product: Product | None = None
    swap: Variant | None = None
    other_came: bool = False
    came_as_ordered: bool = False
    unknown_option: str | None = None
    prices: dict[str, Money] = field(default_factory=dict[str, Money])
    """Variant id to what the catalogue asks now, for the lines meant."""
    stock: dict[str, Sequence[StockLevel]] = field(default_factory=dict[str, "Sequence[StockLevel]"])
    subscription: Subscription | None = None
    code: DiscountCode | None = None
    code_named: str = ""
    failures: list[str] = field(default_factory=list[str])

    @property
    def of_items(self) -> str:
        """What the message says of things: without "send the mug back? No."."""
        return _ANSWERED_NO.sub(" ", f"{self.named_before}\n{self.text}" if self.named_before else self.text)

    @property
    def shipment(self) -> Shipment | None:
        """The parcel that matters: one not delivered yet before the latest delivered."""
        waiting = [parcel for parcel in self.shipments if parcel.delivered_at is None]
        return (waiting or list(self.shipments) or [None])[-1]

    def available(self, variant_id: str) -> int:
        """Units over all locations."""
        return sum(level.available for level in self.stock.get(variant_id, ()))


def read_stock(found: Found, readers: Readers, variant_id: str) -> None:
    """Remember the stock of a variant, once."""
    if variant_id and variant_id not in found.stock:
        found.stock[variant_id] = tuple(readers.catalog.stock(variant_id))


def look_up_customer(found: Found, readers: Readers) -> None:
    """The verified customer; nobody else's record is ever used."""
    if found.identity.verified:
        # Asked before, to find out who writes: the remembered answer costs nothing.
        customer = readers.customers.customer_by_email(sender_of(found.ticket))
        own = customer is not None and customer.id == found.identity.customer_id
        found.customer = customer if own else readers.customers.customer(found.identity.customer_id)


def look_up_history(found: Found, readers: Readers) -> None:
    """Refunds within the window in which they make a customer one for a lead."""
    if found.customer is not None:
        since = found.now - timedelta(days=found.limits.value.within_days)
        found.refunds_recent = len(readers.orders.refunds_of(found.customer.id, since))


def look_up_subscription(found: Found, readers: Readers) -> None:
    """The customer's recurring order: the active one first."""
    if found.customer is not None:
        plans = sorted(readers.customers.subscriptions(found.customer.id), key=lambda plan: plan.status != "active")
        found.subscription = plans[0] if plans else None
