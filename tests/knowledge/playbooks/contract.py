"""The vocabulary and the facts of a sample case, in the form the agent hands them over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from knowledge.playbooks import Vocabulary
from tools.actions import ACTIONS
from tools.money import Money

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "knowledge" / "sources"
PLAYBOOKS, MACROS = SOURCES / "playbooks", SOURCES / "macros"

INTENTS = frozenset(
    {
        "order_status", "delivery_estimate", "not_received", "damaged_item", "wrong_item", "missing_item",
        "return_request", "exchange_request", "return_policy", "refund_request", "refund_status", "cancel_order",
        "change_address", "change_order", "payment_issue", "product_question", "stock_availability", "promotion",
        "subscription", "account", "complaint", "human_request", "thanks", "other",
    }
)  # fmt: skip
LOOKUPS = frozenset(
    {
        "customer", "order", "orders", "shipment", "returns", "refunds", "history", "product", "stock", "prices",
        "subscription", "discount_code", "knowledge", "estimate",
    }
)  # fmt: skip
PROMISES = {
    "refund": frozenset({"refund_order", "cancel_order"}),
    "label": frozenset({"create_return"}),
    "exchange": frozenset({"exchange_items"}),
    "replacement": frozenset({"replace_items"}),
    "cancel": frozenset({"cancel_order"}),
    "items": frozenset({"change_order_items"}),
    "address": frozenset({"change_shipping_address", "update_customer_address"}),
    "payment": frozenset({"change_payment_method"}),
    "credit": frozenset({"issue_store_credit"}),
    "code": frozenset({"issue_discount_code"}),
    "trace": frozenset({"open_carrier_trace"}),
    "hold": frozenset({"hold_order"}),
    "handover": frozenset({"escalate_to_human", "assign_ticket"}),
    "follow_up": frozenset({"follow_up"}),
}
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def day(days: int) -> datetime:
    return NOW + timedelta(days=days)


def line(title: str = "Canvas tote", **changes: object) -> dict[str, object]:
    return {
        "line_id": "ord_1042-1", "product_id": "prd_tote", "variant_id": "var_tote_olive", "title": title,
        "sku": "TOTE-OLV", "options": "Olive", "quantity": 1, "left": 1, "category": "bags", "final_sale": False,
        "window_days": 60, "in_window": True, "days_left": 48, "returnable": True, "paid": usd("39.00"),
        "refundable": usd("39.00"), "available": 12, "in_stock": True,
    } | changes  # fmt: skip


def facts() -> dict[str, object]:
    """A delivered order of a verified customer; every object is there, so every macro has something to say."""
    return {
        "ticket": {
            "id": "tkt_1", "channel": "email", "subject": "My order", "has_attachments": True, "messages": 1,
            "asks": ["order_status"],
        },
        "sender": {"first_name": "Mia", "full_name": "Mia Rossi", "email": "mia@example.com"},
        "identity": {"level": "verified", "verified": True},
        "classification": {
            "intent": "order_status", "language": "en", "urgency": "normal", "sentiment": "neutral",
            "high_emotion": False, "legal_threat": False, "confidence": 0.9, "abstained": False,
        },
        "customer": {
            "id": "cus_0001", "name": "Mia Rossi", "first_name": "Mia", "language": "en", "orders_count": 3,
            "lifetime_value": usd("180.00"), "refunds_90d": 0, "vip": False,
            "default_address": "Mia Rossi, 12 Elm St, Portland, OR 97205, US",
        },
        "claimed_amount": usd("39.00"), "price_drop": usd("14.00"),
        "payment_method_named": {"id": "pm_2", "label": "PayPal"}, "payment_can_move": False,
        "not_own": list[str](), "only_asked_about": False, "part_meant": False,
        "says_it_came": False, "looked_already": False, "parcel_wish": False,
        "one_of_a_pair": False, "double_charge_said": False,
        "new_address": "48 Birch Lane, Portland, OR 97205, US", "own_detail": False, "data_asked": None,
        "orders": [
            {"number": "#1042", "stage": "delivered", "placed_at": day(-20), "total": usd("84.00")},
            {"number": "#1017", "stage": "shipped", "placed_at": day(-41), "total": usd("22.50")},
        ],
        "open_orders": 1, "order_ambiguous": False, "order_named": True, "order_not_found": False,
        "order": {
            "id": "ord_1042", "number": "#1042", "stage": "delivered", "placed_at": day(-20), "total": usd("84.00"),
            "age_days": 20, "captured": usd("84.00"), "refunded": usd("0.00"), "left_to_refund": usd("84.00"),
            "shipping_paid": usd("0.00"),
            "on_hold": False, "fraud_hold": False, "items_modified": False,
            "titles": ["Canvas tote", "Row cardigan", "Stoneware mug"], "payment_label": "Visa ·1881",
            "shipping_address": "Mia Rossi, 12 Elm St, Portland, OR 97205, US", "shipping_country": "US",
            "pending": False, "processing": False, "shipped": False, "delivered": True, "cancelled": False,
            "partially_shipped": False, "parcels": 2, "delivered_at": day(-12), "days_since_delivered": 12,
            "has_final_sale": False, "over_value": False, "cancelled_at": day(-18), "is_replacement": False,
            "late_to_ship": False, "arrival_unknown": False, "charge_clears_by": day(-13), "charge_may_clear": False,
        },
        "shipment": {
            "id": "shp_1042-1", "carrier": "UPS", "tracking_number": "1Z999AA10123456784",
            "tracking_url": "https://track.example/1Z999AA10123456784", "status": "delivered",
            "shipped_at": day(-18), "estimated_delivery": day(-13), "delivered": True, "delivered_at": day(-12),
            "days_since_delivered": 12, "hours_since_delivered": 288, "last_scan_at": day(-12),
            "last_scan_text": "Delivered, front door",
            "last_scan_location": "Portland, OR", "days_since_scan": 12, "stalled": False, "lost": False,
            "overdue": False, "exception": False, "out_for_delivery": False, "returned_to_sender": False,
            "trace_open": False, "trace_due_at": day(9),
        },
        "return_": {
            "id": "ret_1042-1", "status": "received", "requested_at": day(-6), "received_at": day(-1),
            "label_url": "https://labels.example/ret_1042-1", "is_exchange": False, "received": True, "closed": False,
            "worth": usd("39.00"),
        },
        "refund": {
            "id": "ref_1", "amount": usd("39.00"), "at": day(-4), "method_label": "Visa ·1881", "days_ago": 4,
            "expected_by": day(10), "late": False,
        },
        "history": {"refunds_90d": 0, "many_refunds": False},
        "items": [line(), line("Row cardigan", line_id="ord_1042-2", refundable=usd("45.00"))],
        "item": line(),
        "items_meant": True, "items_named": True, "lines_unclear": False, "claim_unclear": False,
        "lower_price_said": True,
        "items_value": usd("84.00"),
        "owed_value": usd("84.00"), "shipping_owed": False,
        "all_returnable": True, "all_returnable_in_time": True, "none_returnable": False, "any_final_sale": False,
        "any_not_returnable_category": False, "all_in_stock": True,
        "window_days": 30, "window_ended_at": day(18), "warranty_years": 0,
        "product": {
            "id": "prd_tote", "title": "Canvas tote", "category": "bags", "price_from": usd("39.00"),
            "final_sale": False, "options": ["Olive", "Rust"],
        },
        "attribute": {"name": "material", "value": "cotton canvas, 450 g"}, "attribute_missing": False,
        "variant": {
            "id": "var_tote_olive", "sku": "TOTE-OLV", "title": "Olive", "options": "Olive", "price": usd("39.00"),
            "available": 12, "in_stock": True, "restock_at": day(14),
        },
        "swap": {
            "id": "var_tote_rust", "sku": "TOTE-RST", "title": "Canvas tote", "options": "Rust",
            "price": usd("42.00"), "available": 5, "in_stock": True, "restock_at": day(14),
            "difference": usd("3.00"), "difference_abs": usd("3.00"), "even": False, "costs_more": True,
        },
        "swap_missing": False, "other_variant_came": False, "came_as_ordered": False,
        "unknown_option": None, "units_unclear": False,
        "alternatives_in_stock": ["Rust", "Ink"],
        "also_named": ["#1002"], "country_not_served": None,
        "subscription": {
            "id": "sub_0001", "title": "House blend, 340 g", "interval": "month", "price": usd("18.00"),
            "status": "active", "next_renewal": day(9), "days_to_renewal": 9, "changeable": True,
        },
        "code": {
            "code": "WELCOME10", "found": True, "in_force": True, "expires_at": day(30), "minimum": usd("40.00"),
            "worth": "10 %",
        },
        "estimate": {"earliest": day(3), "latest": day(7), "basis": "order", "country": "US"},
        "policy": {
            "return_days": 30, "bag_return_days": 60, "report_damage_days": 14, "stalled_after_days": 5,
            "lost_after_days": 10, "handling_days": 1, "look_around_hours": 48, "trace_days": 8, "promo_pause_days": 14,
            "value_threshold": usd("300.00"), "refund_days_min": 5, "refund_days_max": 10, "renewal_notice_days": 3,
            "price_adjustment_days": 14, "double_charge_days": 5,
        },
        "queue": {
            "open_now": True, "opens_at": day(1), "answer_by": day(1), "hours": "Monday to Friday, 9:00 to 17:00",
            "time_zone": "America/New_York",
        },
        "passage": "You can return most items within 30 days of delivery.", "passage_title": "Return window",
        "passage_id": "returns@v5#window", "passage_confident": True,
        "today": NOW,
    }  # fmt: skip


def changed(changes: dict[str, object]) -> dict[str, object]:
    """The sample facts with changes such as `{"order.stage": "shipped", "shipment": None}`."""
    scope = facts()
    for path, value in changes.items():
        owner, dot, name = path.partition(".")
        part = fields_of(scope[owner]) if dot else scope
        assert (name or owner) in part, f"{path} is no fact"
        part[name or owner] = value
    return scope


def fields_of(value: object) -> dict[str, object]:
    """An object of the scope; no fields for anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def members_of(value: object) -> list[object]:
    """A list of the scope; nothing for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else []


def vocabulary(anchors: frozenset[str] | None = None, intents: frozenset[str] = frozenset()) -> Vocabulary:
    scope = facts()
    objects = {name: frozenset(fields_of(value)) for name, value in scope.items() if fields_of(value)}
    firsts = {name: members_of(value)[0] for name, value in scope.items() if members_of(value)}
    lists = {name: frozenset(fields_of(value)) for name, value in firsts.items() if fields_of(value)}
    return Vocabulary(
        lookups=LOOKUPS,
        actions={kind: frozenset(cls.model_fields) - {"kind"} for kind, cls in ACTIONS.items()},
        objects=objects,
        lists=lists,
        variables=frozenset(scope) - frozenset(objects) - frozenset(lists),
        promises=PROMISES,
        anchors=anchors,
        intents=intents,
    )
