"""Rules on money: amounts, currencies, payment methods and balances."""

from __future__ import annotations

from collections.abc import Iterator

from tools import actions as act
from tools.actions import ActionBase
from tools.commerce import Order, PaymentMethod
from tools.errors import Refusal
from tools.facts import ActionFacts, SwapAction
from tools.money import Money
from tools.preconditions.codes import Code
from tools.preconditions.rules import refuse
from tools.preconditions.settlement import (
    WITH_BALANCE,
    back_to_source,
    balance_of,
    captured_by_method,
    difference,
    exchanged,
    held_amount,
    moves_now,
    shipping_left,
    worth,
)


def money_captured(action: ActionBase, facts: ActionFacts) -> Iterator[Refusal]:
    """Money can only go back when money came in."""
    order = facts.known_order()
    if not order.captured:
        yield refuse(Code.NOTHING_CAPTURED, f"Nothing has been paid on order {order.number}, so nothing can go back.")


def refund_amount(action: act.RefundOrder, facts: ActionFacts) -> Iterator[Refusal]:
    """The amount is positive, in the order's currency, within what is left and within what was named."""
    order = facts.known_order()
    wrong = list(_amount(action.amount, order.currency))
    if wrong:
        yield from wrong
        return
    if action.amount > order.left_to_refund:
        text = f"{action.amount} is more than the {order.left_to_refund} left to refund on order {order.number}"
        yield refuse(Code.AMOUNT_ABOVE_LEFT, f"{text} ({order.captured} paid, {order.refunded} refunded).")
    yield from _within_worth(action, order, facts)


def _within_worth(action: act.RefundOrder, order: Order, facts: ActionFacts) -> Iterator[Refusal]:
    shipping = shipping_left(order, facts.refunds)
    if action.shipping and order.shipping_paid and not shipping:
        yield refuse(Code.SHIPPING_ALREADY_REFUNDED, f"The shipping of order {order.number} was refunded already.")
    goodwill = not action.lines and not action.shipping
    if goodwill or any(order.line(entry.line_id) is None for entry in action.lines):
        return
    most = worth(order, action.lines) + (shipping if action.shipping else Money.zero(order.currency))
    if action.amount > most:
        text = (
            f"{action.amount} is more than the {most} that the named items and shipping of order {order.number} cost."
        )
        yield refuse(Code.AMOUNT_ABOVE_WORTH, text)


def _amount(amount: Money, currency: str) -> Iterator[Refusal]:
    if amount.minor <= 0:
        yield refuse(Code.AMOUNT_NOT_POSITIVE, f"{amount} is not an amount above zero.")
    if currency and amount.currency != currency:
        yield refuse(Code.WRONG_CURRENCY, f"{amount} is not in {currency}, the currency this customer paid in.")


def refund_method(action: act.RefundOrder, facts: ActionFacts) -> Iterator[Refusal]:
    """Money goes to where it came from, or to the customer's own gift card or store credit."""
    order = facts.known_order()
    wrong, method = list(_refund_destination(action.method_id, facts)), _method(action.method_id, facts)
    yield from wrong
    if not action.method_id and action.amount.currency == order.currency:
        yield from _comes_back(action.amount, facts)
    if wrong or not action.method_id or (method is not None and method.kind in WITH_BALANCE):
        return
    came_from = Money(minor=captured_by_method(order).get(action.method_id, 0), currency=order.currency)
    if action.amount.currency == order.currency and action.amount > came_from:
        text = f"{action.amount} is more than the {came_from} that came from {_label(action.method_id, facts)}."
        yield refuse(Code.AMOUNT_ABOVE_METHOD, text)


def money_comes_back(action: act.CancelOrder, facts: ActionFacts) -> Iterator[Refusal]:
    """What was paid can go back to where it came from."""
    yield from _comes_back(facts.known_order().left_to_refund, facts)


def _comes_back(amount: Money, facts: ActionFacts) -> Iterator[Refusal]:
    order = facts.known_order()
    for method_id, _ in back_to_source(order, amount):
        yield from _of_currency(_method(method_id, facts), order)


def return_method(action: act.CreateReturn, facts: ActionFacts) -> Iterator[Refusal]:
    """The same destinations hold for the money of a return."""
    yield from _refund_destination(action.refund_method_id, facts)


