"""The cases that the playbooks of the second half were written for: intent, branch, and how the facts differ."""

from __future__ import annotations

from tests.knowledge.playbooks.contract import day, line, usd
from tests.knowledge.playbooks.test_cases import LOST, MOVING, NO_ORDER, PENDING, PROCESSING, RETURNED, STALLED, Changes

INTENTS = (
    "change_address", "change_order", "payment_issue", "product_question", "stock_availability", "promotion",
    "subscription", "account", "complaint", "human_request", "thanks", "other",
)  # fmt: skip

DELIVERED: Changes = {"return_": None, "refund": None}
CANCELLED = DELIVERED | {"order.stage": "cancelled", "order.delivered": False, "order.cancelled": True}
NOBODY: Changes = {
    "customer": None, "orders": [], "identity.verified": False, "order_named": False, "subscription": None,
}  # fmt: skip
UNKNOWN = NO_ORDER | NOBODY
CLAIMED = UNKNOWN | {"order_named": True}
NO_ADDRESS: Changes = {"new_address": None}
NOTHING_OPEN = DELIVERED | {"open_orders": 0, "order_named": False}
SWAP = PENDING | {"items": [line()], "item": line()}
FOUR = SWAP | {"items": [line(left=4, quantity=4)], "item": line(left=4, quantity=4)}
NOT_SWAPPED: Changes = {"swap": None, "swap_missing": True}
CHEAPER: Changes = {"swap.difference": usd("-6.00"), "swap.difference_abs": usd("6.00"), "swap.costs_more": False}
NO_STOCK: Changes = {"swap.available": 0, "swap.in_stock": False}
SAID_NOTHING: Changes = {"passage": None, "passage_title": None, "passage_id": None, "passage_confident": False}
UNNAMED: Changes = {"order_named": False, "order": None, "shipment": None, "items": [], "item": None}
CHARGED: Changes = {"order.charge_may_clear": True, "order.charge_clears_by": day(1)}
NO_REFUND: Changes = {"refund": None, "order.payment_label": None}
CAN_MOVE: Changes = {"payment_can_move": True}
NO_METHOD: Changes = {"payment_method_named": None}
NO_AMOUNT: Changes = {"claimed_amount": None, "lower_price_said": False}
NO_CODE: Changes = {"code": None} | NO_AMOUNT
SAME_PRICE: Changes = {"price_drop": None, "order.age_days": 2}
TWO_ASKS: Changes = {"ticket.asks": ["order_status", "thanks"]}
DROPPED: Changes = {"price_drop": usd("14.00"), "order.age_days": 2}
OLD: Changes = {"order.age_days": 15, "order.placed_at": day(-15), "price_drop": None}


def about(name: str, confident: bool = True) -> Changes:
    """The passage that fits the message best."""
    return {"passage_id": name, "passage_confident": confident, "passage": "A passage.", "passage_title": "A title"}


