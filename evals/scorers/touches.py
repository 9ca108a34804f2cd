"""Which tables of the store each kind of action may change: what a world diff is explained by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evals.episode import Change

_MONEY = frozenset({"refunds", "orders", "customers"})
TOUCHES: dict[str, frozenset[str]] = {
    "send_reply": frozenset({"sent", "tickets"}),
    "add_internal_note": frozenset({"sent", "tickets"}),
    "tag_ticket": frozenset({"tickets"}),
    "set_priority": frozenset({"tickets"}),
    "assign_ticket": frozenset({"tickets"}),
    "escalate_to_human": frozenset({"sent", "tickets"}),
    "close_ticket": frozenset({"tickets"}),
    "create_return": frozenset({"returns", "orders"}),
    "exchange_items": _MONEY | {"returns", "stock"},
    "refund_order": _MONEY | {"returns"},
    "replace_items": frozenset({"orders", "stock"}),
    "cancel_order": _MONEY | {"stock"},
    "change_order_items": _MONEY | {"stock"},
    "change_shipping_address": frozenset({"orders"}),
    "change_payment_method": frozenset({"orders", "customers"}),
    "update_customer_address": frozenset({"customers"}),
    "issue_store_credit": frozenset({"store_credits", "customers"}),
    "issue_discount_code": frozenset({"discount_codes"}),
    "open_carrier_trace": frozenset({"traces"}),
    "hold_order": frozenset({"orders"}),
    "release_hold": frozenset({"orders"}),
    "suppress_promotions": frozenset({"suppressions", "customers"}),
}
"""By kind of action. A test holds it against the closed union of actions."""
HELPDESK = frozenset({"tickets", "sent"})
"""Tables of the conversation itself; all others are the shop's business."""


def unexplained(diff: Iterable[Change], kinds: Iterable[str]) -> list[str]:
    """Changes that no effect of these kinds makes, as `table id`."""
    explained = frozenset[str]().union(*(TOUCHES.get(kind, frozenset()) for kind in kinds))
    return [f"{change.noun} {change.id}" for change in diff if change.noun not in explained]


def invisible(diff: Sequence[Change], kinds: Iterable[str]) -> list[str]:
    """Effects that are said to have happened and that left no trace in any table they touch."""
    changed = {change.noun for change in diff}
    return [kind for kind in kinds if not TOUCHES.get(kind, frozenset()) & changed]
