"""Every action and what it changes."""

from __future__ import annotations

from tools import actions as act
from tools.store.changes import goods, orders, records
from tools.store.changes.result import Change, on

CHANGES: dict[type[act.ActionBase], Change] = {
    act.SendReply: on(act.SendReply, records.send_reply),
    act.AddInternalNote: on(act.AddInternalNote, records.add_internal_note),
    act.TagTicket: on(act.TagTicket, records.tag_ticket),
    act.SetPriority: on(act.SetPriority, records.set_priority),
    act.AssignTicket: on(act.AssignTicket, records.assign_ticket),
    act.EscalateToHuman: on(act.EscalateToHuman, records.escalate_to_human),
    act.CloseTicket: on(act.CloseTicket, records.close_ticket),
    act.CreateReturn: on(act.CreateReturn, goods.create_return),
    act.ExchangeItems: on(act.ExchangeItems, goods.exchange_items),
    act.RefundOrder: on(act.RefundOrder, orders.refund_order),
    act.ReplaceItems: on(act.ReplaceItems, goods.replace_items),
    act.CancelOrder: on(act.CancelOrder, orders.cancel_order),
    act.ChangeOrderItems: on(act.ChangeOrderItems, goods.change_order_items),
    act.ChangeShippingAddress: on(act.ChangeShippingAddress, orders.change_shipping_address),
    act.ChangePaymentMethod: on(act.ChangePaymentMethod, orders.change_payment_method),
    act.UpdateCustomerAddress: on(act.UpdateCustomerAddress, records.update_customer_address),
    act.IssueStoreCredit: on(act.IssueStoreCredit, records.issue_store_credit),
    act.IssueDiscountCode: on(act.IssueDiscountCode, records.issue_discount_code),
    act.OpenCarrierTrace: on(act.OpenCarrierTrace, orders.open_carrier_trace),
    act.HoldOrder: on(act.HoldOrder, orders.hold_order),
    act.ReleaseHold: on(act.ReleaseHold, orders.release_hold),
    act.SuppressPromotions: on(act.SuppressPromotions, records.suppress_promotions),
}
