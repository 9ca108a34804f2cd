"""Situations: which order or customer of the world a ticket is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from tools.commerce import Customer, Order, OrderStage, ParcelStatus, Shipment
from tools.connectors.demo.world import DemoWorld

RECENT = timedelta(days=45)
TODAY = frozenset(
    ("day_29", "day_30", "day_31", "day_45", "bag_day_60", "bag_day_61", "lost", "delivered_missing", "refund_overdue")
)
"""Situations that are a matter of days: their tickets come on the day of "now"."""


@dataclass(frozen=True, slots=True)
class Case:
    """Whom and what a ticket is about. Without an order the customer writes about something else."""

    customer: Customer
    order: Order | None = None
    shipment: Shipment | None = None


@dataclass
class Casting:
    """Finds a case for a situation, each order once before any comes again."""

    world: DemoWorld
    used: dict[str, int] = field(default_factory=dict[str, int])

    @cached_property
    def orders(self) -> dict[str, Order]:
        """Orders by id."""
        return {order.id: order for order in self.world.orders}

    @cached_property
    def customers(self) -> dict[str, Customer]:
        """Customers by id."""
        return {customer.id: customer for customer in self.world.customers}

    @cached_property
    def parcels(self) -> dict[str, Shipment]:
        """First parcels by order id."""
        return {parcel.order_id: parcel for parcel in reversed(self.world.shipments)}

    @cached_property
    def planted_ids(self) -> frozenset[str]:
        """Everything planted."""
        return frozenset(planted for ids in self.world.planted.values() for planted in ids)

    @cached_property
    def recent(self) -> dict[str, list[Order]]:
        """Orders of the last 45 days by customer."""
        found: dict[str, list[Order]] = {}
        for order in self.world.orders:
            if self.world.now - order.placed_at < RECENT:
                found.setdefault(order.customer_id, []).append(order)
        return found

    def cast(self, situation: str, language: str) -> Case:
        """The case for a ticket in `language`: unused before used, a customer of that language before another.

        Raises:
            ValueError: Nothing in the world is in this situation.
        """
        candidates = self._candidates[situation]
        if not candidates:
            raise ValueError(f"no order or customer of the demo world is in the situation {situation!r}")
        best = min(candidates, key=lambda case: self._cost(case, language))
        key = self._key(best)
        self.used[key] = self.used.get(key, 0) + 1
        return best

    def _cost(self, case: Case, language: str) -> int:
        return self.used.get(self._key(case), 0) + 2 * (case.customer.language != language)

    @staticmethod
    def _key(case: Case) -> str:
        return case.order.id if case.order else case.customer.id

    @cached_property
    def _candidates(self) -> dict[str, list[Case]]:
        found = {case: [self._case(order_id) for order_id in ids] for case, ids in self._planted_orders().items()}
        found["in_transit"] = [*found["on_its_way"], *self._natural(_moving)]
        found["out_for_delivery"] += self._natural(_at_the_door)
        found["delivered_plain"] = self._natural(_happy)
        found["several_open_newest"] = [
            case for case in found["several_open"] if case.order and case.order.stage is OrderStage.PENDING
        ]
        found["pending_two_methods"] = [case for case in found["pending"] if len(_spendable(case.customer)) > 1]
        found["no_order"] = self._idle()
        found["foreign_order"] = found["no_order"]
        found["stranger"] = found["no_order"]
        found["subscriber"] = self._subscribers(range(4, 60))
        found["renewal_soon"] = self._subscribers(range(3))
        return found

    def _planted_orders(self) -> dict[str, list[str]]:
        return {case: [i for i in ids if i in self.orders] for case, ids in self.world.planted.items()}

    def _case(self, order_id: str) -> Case:
        order = self.orders[order_id]
        return Case(self.customers[order.customer_id], order, self.parcels.get(order_id))

    def _natural(self, fits: Callable[[Case, datetime], bool]) -> list[Case]:
        """Ordinary orders of customers with no other recent order."""
        lone = (orders[0] for orders in self.recent.values() if len(orders) == 1)
        cases = (self._case(order.id) for order in sorted(lone, key=lambda order: order.id) if self._plain(order))
        return [case for case in cases if fits(case, self.world.now)]

    def _plain(self, order: Order) -> bool:
        touched = order.refunded or any(line.returning for line in order.lines)
        return order.id not in self.planted_ids and order.fraud == "low" and not touched

    def _idle(self) -> list[Case]:
        """Customers with nothing going on; more than tickets will ever need would only take time."""
        idle = (c for c in self.world.customers if c.id not in self.recent and c.id not in self._subscribed)
        return [Case(customer) for customer in islice(idle, 500) if "[" not in customer.name]

    @cached_property
    def _subscribed(self) -> frozenset[str]:
        return frozenset(subscription.customer_id for subscription in self.world.subscriptions)

    def _subscribers(self, days: Iterable[int]) -> list[Case]:
        wanted = set(days)
        return [
            Case(self.customers[subscription.customer_id])
            for subscription in self.world.subscriptions
            if subscription.next_renewal
            and round((subscription.next_renewal - self.world.now) / timedelta(days=1)) in wanted
        ]


def _moving(case: Case, now: datetime) -> bool:
    parcel = case.shipment
    if parcel is None or parcel.status is not ParcelStatus.IN_TRANSIT or parcel.estimated_delivery is None:
        return False
    last = parcel.last_scan
    return last is not None and now - last.at < timedelta(days=4) and parcel.estimated_delivery > now


def _at_the_door(case: Case, now: datetime) -> bool:
    return case.shipment is not None and case.shipment.status is ParcelStatus.OUT_FOR_DELIVERY


def _happy(case: Case, now: datetime) -> bool:
    arrived = case.shipment.delivered_at if case.shipment else None
    return arrived is not None and timedelta(days=3) < now - arrived < timedelta(days=25)


def _spendable(customer: Customer) -> Sequence[str]:
    return [method.id for method in customer.payment_methods if method.kind != "gift_card"]


def earliest(case: Case, situation: str, world: DemoWorld) -> datetime:
    """When a ticket about this case could have been written at the earliest."""
    times = [world.now - timedelta(days=4)]
    if situation in TODAY:
        times.append(world.now.replace(hour=12, minute=31))
    if case.order is not None:
        times.append(case.order.placed_at + timedelta(minutes=9))
        times += [move.at + timedelta(hours=1) for move in case.order.transactions]
        times += [back.requested_at for back in world.returns if back.order_id == case.order.id]
        times += [back.received_at for back in world.returns if back.order_id == case.order.id and back.received_at]
    return max([*times, *_parcel_times(case, situation)])


def _parcel_times(case: Case, situation: str) -> list[datetime]:
    last = case.shipment.last_scan if case.shipment else None
    if last is None:
        return []
    if situation in ("stalled", "outage"):
        return [last.at + timedelta(days=5, hours=1)]
    return [last.at] if last.status is not ParcelStatus.IN_TRANSIT else []
