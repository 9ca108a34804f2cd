"""Parcels and their scans, as carriers report them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tools.commerce import ParcelStatus, Shipment, TrackingEvent
from tools.connectors.demo.plans import Fate, Plan
from tools.connectors.demo.workdays import add_workdays, at_local, new_york, to_warehouse

OUTAGE_CARRIER = "UPS"
OUTAGE_FROM = datetime(2026, 11, 6, 12, tzinfo=UTC)
OUTAGE_UNTIL = datetime(2026, 11, 10, 12, tzinfo=UTC)
"""The carrier outage week: parcels of one carrier on their way between these times are never scanned again."""
TRANSIT = {"US": (3, 5), "CA": (5, 8), "GB": (6, 10), "DE": (6, 10), "FR": (6, 10), "ES": (6, 10)}
"""Business days from shipping to delivery, shortest and longest."""
CARRIERS = {
    "US": (("UPS", 55), ("USPS", 45)),
    "CA": (("UPS", 60), ("DHL", 40)),
    "GB": (("Royal Mail", 70), ("DHL", 30)),
    "DE": (("DHL", 100),),
    "FR": (("DHL", 100),),
    "ES": (("DHL", 100),),
}
HUBS = {
    "US": ("Louisville, KY", "Columbus, OH", "Memphis, TN", "Salt Lake City, UT", "Chicago, IL"),
    "CA": ("Buffalo, NY", "Mississauga, ON", "Winnipeg, MB"),
    "GB": ("Newark, NJ", "London Heathrow", "Coventry"),
    "DE": ("Newark, NJ", "Leipzig", "Frankfurt am Main"),
    "FR": ("Newark, NJ", "Paris Charles de Gaulle", "Lyon"),
    "ES": ("Newark, NJ", "Madrid Barajas", "Zaragoza"),
}
WEST = frozenset({"OR", "WA", "CA", "CO", "MT", "AZ", "NM", "HI", "BC", "AB"})
MOVES = ("Arrived at facility", "Departed facility", "Processed at sorting centre", "In transit to next facility")
DROPS = ("left at front door", "left in mailbox", "handed to resident", "left with neighbour", "left at parcel locker")


@dataclass(frozen=True, slots=True)
class _Trip:
    """When a parcel leaves and arrives if nothing goes wrong."""

    shipped_at: datetime
    delivered_at: datetime
    estimated: datetime


def ship(plan: Plan, number: int, chance: Random, now: datetime) -> tuple[Shipment, ...]:
    """The parcels of an order so far. None while it is pending, on hold, cancelled or not yet packed."""
    trip = _trip(plan, chance)
    carrier = plan.carrier or _drawn(chance, CARRIERS[plan.ship_to.country])
    packed = chance.random() < 0.5
    if plan.fate in (Fate.WAITING, Fate.LATE, Fate.CANCELLED) or to_warehouse(plan.placed_at) > now:
        return ()
    if trip.shipped_at > now and not packed:
        return ()
    events = _reported(plan, trip, carrier, _scans(plan, trip, chance), now)
    return (_shipment(plan, number, carrier, trip, events, chance),)


def _drawn(chance: Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]


def _trip(plan: Plan, chance: Random) -> _Trip:
    low, high = TRANSIT[plan.ship_to.country]
    packed_on = to_warehouse(plan.placed_at).astimezone(new_york()).date()
    day = add_workdays(packed_on, 0 if chance.random() < 0.7 or plan.delivered_at else 1)
    late = chance.randint(1, 3) if chance.random() < 0.05 else 0
    arrival = add_workdays(day, chance.randint(low, high) + late)
    delivered = at_local(arrival, chance.randrange(9, 18), chance.randrange(60))
    return _Trip(
        shipped_at=at_local(day, 17, chance.randrange(60)),
        delivered_at=plan.delivered_at or delivered,
        estimated=at_local(add_workdays(day, high), 20),
    )


def _scans(plan: Plan, trip: _Trip, chance: Random) -> list[TrackingEvent]:
    """Every scan of an undisturbed trip, oldest first; at most two days apart while it moves."""
    origin = "Portland, OR" if plan.ship_to.region in WEST else "Newark, NJ"
    town = ", ".join(part for part in (plan.ship_to.city, plan.ship_to.region) if part)
    out_at = max(trip.delivered_at - timedelta(hours=chance.randint(2, 7)), trip.shipped_at + timedelta(hours=1))
    count = max(2, (out_at - trip.shipped_at).days * 2 // 3 + 1)
    step = (out_at - trip.shipped_at) / (count + 1)
    hubs = HUBS[plan.ship_to.country]
    moving, moves = ParcelStatus.IN_TRANSIT, MOVES
    middle = [
        _scan(trip.shipped_at + step * at, moving, moves[at % len(moves)], hubs[min(at * len(hubs) // (count + 1), 4)])
        for at in range(1, count + 1)
    ]
    return [
        _scan(trip.shipped_at - timedelta(hours=3), ParcelStatus.LABEL_CREATED, "Shipping label created", origin),
        _scan(trip.shipped_at, moving, "Picked up by carrier", origin),
        *middle,
        _scan(out_at, ParcelStatus.OUT_FOR_DELIVERY, "Out for delivery", town),
        _scan(trip.delivered_at, ParcelStatus.DELIVERED, f"Delivered, {chance.choice(DROPS)}", town),
    ]


def _scan(at: datetime, status: ParcelStatus, description: str, location: str) -> TrackingEvent:
    return TrackingEvent(at=at.replace(microsecond=0), status=status, description=description, location=location)


def _reported(plan: Plan, trip: _Trip, carrier: str, scans: list[TrackingEvent], now: datetime) -> list[TrackingEvent]:
    """The scans that the carrier has reported by now."""
    if plan.fate is Fate.UNDELIVERABLE:
        scans = [*scans[:-1], *_refused(scans[-1])]
    if plan.silent_days:
        quiet = now - timedelta(days=plan.silent_days, hours=2)
        kept = [scan for scan in scans[:-2] if scan.at <= quiet] or scans[:2]
        shift = quiet - kept[-1].at
        return [*kept[:-1], kept[-1].model_copy(update={"at": kept[-1].at + max(shift, timedelta())})]
    if _in_outage(plan, trip, carrier):
        return [scan for scan in scans if scan.at <= max(OUTAGE_FROM, trip.shipped_at)]
    label = scans[0].model_copy(update={"at": min(scans[0].at, now - timedelta(minutes=40))})
    return [scan for scan in scans if scan.at <= now] or [label]


def _in_outage(plan: Plan, trip: _Trip, carrier: str) -> bool:
    on_its_way = trip.shipped_at < OUTAGE_UNTIL and trip.delivered_at > OUTAGE_FROM
    return carrier == OUTAGE_CARRIER and plan.ship_to.country == "US" and not plan.delivered_at and on_its_way


def _refused(last: TrackingEvent) -> list[TrackingEvent]:
    back = last.at + timedelta(days=2)
    return [
        _scan(last.at, ParcelStatus.EXCEPTION, "Address insufficient, delivery not possible", last.location),
        _scan(back, ParcelStatus.RETURNED_TO_SENDER, "Being returned to sender", last.location),
    ]


def _shipment(
    plan: Plan, number: int, carrier: str, trip: _Trip, events: list[TrackingEvent], chance: Random
) -> Shipment:
    tracking = _tracking_number(chance, carrier)
    last = events[-1]
    if len(events) > 4 and chance.random() < 0.04:
        events = [*events[:-3], events[-2], events[-3], events[-1]]
    return Shipment(
        id=f"shp_{number}-1",
        order_id=f"ord_{number}",
        carrier=carrier,
        tracking_number=tracking,
        tracking_url=f"https://track.alderandwren.example/{tracking}",
        status=last.status,
        shipped_at=trip.shipped_at if len(events) > 1 else None,
        estimated_delivery=trip.estimated,
        delivered_at=last.at if last.status is ParcelStatus.DELIVERED else None,
        events=tuple(events),
        line_ids=(f"ord_{number}-1",) if plan.fate is Fate.PARTIAL else (),
    )


def _tracking_number(chance: Random, carrier: str) -> str:
    digits = f"{chance.randrange(10**12):012d}"
    shapes = {
        "UPS": f"1Z84AW{digits[:10]}",
        "USPS": f"9400111899{digits}",
        "DHL": f"JD0146{digits}",
        "Royal Mail": f"AW{digits[:9]}GB",
    }
    return shapes[carrier]
