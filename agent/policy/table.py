"""Every action and the rules that judge it: the one place that says which. An action that is not here is blocked."""

from __future__ import annotations

from agent.policy import rules_action as action
from agent.policy import rules_methods as methods
from agent.policy import rules_offers as offers
from agent.policy import rules_order as order
from agent.policy import rules_returns as returns
from agent.policy import rules_sums as sums
from agent.policy import rules_twice as twice
from agent.policy.question import Rule
from tools import actions as act

_EVERY: tuple[Rule, ...] = (action.says, action.reason_listed, action.max_per_case, order.fraud_band, action.possible)
_OWNED: tuple[Rule, ...] = (action.identified, *_EVERY, sums.windows)
_WATCHED: tuple[Rule, ...] = (*_OWNED, order.over_value, order.many_refunds)
_VALUE: tuple[Rule, ...] = (*_WATCHED, sums.ceiling)
_TICKET: tuple[Rule, ...] = (*_EVERY, sums.windows)

RULES: dict[type[act.ActionBase], tuple[Rule, ...]] = {
    act.SendReply: (*_TICKET, action.reply_is_read, action.reply_loop),
    act.AddInternalNote: _TICKET,
    act.TagTicket: _TICKET,
    act.SetPriority: _TICKET,
    act.AssignTicket: _TICKET,
    act.EscalateToHuman: _TICKET,
    act.CloseTicket: _TICKET,
    act.CreateReturn: (*_WATCHED, returns.returnable),
    act.ExchangeItems: (*_VALUE, returns.returnable, methods.difference_goes_back),
    act.RefundOrder: (*_VALUE, returns.returnable, twice.money_besides_goods),
    act.ReplaceItems: (*_VALUE, returns.returnable, twice.goods_besides_money),
    act.CancelOrder: _WATCHED,
    act.ChangeOrderItems: (*_WATCHED, methods.difference_goes_back),
    act.ChangeShippingAddress: _WATCHED,
    act.ChangePaymentMethod: _WATCHED,
    act.UpdateCustomerAddress: _OWNED,
    act.IssueStoreCredit: _VALUE,
    act.IssueDiscountCode: (*_VALUE, offers.offer_size, offers.offer_end, offers.margin_floor),
    act.OpenCarrierTrace: _OWNED,
    act.HoldOrder: _OWNED,
    act.ReleaseHold: _WATCHED,
    act.SuppressPromotions: _OWNED,
}
