"""A small world for policy tests: one customer, one delivered order, and ways to bend it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agent.case import ActionVerdict, Identity, IdentityLevel, Verdict
from agent.limits import PolicyLimits, load_limits, shipped_limits
from agent.policy import BasketLine, PastEffect, PolicyFacts, judge
from tools import actions as act
from tools.commerce import (
    Customer,
    FraudBand,
    LineItem,
    Order,
    OrderStage,
    ParcelStatus,
    PaymentKind,
    PaymentMethod,
    Product,
    Refund,
    Return,
    Shipment,
    StockLevel,
    Transaction,
    TransactionKind,
    Variant,
)
from tools.facts import ActionFacts
from tools.helpdesk import Ticket, TicketMessage
from tools.money import Money

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
LIMITS = load_limits(shipped_limits())
MIA = Identity(level=IdentityLevel.VERIFIED, customer_id="cus_1", how="test")
NOBODY = Identity(level=IdentityLevel.UNKNOWN, how="test")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def line(**changes: object) -> LineItem:
    base = LineItem(
        id="l1",
        product_id="prd_1",
        variant_id="var_1",
        title="Row knit",
        category="knitwear",
        quantity=4,
        price=usd("60.00"),
        discount=usd("0.00"),
        tax=usd("0.00"),
    )
    return base.model_copy(update=changes)


def order(**changes: object) -> Order:
    base = Order(
        id="ord_1",
        number="#1001",
        customer_id="cus_1",
        placed_at=NOW - timedelta(days=20),
        stage=OrderStage.DELIVERED,
        currency="USD",
        lines=(line(),),
        shipping=usd("5.00"),
        shipping_tax=usd("0.00"),
        payment_method_id="pm_1",
        transactions=(
            Transaction(
                id="t1",
                kind=TransactionKind.CAPTURE,
                amount=usd("245.00"),
                method_id="pm_1",
                at=NOW - timedelta(days=20),
            ),
        ),
    )
    return base.model_copy(update=changes)


CUSTOMER = Customer(
    id="cus_1",
    name="Mia",
    emails=("mia@x.example",),
    payment_methods=(PaymentMethod(id="pm_1", kind=PaymentKind.CARD),),
)
VARIANTS = (Variant(id="var_1", price=usd("60.00"), cost=usd("20.00")), Variant(id="var_2", price=usd("60.00")))
PRODUCT = Product(id="prd_1", title="Row knit", variants=VARIANTS)
TICKET = Ticket(id="tic_1", messages=(TicketMessage(id="m1", at=NOW, text="Hello"),))


def delivered(days_ago: float) -> Shipment:
    return Shipment(
        id="shp_1",
        order_id="ord_1",
        carrier="UPS",
        status=ParcelStatus.DELIVERED,
        delivered_at=NOW - timedelta(days=days_ago),
    )


def facts(
    found: Order | None = None,
    *,
    shipments: Sequence[Shipment] | None = None,
    returns: Sequence[Return] = (),
    refunds: Sequence[Refund] = (),
    basket: Sequence[BasketLine] = (),
    fraud: FraudBand = FraudBand.LOW,
    case_id: str = "case_1",
) -> PolicyFacts:
    parcels = (delivered(3),) if shipments is None else tuple(shipments)
    world = ActionFacts(
        now=NOW,
        order=found or order(),
        customer=CUSTOMER,
        shipments=parcels,
        shipment=parcels[0] if parcels else None,
        returns=tuple(returns),
        variants={variant.id: (PRODUCT, variant) for variant in VARIANTS},
        stock={variant.id: (StockLevel(variant_id=variant.id, available=9),) for variant in VARIANTS},
        currency="USD",
        ticket=TICKET,
    )
    return PolicyFacts(world=world, refunds=tuple(refunds), basket=tuple(basket), case_fraud=fraud, case_id=case_id)


def refund(amount: str = "20.00", units: int = 1, **changes: object) -> act.RefundOrder:
    lines = (act.Lines(line_id="l1", quantity=units),) if units else ()
    return act.RefundOrder(order_id="ord_1", amount=usd(amount), lines=lines).model_copy(update=changes)


def past(amount: str, hours_ago: float, **changes: object) -> PastEffect:
    base = PastEffect(
        action=refund(amount), at=NOW - timedelta(hours=hours_ago), customer_id="cus_1", amount=usd(amount)
    )
    return base.model_copy(update=changes)


def verdict(
    action: act.Action,
    about: PolicyFacts | None = None,
    *,
    limits: PolicyLimits = LIMITS,
    identity: Identity = MIA,
    intent: str = "",
    history: Sequence[PastEffect] = (),
) -> ActionVerdict:
    return judge(action, about or facts(), limits, identity, intent, history, NOW)


def rules(found: ActionVerdict) -> dict[str, str]:
    """Rule ids with the role they ask for (`block` for those nobody can agree to)."""
    return {v.rule: v.role or v.verdict.value for v in found.violations}


def past_refund(refund_id: str, days_ago: float) -> Refund:
    return Refund(id=refund_id, order_id="ord_0", amount=usd("5.00"), at=NOW - timedelta(days=days_ago))


def every_action() -> list[act.Action]:
    """One possible action of every kind in this world."""
    address = {
        "name": "Mia",
        "line1": "1 Elm St",
        "city": "Troy",
        "region": "NY",
        "postal_code": "12180",
        "country": "US",
    }
    swap = [{"line_id": "l1", "variant_id": "var_2"}]
    lines = [{"line_id": "l1"}]
    ticket = {"ticket_id": "tic_1"}
    raw: list[dict[str, object]] = [
        {"kind": "send_reply", **ticket, "in_reply_to": "m1", "text": "Hi"},
        {"kind": "add_internal_note", **ticket, "text": "Note"},
        {"kind": "tag_ticket", **ticket, "tags": ["a"]},
        {"kind": "set_priority", **ticket, "priority": "high"},
        {"kind": "assign_ticket", **ticket, "queue": "support"},
        {"kind": "escalate_to_human", **ticket, "reason": "asked"},
        {"kind": "close_ticket", **ticket},
        {"kind": "create_return", "order_id": "ord_1", "lines": lines},
        {"kind": "exchange_items", "order_id": "ord_1", "swaps": swap},
        {"kind": "refund_order", "order_id": "ord_1", "amount": "20.00 USD", "lines": lines},
        {"kind": "replace_items", "order_id": "ord_1", "lines": lines},
        {"kind": "cancel_order", "order_id": "ord_1", "reason": "no longer needed"},
        {"kind": "change_order_items", "order_id": "ord_1", "swaps": swap},
        {"kind": "change_shipping_address", "order_id": "ord_1", "address": address},
        {"kind": "change_payment_method", "order_id": "ord_1", "method_id": "pm_2"},
        {"kind": "update_customer_address", "customer_id": "cus_1", "address": address},
        {"kind": "issue_store_credit", "customer_id": "cus_1", "amount": "10.00 USD"},
        {"kind": "issue_discount_code", "customer_id": "cus_1", "percent": 10, "expires_on": "2026-12-01"},
        {"kind": "open_carrier_trace", "shipment_id": "shp_1"},
        {"kind": "hold_order", "order_id": "ord_1", "reason": "check"},
        {"kind": "release_hold", "order_id": "ord_1"},
        {"kind": "suppress_promotions", "customer_id": "cus_1", "days": 14},
    ]
    return [act.ACTION.validate_python(one) for one in raw]


def allowing(kind: str) -> PolicyLimits:
    """The shipped limits, with `allow` written for one kind of action."""
    rule = LIMITS.actions[kind].model_copy(update={"verdict": Verdict.ALLOW, "role": None})
    return LIMITS.model_copy(update={"actions": {**LIMITS.actions, kind: rule}})
