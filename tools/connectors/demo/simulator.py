"""Time in the demo: a clock that stands until it is moved, tickets as they arrive, parcels as they move on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tools.commerce import Order, OrderStage, ParcelStatus, Shipment, TrackingEvent
from tools.connectors.demo.chance import stream
from tools.connectors.demo.world import NOW, DemoWorld
from tools.helpdesk import Ticket

SILENT = timedelta(days=4)
"""A parcel without a scan for so long has met with something and moves no more by itself."""
ROUND = timedelta(hours=5)
"""From the van to the door."""
SCAN_EVERY = timedelta(hours=20)
DAY = timedelta(days=1)


class DemoClock:
    """A clock that only moves when told to, and never backwards."""

    def __init__(self, start: datetime = NOW) -> None:
        self._now = start

    def now(self) -> datetime:
        """The virtual time, aware, in UTC."""
        return self._now

    def move_to(self, at: datetime) -> datetime:
        """Move on to `at`; an earlier time leaves the clock where it is."""
        self._now = max(self._now, at)
        return self._now


def arrivals(world: DemoWorld, start: datetime, clock: DemoClock | None = None) -> Iterator[Ticket]:
    """Tickets whose last message comes at `start` or later, in that order; `clock` moves along with them."""
    waiting = [ticket for ticket in world.tickets if ticket.messages[-1].at >= start]
    for ticket in sorted(waiting, key=lambda ticket: (ticket.messages[-1].at, ticket.id)):
        if clock is not None:
            clock.move_to(ticket.messages[-1].at)
        yield ticket


def later(world: DemoWorld, hours: float) -> DemoWorld:
    """The world `hours` later: parcels on their way are scanned and delivered; those that stood still stay so.

    Two steps of twelve hours give the same world as one step of a day.
    """
    until = world.now + timedelta(hours=hours)
    parcels = tuple(_moved(world, parcel, until) for parcel in world.shipments)
    arrived = {parcel.order_id for parcel in parcels if parcel.delivered_at and parcel.delivered_at > world.now}
    orders = tuple(_delivered(order) if order.id in arrived else order for order in world.orders)
    return replace(world, now=until, orders=orders, shipments=parcels)


def _delivered(order: Order) -> Order:
    if order.stage is not OrderStage.SHIPPED:
        return order
    return order.model_copy(update={"stage": OrderStage.DELIVERED, "version": order.version + 1})


def _moved(world: DemoWorld, parcel: Shipment, until: datetime) -> Shipment:
    last = parcel.last_scan
    on_its_way = parcel.status in (ParcelStatus.IN_TRANSIT, ParcelStatus.OUT_FOR_DELIVERY)
    if last is None or not on_its_way or world.now - last.at >= SILENT:
        return parcel
    fresh = [scan for scan in _ahead(world, parcel, last) if world.now < scan.at <= until]
    if not fresh:
        return parcel
    newest = fresh[-1]
    changed = {
        "events": (*parcel.events, *fresh),
        "status": newest.status,
        "delivered_at": newest.at if newest.status is ParcelStatus.DELIVERED else None,
    }
    return parcel.model_copy(update=changed)


def _ahead(world: DemoWorld, parcel: Shipment, last: TrackingEvent) -> list[TrackingEvent]:
    """Every scan still to come; it depends on the parcel alone, so that steps of any size agree."""
    arrival = _arrival(world, parcel, last)
    door = parcel.events[-1].location
    scans = [
        TrackingEvent(
            at=arrival - ROUND, status=ParcelStatus.OUT_FOR_DELIVERY, description="Out for delivery", location=door
        ),
        TrackingEvent(
            at=arrival, status=ParcelStatus.DELIVERED, description="Delivered, left at front door", location=door
        ),
    ]
    if last.status is ParcelStatus.OUT_FOR_DELIVERY or parcel.shipped_at is None:
        return scans[1:]
    count = (arrival - ROUND - parcel.shipped_at) // SCAN_EVERY
    stops = (parcel.shipped_at + SCAN_EVERY * at for at in range(1, count + 1))
    moving = [
        TrackingEvent(at=at, status=ParcelStatus.IN_TRANSIT, description="Departed facility", location=last.location)
        for at in stops
        if last.at < at < arrival - ROUND
    ]
    return [*moving, *scans]


def _arrival(world: DemoWorld, parcel: Shipment, last: TrackingEvent) -> datetime:
    if last.status is ParcelStatus.OUT_FOR_DELIVERY or parcel.estimated_delivery is None:
        planned = last.at + ROUND
    else:
        planned = parcel.estimated_delivery - timedelta(hours=stream(world.seed, "later", parcel.id).randrange(1, 41))
    missed = max(0, (world.now - planned) // DAY + 1)
    return planned + DAY * missed
