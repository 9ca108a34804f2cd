"""The words that limits.yaml may use for intents."""

from __future__ import annotations

INTENTS = (
    "order_status",
    "delivery_estimate",
    "not_received",
    "damaged_item",
    "wrong_item",
    "missing_item",
    "return_request",
    "exchange_request",
    "return_policy",
    "refund_request",
    "refund_status",
    "cancel_order",
    "change_address",
    "change_order",
    "payment_issue",
    "product_question",
    "stock_availability",
    "promotion",
    "subscription",
    "account",
    "complaint",
    "human_request",
    "thanks",
    "other",
)
"""The product's own intents; a rule for any other name would never apply."""
