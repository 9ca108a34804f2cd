"""What code knows about the world when it judges an action, read afresh and never taken from a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tools import actions as act
from tools.commerce import (
    CarrierTrace,
    Customer,
    LineItem,
    Order,
    OrderStage,
    Product,
    Refund,
    Return,
    Shipment,
    StockLevel,
    Variant,
)
from tools.helpdesk import Ticket
from tools.ports import Readers

TicketAction = (
    act.SendReply
    | act.AddInternalNote
    | act.TagTicket
    | act.SetPriority
    | act.AssignTicket
    | act.EscalateToHuman
    | act.CloseTicket
)
CustomerAction = act.UpdateCustomerAddress | act.IssueStoreCredit | act.IssueDiscountCode | act.SuppressPromotions
SwapAction = act.ExchangeItems | act.ChangeOrderItems


@dataclass(frozen=True, kw_only=True)
class ActionFacts:
    """The world around one action. What does not exist is None or empty, so that a rule can refuse it by name.

    `customer` owns the order (or is the one the action names). `variants` are keyed by variant id and by the SKU that
    the action or a line names, `stock` by variant id. `currency` is what the customer last paid in, empty when unknown.
    """

    now: datetime
    order: Order | None = None
    customer: Customer | None = None
    shipments: tuple[Shipment, ...] = ()
    shipment: Shipment | None = None
    trace: CarrierTrace | None = None
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()
    replacements: tuple[Order, ...] = ()
    variants: Mapping[str, tuple[Product, Variant]] = field(default_factory=dict[str, tuple[Product, Variant]])
    stock: Mapping[str, tuple[StockLevel, ...]] = field(default_factory=dict[str, tuple[StockLevel, ...]])
    currency: str = ""
    ticket: Ticket | None = None

    def available(self, variant_id: str) -> int:
        """Units that can be promised, over all locations; none when the stock is not known."""
        return sum(level.available for level in self.stock.get(variant_id, ()))

    def named(self, variant: str) -> tuple[Product, Variant] | None:
        """The product and variant behind an id or SKU that the action or a line names."""
        return self.variants.get(variant)

    def known_order(self) -> Order:
        """The order, where `check` has already refused the action without one."""
        if self.order is None:
            raise LookupError("the action names no order that exists")
        return self.order

    def known_customer(self) -> Customer:
        """The customer, where `check` has already refused the action without one."""
        if self.customer is None:
            raise LookupError("the action names no customer that exists")
        return self.customer

    def known_shipment(self) -> Shipment:
        """The shipment, where `check` has already refused the action without one."""
        if self.shipment is None:
            raise LookupError("the action names no shipment that exists")
        return self.shipment

    def known_ticket(self) -> Ticket:
        """The ticket, where `check` has already refused the action without one."""
        if self.ticket is None:
            raise LookupError("the action names no ticket that exists")
        return self.ticket


def line_variant(line: LineItem) -> str:
    """How a line names its variant: by id, else by SKU."""
    return line.variant_id or line.sku


def unsent(order: Order) -> bool:
    """Whether everything of the order is still in the shop."""
    return order.stage is OrderStage.PENDING


def load_facts(action: act.Action, readers: Readers, now: datetime) -> ActionFacts:
    """Read everything that `preconditions.check` needs to judge `action`. Raises Unavailable when a system is down."""
    if isinstance(action, TicketAction):
        return ActionFacts(now=now, ticket=readers.helpdesk.ticket(action.ticket_id))
    if isinstance(action, CustomerAction):
        return _of_customer(action.customer_id, readers, now)
    if isinstance(action, act.OpenCarrierTrace):
        return _of_shipment(action, readers, now)
    facts = _of_order(action.order_id, readers, now)
    return _with_variants(facts, _variants_touched(action, facts.order), readers)


def versions(facts: ActionFacts) -> dict[str, str]:
    """What an approval is bound to: when one of these differs at execution, the approval no longer applies.

    Stock is left out on purpose: it moves with every sale, and `check` runs again in the transaction of the effect.
    """
    found: dict[str, str] = {}
    if facts.order is not None:
        found[f"order:{facts.order.id}"] = str(facts.order.version)
    if facts.customer is not None:
        found[f"customer:{facts.customer.id}"] = str(facts.customer.version)
    if facts.shipment is not None:
        found[f"shipment:{facts.shipment.id}"] = str(facts.shipment.status)
    return found


def _of_customer(customer_id: str, readers: Readers, now: datetime) -> ActionFacts:
    latest = readers.orders.orders_of(customer_id, limit=1)
    return ActionFacts(
        now=now,
        customer=readers.customers.customer(customer_id),
        currency=latest[0].currency if latest else "",
    )


def _of_shipment(action: act.OpenCarrierTrace, readers: Readers, now: datetime) -> ActionFacts:
    shipment = readers.orders.shipment(action.shipment_id)
    facts = _of_order(shipment.order_id, readers, now) if shipment else ActionFacts(now=now)
    return replace(
        facts,
        shipment=shipment,
        trace=readers.orders.trace(action.shipment_id),
        ticket=readers.helpdesk.ticket(action.ticket_id) if action.ticket_id else None,
    )


def _of_order(order_id: str, readers: Readers, now: datetime) -> ActionFacts:
    # The order is read first: inside a store transaction this is the row lock that everything else waits for.
    order = readers.orders.order(order_id)
    if order is None:
        return ActionFacts(now=now)
    return ActionFacts(
        now=now,
        order=order,
        customer=readers.customers.customer(order.customer_id),
        shipments=tuple(readers.orders.shipments(order_id)),
        returns=tuple(readers.orders.returns(order_id)),
        refunds=tuple(readers.orders.refunds(order_id)),
        replacements=tuple(readers.orders.replacements(order_id)),
        currency=order.currency,
    )


def _variants_touched(action: act.Action, order: Order | None) -> set[str]:
    if order is None:
        return set()
    if isinstance(action, SwapAction):
        lines = [order.line(swap.line_id) for swap in action.swaps]
        return {swap.variant_id for swap in action.swaps} | {line_variant(line) for line in lines if line}
    if isinstance(action, act.ReplaceItems) or (isinstance(action, act.RefundOrder) and unsent(order)):
        lines = [order.line(entry.line_id) for entry in action.lines]
        return {line_variant(line) for line in lines if line}
    if isinstance(action, act.CancelOrder):
        return {line_variant(line) for line in order.lines}
    return set()


def _with_variants(facts: ActionFacts, names: set[str], readers: Readers) -> ActionFacts:
    found = {name: readers.catalog.variant(name) for name in sorted(names - {""})}
    variants = {name: pair for name, pair in found.items() if pair is not None}
    variants |= {pair[1].id: pair for pair in variants.values()}
    ids = sorted({variant.id for _, variant in variants.values()})
    return replace(
        facts, variants=variants, stock={variant_id: tuple(readers.catalog.stock(variant_id)) for variant_id in ids}
    )