def _refund_destination(method_id: str, facts: ActionFacts) -> Iterator[Refusal]:
    order, method = facts.known_order(), _method(method_id, facts)
    paid = not method_id or method_id == order.payment_method_id or method_id in captured_by_method(order)
    if method is None and not paid:
        yield _not_the_customers(method_id)
    elif method is not None and method.kind not in WITH_BALANCE and not paid:
        text = f"{method.label()} did not pay order {order.number}; money goes back to the original method,"
        yield refuse(Code.WRONG_REFUND_METHOD, f"{text} a gift card or store credit.")
    else:
        yield from _of_currency(method, order)


def settles_difference(action: SwapAction, facts: ActionFacts) -> Iterator[Refusal]:
    """The price difference is settled on a method of the customer that can carry it."""
    order = facts.known_order()
    method_id = action.method_id or order.payment_method_id
    method, due = _method(method_id, facts), _due(order, action, facts)
    if due.minor < 0 and not action.method_id:
        yield from _comes_back(min(-due, order.left_to_refund), facts)
    elif method is not None:
        yield from _carries(method, due, order)
    elif method_id != order.payment_method_id or (due.minor > 0 and moves_now(order)):
        # What was paid can go back to a method that the customer removed since; nothing can be taken from it.
        yield _not_the_customers(method_id)


def _due(order: Order, action: SwapAction, facts: ActionFacts) -> Money:
    found = [facts.named(swap.variant_id) for swap in action.swaps]
    if any(pair is not None and pair[1].price.currency != order.currency for pair in found):
        return Money.zero(order.currency)
    return difference(order, exchanged(order, action.swaps, facts.variants))


def new_method(action: act.ChangePaymentMethod, facts: ActionFacts) -> Iterator[Refusal]:
    """Another method of the same customer, with enough on it."""
    order, method = facts.known_order(), _method(action.method_id, facts)
    if action.method_id == order.payment_method_id:
        yield refuse(Code.SAME_METHOD, f"Order {order.number} is paid with {_label(action.method_id, facts)} already.")
    elif method is None:
        yield _not_the_customers(action.method_id)
    else:
        yield from _carries(method, held_amount(order), order)
        yield from _comes_back(order.left_to_refund, facts)


def _carries(method: PaymentMethod, due: Money, order: Order) -> Iterator[Refusal]:
    wrong = list(_of_currency(method, order)) if due else []
    yield from wrong
    balance = balance_of(method, due.currency)
    if not wrong and due.minor > 0 and method.kind in WITH_BALANCE and balance < due:
        yield refuse(Code.BALANCE_TOO_LOW, f"{method.label()} holds {balance}; {due} are needed.")


def _of_currency(method: PaymentMethod | None, order: Order) -> Iterator[Refusal]:
    """A card of the shop holds money of one currency; nothing is converted."""
    if method is None or method.kind not in WITH_BALANCE:
        return
    balance = balance_of(method, order.currency)
    if balance.currency != order.currency:
        yield refuse(Code.WRONG_CURRENCY, f"{method.label()} is in {balance.currency}, order {order.number} is not.")


def credit_amount(action: act.IssueStoreCredit, facts: ActionFacts) -> Iterator[Refusal]:
    """Store credit is above zero and in the currency the customer pays in."""
    yield from _amount(action.amount, _credit_currency(facts))


def discount_terms(action: act.IssueDiscountCode, facts: ActionFacts) -> Iterator[Refusal]:
    """Either a percentage or an amount, and still to be used."""
    if (action.percent is None) == (action.amount is None):
        yield refuse(Code.PERCENT_OR_AMOUNT, "A discount code takes either a percentage or an amount.")
    if action.amount is not None:
        yield from _amount(action.amount, _credit_currency(facts))
    if action.expires_on is not None and action.expires_on < facts.now.date():
        yield refuse(Code.EXPIRY_IN_THE_PAST, f"A code that expires on {action.expires_on} could never be used.")


def _credit_currency(facts: ActionFacts) -> str:
    held = (method.balance for method in facts.known_customer().payment_methods if method.kind in WITH_BALANCE)
    return facts.currency or next((balance.currency for balance in held if balance is not None), "")


def _method(method_id: str, facts: ActionFacts) -> PaymentMethod | None:
    return facts.customer.method(method_id) if facts.customer is not None else None


def _label(method_id: str, facts: ActionFacts) -> str:
    method = _method(method_id, facts)
    return method.label() if method is not None else method_id


def _not_the_customers(method_id: str) -> Refusal:
    text = f"{method_id} is not a payment method of this customer." if method_id else "No payment method is known."
    return refuse(Code.METHOD_NOT_CUSTOMERS, text)
