"""What each playbook does and says in the cases it was written for."""

from __future__ import annotations

import re

import pytest

from knowledge.ingest import load_folder
from knowledge.playbooks import Branch, Engine, PlaybookBook, Step, as_scope, load_playbooks
from tests.knowledge.playbooks.contract import MACROS, PLAYBOOKS, SOURCES, changed, day, line, usd, vocabulary

Changes = dict[str, object]

MOVING: Changes = {
    "order.stage": "shipped", "order.delivered": False, "order.shipped": True, "order.delivered_at": None,
    "order.days_since_delivered": None, "order.parcels": 1,
    "shipment.status": "in_transit", "shipment.delivered": False, "shipment.delivered_at": None,
    "shipment.days_since_delivered": None, "shipment.estimated_delivery": day(2), "shipment.last_scan_at": day(-1),
    "shipment.last_scan_text": "Departed facility", "shipment.last_scan_location": "Newark, NJ",
    "shipment.days_since_scan": 1, "all_returnable": False, "none_returnable": True, "return_": None, "refund": None,
}  # fmt: skip
UNTRACKED: Changes = {path: value for path, value in MOVING.items() if not path.startswith("shipment.")} | {
    "shipment": None, "order.parcels": 0, "order.arrival_unknown": True, "window_ended_at": None,
}  # fmt: skip
STALLED = MOVING | {"shipment.stalled": True, "shipment.days_since_scan": 6, "shipment.last_scan_at": day(-6)}
LOST = STALLED | {"shipment.lost": True, "shipment.overdue": True, "shipment.estimated_delivery": day(-12)}
RETURNED = MOVING | {"shipment.status": "returned_to_sender", "shipment.returned_to_sender": True}
EXCEPTION = MOVING | {"shipment.status": "exception", "shipment.exception": True}
PENDING: Changes = {path: value for path, value in MOVING.items() if not path.startswith("shipment.")} | {
    "shipment": None, "order.stage": "pending", "order.shipped": False, "order.pending": True, "order.age_days": 0,
    "order.parcels": 0, "items_named": False,
}  # fmt: skip
PROCESSING = PENDING | {"order.stage": "processing", "order.pending": False, "order.processing": True}
NO_ORDER: Changes = {"order": None, "shipment": None, "return_": None, "refund": None, "items": [], "item": None}
NO_ARRIVAL: Changes = {
    "return_": None, "refund": None,
    "order.arrival_unknown": True, "order.delivered_at": None, "order.days_since_delivered": None,
    "shipment.delivered_at": None, "shipment.days_since_delivered": None, "window_ended_at": None,
    "all_returnable": False, "none_returnable": True,
}  # fmt: skip
SWAP_GONE: Changes = {"swap.in_stock": False, "swap.available": 0}
NOTHING_BACK: Changes = {"return_": None, "refund": None}
CANCELLED: Changes = NOTHING_BACK | {"order.stage": "cancelled", "order.delivered": False, "order.cancelled": True}


def one(title: str = "Canvas tote", **changes: object) -> Changes:
    """The message means one item."""
    item = line(title, **changes)
    worth = item["refundable"]
    return NOTHING_BACK | {"items": [item], "item": item, "items_value": worth, "owed_value": worth}


def out_of_time(window: int = 30) -> Changes:
    return one(in_window=False, returnable=False, days_left=None, window_days=window, category="knitwear") | {
        "all_returnable": False, "none_returnable": True, "window_ended_at": day(-1),
        "order.days_since_delivered": window + 1, "order.delivered_at": day(-window - 1),
    }  # fmt: skip


