"""When parcels should arrive and when people answer: in business days, on the shop's calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.investigation.estimates import business_days_after, delivery_window, open_hours_after
from agent.investigation.fields import fields_of
from tests.agent.investigation.world import LIMITS, MIA, Shelf, about, letter, look, order, parcel
from tools.commerce import Address, OrderStage

NEW_YORK = ZoneInfo("America/New_York")
HOURS = LIMITS.business_hours


def shop_time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def window(placed: str, country: str = "US") -> tuple[str, str] | None:
    found = delivery_window(shop_time(placed).astimezone(UTC), country, LIMITS)
    return (found[0].date().isoformat(), found[1].date().isoformat()) if found else None


@pytest.mark.system("A6")
def test_an_order_on_friday_evening_counts_from_monday() -> None:
    # Friday 18:00 is after the cut-off: placed Monday 9th, handed over Tuesday 10th, three business days: Friday 13th.
    assert window("2026-11-06 18:00") == ("2026-11-13", "2026-11-17")


@pytest.mark.parametrize(
    ("placed", "earliest"),
    [
        ("2026-11-06 13:59", "2026-11-12"),
        ("2026-11-06 14:00", "2026-11-13"),
        ("2026-11-07 09:00", "2026-11-13"),
        ("2026-11-09 09:00", "2026-11-13"),
        ("2026-11-24 10:00", "2026-12-01"),
        ("2026-11-26 10:00", "2026-12-03"),
    ],
)
def test_the_cut_off_the_weekend_and_a_holiday_are_counted(placed: str, earliest: str) -> None:
    found = window(placed)
    assert found is not None
    assert found[0] == earliest


@pytest.mark.parametrize("country", ["", "JP", "us"])
@pytest.mark.system("A6")
def test_without_data_no_date_is_invented(country: str) -> None:
    assert window("2026-11-06 10:00", country) is None


def test_the_scope_says_which_kind_of_estimate_it_is() -> None:
    pending = order("2145", stage=OrderStage.PENDING, days_ago=0)
    own = look(letter("when?"), about("delivery_estimate"), pending)
    general = look(letter("how long to me?"), about("delivery_estimate"))
    assert [(fields_of(each.scope["estimate"]) or {})["basis"] for each in (own, general)] == ["order", "general"]


def test_a_customer_without_an_address_gets_no_estimate() -> None:
    nowhere = MIA.model_copy(update={"default_address": None})
    found = look(letter("how long?"), about("delivery_estimate"), shelf=Shelf((nowhere,)))
    assert found.scope["estimate"] is None
    far = MIA.model_copy(update={"default_address": Address(country="JP")})
    assert look(letter("how long?"), about("delivery_estimate"), shelf=Shelf((far,))).scope["estimate"] is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 30))  # noqa: DTZ001 - made aware below
def test_business_days_end_on_a_business_day_and_never_run_backwards(start: datetime, days: int) -> None:
    local = start.replace(tzinfo=NEW_YORK)
    end = business_days_after(local, days, HOURS)
    assert end >= local
    assert days == 0 or HOURS.business_day(end.date())
    assert business_days_after(local, days + 1, HOURS) > end


@pytest.mark.parametrize(
    ("since", "hours", "expected"),
    [
        ("2026-11-02 09:00", 2, "2026-11-02 11:00"),
        ("2026-11-02 16:00", 2, "2026-11-03 10:00"),
        ("2026-11-06 16:30", 8, "2026-11-09 16:30"),
        ("2026-11-08 03:00", 2, "2026-11-09 11:00"),
        ("2026-11-25 16:00", 2, "2026-11-27 10:00"),
    ],
)
def test_hours_of_work_are_counted_over_nights_weekends_and_holidays(since: str, hours: int, expected: str) -> None:
    assert open_hours_after(shop_time(since), hours, HOURS) == shop_time(expected)


def test_repeat_customers_are_answered_sooner() -> None:
    few = look(letter("hello"), about("thanks"), order("2145"))
    many = look(letter("hello"), about("thanks"), *(order(str(2145 + at)) for at in range(LIMITS.vip.orders)))
    due = [(fields_of(each.scope["queue"]) or {})["answer_by"] for each in (few, many)]
    assert isinstance(due[0], datetime)
    assert isinstance(due[1], datetime)
    assert due[1] < due[0]


def test_parcel_dates_are_not_estimates() -> None:
    shipped = order("2145", stage=OrderStage.SHIPPED)
    found = look(letter("when?"), about("delivery_estimate"), shipped, parcel(shipped))
    assert (fields_of(found.scope["shipment"]) or {})["estimated_delivery"] is None
