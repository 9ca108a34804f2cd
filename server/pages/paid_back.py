"""What a cancellation pays back, and where to: its call says "everything captured", and a person signs for a sum."""

from __future__ import annotations

from collections.abc import Mapping

from agent.approvals import ApprovalRequest
from agent.record import WAITING
from agent.repositories import CaseRecord
from server.ui.words import money
from tools.actions import CancelOrder
from tools.commerce import Customer, Order
from tools.money import Money
from tools.ports import Readers
from tools.preconditions.settlement import back_to_source


def paid_back(request: ApprovalRequest, readers: Readers) -> dict[str, Money]:
    """What each cancellation of the request gives back now, by fingerprint; nothing for one that nobody has paid.

    The signature is bound to the version of the order: were it another sum by then, the answer would not count.
    """
    found: dict[str, Money] = {}
    for action, order in _cancelled(request, readers).items():
        if order.left_to_refund.minor > 0:
            found[action] = order.left_to_refund
    return found


def cancelled_for(record: CaseRecord, readers: Readers) -> Money | None:
    """What the cancellation of a case has paid back, or would while it waits; None without one, or without money."""
    effects = record.proposal.actions if record.proposal else ()
    asked = [each for each in effects if isinstance(each, CancelOrder)]
    if len(asked) != 1:
        return None
    done = {each.key for each in record.executions if isinstance(each.action, CancelOrder)}
    paid = [each.amount for each in readers.orders.refunds(asked[0].order_id) if each.key in done] if done else []
    order = readers.orders.order(asked[0].order_id) if record.status in WAITING else None
    left = paid[0] if paid else order.left_to_refund if order else None
    return left if left is not None and left.minor > 0 else None


def back_to(request: ApprovalRequest, readers: Readers) -> dict[str, str]:
    """Where it goes, as the customer knows it: `Visa ·1881 ($20.00) and gift card ·0469 ($4.00)`, by fingerprint."""
    return {
        action: _places(order, readers.customers.customer(order.customer_id))
        for action, order in _cancelled(request, readers).items()
    }


def _cancelled(request: ApprovalRequest, readers: Readers) -> Mapping[str, Order]:
    asked = {each.fingerprint(): each.order_id for each in request.effects if isinstance(each, CancelOrder)}
    orders = {action: readers.orders.order(order_id) for action, order_id in asked.items()}
    return {action: order for action, order in orders.items() if order is not None}


def _places(order: Order, customer: Customer | None) -> str:
    parts = back_to_source(order, order.left_to_refund)
    methods = [(customer.method(name) if customer else None, share) for name, share in parts]
    if any(method is None for method, _ in methods):
        return "where it came from"
    if len(methods) == 1:
        return "".join(method.label() for method, _ in methods if method)
    return " and ".join(f"{method.label()} ({money(share)})" for method, share in methods if method)
