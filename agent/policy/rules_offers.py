"""Rules about offers: how large a code may be, how long it lives, and what margin it leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from agent.case import Violation
from agent.limits import Role
from agent.policy.question import BasketLine, Question, ask, block
from tools import actions as act
from tools.money import Money, total


def offer_size(question: Question) -> Iterator[Violation]:
    """A percentage above the shop's largest needs an admin."""
    percent = question.action.percent if isinstance(question.action, act.IssueDiscountCode) else None
    most = question.limits.offers.max_percent
    if percent is not None and percent > most:
        yield ask("offer.max_percent", Role.ADMIN, f"{percent} % is more than the {most} % that codes take off here.")


def offer_end(question: Question) -> Iterator[Violation]:
    """A code has an end, and not a far one."""
    if not isinstance(question.action, act.IssueDiscountCode):
        return
    days, end = question.limits.offers.valid_days, question.action.expires_on
    if end is None:
        yield ask("offer.no_end", Role.LEAD, f"The code has no end; codes here are good for {days} days at most.")
    elif end > (question.now.astimezone(question.limits.business_hours.zone) + timedelta(days=days)).date():
        yield ask("offer.far_end", Role.LEAD, f"The code is good until {end}; codes here end within {days} days.")


def margin_floor(question: Question) -> Iterator[Violation]:
    """What is left of the price after the offer pays for the goods and the shop's floor."""
    if not isinstance(question.action, act.IssueDiscountCode):
        return
    margin = margin_of(question.action, question.facts.basket, question.limits.currency)
    floor = question.limits.offers.margin_floor_percent
    if margin is None:
        message = f"What the goods cost is not known, so the margin floor of {floor} % cannot be checked."
        yield ask("offer.margin_unknown", Role.LEAD, message)
    elif margin < floor:
        yield block("offer.margin_floor", f"The offer would leave a margin of {margin} %; the floor is {floor} %.")


def margin_of(offer: act.IssueDiscountCode, basket: Sequence[BasketLine], currency: str) -> int | None:
    """Whole percent (rounded down) of what the customer pays that remain after cost; None when it is not known."""
    costs = [line.cost for line in basket if line.cost is not None]
    if (
        not basket
        or len(costs) < len(basket)
        or any(m.currency != currency for m in [*costs, *(x.price for x in basket)])
    ):
        return None
    price, cost = total((line.price for line in basket), currency), total(costs, currency)
    after = _after(offer, price)
    if after is None:
        return None
    return (after - cost.minor) * 100 // after if after > 0 else -100


def _after(offer: act.IssueDiscountCode, price: Money) -> int | None:
    """Minor units that the customer still pays, rounded down: the margin is never flattered."""
    if offer.percent is not None:
        return price.minor * (100 - offer.percent) // 100
    if offer.amount is None or offer.amount.currency != price.currency:
        return None
    return price.minor - offer.amount.minor