FINAL_SALE = one(final_sale=True, returnable=False, window_days=0, in_window=False) | {
    "all_returnable": False, "none_returnable": True, "any_final_sale": True,
}  # fmt: skip
COFFEE = one(title="House blend", category="coffee", returnable=False, window_days=0, in_window=False) | {
    "all_returnable": False, "none_returnable": True, "any_not_returnable_category": True,
}  # fmt: skip
MIXED = NOTHING_BACK | {
    "items": [line(), line("Sale scarf", final_sale=True, returnable=False, window_days=0)], "item": None,
    "all_returnable": False, "any_final_sale": True,
}  # fmt: skip
WHOLE: Changes = {"owed_value": usd("44.40"), "shipping_owed": True, "order.left_to_refund": usd("44.40")}
UNCLEAR = NOTHING_BACK | {"item": None, "items_meant": False, "claim_unclear": True}
WANTS_MONEY: Changes = {"ticket.asks": ["damaged_item", "refund_request"]}
SOLD_OUT: Changes = {"all_in_stock": False}
SOME: Changes = {"items_named": True, "items": [line()], "order.titles": ["Canvas tote", "House blend"]}
NOT_IN_IT: Changes = {"lines_unclear": True, "item": None, "items_meant": False, "items_named": False}
NOT_SWAPPED: Changes = {"swap": None, "swap_missing": True}
ABOUT_ORDERS = (
    "order_status", "not_received", "damaged_item", "wrong_item", "missing_item", "return_request",
    "exchange_request", "refund_request",
)  # fmt: skip
REFUNDED: Changes = {"return_": None, "items_value": usd("0.00")}
PREPAID = NO_ORDER | {"order_named": False, "identity.verified": False}

