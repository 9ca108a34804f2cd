"""What a reply may promise, and which actions make each promise true. One table for playbooks and guard."""

from __future__ import annotations

PROMISES: dict[str, frozenset[str]] = {
    "refund": frozenset({"refund_order", "cancel_order"}),
    "label": frozenset({"create_return"}),
    "exchange": frozenset({"exchange_items"}),
    "replacement": frozenset({"replace_items"}),
    "goods": frozenset({"replace_items", "exchange_items"}),
    "cancel": frozenset({"cancel_order"}),
    "items": frozenset({"change_order_items"}),
    "swap": frozenset({"change_order_items", "exchange_items"}),
    "address": frozenset({"change_shipping_address", "update_customer_address"}),
    "payment": frozenset({"change_payment_method"}),
    "credit": frozenset({"issue_store_credit"}),
    "code": frozenset({"issue_discount_code"}),
    "trace": frozenset({"open_carrier_trace"}),
    "hold": frozenset({"hold_order"}),
    "handover": frozenset({"escalate_to_human", "assign_ticket"}),
    "follow_up": frozenset({"follow_up"}),
}
