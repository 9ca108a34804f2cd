"""What an action gives away, and how much of the past counts with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from agent.policy.question import BasketLine, PastEffect, PolicyFacts, Question
from tools import actions as act
from tools.commerce import LineItem, Order
from tools.facts import ActionFacts, line_variant
from tools.money import Money, total
from tools.preconditions.settlement import difference, exchanged, moves_now, worth

NAMES = {
    "refund_order": "refund",
    "issue_store_credit": "credit",
    "issue_discount_code": "offer",
    "replace_items": "replacement",
    "exchange_items": "exchange",
}
"""How rule ids call the actions that have an amount."""


def amount_of(action: act.Action, facts: PolicyFacts) -> Money | None:
    """What the customer gets: money, credit, a code, goods sent again, what an exchange pays back; None: unpriced."""
    if isinstance(action, act.IssueDiscountCode):
        return action.amount if action.percent is None else off(action.percent, facts.basket)
    if isinstance(action, act.RefundOrder | act.IssueStoreCredit):
        return action.amount
    if isinstance(action, act.ReplaceItems) and facts.order is not None:
        return _retail(action, facts.world)
    if isinstance(action, act.ExchangeItems) and facts.order is not None:
        return paid_back(action, facts.order, facts.world)
    return None


def off(percent: int, basket: Sequence[BasketLine]) -> Money | None:
    """What a percentage takes off a basket, rounded up to the cent; None when nobody knows the prices."""
    currencies = {line.price.currency for line in basket}
    if len(currencies) != 1:
        return None
    price = total((line.price for line in basket), currencies.pop())
    return Money(minor=-(-price.minor * percent // 100), currency=price.currency)


def paid_back(action: act.ExchangeItems | act.ChangeOrderItems, order: Order, facts: ActionFacts) -> Money | None:
    """The difference that the customer gets at once, before the goods are back; None when there is none."""
    pairs = exchanged(order, action.swaps, facts.variants)
    if any(new.price.currency != order.currency for _, new in pairs) or not moves_now(order):
        return None
    amount = min(-difference(order, pairs), order.left_to_refund)
    return amount if amount.minor > 0 else None


def _retail(action: act.ReplaceItems, facts: ActionFacts) -> Money | None:
    order = facts.known_order()
    return worth(
        order.model_copy(update={"lines": tuple(_priced(line, order, facts) for line in order.lines)}), action.lines
    )


def _priced(line: LineItem, order: Order, facts: ActionFacts) -> LineItem:
    """The whole line at its price; what was sent again for nothing is worth what it costs in the shop."""
    found = facts.named(line_variant(line)) if order.replaces_order_id else None
    price = found[1].price if found is not None and found[1].price.currency == order.currency else line.price
    return line.model_copy(update={"refunded": 0, "price": price})


def gives_value(action: act.Action) -> bool:
    """Whether money, credit or goods leave the shop."""
    return type(action).gives_value


def gave(past: PastEffect) -> bool:
    """Whether money, credit or goods left: also what an exchange paid back at once."""
    return gives_value(past.action) or past.amount is not None


def within(history: Iterable[PastEffect], now: datetime, hours: int | None) -> Iterator[PastEffect]:
    """The effects of the last `hours` (None: all). One that is exactly that old no longer counts."""
    since = None if hours is None else now - timedelta(hours=hours)
    return (past for past in history if since is None or past.at > since)


def near(question: Question) -> Sequence[PastEffect]:
    """What the same customer got, or what was done in the same case."""
    return question.past.near(question.facts.customer_id, question.facts.case_id)


def same_customer(past: PastEffect, customer_id: str) -> bool:
    """Whether a past effect was for this customer; nobody is not a customer."""
    return bool(customer_id) and past.customer_id == customer_id


def same_case(past: PastEffect, case_id: str) -> bool:
    """Whether a past effect belongs to this case; no case is nobody's case."""
    return bool(case_id) and past.case_id == case_id


def summed(past: Iterable[PastEffect], currency: str) -> Money:
    """The amounts in `currency`; an amount in another one cannot have passed these limits."""
    amounts = (p.amount for p in past if p.amount is not None and p.amount.currency == currency)
    return Money(minor=sum(amount.minor for amount in amounts), currency=currency)
