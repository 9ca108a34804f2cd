"""Rules about the order and the customer as a whole: risk, value, history of refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from agent.case import Verdict, Violation
from agent.limits import Role
from agent.policy.question import Question, ask, block
from tools.commerce import FraudBand

_BANDS = (FraudBand.LOW, FraudBand.MEDIUM, FraudBand.HIGH)


def fraud_band(question: Question) -> Iterator[Violation]:
    """What the shop does in the order's risk band. The message is for staff; it never reaches a customer."""
    order = question.facts.order
    band = max(order.fraud if order else FraudBand.LOW, question.facts.case_fraud, key=_BANDS.index)
    fraud = question.limits.fraud
    rule = {FraudBand.LOW: fraud.low, FraudBand.MEDIUM: fraud.medium, FraudBand.HIGH: fraud.high}[band]
    if rule.verdict is Verdict.ALLOW or question.action.kind in rule.except_for:
        return
    what = f"order {order.number}" if order else "an order of this case"
    message = f"The platform puts {what} in the {band.value} risk band (for staff only; do not tell the customer)."
    if rule.verdict is Verdict.BLOCK:
        yield block("fraud.band", message)
    else:
        yield ask("fraud.band", rule.role or Role.ADMIN, message)


def over_value(question: Question) -> Iterator[Violation]:
    """Large orders go to a person of more experience."""
    order, value = question.facts.order, question.limits.value
    if order is None:
        return
    if order.currency != value.order_total_over.currency:
        message = (
            f"Order {order.number} is in {order.currency}; its value cannot be held against {value.order_total_over}."
        )
        yield ask("order.other_currency", value.role, message)
    elif order.total > value.order_total_over:
        message = f"Order {order.number} is {order.total}, above {value.order_total_over}."
        yield ask("order.over_value_threshold", value.role, message)


def many_refunds(question: Question) -> Iterator[Violation]:
    """Customers with many refunds go to a person of more experience, at any value."""
    value = question.limits.value
    since = question.now - timedelta(days=value.within_days)
    recent = {refund.id for refund in question.facts.refunds if refund.at > since}
    if len(recent) >= value.refunds:
        message = (
            f"This customer has had {len(recent)} refunds in {value.within_days} days; {value.refunds} are looked at."
        )
        yield ask("customer.many_refunds", value.role, message)
