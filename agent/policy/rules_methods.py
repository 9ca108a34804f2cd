"""Rules about where money goes: back to where it came from, or to a card of the shop, as a refund does."""

from __future__ import annotations

from collections.abc import Iterator

from agent.case import Violation
from agent.policy.amounts import paid_back
from agent.policy.question import Question, ask
from tools import actions as act
from tools.commerce import Order
from tools.money import Money
from tools.preconditions.settlement import WITH_BALANCE, captured_by_method


def difference_goes_back(question: Question) -> Iterator[Violation]:
    """A difference that goes to another method, or more of it than came from there, is an exception."""
    order, action = question.facts.order, question.action
    if order is None or not isinstance(action, act.ExchangeItems | act.ChangeOrderItems) or not action.method_id:
        return
    back = paid_back(action, order, question.facts.world)
    if back is None or back <= _most(question, order, action.method_id, back):
        return
    message = (
        f"{back} would go back to {_label(question, action.method_id)}, which did not pay so much of order"
        f" {order.number}; money goes back to the original method, a gift card or store credit: an exception."
    )
    yield ask("payment.other_method", question.limits.returns.exception_role, message)


def _most(question: Question, order: Order, method_id: str, back: Money) -> Money:
    """What may go to this method: what came from it; any amount onto a card of the shop."""
    customer = question.facts.world.customer
    method = customer.method(method_id) if customer is not None else None
    if method is not None and method.kind in WITH_BALANCE:
        return back
    return Money(minor=captured_by_method(order).get(method_id, 0), currency=order.currency)


def _label(question: Question, method_id: str) -> str:
    customer = question.facts.world.customer
    method = customer.method(method_id) if customer is not None else None
    return method.label() if method is not None else method_id
