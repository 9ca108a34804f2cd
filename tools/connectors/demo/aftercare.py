"""After delivery: returns, exchanges and refunds, each as far as it has come by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tools.commerce import LineItem, Order, Refund, Return, ReturnLine, ReturnStatus
from tools.connectors.demo.catalog import Catalog
from tools.connectors.demo.orders import Placed, pay_back
from tools.connectors.demo.plans import Aftermath
from tools.connectors.demo.planted import DEFECTIVE_SKU

NOT_RETURNABLE = frozenset({"coffee", "gift cards"})
REASONS = ("too small", "too large", "not the colour I expected", "changed my mind", "gift not wanted", "quality")
DAMAGES = ("arrived broken", "chipped on arrival", "crushed in transit", "torn on arrival")


@dataclass(frozen=True, slots=True)
class Settled:
    """An order after what followed its delivery."""

    order: Order
    returns: tuple[Return, ...] = ()
    refunds: tuple[Refund, ...] = ()


def settle(placed: Placed, catalog: Catalog, chance: Random, now: datetime) -> Settled:
    """What followed the delivery of an order by `now`."""
    untouched = Settled(placed.order, refunds=placed.refunds)
    if placed.delivered_at is None or placed.plan.replaces:
        return untouched
    fate = placed.plan.aftermath
    if fate is Aftermath.CHANCE:
        return _by_chance(placed, placed.delivered_at, chance, now) or untouched
    planned = _planned(placed, placed.delivered_at, catalog, chance, now)
    return planned or untouched


def _by_chance(placed: Placed, delivered: datetime, chance: Random, now: datetime) -> Settled | None:
    order, drawn = placed.order, chance.random()
    line = chance.choice(order.lines)
    flask = next((line for line in order.lines if line.sku == DEFECTIVE_SKU), None)
    if flask is not None and (now - delivered).days < 100 and drawn < 0.35:
        return _refunded(order, flask, delivered + timedelta(days=chance.randint(2, 12)), "lid leaks", now)
    if drawn < 0.02:
        return _refunded(order, line, delivered + timedelta(days=chance.randint(1, 9)), chance.choice(DAMAGES), now)
    if drawn > 0.92 and not line.final_sale and line.category not in NOT_RETURNABLE:
        asked = delivered + timedelta(days=chance.randint(2, 25), minutes=chance.randrange(600))
        return _returned(order, line, asked, chance.choice(REASONS), now)
    return None


def _planned(placed: Placed, delivered: datetime, catalog: Catalog, chance: Random, now: datetime) -> Settled | None:
    order, line, fate = placed.order, placed.order.lines[0], placed.plan.aftermath
    reason = chance.choice(REASONS)
    hours = {Aftermath.LABEL_SENT: 70, Aftermath.RETURN_IN_TRANSIT: 118, Aftermath.RETURN_RECEIVED: 214}
    if fate in hours:
        return _returned(order, line, now - timedelta(hours=hours[fate]), reason, now)
    if fate is Aftermath.REFUNDED:
        paid = now - timedelta(days=placed.plan.refund_days, hours=1)
        return _returned(order, line, paid - timedelta(days=10), reason, now)
    if fate is Aftermath.REFUNDED_DAMAGED:
        return _refunded(order, line, delivered + timedelta(days=chance.randint(2, 6)), "lid leaks", now)
    if fate is Aftermath.EXCHANGE_OPEN:
        siblings = catalog.by_sku[line.sku].product.variants
        other = next(v for v in siblings if v.sku != line.sku and v.options.get("color") == line.options.get("color"))
        return _returned(order, line, now - timedelta(days=5), "another size, please", now, other.id)
    return None


def _refunded(order: Order, line: LineItem, at: datetime, reason: str, now: datetime) -> Settled | None:
    if at > now:
        return None
    paid_back, refund = pay_back(order, {line.id: 1}, at, reason)
    return Settled(paid_back, refunds=(refund,))


def _returned(
    order: Order, line: LineItem, asked: datetime, reason: str, now: datetime, exchange_for: str = ""
) -> Settled | None:
    """A return asked for at `asked`: on its way after 3 days, received after 7, checked after 9, paid after 10."""
    if asked > now:
        return None
    asked = asked.replace(microsecond=0)
    status, received = _progress(asked, now)
    back = Return(
        id=f"ret_{order.number.lstrip('#')}-1",
        order_id=order.id,
        status=status,
        lines=(ReturnLine(line_id=line.id, quantity=1, reason=reason, exchange_variant_id=exchange_for),),
        label_url=f"https://labels.alderandwren.example/ret_{order.number.lstrip('#')}-1.pdf",
        refund_method_id="" if exchange_for else order.payment_method_id,
        requested_at=asked,
        received_at=received,
    )
    if status is ReturnStatus.CLOSED and not exchange_for:
        paid_back, refund = pay_back(order, {line.id: 1}, asked + timedelta(days=10), f"return: {reason}")
        return Settled(paid_back, (back,), (refund,))
    returning = 0 if status is ReturnStatus.CLOSED else 1
    lines = tuple(old.model_copy(update={"returning": returning}) if old is line else old for old in order.lines)
    return Settled(order.model_copy(update={"lines": lines, "version": order.version + 1}), (back,))


def _progress(asked: datetime, now: datetime) -> tuple[ReturnStatus, datetime | None]:
    age, received = (now - asked) / timedelta(days=1), asked + timedelta(days=7)
    for days, status in ((10, ReturnStatus.CLOSED), (9, ReturnStatus.INSPECTED), (7, ReturnStatus.RECEIVED)):
        if age >= days:
            return status, received
    return (ReturnStatus.IN_TRANSIT if age >= 3 else ReturnStatus.LABEL_SENT), None
