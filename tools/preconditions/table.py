"""Every action and the rules it has to pass: the one place that says which."""

from __future__ import annotations

from tools import actions as act
from tools.commerce import OrderStage
from tools.errors import Refusal
from tools.facts import ActionFacts
from tools.preconditions import orders, payments, records
from tools.preconditions.identity import standing
from tools.preconditions.rules import Checker, on

_PENDING = orders.stage(OrderStage.PENDING)
_SENT = orders.stage(OrderStage.SHIPPED, OrderStage.DELIVERED)
_SWAPS = (
    orders.lines_exist,
    orders.units_left,
    orders.swaps_fit,
    orders.swaps_in_stock,
    payments.settles_difference,
)

RULES: dict[type[act.ActionBase], Checker] = {
    act.SendReply: on(act.SendReply, records.answers_a_message),
    act.AddInternalNote: on(act.AddInternalNote),
    act.TagTicket: on(act.TagTicket),
    act.SetPriority: on(act.SetPriority),
    act.AssignTicket: on(act.AssignTicket),
    act.EscalateToHuman: on(act.EscalateToHuman),
    act.CloseTicket: on(act.CloseTicket),
    act.CreateReturn: on(
        act.CreateReturn,
        orders.not_on_hold,
        orders.with_customer,
        orders.lines_exist,
        orders.units_left,
        payments.return_method,
    ),
    act.ExchangeItems: on(act.ExchangeItems, orders.not_on_hold, orders.with_customer, *_SWAPS),
    act.RefundOrder: on(
        act.RefundOrder,
        orders.not_on_hold,
        payments.money_captured,
        orders.lines_exist,
        orders.units_left,
        payments.refund_amount,
        payments.refund_method,
    ),
    act.ReplaceItems: on(
        act.ReplaceItems,
        orders.not_on_hold,
        _SENT,
        orders.lines_exist,
        orders.units_left,
        orders.replacements_in_stock,
    ),
    act.CancelOrder: on(act.CancelOrder, orders.not_on_hold, _PENDING, payments.money_comes_back),
    act.ChangeOrderItems: on(act.ChangeOrderItems, orders.not_on_hold, _PENDING, orders.items_not_modified, *_SWAPS),
    act.ChangeShippingAddress: on(act.ChangeShippingAddress, orders.not_on_hold, _PENDING, records.deliverable),
    act.ChangePaymentMethod: on(act.ChangePaymentMethod, orders.not_on_hold, _PENDING, payments.new_method),
    act.UpdateCustomerAddress: on(act.UpdateCustomerAddress, records.deliverable),
    act.IssueStoreCredit: on(act.IssueStoreCredit, payments.credit_amount),
    act.IssueDiscountCode: on(act.IssueDiscountCode, payments.discount_terms),
    act.OpenCarrierTrace: on(act.OpenCarrierTrace, orders.not_on_hold, orders.has_shipped),
    act.HoldOrder: on(act.HoldOrder, orders.not_on_hold, _PENDING),
    act.ReleaseHold: on(act.ReleaseHold, orders.held),
    act.SuppressPromotions: on(act.SuppressPromotions),
}


def check(action: act.Action, facts: ActionFacts, customer_id: str | None) -> list[Refusal]:
    """All reasons why `action` cannot be done; none when it can.

    `customer_id` is the customer whose identity was verified. With None, whatever touches an order or a customer's
    record is refused; nothing but a verified identity opens it.
    """
    return list(standing(action, facts, customer_id)) or list(RULES[type(action)](action, facts))
