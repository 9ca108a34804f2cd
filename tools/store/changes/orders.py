"""Refunds, cancellations, and what a person may change on an order that has not left."""

from __future__ import annotations

from collections.abc import Iterable

from tools import actions as act
from tools.commerce import (
    BY_CANCELLATION,
    CarrierTrace,
    Hold,
    LineItem,
    Noun,
    Order,
    OrderStage,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    StockLevel,
)
from tools.facts import unsent
from tools.money import Money
from tools.preconditions.settlement import (
    arrived_units,
    back_to_source,
    held_amount,
    shipping_left,
    units_by_line,
    worth,
)
from tools.store.changes.money import captured, next_versions, paid_back
from tools.store.changes.result import Changes, Effecting, listed
from tools.store.changes.stock import given_back, levels_after
from tools.store.changes.terms import trace_due


def refund_order(action: act.RefundOrder, effecting: Effecting) -> Changes:
    """Money back: transactions on the order, a refund, and units that count as refunded."""
    facts = effecting.facts
    order = facts.known_order()
    asked = units_by_line(action.lines)
    parts = [(action.method_id, action.amount)] if action.method_id else back_to_source(order, action.amount)
    after, customer = paid_back(order, facts.customer, parts, effecting)
    after = after.model_copy(
        update={"lines": tuple(_refunded(line, asked[line.id], effecting) for line in order.lines)}
    )
    refund = _refund(
        order,
        action.amount,
        [method for method, _ in parts],
        effecting,
        lines=tuple(ReturnLine(line_id=line, quantity=units) for line, units in asked.items()),
        shipping=_shipping_part(action, order, effecting) if action.shipping else None,
        reason=action.reason,
    )
    changed = next_versions([order, facts.customer], [after, customer])
    summary = f"{action.amount} refunded on order {order.number} to {_to(parts, effecting)}."
    nouns = (refund, *changed, *_closed_returns(asked, effecting), *_kept_back(order, asked, effecting))
    return Changes(refund.id, summary, nouns)


def _kept_back(order: Order, asked: dict[str, int], effecting: Effecting) -> list[StockLevel]:
    """Units that were refunded before anything left stay on the shelf; a cancellation gives back the rest."""
    units = [line.model_copy(update={"quantity": asked[line.id]}) for line in order.lines if line.id in asked]
    return levels_after(given_back(units, effecting.facts), effecting.facts) if unsent(order) else []


def _shipping_part(action: act.RefundOrder, order: Order, effecting: Effecting) -> Money:
    for_lines = min(worth(order, action.lines), action.amount)
    return min(shipping_left(order, effecting.facts.refunds), action.amount - for_lines)


def _refunded(line: LineItem, units: int, effecting: Effecting) -> LineItem:
    arrived = min(units, arrived_units(line, effecting.facts.returns))
    return line.model_copy(update={"refunded": line.refunded + units, "returning": line.returning - arrived})


def _closed_returns(asked: dict[str, int], effecting: Effecting) -> list[Return]:
    open_units = dict(asked)
    closed: list[Return] = []
    for found in effecting.facts.returns:
        arrived = found.status in (ReturnStatus.RECEIVED, ReturnStatus.INSPECTED)
        if not arrived or any(open_units.get(back.line_id, 0) < back.quantity for back in found.lines):
            continue
        for back in found.lines:
            open_units[back.line_id] -= back.quantity
        closed.append(found.model_copy(update={"status": ReturnStatus.CLOSED}))
    return closed


def cancel_order(action: act.CancelOrder, effecting: Effecting) -> Changes:
    """The order ends: stock comes back, and so does the money, to where it came from."""
    facts = effecting.facts
    order = facts.known_order()
    left = order.left_to_refund
    parts = back_to_source(order, left)
    after, customer = paid_back(order, facts.customer, parts, effecting)
    after = after.model_copy(
        update={
            "stage": OrderStage.CANCELLED,
            "cancelled_at": effecting.now,
            "cancel_reason": action.reason,
            "lines": tuple(line.model_copy(update={"refunded": line.quantity}) for line in order.lines),
        }
    )
    unsent = [line.model_copy(update={"quantity": line.quantity - line.refunded}) for line in order.lines]
    nouns: list[Noun] = next_versions([order, facts.customer], [after, customer])
    if left.minor > 0:
        nouns.append(_refund(order, left, [method for method, _ in parts], effecting, reason=BY_CANCELLATION))
    money = f"{left} refunded to {_to(parts, effecting)}" if left.minor > 0 else "nothing had been paid"
    summary = f"Order {order.number} cancelled; {money}."
    reference = effecting.identifier("cancellation")
    return Changes(reference, summary, (*nouns, *levels_after(given_back(unsent, facts), facts)))


