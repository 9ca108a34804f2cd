"""The one way out: every change to the world passes `apply`. Only `agent.execution` imports this module."""

from __future__ import annotations

from typing import assert_never

from tools import actions as act
from tools.ports import CustomerWriter, HelpdeskWriter, OrderWriter, Receipt, Writers

OrderAction = (
    act.CreateReturn
    | act.ExchangeItems
    | act.RefundOrder
    | act.ReplaceItems
    | act.CancelOrder
    | act.ChangeOrderItems
    | act.ChangeShippingAddress
    | act.ChangePaymentMethod
    | act.HoldOrder
    | act.ReleaseHold
    | act.OpenCarrierTrace
)
CustomerAction = act.UpdateCustomerAddress | act.IssueStoreCredit | act.IssueDiscountCode | act.SuppressPromotions
TicketAction = (
    act.SendReply
    | act.AddInternalNote
    | act.TagTicket
    | act.SetPriority
    | act.AssignTicket
    | act.EscalateToHuman
    | act.CloseTicket
)


def apply(action: act.Action, writers: Writers, key: str) -> Receipt:
    """Do `action` under the effect `key`; a key that was done before returns the old receipt and changes nothing.

    Raises ActionRefused (nothing changed), Unavailable (nothing changed) or OutcomeUnknown (read before anything else).
    """
    if isinstance(action, TicketAction):
        return _ticket(action, writers.helpdesk, key)
    if isinstance(action, CustomerAction):
        return _customer(action, writers.customers, key)
    return _order(action, writers.orders, key)


def _order(action: OrderAction, orders: OrderWriter, key: str) -> Receipt:  # noqa: C901 - one arm per action
    match action:
        case act.CreateReturn():
            return orders.create_return(action, key)
        case act.ExchangeItems():
            return orders.exchange_items(action, key)
        case act.RefundOrder():
            return orders.refund_order(action, key)
        case act.ReplaceItems():
            return orders.replace_items(action, key)
        case act.CancelOrder():
            return orders.cancel_order(action, key)
        case act.ChangeOrderItems():
            return orders.change_order_items(action, key)
        case act.ChangeShippingAddress():
            return orders.change_shipping_address(action, key)
        case act.ChangePaymentMethod():
            return orders.change_payment_method(action, key)
        case act.HoldOrder():
            return orders.hold_order(action, key)
        case act.ReleaseHold():
            return orders.release_hold(action, key)
        case act.OpenCarrierTrace():
            return orders.open_carrier_trace(action, key)
        case _:
            assert_never(action)


def _customer(action: CustomerAction, customers: CustomerWriter, key: str) -> Receipt:
    match action:
        case act.UpdateCustomerAddress():
            return customers.update_customer_address(action, key)
        case act.IssueStoreCredit():
            return customers.issue_store_credit(action, key)
        case act.IssueDiscountCode():
            return customers.issue_discount_code(action, key)
        case act.SuppressPromotions():
            return customers.suppress_promotions(action, key)
        case _:
            assert_never(action)


def _ticket(action: TicketAction, helpdesk: HelpdeskWriter, key: str) -> Receipt:
    match action:
        case act.SendReply():
            return helpdesk.send_reply(action, key)
        case act.AddInternalNote():
            return helpdesk.add_internal_note(action, key)
        case act.TagTicket():
            return helpdesk.tag_ticket(action, key)
        case act.SetPriority():
            return helpdesk.set_priority(action, key)
        case act.AssignTicket():
            return helpdesk.assign_ticket(action, key)
        case act.EscalateToHuman():
            return helpdesk.escalate_to_human(action, key)
        case act.CloseTicket():
            return helpdesk.close_ticket(action, key)
        case _:
            assert_never(action)