CASES: list[tuple[str, str, Changes]] = [
    *[(intent, "which_order", NO_ORDER) for intent in ABOUT_ORDERS],
    *[(intent, "cancelled", CANCELLED) for intent in ABOUT_ORDERS],
    ("order_status", "lost_in_stock", LOST),
    ("order_status", "lost_refund", LOST | SOLD_OUT),
    ("order_status", "lost_refund", LOST | WANTS_MONEY),
    ("order_status", "trace_open", STALLED | {"shipment.trace_open": True}),
    ("order_status", "stalled", STALLED),
    ("order_status", "stalled", EXCEPTION | {"shipment.days_since_scan": 5}),
    ("order_status", "returned_to_sender", RETURNED),
    ("order_status", "exception", EXCEPTION),
    ("order_status", "delivered", NOTHING_BACK),
    ("order_status", "delivered", NOTHING_BACK | {"shipment.hours_since_delivered": 47}),
    ("order_status", "moving", MOVING),
    ("order_status", "late_to_ship", UNTRACKED),
    ("order_status", "late_to_ship", UNTRACKED | {"order.on_hold": True}),
    ("order_status", "late_to_ship", PROCESSING | {"order.late_to_ship": True}),
    ("order_status", "late_to_ship", PENDING | {"order.on_hold": True}),
    ("order_status", "not_shipped", PENDING),
    ("order_status", "not_shipped", PROCESSING | {"estimate": None}),
    ("delivery_estimate", "verify", NO_ORDER | {"identity.verified": False}),
    ("delivery_estimate", "which_order", NO_ORDER | {"order_ambiguous": True}),
    ("delivery_estimate", "stalled", STALLED),
    ("delivery_estimate", "cancelled", CANCELLED),
    ("delivery_estimate", "returned_to_sender", RETURNED),
    ("delivery_estimate", "exception", EXCEPTION),
    ("delivery_estimate", "late_to_ship", PROCESSING | {"order.late_to_ship": True}),
    ("delivery_estimate", "delivered", NOTHING_BACK),
    ("delivery_estimate", "moving", MOVING),
    ("delivery_estimate", "moving", MOVING | {"shipment.estimated_delivery": None, "estimate": None}),
    ("delivery_estimate", "placed", PENDING),
    ("delivery_estimate", "if_ordered_now", PREPAID),
    ("delivery_estimate", "general", PREPAID | {"estimate": None}),
    ("not_received", "just_delivered", {"shipment.hours_since_delivered": 47}),
    ("not_received", "just_delivered", {"shipment.hours_since_delivered": 71, "policy.look_around_hours": 72}),
    ("not_received", "delivered_but_missing", {"shipment.hours_since_delivered": 48}),
    ("not_received", "trace_open", {"shipment.trace_open": True}),
    ("not_received", "stalled", STALLED),
    ("not_received", "lost_in_stock", LOST),
    ("not_received", "lost_refund", LOST | SOLD_OUT),
    ("not_received", "lost_refund", LOST | WANTS_MONEY),
    ("not_received", "moving", MOVING),
    ("not_received", "returned_to_sender", RETURNED),
    ("not_received", "late_to_ship", PROCESSING | {"order.late_to_ship": True}),
    ("not_received", "not_shipped", PENDING),
    ("damaged_item", "replace", one()),
    ("damaged_item", "prefers_money", one() | WANTS_MONEY),
    ("damaged_item", "out_of_stock", one() | WANTS_MONEY | SOLD_OUT),
    ("wrong_item", "prefers_money", one() | WANTS_MONEY),
    ("missing_item", "prefers_money", one() | WANTS_MONEY | {"order.parcels": 1}),
    ("damaged_item", "out_of_stock", one() | SOLD_OUT),
    ("damaged_item", "which_items", UNCLEAR),
    ("damaged_item", "on_its_way", MOVING | one()),
    ("damaged_item", "on_its_way", LOST | one()),
    ("wrong_item", "on_its_way", MOVING | one()),
    ("damaged_item", "too_late", one() | {"order.days_since_delivered": 15}),
    ("damaged_item", "replace", one() | {"order.days_since_delivered": 14}),
    ("damaged_item", "warranty", one() | {"order.days_since_delivered": 15, "warranty_years": 2}),
    ("damaged_item", "replace", one() | {"order.days_since_delivered": 14, "warranty_years": 2}),
    ("damaged_item", "nothing_shipped", PENDING),
    ("damaged_item", "already_refunded", {"items_value": usd("0.00")}),
    ("wrong_item", "send_the_right_one", one()),
    ("wrong_item", "out_of_stock", one() | SOLD_OUT),
    ("wrong_item", "too_late", one() | {"order.days_since_delivered": 15}),
    ("wrong_item", "nothing_shipped", PENDING),
    ("wrong_item", "which_items", UNCLEAR),
    ("wrong_item", "already_refunded", REFUNDED),
    ("missing_item", "nothing_shipped", PENDING),
    ("missing_item", "lost_parcel", LOST),
    ("missing_item", "which_items", UNCLEAR),
    ("missing_item", "already_refunded", REFUNDED),
    ("missing_item", "too_late", one() | {"order.days_since_delivered": 15}),
    ("missing_item", "send_it", one() | {"order.parcels": 1}),
    ("missing_item", "another_parcel", one() | {"order.partially_shipped": True}),
    ("missing_item", "another_parcel", MOVING | {"order.parcels": 2}),
    ("missing_item", "out_of_stock", one() | SOLD_OUT | {"order.parcels": 1}),
    ("missing_item", "stalled_parcel", STALLED | {"order.parcels": 2}),
    ("return_request", "label", one()),
    ("return_request", "not_returnable", out_of_time()),
    ("return_request", "not_returnable", FINAL_SALE),
    ("return_request", "not_returnable", COFFEE),
    ("return_request", "not_returnable", MIXED),
    ("return_request", "not_returnable", MIXED | {"none_returnable": True}),
    ("return_request", "label", UNCLEAR),
    ("return_request", "which_items", NOTHING_BACK | NOT_IN_IT),
    ("return_request", "already_open", {"all_returnable": False}),
    ("return_request", "already_refunded", {"return_": None, "items_value": usd("0.00")}),
    ("return_request", "coming_back", RETURNED),
    ("return_request", "coming_back", RETURNED | {"queue.open_now": False}),
    ("return_request", "arrival_unknown", UNTRACKED),
    ("return_request", "arrival_unknown_partly", UNTRACKED | {"item": None, "all_returnable_in_time": False}),
    ("return_request", "not_returnable", FINAL_SALE | UNTRACKED | {"all_returnable_in_time": False}),
    ("return_request", "came_by_their_word", MOVING | {"says_it_came": True}),
    ("exchange_request", "held_up", STALLED | one() | NOTHING_BACK),
    ("return_request", "not_delivered", MOVING),
    ("return_request", "not_delivered", PENDING),
    ("exchange_request", "exchange", one()),
    ("exchange_request", "already_open", {"all_returnable": False}),
    ("exchange_request", "already_refunded", REFUNDED),
    ("exchange_request", "which_items", UNCLEAR),
    ("exchange_request", "which_items", NOTHING_BACK | NOT_IN_IT),
    ("exchange_request", "out_of_stock", one() | SWAP_GONE),
    ("exchange_request", "out_of_stock", one(left=3, quantity=3) | {"swap.available": 2}),
    ("exchange_request", "which_variant", one() | NOT_SWAPPED),
    ("exchange_request", "not_returnable", FINAL_SALE),
    ("exchange_request", "still_pending", PENDING | one()),
    ("exchange_request", "exchange", one() | UNTRACKED),
    ("exchange_request", "out_of_stock", one() | UNTRACKED | SWAP_GONE),
    ("exchange_request", "held_up", PENDING | one() | {"order.on_hold": True}),
    ("exchange_request", "not_delivered", MOVING),
    ("return_policy", "delivered_order", MIXED),
    ("return_policy", "order_before_delivery", MOVING),
    ("return_policy", "general", PREPAID),
    ("refund_request", "return_first", one()),
    ("refund_request", "not_shipped", PENDING),
    ("refund_request", "not_delivered", PROCESSING),
    ("refund_request", "lost", LOST),
    ("refund_request", "return_open", {"all_returnable": False}),
    ("refund_request", "not_returnable", MIXED),
    ("refund_request", "a_person_checks", UNCLEAR),
    ("refund_request", "a_person_checks", PENDING | SOME),
    ("refund_request", "a_person_checks", PENDING | NOT_IN_IT),
    ("refund_request", "a_person_checks", NOTHING_BACK | NOT_IN_IT),
    ("refund_request", "a_person_checks", {"items_value": usd("0.00"), "refund.late": True, "return_": None}),
    ("refund_request", "return_first", UNCLEAR | {"claim_unclear": False}),
    ("refund_request", "a_person_checks", UNTRACKED),
    ("refund_request", "a_person_checks", NO_ARRIVAL),
    ("refund_request", "stalled", STALLED),
    ("refund_request", "a_person_checks", RETURNED),
    ("refund_request", "not_returnable", out_of_time()),
    ("refund_request", "already_refunded", {"items_value": usd("0.00")}),
    ("refund_status", "refund_sent", {"return_": None}),
    ("refund_status", "refund_late", {"refund.late": True}),
    ("refund_status", "return_open", {"refund": None}),
    ("refund_status", "return_rejected", {"refund": None, "return_.closed": True}),
    ("refund_status", "cancelled_without_refund", CANCELLED),
    ("refund_status", "no_refund", NOTHING_BACK),
    ("refund_status", "which_order", NO_ORDER),
    ("refund_status", "cancelled", CANCELLED | {"order.left_to_refund": usd("0.00")}),
    ("cancel_order", "cancel", PENDING),
    ("cancel_order", "only_some", PENDING | SOME),
    ("cancel_order", "only_some", PENDING | NOT_IN_IT),
    ("cancel_order", "only_some", PENDING | {"part_meant": True}),
    ("cancel_order", "only_asked", PENDING | {"only_asked_about": True}),
    ("refund_request", "a_person_checks", PENDING | {"part_meant": True}),
    ("refund_status", "still_open", PENDING),
    ("cancel_order", "too_late", PROCESSING),
    ("cancel_order", "too_late", MOVING),
    ("cancel_order", "lost", LOST),
    ("cancel_order", "stalled", STALLED),
    ("cancel_order", "which_order", NO_ORDER),
    ("cancel_order", "already_refunded", REFUNDED),
    ("cancel_order", "a_person_checks", NO_ARRIVAL),
    ("cancel_order", "too_late", UNTRACKED),
    ("cancel_order", "not_returnable", MIXED),
    ("cancel_order", "a_person_checks", RETURNED),
    ("cancel_order", "delivered", NOTHING_BACK),
    ("cancel_order", "not_returnable", FINAL_SALE),
    ("cancel_order", "already_cancelled", CANCELLED),
]