def _refund(
    order: Order,
    amount: Money,
    methods: list[str],
    effecting: Effecting,
    *,
    reason: str,
    lines: tuple[ReturnLine, ...] = (),
    shipping: Money | None = None,
) -> Refund:
    return Refund(
        id=effecting.identifier("refund"),
        order_id=order.id,
        amount=amount,
        lines=lines,
        shipping=shipping,
        method_id=methods[0] if len(methods) == 1 else "",
        reason=reason,
        at=effecting.now,
        key=effecting.key,
    )


def _to(parts: Iterable[tuple[str, Money]], effecting: Effecting) -> str:
    return listed(_label(method, effecting) for method, _ in parts)


def _label(method_id: str, effecting: Effecting) -> str:
    customer = effecting.facts.customer
    method = customer.method(method_id) if customer is not None else None
    return method.label() if method is not None else method_id or "the original payment method"


def change_shipping_address(action: act.ChangeShippingAddress, effecting: Effecting) -> Changes:
    """The order goes to another address."""
    order = effecting.facts.known_order()
    after = order.model_copy(update={"shipping_address": action.address})
    summary = f"Order {order.number} goes to {action.address.one_line()}."
    return Changes(effecting.identifier("change"), summary, tuple(next_versions([order], [after])))


def change_payment_method(action: act.ChangePaymentMethod, effecting: Effecting) -> Changes:
    """What was captured goes back to where it came from and is captured on the new method."""
    facts = effecting.facts
    order = facts.known_order()
    after, customer = order.model_copy(update={"payment_method_id": action.method_id}), facts.customer
    if order.captured:
        amount = held_amount(order)
        after, customer = paid_back(after, customer, back_to_source(order, amount), effecting)
        after, customer = captured(after, customer, action.method_id, amount, effecting)
    summary = f"Order {order.number} is paid with {_label(action.method_id, effecting)}."
    changed = next_versions([order, facts.customer], [after, customer])
    return Changes(effecting.identifier("change"), summary, tuple(changed))


def hold_order(action: act.HoldOrder, effecting: Effecting) -> Changes:
    """The order waits."""
    order = effecting.facts.known_order()
    after = order.model_copy(update={"hold": Hold(reason=action.reason, by="countersign", at=effecting.now)})
    summary = f"Order {order.number} is on hold."
    return Changes(effecting.identifier("hold"), summary, tuple(next_versions([order], [after])))


def release_hold(action: act.ReleaseHold, effecting: Effecting) -> Changes:
    """The order goes on."""
    order = effecting.facts.known_order()
    after = order.model_copy(update={"hold": None})
    summary = f"The hold on order {order.number} is released."
    return Changes(effecting.identifier("release"), summary, tuple(next_versions([order], [after])))


def open_carrier_trace(action: act.OpenCarrierTrace, effecting: Effecting) -> Changes:
    """A search with the carrier; a second ticket joins the first search of the same parcel."""
    facts = effecting.facts
    shipment, ticket = facts.known_shipment(), (action.ticket_id,) if action.ticket_id else ()
    if facts.trace is not None:
        joined = tuple(dict.fromkeys((*facts.trace.ticket_ids, *ticket)))
        summary = f"The search for parcel {shipment.id} is open since {facts.trace.opened_at:%Y-%m-%d}; joined it."
        return Changes(facts.trace.id, summary, (facts.trace.model_copy(update={"ticket_ids": joined}),))
    made = CarrierTrace(
        id=effecting.identifier("trace"),
        shipment_id=shipment.id,
        order_id=shipment.order_id,
        opened_at=effecting.now,
        due_at=trace_due(effecting.now),
        ticket_ids=ticket,
        key=effecting.key,
    )
    summary = f"{shipment.carrier} searches for parcel {shipment.id} until {made.due_at:%Y-%m-%d}."
    return Changes(made.id, summary, (made,))
