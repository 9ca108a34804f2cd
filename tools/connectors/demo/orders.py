"""Orders: plans become numbered orders with lines, money, parcels and a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tools.commerce import (
    DiscountCode,
    FraudBand,
    Hold,
    LineItem,
    Order,
    OrderStage,
    ParcelStatus,
    Refund,
    ReturnLine,
    Shipment,
    Transaction,
    TransactionKind,
)
from tools.connectors.demo.chance import stream
from tools.connectors.demo.parcels import ship
from tools.connectors.demo.plans import Fate, Plan
from tools.connectors.demo.pricing import Priced, price_order
from tools.connectors.demo.workdays import to_warehouse
from tools.money import Money


@dataclass(frozen=True, slots=True)
class Placed:
    """An order with its plan, its parcels and the refund of a cancellation."""

    plan: Plan
    order: Order
    shipments: tuple[Shipment, ...]
    refunds: tuple[Refund, ...] = ()

    @property
    def delivered_at(self) -> datetime | None:
        """When the parcel arrived."""
        return self.shipments[0].delivered_at if self.shipments else None


class OrderDesk:
    """Numbers plans in the order they were placed; knows who ordered before and which code was in force."""

    def __init__(self, seed: int, now: datetime, codes: Sequence[DiscountCode]) -> None:
        self.now = now
        self.codes = {code.code: code for code in codes}
        self.chance = stream(seed, "orders")
        self.parcels = stream(seed, "parcels")
        self.last_order: dict[str, str] = {}

    def place(self, plan: Plan, number: int) -> Placed:
        """Plan number `number` of the year as an order."""
        cancelled = plan.fate is Fate.CANCELLED or (not plan.case and self.chance.random() < 0.025)
        codes = self._codes(plan)
        priced = price_order(number, plan.items, plan.ship_to, codes, plan.markup, plan.replaces)
        shipments = () if cancelled else ship(plan, number, self.parcels, self.now)
        order = self._order(plan, number, priced, tuple(code.code for code in codes), _stage(plan, shipments, self.now))
        self.last_order[plan.customer.id] = order.id
        return cancel(plan, order, self.chance, self.now) if cancelled else Placed(plan, order, shipments)

    def _codes(self, plan: Plan) -> tuple[DiscountCode, ...]:
        if plan.codes is not None:
            return tuple(self.codes[code] for code in plan.codes)
        return self._drawn_code(plan)

    def _drawn_code(self, plan: Plan) -> tuple[DiscountCode, ...]:
        subtotal = sum(item.variant.price.minor * quantity for item, quantity in plan.items)
        drawn, welcome = self.chance.random(), self.codes["WELCOME10"]
        if plan.customer.id not in self.last_order:
            return (welcome,) if drawn < 0.4 and subtotal >= 4000 else ()
        names = [name for name in ("AUTUMN15", "KNIT20", "SPRING10") if self.codes[name].in_force(plan.placed_at)]
        return (self.codes[names[0]],) if names and drawn < 0.25 else ()

    def _order(self, plan: Plan, number: int, priced: Priced, codes: tuple[str, ...], stage: OrderStage) -> Order:
        customer = plan.customer
        hold = Hold(reason=plan.hold, by="fraud screening", at=plan.placed_at + timedelta(minutes=2))
        method = plan.method_id or self._method(plan)
        order = Order(
            id=f"ord_{number}",
            number=f"#{number}",
            customer_id=customer.id,
            email=customer.emails[0],
            placed_at=plan.placed_at.replace(microsecond=0),
            stage=stage,
            currency="USD",
            lines=priced.lines,
            shipping=priced.shipping,
            shipping_tax=priced.shipping_tax,
            taxes_included=priced.taxes_included,
            discount_codes=codes,
            shipping_method="Standard",
            shipping_address=plan.ship_to,
            payment_method_id=method,
            hold=hold if plan.hold else None,
            fraud=self._fraud(plan),
            items_modified=plan.items_modified,
            replaces_order_id=self.last_order.get(customer.id, "") if plan.replaces else "",
            note=plan.note,
            tags=plan.tags,
            campaign=plan.campaign,
            version=2 if plan.items_modified else 1,
        )
        return order.model_copy(update={"transactions": captures(order, number, method)})

    def _fraud(self, plan: Plan) -> FraudBand:
        return FraudBand.MEDIUM if not plan.case and self.chance.random() < 0.03 else plan.fraud

    def _method(self, plan: Plan) -> str:
        methods = plan.customer.payment_methods
        usable = [method for method in methods if method.kind != "gift_card"]
        return (usable[0] if plan.case or self.chance.random() < 0.8 else self.chance.choice(usable)).id


def captures(order: Order, number: int, method_id: str) -> tuple[Transaction, ...]:
    """The payment of an order; none when it cost nothing."""
    amount, at = order.total, order.placed_at + timedelta(seconds=4)
    return (_move(f"txn_{number}-1", TransactionKind.CAPTURE, amount, method_id, at),) if amount else ()


def _move(key: str, kind: TransactionKind, amount: Money, method_id: str, at: datetime) -> Transaction:
    return Transaction(id=key, kind=kind, amount=amount, method_id=method_id, at=at)


def _stage(plan: Plan, shipments: tuple[Shipment, ...], now: datetime) -> OrderStage:
    if not shipments:
        waits = plan.fate is Fate.WAITING or to_warehouse(plan.placed_at) > now
        return OrderStage.PENDING if waits else OrderStage.PROCESSING
    if plan.fate is Fate.PARTIAL or shipments[0].status is ParcelStatus.LABEL_CREATED:
        return OrderStage.PROCESSING
    return OrderStage.DELIVERED if shipments[0].delivered_at else OrderStage.SHIPPED


def pay_back(
    order: Order,
    units: Mapping[str, int],
    at: datetime,
    reason: str,
    method_id: str = "",
    shipping: bool = False,
) -> tuple[Order, Refund]:
    """Refund `units` of lines, and shipping if asked: the order after it and the refund."""
    number, at = order.number.lstrip("#"), at.replace(microsecond=0)
    method = method_id or order.payment_method_id
    amount = order.shipping_paid if shipping else Money.zero(order.currency)
    for line in order.lines:
        if line.id in units:
            amount += line.refundable(units[line.id], order.taxes_included)
    refund = Refund(
        id=f"ref_{number}-1",
        order_id=order.id,
        amount=amount,
        lines=tuple(ReturnLine(line_id=line_id, quantity=count, reason=reason) for line_id, count in units.items()),
        shipping=order.shipping_paid if shipping else None,
        method_id=method,
        reason=reason,
        at=at,
    )
    moved = _move(f"txn_{number}-2", TransactionKind.REFUND, amount, method, at)
    changed = {
        "lines": tuple(_refunded(line, units) for line in order.lines),
        "transactions": (*order.transactions, moved),
        "version": order.version + 1,
    }
    return order.model_copy(update=changed), refund


def _refunded(line: LineItem, units: Mapping[str, int]) -> LineItem:
    count = units.get(line.id, 0)
    return line.model_copy(update={"refunded": line.refunded + count}) if count else line


def cancel(plan: Plan, order: Order, chance: Random, now: datetime) -> Placed:
    """A cancelled order: everything is paid back."""
    at = min(order.placed_at + timedelta(minutes=chance.randint(8, 150)), now - timedelta(minutes=1))
    reason = chance.choice(("ordered by mistake", "no longer needed", "customer request"))
    whole = {line.id: line.quantity for line in order.lines}
    paid_back, refund = pay_back(order, whole, at, f"cancelled: {reason}", shipping=True)
    stage = {"stage": OrderStage.CANCELLED, "cancelled_at": refund.at, "cancel_reason": reason}
    return Placed(plan, paid_back.model_copy(update=stage), (), (refund,))
