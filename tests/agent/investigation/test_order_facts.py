"""Facts about an order: windows on the shop's calendar, worth to the cent, parcels in trouble, risk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.investigation.fields import fields_of, members_of
from tests.agent.investigation.world import (
    CUSHION,
    LIMITS,
    MUG,
    NOW,
    SOCKS,
    SWEATER,
    TOTE,
    about,
    letter,
    line,
    look,
    order,
    parcel,
    product,
    usd,
)
from tools.commerce import (
    CarrierTrace,
    FraudBand,
    LineItem,
    Noun,
    Order,
    OrderStage,
    ParcelStatus,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    StockLevel,
    StoreCredit,
)
from tools.money import Money, total

# 23:30 in New York, already the next day in UTC: the calendar that counts is the shop's.
LATE_ON_OCTOBER_3 = datetime(2026, 10, 4, 3, 30, tzinfo=UTC)
COFFEE = product("cof", "House Blend", "coffee", {"grind": "Ground"})


def scope(made: Order, *nouns: Noun, now: datetime = NOW, text: str = "please help") -> Mapping[str, object]:
    said = about("return_request", numbers=(made.number,))
    return look(letter(text), said, made, *nouns, now=now).scope


def of(scope: Mapping[str, object], name: str) -> Mapping[str, object]:
    fields = fields_of(scope[name])
    assert fields is not None
    return fields


def only_item(made: Order, delivered_at: datetime | None, now: datetime = NOW) -> Mapping[str, object]:
    (item,) = members_of(scope(made, parcel(made, delivered_at=delivered_at), now=now)["items"])
    return item


@pytest.mark.system("A7")
@pytest.mark.parametrize(
    ("day", "in_window", "left"), [(1, True, 1), (2, True, 0), (3, False, None)], ids=["day 29", "day 30", "day 31"]
)
def test_the_window_ends_after_day_thirty_in_the_shops_zone(day: int, in_window: bool, left: int | None) -> None:
    item = only_item(order("2145"), LATE_ON_OCTOBER_3, datetime(2026, 11, day, 17, tzinfo=UTC))
    assert (item["in_window"], item["returnable"], item["days_left"]) == (in_window, in_window, left)
    assert item["window_days"] == 30


@pytest.mark.parametrize(("days", "in_window"), [(60, True), (61, False)])
def test_bags_have_sixty_days(days: int, in_window: bool) -> None:
    item = only_item(order("2145", line(TOTE)), NOW - timedelta(days=days))
    assert (item["window_days"], item["returnable"]) == (60, in_window)


def test_final_sale_and_what_may_never_come_back_have_no_window() -> None:
    sale, coffee = line(MUG, final_sale=True), line(COFFEE)
    made = order("2145", sale, coffee, line(SOCKS))
    found = scope(made, parcel(made, delivered_at=NOW - timedelta(days=1)))
    assert [item["returnable"] for item in members_of(found["items"])] == [False, False, True]
    assert [found[name] for name in ("all_returnable", "none_returnable")] == [False, False]
    assert [found[name] for name in ("any_final_sale", "any_not_returnable_category")] == [True, True]
    assert found["window_days"] == 30
    assert scope(order("2145", sale, coffee))["window_days"] == 0


def test_nothing_is_in_time_before_the_last_parcel_has_arrived() -> None:
    made = order("2145", line(MUG), line(SOCKS), stage=OrderStage.SHIPPED)
    first = parcel(made, delivered_at=NOW - timedelta(days=2)).model_copy(update={"id": "s-1"})
    second = parcel(made, ParcelStatus.IN_TRANSIT).model_copy(update={"id": "s-2"})
    found = scope(made, first, second)
    assert not any(item["in_window"] for item in members_of(found["items"]))
    assert of(found, "order")["delivered_at"] is None
    assert of(found, "shipment")["id"] == "s-2"
    assert found["window_ended_at"] is None


@pytest.mark.system("A12")
def test_one_of_three_lines_is_worth_its_share_of_discount_and_tax() -> None:
    # (3 x 26.00 - 7.80 + 5.62) / 3 = 25.273..., and the cents of all three add up.
    three = line(MUG, quantity=3, discount="7.80", tax="5.62")
    made = order("2145", three, line(SOCKS, tax="1.12"), line(CUSHION))
    mug = members_of(scope(made, text="the mug broke")["items"])[0]
    assert mug["paid"] == usd("75.82")
    assert mug["refundable"] == usd("75.82")
    rest = made.model_copy(update={"lines": (three.model_copy(update={"refunded": 2}), *made.lines[1:])})
    (left,) = members_of(scope(rest, text="the mug broke")["items"])
    assert (left["left"], left["refundable"]) == (1, usd("25.28"))


def test_no_more_is_worth_than_is_left_of_the_order() -> None:
    made = order("2145", line(MUG), line(SOCKS))
    back = made.transactions[0].model_copy(update={"id": "t-r", "kind": "refund", "amount": usd("40.00")})
    refunded = made.model_copy(update={"transactions": (*made.transactions, back)})
    assert scope(made)["items_value"] == usd("40.00")
    assert scope(refunded)["items_value"] == usd("5.00")


@given(st.integers(1, 9), st.integers(0, 3000), st.integers(0, 900))
def test_units_refunded_one_by_one_add_up_to_what_was_paid(quantity: int, discount: int, tax: int) -> None:
    bought = line(SWEATER, quantity=quantity, discount=f"{discount / 100:.2f}", tax=f"{tax / 100:.2f}")
    steps = [_next_unit(bought, already) for already in range(quantity)]
    assert total(steps, "USD") == bought.paid(taxes_included=False)


def _next_unit(bought: LineItem, already: int) -> Money:
    return bought.model_copy(update={"refunded": already}).refundable(1, taxes_included=False)


def test_units_that_are_coming_back_are_not_left() -> None:
    bought = line(MUG, quantity=2).model_copy(update={"returning": 1})
    (item,) = members_of(scope(order("2145", bought))["items"])
    assert item["left"] == 1


def shipped(quiet: int, late: int | None, status: ParcelStatus = ParcelStatus.IN_TRANSIT) -> Mapping[str, object]:
    made = order("2145", stage=OrderStage.SHIPPED, days_ago=40)
    expected = NOW - timedelta(days=late) if late is not None else None
    found = scope(made, parcel(made, status, scanned_at=NOW - timedelta(days=quiet), expected=expected))
    return of(found, "shipment")


@pytest.mark.system("A5")
@pytest.mark.parametrize(
    ("quiet", "late", "stalled", "lost", "overdue"),
    [
        (4, 1, False, False, True),
        (5, None, True, False, False),
        (6, -1, True, False, False),
        (12, 9, True, False, True),
        (12, 10, True, True, True),
        (1, 12, False, False, True),
    ],
)
def test_a_quiet_parcel_is_stalled_and_a_late_quiet_one_is_lost(
    quiet: int, late: int | None, stalled: bool, lost: bool, overdue: bool
) -> None:
    fields = shipped(quiet, late)
    assert (fields["stalled"], fields["lost"], fields["overdue"]) == (stalled, lost, overdue)
    assert fields["days_since_scan"] == quiet


@pytest.mark.parametrize("status", [ParcelStatus.DELIVERED, ParcelStatus.RETURNED_TO_SENDER, ParcelStatus.EXCEPTION])
def test_what_has_arrived_or_comes_back_is_neither(status: ParcelStatus) -> None:
    fields = shipped(30, 30, status)
    assert not fields["stalled"]
    assert not fields["lost"]


def test_hours_since_delivery_are_counted_apart_from_days() -> None:
    made = order("2145")
    fields = of(scope(made, parcel(made, delivered_at=NOW - timedelta(hours=40))), "shipment")
    assert (fields["days_since_delivered"], fields["hours_since_delivered"]) == (2, 40)
    assert of(scope(made), "policy")["look_around_hours"] == LIMITS.delivery.look_around_hours


def test_an_open_trace_is_known_with_its_date() -> None:
    made = order("2145", stage=OrderStage.SHIPPED)
    sent = parcel(made, ParcelStatus.IN_TRANSIT)
    trace = CarrierTrace(id="tr", shipment_id=sent.id, order_id=made.id, opened_at=NOW, due_at=NOW + timedelta(days=10))
    fields = of(scope(made, sent, trace), "shipment")
    assert (fields["trace_open"], fields["trace_due_at"]) == (True, trace.due_at)


@pytest.mark.system("B5")
@pytest.mark.parametrize(
    ("hold", "band", "risky"),
    [
        ("", FraudBand.HIGH, True),
        ("AVS mismatch, velocity", FraudBand.LOW, True),
        ("Fraud screening", FraudBand.LOW, True),
        ("identity verification", FraudBand.MEDIUM, True),
        ("customer request", FraudBand.LOW, False),
        ("waiting for stock", FraudBand.MEDIUM, False),
        ("", FraudBand.MEDIUM, False),
    ],
)
def test_a_hold_for_risk_is_told_from_any_other(hold: str, band: FraudBand, risky: bool) -> None:
    fields = of(scope(order("2145", hold=hold, fraud=band)), "order")
    assert (fields["fraud_hold"], fields["on_hold"]) == (risky, bool(hold))


@pytest.mark.parametrize(("price", "over"), [("295.00", False), ("295.01", True)])
def test_a_large_order_is_one_above_the_threshold(price: str, over: bool) -> None:
    assert of(scope(order("2145", line(MUG, price=price))), "order")["over_value"] is over


def test_the_latest_return_and_refund_are_told() -> None:
    made = order("2145")
    back = Return(
        id="r-1",
        order_id=made.id,
        status=ReturnStatus.RECEIVED,
        lines=(ReturnLine(line_id="l-p-mug", quantity=1),),
        requested_at=NOW - timedelta(days=9),
        received_at=NOW - timedelta(days=3),
    )
    refund = Refund(id="f-1", order_id=made.id, amount=usd("26.00"), method_id="visa", at=NOW - timedelta(days=20))
    found = scope(made, back, refund)
    assert (of(found, "return_")["received"], of(found, "return_")["closed"]) == (True, False)
    fields = of(found, "refund")
    assert (fields["amount"], fields["method_label"], fields["days_ago"]) == (usd("26.00"), "Visa ·1881", 20)
    assert fields["late"] is True
    assert of(found, "history") == {"refunds_90d": 1, "many_refunds": False}


def test_many_refunds_are_those_within_the_limits_days() -> None:
    made = order("2145")
    recent = [Refund(id=f"f-{at}", order_id=made.id, amount=usd("1.00"), at=NOW - timedelta(days=at)) for at in (1, 30)]
    old = Refund(id="f-old", order_id=made.id, amount=usd("1.00"), at=NOW - timedelta(days=91))
    assert of(scope(made, *recent, old), "history") == {"refunds_90d": 2, "many_refunds": False}
    third = Refund(id="f-3", order_id=made.id, amount=usd("1.00"), at=NOW - timedelta(days=90))
    assert of(scope(made, *recent, old, third), "history") == {"refunds_90d": 3, "many_refunds": True}


def test_stock_is_counted_over_all_locations() -> None:
    made = order("2145", line(MUG, quantity=3))
    levels = (
        StockLevel(variant_id=MUG.variants[0].id, location="a", available=1),
        StockLevel(variant_id=MUG.variants[0].id, location="b", available=2),
    )
    (item,) = members_of(scope(made, *levels)["items"])
    assert (item["available"], item["in_stock"]) == (3, True)
    assert scope(made, levels[0])["all_in_stock"] is False


@pytest.mark.parametrize(
    ("paid", "discount", "quantity", "drop", "whole"),
    [
        ("30.00", "0.00", 1, "4.00", "4.00"),
        ("30.00", "0.00", 2, "4.00", "8.00"),
        ("30.00", "3.00", 1, "1.00", "1.00"),
        ("30.00", "4.00", 1, None, None),
        ("26.00", "0.00", 1, None, None),
        ("20.00", "0.00", 1, None, None),
    ],
)
def test_a_lower_price_today_is_told_per_unit_and_in_all(
    paid: str, discount: str, quantity: int, drop: str | None, whole: str | None
) -> None:
    found = scope(order("2145", line(MUG, price=paid, discount=discount, quantity=quantity)))
    (item,) = members_of(found["items"])
    assert item["price_drop"] == (usd(drop) if drop else None)
    assert found["price_drop"] == (usd(whole) if whole else None)


@pytest.mark.parametrize(("days_ago", "known"), [(1, False), (30, True)])
def test_who_was_given_credit_since_the_order_is_offered_no_price_drop(days_ago: int, known: bool) -> None:
    made = order("2145", line(MUG, price="30.00"), days_ago=9)
    given = StoreCredit(id="cr", customer_id="mia", amount=usd("4.00"), at=NOW - timedelta(days=days_ago))
    found = look(letter("hi"), about("promotion", numbers=("#2145",)), made, given)
    assert (found.scope["price_drop"] is not None) is known


def test_without_the_lookup_no_price_is_compared() -> None:
    made = order("2145", line(MUG, price="30.00"))
    found = look(letter("hi"), about("promotion", numbers=("#2145",)), made, lookups=frozenset({"order"}))
    assert found.scope["price_drop"] is None


def test_an_order_whose_parcels_all_arrived_is_delivered_whatever_its_stage_says() -> None:
    sent = order("2160", line(MUG), stage=OrderStage.SHIPPED)
    came = parcel(sent, ParcelStatus.DELIVERED, delivered_at=NOW - timedelta(days=3))
    found = scope(sent, came)
    assert (of(found, "order")["delivered"], of(found, "order")["shipped"]) == (True, False)
    assert found["all_returnable"] is True
    other = came.model_copy(update={"id": "second", "status": ParcelStatus.IN_TRANSIT, "delivered_at": None})
    assert of(scope(sent, came, other), "order")["delivered"] is False


@pytest.mark.parametrize(("stage", "unknown"), [("shipped", True), ("delivered", True), ("processing", False)])
def test_without_a_parcel_on_record_nobody_knows_when_it_arrived(stage: str, unknown: bool) -> None:
    found = scope(order("2161", line(MUG), stage=OrderStage(stage)))
    assert of(found, "order")["arrival_unknown"] is unknown
    assert (found["all_returnable"], found["all_returnable_in_time"]) == (False, True)
