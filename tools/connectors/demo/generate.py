"""generate: the whole demo world from one seed."""

from __future__ import annotations

import gc
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from tools.commerce import Customer, Order, Refund, Return
from tools.connectors.demo import extras
from tools.connectors.demo.aftercare import settle
from tools.connectors.demo.catalog import Catalog, build_catalog, discount_codes
from tools.connectors.demo.chance import stream
from tools.connectors.demo.customers import People, build_customers, country_of
from tools.connectors.demo.orders import OrderDesk, Placed
from tools.connectors.demo.plans import Plan, Planner, ordinary_plans
from tools.connectors.demo.planted import planted_plans
from tools.connectors.demo.tickets import TICKETS, write_tickets
from tools.connectors.demo.world import FIRST_NUMBER, NOW, ORDERS, SEED, DemoWorld

LEAST_ORDERS = 500
"""Below this there is no room for the planted cases."""


def generate(seed: int = SEED, scale: int = ORDERS, now: datetime = NOW, tickets: int = TICKETS) -> DemoWorld:
    """The demo world with `scale` orders over the twelve months to `now`; the same seed gives the same bytes.

    Raises:
        ValueError: `scale` is below 500, which leaves no room for the planted cases.
    """
    if scale < LEAST_ORDERS:
        raise ValueError(f"a demo world needs at least {LEAST_ORDERS} orders, not {scale}")
    with _no_collection():
        world = _generate(seed, scale, now)
        inbox, labels = write_tickets(world, tickets)
        return replace(world, tickets=inbox, labels=labels)


@contextmanager
def _no_collection() -> Generator[None, None, None]:
    """Millions of objects that all stay: looking for garbage among them takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _generate(seed: int, scale: int, now: datetime) -> DemoWorld:
    catalog = build_catalog(seed, now)
    people = build_customers(seed, now, max(900, scale * 6 // 10))
    planner = Planner(seed, now, catalog, people)
    plans = planted_plans(planner)
    subscribers = planner.claim("US US US US US US DE US US GB US FR US ES " * 3)
    plans += ordinary_plans(planner, scale - len(plans))
    plans.sort(key=lambda plan: (plan.placed_at, plan.customer.id))
    return _assemble(seed, now, catalog, people, plans, subscribers)


def _assemble(
    seed: int, now: datetime, catalog: Catalog, people: People, plans: Sequence[Plan], subscribers: Sequence[Customer]
) -> DemoWorld:
    codes = discount_codes(now)
    desk = OrderDesk(seed, now, codes)
    placed = [desk.place(plan, number) for number, plan in enumerate(plans, start=FIRST_NUMBER)]
    orders, returns, refunds = _settled(seed, now, catalog, placed)
    shipments = tuple(sorted((parcel for each in placed for parcel in each.shipments), key=lambda parcel: parcel.id))
    planted = _planted(placed, now)
    return DemoWorld(
        seed=seed,
        now=now,
        products=tuple(sorted(catalog.products, key=lambda product: product.id)),
        customers=_with_first_orders(people, plans),
        orders=orders,
        shipments=shipments,
        returns=returns,
        refunds=refunds,
        traces=extras.traces(shipments, planted["outage"], now),
        stock=tuple(sorted(catalog.stock, key=lambda level: (level.variant_id, level.location))),
        store_credits=extras.store_credits(seed, people.customers, now),
        discount_codes=codes,
        subscriptions=extras.subscriptions(seed, subscribers, now),
        suppressions=extras.suppressions(seed, people.customers, now),
        planted=planted,
    )


def _settled(
    seed: int, now: datetime, catalog: Catalog, placed: Sequence[Placed]
) -> tuple[tuple[Order, ...], tuple[Return, ...], tuple[Refund, ...]]:
    chance = stream(seed, "aftercare")
    settled = [settle(each, catalog, chance, now) for each in placed]
    return (
        tuple(sorted((each.order for each in settled), key=lambda order: order.id)),
        tuple(sorted((back for each in settled for back in each.returns), key=lambda back: back.id)),
        tuple(sorted((refund for each in settled for refund in each.refunds), key=lambda refund: refund.id)),
    )


def _with_first_orders(people: People, plans: Sequence[Plan]) -> tuple[Customer, ...]:
    """Nobody ordered before they became a customer."""
    first: dict[str, datetime] = {}
    for plan in plans:
        first.setdefault(plan.customer.id, plan.placed_at)
    return tuple(
        sorted((_since(customer, first.get(customer.id)) for customer in people.customers), key=lambda c: c.id)
    )


def _since(customer: Customer, first: datetime | None) -> Customer:
    if first is None or (customer.created_at and customer.created_at <= first):
        return customer
    return customer.model_copy(update={"created_at": (first - timedelta(minutes=4)).replace(microsecond=0)})


def _planted(placed: Sequence[Placed], now: datetime) -> dict[str, tuple[str, ...]]:
    cases: dict[str, list[str]] = {}
    for each in placed:
        if each.plan.case:
            cases.setdefault(each.plan.case, []).append(each.order.id)
        elif _caught_in_outage(each, now):
            cases.setdefault("outage", []).append(each.order.id)
    return {case: tuple(ids) for case, ids in sorted(cases.items())}


def _caught_in_outage(each: Placed, now: datetime) -> bool:
    parcel = each.shipments[0] if each.shipments else None
    if parcel is None or parcel.carrier != "UPS" or parcel.delivered_at or country_of(each.plan.customer) != "US":
        return False
    last = parcel.last_scan
    return last is not None and now - last.at > timedelta(days=5)
