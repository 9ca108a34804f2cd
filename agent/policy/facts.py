"""Reading what policy asks for, afresh and by code."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

from agent.limits import Per, PolicyLimits
from agent.policy.question import BasketLine, PastEffect, PolicyFacts
from tools import actions as act
from tools.commerce import BY_CANCELLATION, FraudBand, LineItem, Order, Product, Refund, StoreCredit
from tools.facts import ActionFacts, CustomerAction, line_variant, load_facts
from tools.money import Money
from tools.ports import Readers
from tools.remembering import of_each

EVER = timedelta(days=50 * 365)
"""Longer than any shop has sold online."""
_BY_LINE = act.CreateReturn | act.RefundOrder | act.ExchangeItems | act.ReplaceItems


def load_policy_facts(
    action: act.Action,
    readers: Readers,
    limits: PolicyLimits,
    now: datetime,
    *,
    case_id: str = "",
    case_fraud: FraudBand = FraudBand.LOW,
    basket_order: Order | None = None,
) -> PolicyFacts:
    """Everything that `judge` needs about the world. Raises Unavailable when a system is down.

    `basket_order` is the order that an offer is made about; without it, the customer's newest one.
    """
    world = load_facts(action, readers, now)
    refunds = _refunds(action, world, readers, limits, now)
    return PolicyFacts(
        world=world,
        refunds=refunds,
        credits=_credits(action, world, readers),
        cancelled=frozenset(refund.id for refund in refunds if _by_cancellation(refund, readers)),
        products=_products(action, world, readers),
        basket=_basket(action, basket_order, readers),
        case_fraud=case_fraud,
        case_id=case_id,
    )


def past_of_store(facts: PolicyFacts, known: Container[str] = ()) -> list[PastEffect]:
    """What the store itself knows that the customer was given: refunds and credit, but for keys that are `known`."""
    customer = facts.customer_id
    refunds = (refund for refund in facts.refunds if not refund.key or refund.key not in known)
    credited = (credit for credit in facts.credits if not credit.key or credit.key not in known)
    return [
        *(_of_refund(refund, customer) for refund in refunds if refund.id not in facts.cancelled),
        *(_credited(credit) for credit in credited),
    ]


def merged(ledger: list[PastEffect], store: list[PastEffect]) -> list[PastEffect]:
    """Both, and what was done under one of our own keys only once: the ledger also knows who signed."""
    known = {past.key for past in ledger if past.key}
    return [*ledger, *(past for past in store if not past.key or past.key not in known)]


def longest_memory(limits: PolicyLimits) -> timedelta:
    """How far back what a customer got can matter; EVER when a window says no hours. What a case got always counts."""
    return _memory(limits)


def _memory_of(limits: PolicyLimits) -> timedelta:
    windows = [window for window in limits.windows.limits if window.per is not Per.CASE]
    if any(window.hours is None for window in windows):
        return EVER
    hours = [window.hours for window in limits.windows.limits if window.hours is not None]
    return max(timedelta(days=limits.value.within_days), timedelta(hours=max([limits.windows.look_back_hours, *hours])))


_memory = of_each(_memory_of, most=64)


def basket_of(order: Order, readers: Readers) -> tuple[BasketLine, ...]:
    """The lines of an order as an offer would meet them, without the tax: it is never the shop's."""
    return tuple(BasketLine(price=_without_tax(line, order), cost=_cost(line, readers)) for line in order.lines)


def _without_tax(line: LineItem, order: Order) -> Money:
    net = line.price * line.quantity - line.discount
    return net - line.tax if order.taxes_included else net


def _refunds(
    action: act.Action, world: ActionFacts, readers: Readers, limits: PolicyLimits, now: datetime
) -> tuple[Refund, ...]:
    if action.kind in act.TICKET_ACTIONS or world.customer is None:
        return ()
    return tuple(readers.orders.refunds_of(world.customer.id, now - longest_memory(limits)))


def _credits(action: act.Action, world: ActionFacts, readers: Readers) -> tuple[StoreCredit, ...]:
    named = action.customer_id if isinstance(action, CustomerAction) else ""
    customer = world.order.customer_id if world.order is not None else named
    return tuple(readers.customers.store_credits(customer)) if customer else ()


def _by_cancellation(refund: Refund, readers: Readers) -> bool:
    """Whether a cancellation paid it back. Its reason alone proves nothing: anybody may give that reason."""
    if refund.reason != BY_CANCELLATION:
        return False
    order = readers.orders.order(refund.order_id)
    return order is not None and order.cancelled_at == refund.at


def _products(action: act.Action, world: ActionFacts, readers: Readers) -> dict[str, Product]:
    """Products of lines that do not say their category; a line that does also says whether it was final sale."""
    if not isinstance(action, _BY_LINE) or world.order is None:
        return {}
    found = {line.id: _product(line, readers) for line in world.order.lines if not line.category}
    return {line_id: product for line_id, product in found.items() if product is not None}


def _product(line: LineItem, readers: Readers) -> Product | None:
    """What the line is one of; a shop may name the variant alone, by id or SKU, as on the shelf."""
    named = readers.catalog.product(line.product_id) if line.product_id else None
    if named is not None or not line_variant(line):
        return named
    found = readers.catalog.variant(line_variant(line))
    return found[0] if found is not None else None


def _basket(action: act.Action, order: Order | None, readers: Readers) -> tuple[BasketLine, ...]:
    if not isinstance(action, act.IssueDiscountCode):
        return ()
    latest = order or next(iter(readers.orders.orders_of(action.customer_id, limit=1)), None)
    return basket_of(latest, readers) if latest is not None else ()


def _cost(line: LineItem, readers: Readers) -> Money | None:
    found = readers.catalog.variant(line_variant(line)) if line_variant(line) else None
    cost = found[1].cost if found is not None else None
    return cost * line.quantity if cost is not None else None


def _of_refund(refund: Refund, customer_id: str) -> PastEffect:
    action = act.RefundOrder(order_id=refund.order_id, amount=refund.amount)
    return PastEffect(action=action, at=refund.at, customer_id=customer_id, amount=refund.amount, key=refund.key)


def _of_credit(credit: StoreCredit) -> PastEffect:
    action = act.IssueStoreCredit(customer_id=credit.customer_id, amount=credit.amount)
    return PastEffect(action=action, at=credit.at, customer_id=credit.customer_id, amount=credit.amount, key=credit.key)


_credited = of_each(_of_credit, most=8_192)
