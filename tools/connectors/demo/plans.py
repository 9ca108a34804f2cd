"""Plans: who orders what and when, before numbers, money and parcels are worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from random import Random

from tools.commerce import Address, Customer, FraudBand
from tools.connectors.demo.catalog import Catalog, Item
from tools.connectors.demo.chance import stream
from tools.connectors.demo.customers import People, country_of
from tools.connectors.demo.workdays import at_local, new_york

CATEGORY_WEIGHTS = {"bags": 16, "apparel": 30, "drinkware": 22, "home textiles": 14, "coffee": 15, "gift cards": 3}
QUIET_DAYS = 45
"""Customers of planted orders place no ordinary order in the last days, so that "my order" means one order."""


class Fate(StrEnum):
    """What happens to an order on its way."""

    NORMAL = "normal"
    WAITING = "waiting"
    LATE = "late"
    STALLED = "stalled"
    LOST = "lost"
    PARTIAL = "partial"
    UNDELIVERABLE = "undeliverable"
    CANCELLED = "cancelled"


class Aftermath(StrEnum):
    """What happens after delivery."""

    CHANCE = "chance"
    NONE = "none"
    LABEL_SENT = "label_sent"
    RETURN_IN_TRANSIT = "return_in_transit"
    RETURN_RECEIVED = "return_received"
    REFUNDED = "refunded"
    REFUNDED_DAMAGED = "refunded_damaged"
    EXCHANGE_OPEN = "exchange_open"


@dataclass(frozen=True, slots=True)
class Plan:
    """One order to be. `refund_days` says how long ago the refund of a `REFUNDED` aftermath was paid."""

    customer: Customer
    placed_at: datetime
    items: tuple[tuple[Item, int], ...]
    case: str = ""
    fate: Fate = Fate.NORMAL
    aftermath: Aftermath = Aftermath.CHANCE
    delivered_at: datetime | None = None
    silent_days: int = 0
    refund_days: int = 0
    codes: tuple[str, ...] | None = None
    campaign: str = ""
    note: str = ""
    hold: str = ""
    fraud: FraudBand = FraudBand.LOW
    items_modified: bool = False
    method_id: str = ""
    address: Address | None = None
    carrier: str = ""
    markup: int = 0
    replaces: bool = False
    tags: tuple[str, ...] = ()

    @property
    def ship_to(self) -> Address:
        """Where it goes."""
        return self.address or self.customer.default_address or Address()


@dataclass
class Planner:
    """Draws customers, items and times; remembers whom the planted orders belong to."""

    seed: int
    now: datetime
    catalog: Catalog
    people: People
    reserved: set[str] = field(default_factory=set[str])
    _queues: dict[str, list[Customer]] = field(default_factory=dict[str, list[Customer]])

    def __post_init__(self) -> None:
        self.chance = stream(self.seed, "planted")

    def fresh(self, code: str = "US", region: str = "", gift_card: bool = False) -> Customer:
        """A customer in a country who has no planted order yet."""
        for customer in self._shuffled(code):
            at = customer.default_address
            if region and at and at.region != region:
                continue
            if gift_card and not any(method.kind == "gift_card" for method in customer.payment_methods):
                continue
            self.reserved.add(customer.id)
            return customer
        raise ValueError(f"no customer in {code} {region} is left for a planted case")

    def claim(self, codes: str) -> list[Customer]:
        """One fresh customer for each country code in `codes`, such as `US US DE`."""
        return [self.fresh(code) for code in codes.split()]

    def _shuffled(self, code: str) -> Iterable[Customer]:
        if code not in self._queues:
            plain = [customer for customer in self.people.by_country[code] if "[" not in customer.name]
            stream(self.seed, "fresh", code).shuffle(plain)
            self._queues[code] = plain
        return (customer for customer in self._queues[code] if customer.id not in self.reserved)

    def items(self, *skus: str, quantity: int = 1) -> tuple[tuple[Item, int], ...]:
        """Items by SKU, each in the same quantity."""
        return tuple((self.catalog.by_sku[sku], quantity) for sku in skus)

    def placed_before(self, delivered_at: datetime, code: str) -> datetime:
        """A time to order at so that a delivery at `delivered_at` is plausible."""
        days = 6 if code == "US" else 12
        day = (delivered_at - timedelta(days=days)).astimezone(new_york()).date()
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return at_local(day, self.chance.randrange(8, 13), self.chance.randrange(60))


def ordinary_plans(planner: Planner, count: int) -> list[Plan]:
    """`count` orders of an ordinary year that grows towards its end."""
    chance = stream(planner.seed, "ordinary")
    people = list(planner.people.customers)
    chance.shuffle(people)
    tails = list(accumulate((rank + 4) ** -0.55 for rank in range(len(people))))
    pools = _pools(planner.catalog)
    plans: list[Plan] = []
    for placed_at in _times(chance, planner.now, count):
        customer = chance.choices(people, cum_weights=tails)[0]
        if customer.id in planner.reserved and placed_at > planner.now - timedelta(days=QUIET_DAYS):
            customer = _other(chance, people, planner.reserved)
        items = _items(chance, pools)
        plans.append(Plan(customer, placed_at, items, campaign=_campaign(chance, placed_at, planner.now)))
    return plans


def _other(chance: Random, people: Sequence[Customer], reserved: set[str]) -> Customer:
    while True:
        customer = chance.choice(people)
        if customer.id not in reserved:
            return customer


def _times(chance: Random, now: datetime, count: int) -> list[datetime]:
    """Order times over 365 days: growth, a busy early winter and few orders at night."""
    weights = [1 + day / 365 + (0.9 if day > 345 else 0.0) for day in range(365)]
    days = chance.choices(range(365), weights, k=count)
    hours = chance.choices(
        range(24), [2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 8, 8, 8, 8, 8, 9, 10, 10, 9, 7, 4], k=count
    )
    start = now - timedelta(days=365)
    times: list[datetime] = []
    for day, hour in zip(days, hours, strict=True):
        placed = start + timedelta(days=day, hours=(hour - 10) % 24, seconds=chance.randrange(3600))
        times.append(min(placed, now - timedelta(minutes=3)))
    return times


def _pools(catalog: Catalog) -> dict[str, list[Item]]:
    pools: dict[str, list[Item]] = {category: [] for category in CATEGORY_WEIGHTS}
    for item in catalog.by_sku.values():
        if item.product.id not in ("prd_linocut", "prd_coffee_club"):
            pools[item.product.category].append(item)
    return pools


def _items(chance: Random, pools: dict[str, list[Item]]) -> tuple[tuple[Item, int], ...]:
    count = chance.choices((1, 2, 3, 4), (55, 28, 12, 5))[0]
    found: dict[str, tuple[Item, int]] = {}
    for category in chance.choices(list(CATEGORY_WEIGHTS), list(CATEGORY_WEIGHTS.values()), k=count):
        item = chance.choice(pools[category])
        found[item.variant.id] = (item, chance.choices((1, 2, 3), (86, 11, 3))[0])
    return tuple(found.values())


def _campaign(chance: Random, placed_at: datetime, now: datetime) -> str:
    if chance.random() > 0.3:
        return ""
    age = (now - placed_at).days
    periods = (("autumn-quiz", 7, 24), ("knit-week", 25, 60), ("summer-linen", 120, 180), ("spring-letter", 185, 240))
    return next((name for name, newest, oldest in periods if newest <= age <= oldest), "")


def lives_in(customer: Customer, *codes: str) -> bool:
    """Whether the customer's default address is in one of the countries."""
    return country_of(customer) in codes
