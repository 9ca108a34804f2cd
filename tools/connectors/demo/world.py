"""DemoWorld: everything the demo brand knows at its virtual now, and the names of what was planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tools.commerce import (
    CarrierTrace,
    Customer,
    DiscountCode,
    Order,
    Product,
    Refund,
    Return,
    Shipment,
    StockLevel,
    StoreCredit,
    Subscription,
    Suppression,
)
from tools.connectors.demo.labels import TicketLabel
from tools.helpdesk import Ticket

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
"""The demo's virtual now: a Monday morning in New York, with a weekend's backlog."""
SEED = 20261116
ORDERS = 1500
FIRST_NUMBER = 1001
DATA = Path(__file__).parent / "data"
MESSAGES = Path(__file__).parent / "messages"


@dataclass(frozen=True)
class DemoWorld:
    """The demo brand as plain data. `planted` maps a case, such as `day_31`, to the ids it was planted on."""

    seed: int
    now: datetime
    products: tuple[Product, ...] = ()
    customers: tuple[Customer, ...] = ()
    orders: tuple[Order, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()
    traces: tuple[CarrierTrace, ...] = ()
    stock: tuple[StockLevel, ...] = ()
    store_credits: tuple[StoreCredit, ...] = ()
    discount_codes: tuple[DiscountCode, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    labels: tuple[TicketLabel, ...] = ()
    planted: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
