"""Where is my parcel: stalled, late, delivered and not there, asked twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.case import CaseStatus, SpanKind
from tests.journeys.shop import Shop, actions, draft, stated
from tools.commerce import Address, OrderStage, ParcelStatus

NEW_YORK = ZoneInfo("America/New_York")


def day(moment: datetime) -> str:
    """As an English letter names a day of this year: `November 10`."""
    here = moment.astimezone(NEW_YORK)
    return f"{here:%B} {here.day}"


@pytest.mark.system("A5")
def test_a_parcel_without_a_scan_for_six_days_is_called_stalled_with_its_last_scan(shop: Shop) -> None:
    order = shop.planted("stalled")
    parcel = shop.parcel(order)
    last = parcel.last_scan
    assert last is not None
    assert shop.clock.now() - last.at >= timedelta(days=6)
    record = shop.ask(f"Where is {order.number}? Nothing has moved.", order, "order_status")
    text = draft(record).text
    assert order.number in text
    assert f"The last scan was on {day(last.at)} in {last.location}: “{last.description}”" in text
    assert "stalled" in text
    assert "stopped moving" in text
    assert "on its way" not in text
    assert shop.done(record).count("open_carrier_trace") == 1


@pytest.mark.system("A5")
def test_every_number_and_date_about_a_moving_parcel_is_the_carriers(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    parcel = shop.parcel(order)
    record = shop.ask(f"Where is my order {order.number}?", order, "order_status")
    text = draft(record).text
    assert parcel.last_scan is not None
    assert parcel.estimated_delivery is not None
    for part in (order.number, parcel.carrier, day(parcel.last_scan.at), day(parcel.estimated_delivery)):
        assert part in text
    assert "on its way" in text
    named = {said.lstrip("#") for said in stated(record, SpanKind.IDENTIFIER)}
    assert named <= {order.number.lstrip("#"), parcel.tracking_number}
    assert len(stated(record, SpanKind.DATE)) >= 2


def friday_evening(shop: Shop, country: str) -> str:
    """A pending order placed last Friday at 18:00 in New York; gives its number."""
    placed = shop.clock.now().astimezone(NEW_YORK).replace(day=13, hour=18, minute=0)
    plain = shop.planted("pending")
    owner = shop.owner(plain)
    home = Address(name=owner.name, line1="1 Quay", city="Port", postal_code="10001", country=country)
    order = plain.model_copy(update={"placed_at": placed.astimezone(plain.placed_at.tzinfo), "shipping_address": home})
    shop.put(order)
    assert order.stage is OrderStage.PENDING
    return order.number


@pytest.mark.system("A6")
def test_friday_evening_handling_and_transit_give_the_date_on_the_calendar(shop: Shop) -> None:
    """Friday 18:00 is after the cut-off: it counts as Monday 16, leaves us on Tuesday 17, and takes 3 to 5 days."""
    number = friday_evening(shop, "US")
    record = shop.ask(f"When does {number} arrive?", shop.planted("pending"), "delivery_estimate")
    text = draft(record).text
    assert "between November 20 and November 24" in text
    assert "estimate" in text


@pytest.mark.system("A6")
def test_without_a_transit_time_no_date_is_invented(shop: Shop) -> None:
    number = friday_evening(shop, "JP")
    record = shop.ask(f"When does {number} arrive?", shop.planted("pending"), "delivery_estimate")
    text = draft(record).text
    assert "no delivery date" in text
    placed = [words for words in stated(record, SpanKind.DATE) if words != "November 13"]
    assert placed == []


@pytest.mark.system("A9")
@pytest.mark.system("B10")
def test_delivered_and_denied_opens_one_trace_and_one_review_and_moves_nothing(shop: Shop) -> None:
    order = shop.planted("delivered_missing")
    parcel = shop.parcel(order)
    assert parcel.status is ParcelStatus.DELIVERED
    record = shop.ask(f"{order.number} says delivered but I never got it.", order, "not_received")
    assert record.status is CaseStatus.AWAITING_REVIEW
    trace = shop.readers.orders.trace(parcel.id)
    assert trace is not None
    assert trace.due_at is not None
    assert shop.done(record).count("open_carrier_trace") == 1
    assert len(shop.database.approvals.list(case_id=record.case_id)) == 1
    assert not {"refund_order", "replace_items", "issue_store_credit"} & set(actions(record))
    again = shop.ask(f"Still nothing for {order.number}, please look.", order, "not_received")
    assert "open_carrier_trace" not in actions(again)
    assert shop.readers.orders.trace(parcel.id) == trace
    # Eight business days by the shop's calendar, Thanksgiving left out; the carrier's own date is no later.
    assert day(trace.due_at) == "November 26"
    assert "November 27" in draft(again).text
    assert shop.order(order.id).refunded == order.refunded
    assert not shop.readers.orders.replacements(order.id)


@pytest.mark.system("B10")
def test_a_second_ticket_on_a_parcel_joins_the_search_that_is_open(shop: Shop) -> None:
    order = shop.planted("stalled", 1)
    first = shop.ask(f"Where is {order.number}?", order, "order_status")
    opened = shop.readers.orders.trace(shop.parcel(order).id)
    second = shop.ask(f"{order.number}, any news?", order, "order_status")
    assert shop.readers.orders.trace(shop.parcel(order).id) == opened
    assert "already looking" in draft(second).text
    assert shop.done(first).count("open_carrier_trace") == 1
    assert shop.done(second).count("open_carrier_trace") == 0