@pytest.fixture(scope="module")
def book() -> PlaybookBook:
    return load_playbooks(PLAYBOOKS, MACROS, vocabulary())


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("America/New_York")


def reply(
    book: PlaybookBook, engine: Engine, intent: str, changes: Changes, language: str = "en"
) -> tuple[Branch, str]:
    facts = as_scope(changed(changes))
    branch = engine.choose(book.get(intent), facts)
    assert branch.reply is not None
    template = book.macro(branch.reply, intent).text(language)
    return branch, engine.render(template, facts, language, branch.follow_up)


@pytest.mark.parametrize(("intent", "name", "changes"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_a_case_gets_its_branch_and_a_reply_in_every_language(
    intent: str, name: str, changes: Changes, book: PlaybookBook, engine: Engine
) -> None:
    for language in ("en", "es", "fr", "de"):
        branch, text = reply(book, engine, intent, changes, language)
        assert branch.name == name
        assert len(text) > 40


def test_every_branch_of_these_playbooks_has_a_case(book: PlaybookBook) -> None:
    intents = {intent for intent, _, _ in CASES}
    written = {(intent, b.name) for intent in intents for b in book.get(intent).branches if not b.ignore}
    assert written == {(intent, name) for intent, name, _ in CASES}


@pytest.mark.parametrize(("intent", "name", "changes"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_what_a_person_may_choose_instead_has_a_reply_that_fits(
    intent: str, name: str, changes: Changes, book: PlaybookBook, engine: Engine
) -> None:
    facts = as_scope(changed(changes | {"claimed_amount": usd("12.00")}))
    (branch,) = (branch for branch in book.get(intent).branches if branch.name == name)
    for choice in branch.alternatives:
        assert choice.reply is not None, f"{intent}: {name}: {choice.title}"
        for step in choice.actions:
            engine.arguments(step, facts)
        for language in ("en", "es", "fr", "de"):
            assert engine.render(book.macro(choice.reply, intent).text(language), facts, language, choice.follow_up)


def test_delivery_times_are_those_of_the_policy(book: PlaybookBook, engine: Engine) -> None:
    policy = load_folder(SOURCES / "policies")
    (passage,) = [p for p in policy.passages if p.section == "delivery-times" and p.status == "approved"]
    text = reply(book, engine, "delivery_estimate", PREPAID | {"estimate": None})[1]
    assert re.findall(r"^- .*$", text, re.MULTILINE) == re.findall(r"^- .*$", passage.text, re.MULTILINE)


def test_a_country_that_is_not_served_is_said_and_no_address_is_asked_for_there(
    book: PlaybookBook, engine: Engine
) -> None:
    for language, named in (("en", "Austria"), ("es", "Austria"), ("fr", "Autriche"), ("de", "Österreich")):
        branch, text = reply(book, engine, "change_address", PENDING | {"country_not_served": "AT"}, language)
        assert not branch.steps
        assert f"({named})" in text
        served = reply(book, engine, "change_address", PENDING | {"country_not_served": None}, language)
        assert [step.kind for step in served[0].propose] == ["change_shipping_address"]
        asked = reply(
            book, engine, "change_address", PENDING | {"country_not_served": None, "new_address": None}, language
        )
        assert named not in asked[1]


@pytest.mark.system("A5")
def test_a_stalled_parcel_names_the_last_scan_and_is_never_on_its_way(book: PlaybookBook, engine: Engine) -> None:
    branch, text = reply(book, engine, "order_status", STALLED)
    assert [step.kind for step in branch.do] == ["open_carrier_trace", "suppress_promotions"]
    assert "#1042" in text
    assert "November 10" in text
    assert "Newark, NJ" in text
    assert "stalled" in text
    assert "Monday, November 30" in text
    assert "on its way" not in text
    german = reply(book, engine, "order_status", STALLED, "de")[1]
    assert "10. November" in german
    assert "unterwegs" not in german


@pytest.mark.system("A6")
def test_no_date_is_invented(book: PlaybookBook, engine: Engine) -> None:
    without = MOVING | {"shipment.estimated_delivery": None, "estimate": None}
    assert "no delivery date" in reply(book, engine, "delivery_estimate", without)[1]
    assert "no delivery date" in reply(book, engine, "delivery_estimate", PENDING | {"estimate": None})[1]
    assert "between November 19 and November 23" in reply(book, engine, "delivery_estimate", PENDING)[1]
    past = MOVING | {"shipment.estimated_delivery": None, "estimate.latest": day(-1)}
    assert "no delivery date" in reply(book, engine, "delivery_estimate", past)[1]


@pytest.mark.system("A7")
def test_the_last_day_gets_a_label_and_the_day_after_a_refusal(book: PlaybookBook, engine: Engine) -> None:
    branch, text = reply(book, engine, "return_request", one())
    assert [step.kind for step in branch.propose] == ["create_return"]
    assert "$39.00" in text
    for late in (out_of_time(), FINAL_SALE):
        branch, text = reply(book, engine, "return_request", late)
        assert branch.steps == ()
        assert [choice.actions[0].kind for choice in branch.alternatives] == ["create_return"]
        assert "We cannot take back Canvas tote" in text
        assert "returns#exceptions" in book.get("return_request").citations(branch)


@pytest.mark.system("A8")
def test_a_wrong_item_names_what_was_ordered(book: PlaybookBook, engine: Engine) -> None:
    branch, text = reply(book, engine, "wrong_item", one())
    assert [step.kind for step in branch.propose] == ["replace_items"]
    assert "TOTE-OLV" in text


@pytest.mark.system("A9")
def test_a_missing_parcel_opens_one_trace_and_moves_no_money(book: PlaybookBook, engine: Engine) -> None:
    branch, text = reply(book, engine, "not_received", {})
    assert [step.kind for step in branch.steps] == ["open_carrier_trace", "suppress_promotions"]
    assert branch.follow_up is not None
    assert "We have opened a trace with UPS" in text
    again = reply(book, engine, "not_received", {"shipment.trace_open": True})[0]
    assert again.steps == ()


@pytest.mark.system("B7")
def test_a_cancellation_never_waits_for_an_offer(book: PlaybookBook, engine: Engine) -> None:
    branch, text = reply(book, engine, "cancel_order", PENDING)
    assert [step.kind for step in branch.steps] == ["cancel_order"]
    assert "code" not in text
    assert {step.kind for choice in branch.alternatives for step in choice.actions} == {
        "cancel_order",
        "issue_discount_code",
    }


def test_an_unverified_sender_is_told_nothing(book: PlaybookBook, engine: Engine) -> None:
    facts = changed({"identity.verified": False})
    for language in ("en", "es", "fr", "de"):
        text = engine.render(book.macro("verify_identity", "order_status").text(language), facts, language)
        assert not any(char.isdigit() for char in text)
        assert "Mia" not in text


def test_a_refund_asked_for_beside_a_damaged_item_is_decided_once(book: PlaybookBook, engine: Engine) -> None:
    facts = changed(one() | WANTS_MONEY | {"classification.intent": "damaged_item"})
    assert engine.choose(book.get("refund_request"), facts).ignore
    assert [step.kind for step in engine.choose(book.get("damaged_item"), facts).propose] == ["refund_order"]


def test_the_label_for_a_whole_order_says_that_part_of_it_is_fine(book: PlaybookBook, engine: Engine) -> None:
    assert "only some of the items" in reply(book, engine, "return_request", UNCLEAR)[1]
    assert "only some of the items" not in reply(book, engine, "return_request", one())[1]


OURS: list[tuple[str, str, Changes]] = [
    ("damaged_item", "prefers_money", WANTS_MONEY),
    ("damaged_item", "replace", {}),
    ("damaged_item", "out_of_stock", SOLD_OUT),
    ("wrong_item", "prefers_money", WANTS_MONEY),
    ("wrong_item", "send_the_right_one", {}),
    ("wrong_item", "out_of_stock", SOLD_OUT),
    ("missing_item", "lost_parcel", LOST),
    ("missing_item", "prefers_money", WANTS_MONEY | {"order.parcels": 1}),
    ("missing_item", "send_it", {"order.parcels": 1}),
    ("missing_item", "out_of_stock", SOLD_OUT | {"order.parcels": 1}),
    ("not_received", "lost_refund", LOST | SOLD_OUT),
    ("not_received", "lost_in_stock", LOST),
    ("refund_request", "lost", LOST),
    ("order_status", "lost_in_stock", LOST),
    ("order_status", "lost_refund", LOST | SOLD_OUT),
    ("cancel_order", "lost", LOST),
]
"""Every branch that pays back, or offers to, because something went wrong on our side."""
SHIPPING_TOO = {
    "en": ", shipping included", "es": ", gastos de envío incluidos",
    "fr": ", frais de livraison compris", "de": ", einschließlich der Versandkosten",
}  # fmt: skip
PAYS = frozenset({"refund_order", "issue_store_credit"})
PARTIAL = "refunds#partial-refunds"


def payments(branch: Branch) -> list[tuple[Step, str]]:
    """Each refund and credit of a branch with the macro that then fits."""
    chosen = [(step, choice.reply) for choice in branch.alternatives for step in choice.actions]
    steps = [*((step, branch.reply) for step in branch.propose), *chosen]
    return [(step, macro or "") for step, macro in steps if step.kind in PAYS]


@pytest.mark.parametrize(("intent", "name", "changes"), OURS, ids=[f"{case[0]}-{case[1]}" for case in OURS])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "part"])
def test_a_whole_order_that_went_wrong_because_of_us_is_paid_back_with_its_shipping(
    intent: str, name: str, changes: Changes, whole: bool, book: PlaybookBook, engine: Engine
) -> None:
    facts = as_scope(changed(one() | changes | (WHOLE if whole else {})))
    playbook = book.get(intent)
    branch = engine.choose(playbook, facts)
    assert branch.name == name
    assert (PARTIAL in engine.citations(playbook, branch, facts)) is whole
    assert payments(branch)
    for step, macro in payments(branch):
        given = engine.arguments(step, facts)
        assert given["amount"] == usd("44.40" if whole else "39.00")
        assert given.get("shipping", whole) is whole
        for language, words in SHIPPING_TOO.items():
            text = engine.render(book.macro(macro, intent).text(language), facts, language)
            assert ("44" in text) is whole
            assert (words in text) is whole


def test_every_other_refund_is_the_items_alone(book: PlaybookBook, engine: Engine) -> None:
    """Exceptions, returns for a change of mind, and parcels that may only be late or at a neighbour's."""
    facts = as_scope(changed(one() | WHOLE))
    ours = {(intent, name) for intent, name, _ in OURS}
    others = [
        (intent, branch, *payment)
        for intent, playbook in book.playbooks.items()
        for branch in playbook.branches
        if (intent, branch.name) not in ours
        for payment in payments(branch)
        if payment[0].kind == "refund_order"
    ]
    assert {(intent, branch.name) for intent, branch, _, _ in others} == {
        ("damaged_item", "too_late"), ("damaged_item", "warranty"), ("wrong_item", "too_late"),
        ("missing_item", "too_late"),
        ("not_received", "delivered_but_missing"), ("return_request", "label"),
        ("refund_request", "not_returnable"), ("refund_request", "return_first"),
    }  # fmt: skip
    for intent, _, step, macro in others:
        assert step.arguments == {}
        text = engine.render(book.macro(macro, intent).text("en"), facts, "en")
        assert "$39.00" in text
        assert "shipping included" not in text
