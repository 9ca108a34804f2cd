"""Ports to the outside world, split by direction: who can read cannot write, and the type says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import AwareDatetime

from tools import actions as act
from tools.commerce import (
    CarrierTrace,
    Customer,
    DiscountCode,
    Noun,
    Order,
    Product,
    Refund,
    Return,
    Shipment,
    StockLevel,
    StoreCredit,
    Subscription,
    Suppression,
    Variant,
)
from tools.helpdesk import SentMessage, Ticket


class OrderReader(Protocol):
    """Orders and what belongs to them. Unknown ids give None or nothing; a system that is down raises Unavailable."""

    def order(self, order_id: str) -> Order | None:
        """By id."""
        ...

    def order_by_number(self, number: str) -> Order | None:
        """By the number a customer writes, with or without `#`, in any case."""
        ...

    def orders_of(self, customer_id: str, limit: int = 20) -> Sequence[Order]:
        """Newest first."""
        ...

    def shipments(self, order_id: str) -> Sequence[Shipment]:
        """Parcels of an order, oldest first."""
        ...

    def shipment(self, shipment_id: str) -> Shipment | None:
        """By id."""
        ...

    def returns(self, order_id: str) -> Sequence[Return]:
        """Returns and exchanges of an order, oldest first."""
        ...

    def refunds(self, order_id: str) -> Sequence[Refund]:
        """Refunds of an order, oldest first."""
        ...

    def refunds_of(self, customer_id: str, since: AwareDatetime) -> Sequence[Refund]:
        """Refunds to a customer since a moment, oldest first."""
        ...

    def replacements(self, order_id: str) -> Sequence[Order]:
        """Orders that replace this one."""
        ...

    def trace(self, shipment_id: str) -> CarrierTrace | None:
        """The carrier search for a parcel."""
        ...


class CustomerReader(Protocol):
    """Customers and what they hold."""

    def customer(self, customer_id: str) -> Customer | None:
        """By id."""
        ...

    def customer_by_email(self, email: str) -> Customer | None:
        """By any verified e-mail address, in any case. None also when two customers share it."""
        ...

    def customers_by_email(self, email: str) -> Sequence[Customer]:
        """All who have this e-mail address, in any case, by id."""
        ...

    def subscriptions(self, customer_id: str) -> Sequence[Subscription]:
        """Recurring orders."""
        ...

    def store_credits(self, customer_id: str) -> Sequence[StoreCredit]:
        """Credits given so far, oldest first."""
        ...

    def suppression(self, customer_id: str) -> Suppression | None:
        """The latest pause of promotions."""
        ...


class CatalogReader(Protocol):
    """Products, stock and codes."""

    def product(self, product_id: str) -> Product | None:
        """By id."""
        ...

    def variant(self, variant_id: str) -> tuple[Product, Variant] | None:
        """By variant id or SKU, in any case."""
        ...

    def find_products(self, words: str, limit: int = 5) -> Sequence[Product]:
        """Products whose title, SKU or attributes share words with `words`, best first."""
        ...

    def stock(self, variant_id: str) -> Sequence[StockLevel]:
        """Levels by location."""
        ...

    def discount_code(self, code: str) -> DiscountCode | None:
        """By code, in any case."""
        ...


class HelpdeskReader(Protocol):
    """Tickets."""

    def ticket(self, ticket_id: str) -> Ticket | None:
        """By id."""
        ...

    def sent(self, ticket_id: str) -> Sequence[SentMessage]:
        """What we wrote on a ticket, oldest first."""
        ...


class Receipt(Noun):
    """Proof of an effect: the key it was claimed under, the system's reference, and what changed in plain words."""

    key: str
    reference: str
    summary: str
    at: AwareDatetime
    repeated: bool = False
    """True when the effect had been done before under the same key and nothing was changed now."""


class OrderWriter(Protocol):
    """Changes to orders. Each raises ActionRefused when a precondition fails in the same transaction."""

    def create_return(self, action: act.CreateReturn, key: str) -> Receipt: ...  # noqa: D102 - the action's docstring
    def exchange_items(self, action: act.ExchangeItems, key: str) -> Receipt: ...  # noqa: D102
    def refund_order(self, action: act.RefundOrder, key: str) -> Receipt: ...  # noqa: D102
    def replace_items(self, action: act.ReplaceItems, key: str) -> Receipt: ...  # noqa: D102
    def cancel_order(self, action: act.CancelOrder, key: str) -> Receipt: ...  # noqa: D102
    def change_order_items(self, action: act.ChangeOrderItems, key: str) -> Receipt: ...  # noqa: D102
    def change_shipping_address(self, action: act.ChangeShippingAddress, key: str) -> Receipt: ...  # noqa: D102
    def change_payment_method(self, action: act.ChangePaymentMethod, key: str) -> Receipt: ...  # noqa: D102
    def hold_order(self, action: act.HoldOrder, key: str) -> Receipt: ...  # noqa: D102
    def release_hold(self, action: act.ReleaseHold, key: str) -> Receipt: ...  # noqa: D102
    def open_carrier_trace(self, action: act.OpenCarrierTrace, key: str) -> Receipt: ...  # noqa: D102


class CustomerWriter(Protocol):
    """Changes to customers."""

    def update_customer_address(self, action: act.UpdateCustomerAddress, key: str) -> Receipt: ...  # noqa: D102
    def issue_store_credit(self, action: act.IssueStoreCredit, key: str) -> Receipt: ...  # noqa: D102
    def issue_discount_code(self, action: act.IssueDiscountCode, key: str) -> Receipt: ...  # noqa: D102
    def suppress_promotions(self, action: act.SuppressPromotions, key: str) -> Receipt: ...  # noqa: D102


class HelpdeskWriter(Protocol):
    """Changes to tickets."""

    def send_reply(self, action: act.SendReply, key: str) -> Receipt: ...  # noqa: D102
    def add_internal_note(self, action: act.AddInternalNote, key: str) -> Receipt: ...  # noqa: D102
    def tag_ticket(self, action: act.TagTicket, key: str) -> Receipt: ...  # noqa: D102
    def set_priority(self, action: act.SetPriority, key: str) -> Receipt: ...  # noqa: D102
    def assign_ticket(self, action: act.AssignTicket, key: str) -> Receipt: ...  # noqa: D102
    def escalate_to_human(self, action: act.EscalateToHuman, key: str) -> Receipt: ...  # noqa: D102
    def close_ticket(self, action: act.CloseTicket, key: str) -> Receipt: ...  # noqa: D102


class EffectReader(Protocol):
    """Settles an unknown outcome by reading."""

    def receipt(self, key: str) -> Receipt | None:
        """What was done under this key; None when nothing was."""
        ...


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Everything a node may look at."""

    orders: OrderReader
    customers: CustomerReader
    catalog: CatalogReader
    helpdesk: HelpdeskReader


@dataclass(frozen=True, kw_only=True)
class Writers:
    """Everything the executor may change. No node is ever given one."""

    orders: OrderWriter
    customers: CustomerWriter
    helpdesk: HelpdeskWriter
    effects: EffectReader
