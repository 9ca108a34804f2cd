"""Facts that turn on a number of the shop's rules: right at the edge, the day after, and with another number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from agent.investigation.fields import fields_of
from agent.limits import PolicyLimits
from tests.agent.investigation.world import LIMITS, MUG, NOW, TOTE, about, letter, line, look, order, parcel, usd
from tools.commerce import CarrierTrace, Noun, Order, OrderStage, ParcelStatus, Refund, Subscription


def scope(*nouns: Noun, named: str = "#2145", text: str = "I was charged twice", limits: PolicyLimits = LIMITS,
          now: datetime = NOW) -> Mapping[str, object]:  # fmt: skip
    said = about("payment_issue", numbers=(named,) if named else ())
    return look(letter(text, verified=True), said, *nouns, limits=limits, now=now).scope


def fields(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = fields_of(found[name])
    assert part is not None
    return part


def payments(**changes: object) -> PolicyLimits:
    return LIMITS.model_copy(update={"payments": LIMITS.payments.model_copy(update=changes)})


@pytest.mark.parametrize(
    ("days_ago", "days", "waits", "until"),
    [
        (3, 5, True, "2026-11-06"),  # placed on a Friday
        (7, 5, True, "2026-11-02"),  # the fifth business day is today
        (8, 5, False, "2026-10-30"),
        (8, 6, True, "2026-11-02"),
        (7, 4, False, "2026-10-30"),
    ],
)
def test_a_second_charge_may_be_a_reservation_for_the_business_days_of_the_limits(
    days_ago: int, days: int, waits: bool, until: str
) -> None:
    found = fields(scope(order("2145", days_ago=days_ago), limits=payments(double_charge_days=days)), "order")
    assert found["charge_may_clear"] is waits
    clears = found["charge_clears_by"]
    assert isinstance(clears, datetime)
    assert clears.date().isoformat() == until


def test_a_holiday_is_no_business_day_of_a_reservation() -> None:
    placed = datetime(2026, 11, 20, 15, tzinfo=UTC)
    made = order("2145").model_copy(update={"placed_at": placed})
    clears = fields(scope(made, now=placed), "order")["charge_clears_by"]
    assert isinstance(clears, datetime)
    assert clears.date().isoformat() == "2026-11-30"


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("there are two payments in my banking app", True),
        ("One says posted, the same amount below it says pending", True),
        ("Me han cobrado dos veces", True),
        ("J'ai été débitée deux fois", True),
        ("Das wurde doppelt abgebucht", True),
        ("Das wurde zwei Mal abgebucht", True),
        ("why was i charged 46.35", False),
        ("I bought 2 mugs and two towels. What is the amount made of?", False),
        ("please help", False),
    ],
)
def test_only_who_reports_a_second_charge_is_told_to_wait(text: str, waits: bool) -> None:
    assert fields(scope(order("2145", days_ago=1), text=text), "order")["charge_may_clear"] is waits


def test_nobody_is_told_to_wait_about_an_order_that_was_not_singled_out() -> None:
    both = order("2145", stage=OrderStage.SHIPPED, days_ago=1), order("2140", days_ago=30)
    assert fields(scope(*both), "order")["charge_may_clear"] is True
    found = look(letter("charged twice", verified=True), about("order_status"), *both).scope
    assert fields(found, "order")["number"] == "#2145"
    assert fields(found, "order")["charge_may_clear"] is False


@pytest.mark.parametrize(
    ("placed", "now", "late"),
    [
        ("2026-11-16T13:59", "2026-11-17T23:00", False),  # a Monday before the cut-off leaves on Tuesday
        ("2026-11-16T13:59", "2026-11-18T08:00", True),
        ("2026-11-16T14:00", "2026-11-18T23:00", False),
        ("2026-11-16T14:00", "2026-11-19T08:00", True),
        ("2026-11-13T15:00", "2026-11-17T23:00", False),  # a Friday after it counts from Monday
        ("2026-11-13T15:00", "2026-11-18T08:00", True),
        ("2026-11-25T10:00", "2026-11-27T23:00", False),  # Thanksgiving is no business day
        ("2026-11-25T10:00", "2026-11-28T08:00", True),
    ],
)
@pytest.mark.parametrize("stage", [OrderStage.PENDING, OrderStage.PROCESSING])
def test_an_order_is_late_to_ship_once_the_day_of_the_shipping_policy_has_passed(
    placed: str, now: str, late: bool, stage: OrderStage
) -> None:
    zone = LIMITS.business_hours.zone
    at = datetime.fromisoformat(placed).replace(tzinfo=zone)
    made = order("2145", stage=stage).model_copy(update={"placed_at": at})
    found = scope(made, now=datetime.fromisoformat(now).replace(tzinfo=zone))
    assert fields(found, "order")["late_to_ship"] is late


def test_what_has_left_is_not_late_to_ship() -> None:
    made = order("2145", stage=OrderStage.PROCESSING, days_ago=30)
    sent = parcel(made, ParcelStatus.LABEL_CREATED)
    assert fields(scope(made, sent), "order")["late_to_ship"] is False
    assert fields(scope(order("2145", stage=OrderStage.CANCELLED, days_ago=30)), "order")["late_to_ship"] is False


@pytest.mark.parametrize(("days", "late"), [(10, True), (30, False)])
def test_a_refund_is_late_after_the_days_of_the_limits(days: int, late: bool) -> None:
    made = order("2145")
    refund = Refund(id="f-1", order_id=made.id, amount=usd("26.00"), method_id="visa", at=NOW - timedelta(days=20))
    found = scope(made, refund, limits=payments(refund_days=(5, days)))
    assert fields(found, "refund")["late"] is late
    assert fields(found, "policy")["refund_days_max"] == days


@pytest.mark.parametrize(("days", "known"), [(9, True), (8, False)])
def test_a_lower_price_counts_for_the_days_of_the_limits(days: int, known: bool) -> None:
    found = scope(order("2145", line(MUG, price="30.00"), days_ago=9), limits=payments(price_adjustment_days=days))
    assert (found["price_drop"] is not None) is known


@pytest.mark.parametrize(("notice", "changeable"), [(4, True), (5, False)])
def test_a_subscription_can_be_changed_until_the_notice_of_the_limits(notice: int, changeable: bool) -> None:
    rule = LIMITS.subscriptions.model_copy(update={"renewal_notice_days": notice})
    plan = Subscription(
        id="u", customer_id="mia", title="Coffee", interval="month", price=usd("15.00"), status="active",
        next_renewal=NOW + timedelta(days=4),
    )  # fmt: skip
    found = scope(plan, limits=LIMITS.model_copy(update={"subscriptions": rule}))
    assert fields(found, "subscription")["changeable"] is changeable


@pytest.mark.parametrize(
    ("quiet", "late", "lost"),
    [(10, 10, True), (9, 12, False), (5, 10, False), (12, 9, False), (30, 14, True)],
)
def test_a_parcel_is_lost_after_that_many_days_without_a_scan_past_its_expected_delivery(
    quiet: int, late: int, lost: bool
) -> None:
    made = order("2145", stage=OrderStage.SHIPPED, days_ago=40)
    scanned, expected = NOW - timedelta(days=quiet), NOW - timedelta(days=late)
    sent = parcel(made, ParcelStatus.IN_TRANSIT, scanned_at=scanned, expected=expected)
    assert fields(scope(made, sent), "shipment")["lost"] is lost


def test_the_carriers_answer_is_never_said_to_come_sooner_than_the_business_days_that_it_takes() -> None:
    made = order("2145", stage=OrderStage.SHIPPED)
    sent = parcel(made, ParcelStatus.IN_TRANSIT)
    trace = CarrierTrace(id="tr", shipment_id=sent.id, order_id=made.id, opened_at=NOW, due_at=NOW + timedelta(days=8))
    due = fields(scope(made, sent, trace), "shipment")["trace_due_at"]
    assert isinstance(due, datetime)
    assert due.date().isoformat() == "2026-11-12"


def delivered(made: Order, at: datetime) -> tuple[Order, Noun]:
    return made, parcel(made, delivered_at=at)


@pytest.mark.parametrize(
    ("arrived", "years"), [("2024-11-02", 2), ("2024-11-01", 0), ("2026-10-20", 2), ("2024-11-03", 2)]
)
def test_the_warranty_of_a_bag_runs_for_whole_years_from_delivery(arrived: str, years: int) -> None:
    at = datetime.fromisoformat(f"{arrived}T16:00:00+00:00")
    assert scope(*delivered(order("2145", line(TOTE)), at))["warranty_years"] == years


def test_what_has_no_warranty_or_has_not_arrived_is_under_none() -> None:
    assert scope(*delivered(order("2145", line(MUG)), NOW))["warranty_years"] == 0
    assert scope(*delivered(order("2145", line(TOTE), line(MUG)), NOW))["warranty_years"] == 0
    assert scope(order("2145", line(TOTE), stage=OrderStage.SHIPPED))["warranty_years"] == 0
