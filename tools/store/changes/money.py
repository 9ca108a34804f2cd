"""Money that moves: transactions on an order and the balances of gift cards and store credit."""

from __future__ import annotations

from collections.abc import Sequence

from tools.commerce import Customer, Noun, Order, PaymentKind, PaymentMethod, Transaction, TransactionKind
from tools.money import Money
from tools.preconditions.settlement import WITH_BALANCE, back_to_source, balance_of, moves_now
from tools.store.changes.result import Effecting


def paid_back(
    order: Order, customer: Customer | None, parts: Sequence[tuple[str, Money]], effecting: Effecting
) -> tuple[Order, Customer | None]:
    """The order with refunds to each method, the customer with what cards of the shop gained."""
    return _moved(order, customer, TransactionKind.REFUND, parts, effecting)


def captured(
    order: Order, customer: Customer | None, method_id: str, amount: Money, effecting: Effecting
) -> tuple[Order, Customer | None]:
    """The order with a capture on `method_id`, the customer with what a card of the shop lost."""
    return _moved(order, customer, TransactionKind.CAPTURE, [(method_id, amount)], effecting)


def settled(
    order: Order, customer: Customer | None, method_id: str, due: Money, effecting: Effecting
) -> tuple[Order, Customer | None, Money]:
    """A price difference: captured when the customer owes it, paid back (at most what is left) when not.

    An order on which nothing was captured yet is charged as a whole later, so nothing moves now.
    """
    method = method_id or order.payment_method_id
    nothing = Money.zero(order.currency)
    if not due or not moves_now(order):
        return order, customer, nothing
    if due > nothing:
        return *captured(order, customer, method, due, effecting), due
    amount = min(-due, order.left_to_refund)
    parts = [(method, amount)] if method_id else back_to_source(order, amount)
    return *paid_back(order, customer, parts, effecting), -amount


def _moved(
    order: Order,
    customer: Customer | None,
    kind: TransactionKind,
    parts: Sequence[tuple[str, Money]],
    effecting: Effecting,
) -> tuple[Order, Customer | None]:
    sign = 1 if kind is TransactionKind.REFUND else -1
    moved: list[Transaction] = []
    for index, (method_id, amount) in enumerate(part for part in parts if part[1]):
        name = f"{effecting.identifier(str(kind))}_{len(order.transactions) + index + 1}"
        moved.append(
            Transaction(id=name, kind=kind, amount=amount, method_id=method_id, at=effecting.now, key=effecting.key)
        )
        customer = with_balance(customer, method_id, amount * sign)
    return order.model_copy(update={"transactions": (*order.transactions, *moved)}), customer


def with_balance(customer: Customer | None, method_id: str, change: Money) -> Customer | None:
    """The customer after a gift card or store credit gained or lost `change`; other methods hold no money here."""
    method = customer.method(method_id) if customer is not None else None
    if customer is None or method is None or method.kind not in WITH_BALANCE or not change:
        return customer
    after = method.model_copy(update={"balance": balance_of(method, change.currency) + change})
    return _with_method(customer, after)


def credited(customer: Customer, amount: Money) -> Customer:
    """The customer with `amount` more store credit, on a method that is made when there is none in this currency."""
    for method in customer.payment_methods:
        in_currency = balance_of(method, amount.currency).currency == amount.currency
        if method.kind is PaymentKind.STORE_CREDIT and in_currency:
            after = method.model_copy(update={"balance": balance_of(method, amount.currency) + amount})
            return _with_method(customer, after)
    new_id = f"store_credit_{customer.id}_{amount.currency.lower()}"[:200]
    made = PaymentMethod(id=new_id, kind=PaymentKind.STORE_CREDIT, balance=amount)
    return customer.model_copy(update={"payment_methods": (*customer.payment_methods, made)})


def _with_method(customer: Customer, after: PaymentMethod) -> Customer:
    methods = tuple(after if method.id == after.id else method for method in customer.payment_methods)
    return customer.model_copy(update={"payment_methods": methods})


def next_versions(before: Sequence[Order | Customer | None], after: Sequence[Order | Customer | None]) -> list[Noun]:
    """What changed of each pair, with its version one higher."""
    return [
        new.model_copy(update={"version": new.version + 1})
        for old, new in zip(before, after, strict=True)
        if new is not None and new != old
    ]
