"""What else the shop knows: carrier traces, store credits, subscriptions and pauses of promotions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from tools.commerce import (
    CarrierTrace,
    Customer,
    Shipment,
    StoreCredit,
    Subscription,
    Suppression,
)
from tools.connectors.demo.chance import stream, usd
from tools.connectors.demo.workdays import add_workdays, at_local, new_york

TRACED = 4
RENEWALS = (2, 2, 2, 1, 3, 4, 6, 9, 12, 15, 18, 21, 24, 27)
"""Days until renewal, in turn; the first ones are the planted subscriptions that renew in two days."""


def traces(shipments: Sequence[Shipment], stranded: Collection[str], now: datetime) -> tuple[CarrierTrace, ...]:
    """Searches that are open already, for the first parcels of the orders `stranded` in the outage."""
    parcels = [parcel for parcel in shipments if parcel.order_id in stranded]
    return tuple(_trace(parcel, now) for parcel in parcels[:TRACED])


def _trace(parcel: Shipment, now: datetime) -> CarrierTrace:
    opened = now - timedelta(days=3, hours=1)
    due = at_local(add_workdays(opened.astimezone(new_york()).date(), 8), 17)
    return CarrierTrace(
        id=f"trc_{parcel.id.removeprefix('shp_')}",
        shipment_id=parcel.id,
        order_id=parcel.order_id,
        opened_at=opened,
        due_at=due,
    )


def store_credits(seed: int, customers: Sequence[Customer], now: datetime) -> tuple[StoreCredit, ...]:
    """Credit given over the year."""
    chance = stream(seed, "credits")
    reasons = ("price adjustment", "late parcel", "thank you for the photo")
    return tuple(
        StoreCredit(
            id=f"crd_{at:04d}",
            customer_id=customer.id,
            amount=usd(chance.choice((500, 800, 1000, 1400, 2000))),
            reason=chance.choice(reasons),
            at=now - timedelta(days=chance.randrange(20, 340)),
        )
        for at, customer in enumerate(chance.sample(list(customers), 24), start=1)
    )


def subscriptions(seed: int, customers: Sequence[Customer], now: datetime) -> tuple[Subscription, ...]:
    """Coffee subscriptions: most run, some are paused or cancelled."""
    chance = stream(seed, "subscriptions")
    found: list[Subscription] = []
    for at, customer in enumerate(customers, start=1):
        drawn = 0.0 if at <= len(RENEWALS) else chance.random()
        status = "active" if drawn < 0.75 else "paused" if drawn < 0.88 else "cancelled"
        days = RENEWALS[(at - 1) % len(RENEWALS)]
        found.append(
            Subscription(
                id=f"sub_{at:04d}",
                customer_id=customer.id,
                product_id="prd_coffee_club",
                title="Coffee Club Subscription",
                interval=chance.choice(("every 2 weeks", "every 4 weeks")),
                price=usd(1500),
                status=status,
                next_renewal=(now + timedelta(days=days)).replace(hour=11) if status == "active" else None,
            )
        )
    return tuple(found)


def suppressions(seed: int, customers: Sequence[Customer], now: datetime) -> tuple[Suppression, ...]:
    """Customers who get no promotions for now, after an issue."""
    chance = stream(seed, "suppressions")
    return tuple(
        Suppression(
            id=f"sup_{at:04d}",
            customer_id=customer.id,
            until=now + timedelta(days=chance.randint(-6, 13)),
            reason="open issue",
        )
        for at, customer in enumerate(chance.sample(list(customers), 12), start=1)
    )
