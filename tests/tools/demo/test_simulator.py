"""Time in the demo: tickets arrive in order, parcels move on, and never backwards."""

from __future__ import annotations

from datetime import timedelta

from tools.commerce import OrderStage, ParcelStatus
from tools.connectors.demo import NOW, DemoClock, DemoWorld, arrivals, later


def test_clock_never_goes_back() -> None:
    clock = DemoClock()
    assert clock.now() == NOW
    assert clock.move_to(NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert clock.move_to(NOW) == NOW + timedelta(hours=1)


def test_tickets_arrive_in_order_and_take_the_clock_along(world: DemoWorld) -> None:
    start = NOW - timedelta(days=1)
    clock = DemoClock(start)
    seen = [(ticket, clock.now()) for ticket in arrivals(world, start, clock)]
    assert 0 < len(seen) < len(world.tickets)
    assert all(ticket.messages[-1].at == now >= start for ticket, now in seen)
    assert [now for _, now in seen] == sorted(now for _, now in seen)


def test_steps_of_any_size_give_the_same_world(world: DemoWorld) -> None:
    at_once = later(world, 30)
    in_steps = later(later(later(world, 7), 11), 12)
    assert at_once == in_steps


def test_parcels_are_delivered_in_time_and_stay_delivered(world: DemoWorld) -> None:
    after = later(world, 24 * 14)
    before = {parcel.id: parcel for parcel in world.shipments}
    silent = {
        parcel.id for parcel in world.shipments if parcel.last_scan and NOW - parcel.last_scan.at >= timedelta(days=4)
    }
    for parcel in after.shipments:
        if before[parcel.id].status is ParcelStatus.DELIVERED or parcel.id in silent:
            assert parcel == before[parcel.id]
        elif before[parcel.id].status is ParcelStatus.IN_TRANSIT:
            assert parcel.status is ParcelStatus.DELIVERED
            assert parcel.delivered_at == max(scan.at for scan in parcel.events)
    shipped = {order.id: order for order in world.orders if order.stage is OrderStage.SHIPPED}
    changed = [order for order in after.orders if order.id in shipped and order.stage is OrderStage.DELIVERED]
    assert len(changed) > 40
    assert all(order.version == shipped[order.id].version + 1 for order in changed)


def test_moving_parcels_do_not_stall(world: DemoWorld) -> None:
    planted = set(world.planted["on_its_way"])
    for day in range(1, 8):
        then = later(world, 24 * day)
        for parcel in then.shipments:
            if parcel.order_id in planted and parcel.status is not ParcelStatus.DELIVERED:
                assert parcel.last_scan is not None
                assert then.now - parcel.last_scan.at < timedelta(days=4)