CASES: list[tuple[str, str, Changes]] = [
    ("change_address", "account_address", NOTHING_OPEN),
    ("change_address", "nothing_open", NOTHING_OPEN | NO_ADDRESS),
    ("change_address", "which_order", UNNAMED),
    ("change_address", "which_order", UNNAMED | {"order_named": True, "order_not_found": True, "open_orders": 0}),
    ("change_address", "cancelled", CANCELLED),
    ("change_address", "held_up", PENDING | {"order.on_hold": True}),
    ("change_address", "change", PENDING),
    ("change_address", "ask_address", PENDING | NO_ADDRESS),
    ("change_address", "ask_address", PENDING | NO_ADDRESS | {"order.shipping_address": None}),
    ("change_address", "coming_back", RETURNED),
    ("change_address", "returned_to_sender", RETURNED | NO_ADDRESS),
    ("change_address", "delivered", DELIVERED),
    ("change_address", "delivered", DELIVERED | {"order.delivered_at": None, "order.shipping_address": None}),
    ("change_address", "on_its_way", MOVING),
    ("change_address", "on_its_way", MOVING | {"shipment.tracking_url": None, "shipment.estimated_delivery": None}),
    ("change_address", "at_warehouse", PROCESSING),
    ("change_order", "which_order", UNNAMED),
    ("change_order", "cancelled", CANCELLED),
    ("change_address", "held_up", STALLED),
    ("change_order", "held_up", STALLED),
    ("change_order", "held_up", PENDING | {"order.on_hold": True}),
    ("change_order", "how_it_is_packed", SWAP | {"parcel_wish": True}),
    ("change_order", "already_changed", SWAP | {"order.items_modified": True}),
    ("change_order", "change", SWAP),
    ("change_order", "change", SWAP | {"swap.even": True, "swap.difference": usd("0.00")}),
    ("change_order", "change", FOUR | {"swap.available": 4}),
    ("change_order", "change", FOUR | {"swap.available": 4} | CHEAPER),
    ("change_order", "how_many", FOUR | {"units_unclear": True}),
    ("change_order", "what_can_change", SWAP | NOT_SWAPPED | {"unknown_option": "navy"}),
    ("change_order", "out_of_stock", FOUR | {"swap.available": 3}),
    ("change_order", "out_of_stock", SWAP | NO_STOCK),
    ("change_order", "out_of_stock", SWAP | NO_STOCK | {"swap.restock_at": None, "alternatives_in_stock": []}),
    ("change_order", "what_can_change", SWAP | NOT_SWAPPED),
    ("change_order", "what_can_change", PENDING | NOT_SWAPPED | {"item": None}),
    ("change_order", "exchange", DELIVERED | {"swap.in_stock": True}),
    ("change_order", "delivered", DELIVERED | NOT_SWAPPED),
    ("change_order", "delivered", DELIVERED | {"all_returnable": False, "order.delivered_at": None}),
    ("change_order", "too_late", PROCESSING),
    ("change_order", "too_late", MOVING),
    ("payment_issue", "verify", CLAIMED),
    ("payment_issue", "which_order", UNNAMED | {"order_not_found": True}),
    ("payment_issue", "charge_may_clear", CHARGED | about("payments@v2#double-charges")),
    ("payment_issue", "charge_may_clear", CHARGED | NO_REFUND | about("payments@v2#double-charges", confident=False)),
    ("payment_issue", "double_charge", about("payments@v2#double-charges", confident=False)),
    ("payment_issue", "double_charge", UNKNOWN | about("payments@v2#double-charges")),
    ("payment_issue", "invoice", DELIVERED | about("payments@v2#invoices")),
    ("payment_issue", "invoice_for_which_order", UNNAMED | about("payments@v2#invoices~2")),
    ("payment_issue", "invoice_for_which_order", UNKNOWN | about("payments@v2#invoices")),
    ("payment_issue", "method_named_pending", PENDING | CAN_MOVE | about("orders@v2#change-payment")),
    ("payment_issue", "method_named_pending", PENDING | CAN_MOVE | about("payments@v2#methods")),
    ("payment_issue", "declined", PENDING | CAN_MOVE | about("payments@v2#declined")),
    ("payment_issue", "other_method_pending", PENDING | NO_METHOD | about("orders@v2#change-payment")),
    ("payment_issue", "other_method_too_late", MOVING | about("orders@v2#change-payment")),
    ("payment_issue", "other_method_too_late", PROCESSING | about("payments@v2#methods")),
    ("payment_issue", "other_method_too_late", CANCELLED | about("payments@v2#methods")),
    ("payment_issue", "declined", UNKNOWN | about("payments@v2#declined")),
    ("payment_issue", "general", UNKNOWN | about("payments@v2#gift-cards")),
    ("payment_issue", "general", UNKNOWN | about("faq-gift-cards@v1#part")),
    ("payment_issue", "general", UNKNOWN | about("payments@v2#methods")),
    ("payment_issue", "what_was_charged", SAID_NOTHING),
    ("payment_issue", "what_was_charged", DELIVERED | {"items_meant": False, "classification.language": "other"}),
    ("payment_issue", "general", UNKNOWN | SAID_NOTHING),
    (
        "payment_issue", "general",
        UNKNOWN | about("payments@v2#declined", confident=False) | {"classification.language": "other"},
    ),
    ("product_question", "known", UNKNOWN),
    ("product_question", "in_the_help_texts", UNKNOWN | {"attribute": None, "attribute_missing": True}),
    ("product_question", "in_the_help_texts", {"product": None, "attribute": None}),
    ("product_question", "not_in_our_data", SAID_NOTHING | {"attribute": None, "attribute_missing": True}),
    ("product_question", "not_in_our_data", UNKNOWN | SAID_NOTHING | {"attribute": None, "product.options": []}),
    ("product_question", "which_product", UNKNOWN | SAID_NOTHING | {"product": None, "attribute": None}),
    ("stock_availability", "which_product", UNKNOWN | {"product": None, "variant": None}),
    ("stock_availability", "not_made", UNKNOWN | {"unknown_option": "navy"}),
    ("stock_availability", "not_made", UNKNOWN | {"unknown_option": "14 inch", "alternatives_in_stock": []}),
    ("stock_availability", "in_stock", UNKNOWN),
    ("stock_availability", "back_on", {"variant.in_stock": False, "variant.available": 0}),
    ("stock_availability", "sold_out", {"variant.in_stock": False, "variant.restock_at": None}),
    ("stock_availability", "some_in_stock", UNKNOWN | {"variant": None}),
    ("stock_availability", "none_in_stock", UNKNOWN | {"variant": None, "alternatives_in_stock": []}),
    ("promotion", "verify", CLAIMED),
    ("promotion", "price_dropped", DROPPED),
    ("promotion", "price_dropped", DROPPED | {"claimed_amount": None}),
    ("promotion", "price_dropped", DROPPED | NO_CODE | about("refunds@v2#price-adjustments")),
    ("promotion", "price_lowered", DROPPED | {"items_meant": False, "item": None}),
    ("promotion", "price_lowered", SAME_PRICE | {"order.age_days": 14}),
    ("promotion", "price_lowered", SAME_PRICE | NO_CODE | about("refunds@v2#price-adjustments")),
    ("promotion", "price_lowered_too_late", OLD | about("refunds@v2#price-adjustments")),
    ("promotion", "price_lowered_too_late", OLD),
    ("promotion", "after_the_order", OLD | NO_AMOUNT),
    ("promotion", "after_the_order", PENDING | NO_AMOUNT),
    ("promotion", "welcome_code_used", UNNAMED),
    ("promotion", "welcome_code_used", OLD | NO_AMOUNT | TWO_ASKS),
    ("promotion", "code_works", UNKNOWN),
    ("promotion", "code_works", UNKNOWN | {"code.worth": usd("5.00"), "code.minimum": None, "code.expires_at": None}),
    ("promotion", "code_not_valid", UNKNOWN | {"code.in_force": False, "code.expires_at": day(-3)}),
    ("promotion", "code_not_valid", UNKNOWN | {"code.in_force": False}),
    ("promotion", "code_not_valid", UNKNOWN | {"code.found": False, "code.in_force": False}),
    ("promotion", "several_codes", UNKNOWN | NO_CODE | about("promotions@v2#one-code-per-order")),
    ("promotion", "price_match", UNKNOWN | NO_CODE | about("promotions@v2#price-match")),
    ("promotion", "newsletter", UNKNOWN | NO_CODE | about("promotions@v2#newsletter")),
    ("promotion", "offers", UNKNOWN | NO_CODE | SAID_NOTHING),
    ("subscription", "how_it_works", UNKNOWN),
    ("subscription", "how_it_works", {"subscription": None}),
    ("subscription", "not_active", {"subscription.status": "paused", "subscription.next_renewal": None}),
    ("subscription", "not_active", {"subscription.status": "cancelled", "subscription.next_renewal": None}),
    ("subscription", "not_active", {"subscription.status": "expired"}),
    ("subscription", "when_does_it_renew", about("subscriptions@v1#renewal")),
    ("subscription", "change", about("subscriptions@v1#cancel")),
    ("subscription", "change", SAID_NOTHING | {"subscription.days_to_renewal": 3, "subscription.next_renewal": day(3)}),
    (
        "subscription", "change_after_next",
        about("subscriptions@v1#renewal")
        | {"subscription.changeable": False, "subscription.days_to_renewal": 2, "subscription.next_renewal": day(2)},
    ),
    ("subscription", "no_renewal_date", {"subscription.changeable": False, "subscription.next_renewal": None}),
    ("account", "data_unverified", UNKNOWN | about("privacy@v2#account-access") | {"data_asked": "copy"}),
    ("account", "delete", about("privacy@v2#account-access") | {"data_asked": "deletion"}),
    ("account", "data_copy", about("privacy@v2#account-deletion") | {"data_asked": "copy"}),
    ("account", "delete_unverified", UNKNOWN | about("privacy@v2#account-deletion")),
    ("account", "delete_unverified", UNKNOWN | about("privacy@v2#data-request", confident=False)),
    ("account", "delete", about("privacy@v2#account-deletion")),
    ("account", "delete", about("privacy@v2#account-deletion") | {"open_orders": 0}),
    ("account", "data_copy", about("privacy@v2#data-request")),
    ("account", "on_the_page", about("privacy@v2#contact-details") | {"own_detail": True}),
    ("account", "details", about("privacy@v2#contact-details")),
    ("account", "details_unverified", UNKNOWN | about("privacy@v2#contact-details")),
    ("account", "sign_in", UNKNOWN | about("privacy@v2#account-access", confident=False)),
    (
        "account", "unclear_verified",
        about("privacy@v2#account-access", confident=False) | {"classification.language": "other"},
    ),
    ("account", "unclear", UNKNOWN | SAID_NOTHING),
    ("complaint", "with_another_ask", CLAIMED | TWO_ASKS),
    ("complaint", "verify", CLAIMED),
    ("complaint", "parcel_has_stopped", STALLED),
    ("complaint", "parcel_has_stopped", LOST),
    ("complaint", "parcel_is_late", STALLED | {"shipment.trace_open": True}),
    ("complaint", "parcel_is_late", MOVING | {"shipment.overdue": True, "shipment.estimated_delivery": day(-2)}),
    ("complaint", "refund_is_late", {"refund.late": True, "refund.at": day(-20), "refund.expected_by": day(-6)}),
    ("complaint", "not_shipped_in_time", PROCESSING | {"order.late_to_ship": True, "order.placed_at": day(-6)}),
    ("complaint", "about_an_order", DELIVERED),
    ("complaint", "about_an_order", MOVING),
    ("complaint", "general", UNKNOWN),
    ("human_request", "hand_over", UNKNOWN),
    ("human_request", "hand_over", {"queue.open_now": False}),
    ("thanks", "close", UNKNOWN),
    ("thanks", "and_something_else", TWO_ASKS),
    ("other", "verify", CLAIMED),
    ("other", "in_the_help_texts", {}),
    ("other", "in_the_help_texts", UNKNOWN | {"ticket.channel": "chat"}),
    ("other", "the_rest", SAID_NOTHING | TWO_ASKS),
    ("other", "the_rest", UNKNOWN | TWO_ASKS),
    ("other", "not_understood", SAID_NOTHING | {"classification.abstained": True}),
    ("other", "from_a_customer", SAID_NOTHING),
    ("other", "from_a_customer", SAID_NOTHING | {"queue.open_now": False}),
    ("other", "from_a_stranger", UNKNOWN),
]  # fmt: skip
