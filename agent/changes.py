"""What an effect changes, before and after, for the card: read by code when somebody is asked, never proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.limits import PolicyLimits
from agent.policy import PolicyFacts, load_policy_facts
from agent.policy.rules_offers import margin_of
from tools import actions as act
from tools.commerce import Customer, Order
from tools.ports import Readers


def changes_of(
    effects: Sequence[act.Action], readers: Readers, limits: PolicyLimits, now: datetime, order_id: str = ""
) -> dict[str, str]:
    """By fingerprint, what each effect finds and leaves; `order_id` is the order that an offer is made about.

    The versions behind it are those that the request is bound to: when they move, the signature does not count.
    """
    basket = readers.orders.order(order_id) if order_id else None
    said: dict[str, str] = {}
    for action in effects:
        if isinstance(action, _SHOWN):
            facts = load_policy_facts(action, readers, limits, now, basket_order=basket)
            said[action.fingerprint()] = _said(action, facts, limits)
    return {mark: text for mark, text in said.items() if text}


_Shown = (
    act.ChangeShippingAddress
    | act.UpdateCustomerAddress
    | act.ChangePaymentMethod
    | act.ChangeOrderItems
    | act.ExchangeItems
    | act.IssueDiscountCode
)
_SHOWN = (
    act.ChangeShippingAddress,
    act.UpdateCustomerAddress,
    act.ChangePaymentMethod,
    act.ChangeOrderItems,
    act.ExchangeItems,
    act.IssueDiscountCode,
)


def _said(action: _Shown, facts: PolicyFacts, limits: PolicyLimits) -> str:
    order, customer = facts.order, facts.world.customer
    match action:
        case act.ChangeShippingAddress() if order is not None:
            return _diff("address", order.shipping_address.one_line(), action.address.one_line())
        case act.UpdateCustomerAddress():
            before = customer.default_address if customer else None
            return _diff("address", before.one_line() if before else "", action.address.one_line())
        case act.ChangePaymentMethod() if order is not None and customer is not None:
            return _diff("payment", _method(customer, order.payment_method_id), _method(customer, action.method_id))
        case act.ChangeOrderItems() | act.ExchangeItems() if order is not None:
            return "; ".join(_swapped(swap, order, facts) for swap in action.swaps)
        case act.IssueDiscountCode():
            return _margin(action, facts, limits)
        case _:
            return ""


def _diff(what: str, before: str, after: str) -> str:
    return f"{what} from {before or 'none'} to {after}"


def _method(customer: Customer, method_id: str) -> str:
    method = customer.method(method_id)
    return method.label() if method else method_id


def _swapped(swap: act.Swap, order: Order, facts: PolicyFacts) -> str:
    line, wanted = order.line(swap.line_id), facts.world.named(swap.variant_id)
    if line is None or wanted is None:
        return ""
    old = f"{line.title} {', '.join(line.options.values())}".strip()
    new = f"{wanted[0].title} {', '.join(wanted[1].options.values())}".strip()
    return f"{swap.quantity} x from {old} ({line.price}) to {new} ({wanted[1].price})"


def _margin(offer: act.IssueDiscountCode, facts: PolicyFacts, limits: PolicyLimits) -> str:
    margin, floor = margin_of(offer, facts.basket, limits.currency), limits.offers.margin_floor_percent
    return f"margin after the offer {'not known' if margin is None else f'{margin} %'}, floor {floor} %"
