"""Patching: the changes a written message asks for, as patches over the demo brand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue

from evals.sample import PassagePatch, Patch, World
from evals.written import Changes
from tools.commerce import Order, Refund, Return, Shipment, Subscription, TransactionKind
from tools.connectors.demo.catalog import LOCATIONS
from tools.connectors.demo.situations import Case
from tools.connectors.demo.world import DemoWorld

DELIVERED_AT = (12, 20)
"""The hour of day-counted deliveries: whole days and calendar days agree, as for the planted ones."""
_DAY = timedelta(days=1)


def patched(case: Case, changes: Changes | None, world: DemoWorld, variants: Mapping[str, str]) -> World:
    """The world of a sample. `variants` gives the variant id of a SKU.

    Raises ValueError when the case does not have what is to be changed.
    """
    if changes is None:
        return World()
    return World(patches=tuple(_patches(case, changes, world, variants)), passages=_passages(changes))


def _passages(changes: Changes) -> tuple[PassagePatch, ...]:
    return (PassagePatch.model_validate(changes.passage),) if changes.passage else ()


def _patches(case: Case, changes: Changes, world: DemoWorld, variants: Mapping[str, str]) -> Iterator[Patch]:
    yield from _times(case, changes, world)
    if changes.fraud or changes.note:
        fields: dict[str, JsonValue] = {"fraud": changes.fraud} if changes.fraud else {"note": changes.note}
        yield Patch(noun="orders", id=_order(case).id, fields=fields)
    if changes.scan_text:
        yield _scan_text(_parcel(case), changes.scan_text)
    for sku, units in changes.stock.items():
        yield from _stock(variants[sku], units)
    if changes.product:
        yield Patch(noun="products", id=changes.product["id"], fields={"title": changes.product["title"]})
    if changes.subscription or changes.renewal_days is not None:
        yield _subscription(case, changes, world)


def _times(case: Case, changes: Changes, world: DemoWorld) -> Iterator[Patch]:
    """Moves the history of an order, or parts of it, so that something happened so many days before now."""
    if changes.delivered_days is not None:
        parcel = _parcel(case)
        due = (world.now - changes.delivered_days * _DAY).replace(hour=DELIVERED_AT[0], minute=DELIVERED_AT[1])
        by = due.replace(second=0, microsecond=0) - (parcel.delivered_at or due)
        yield _moved_parcel(parcel, by)
        yield _moved_order(_order(case), by if changes.placed_days is None else _placed(case, changes, world))
    elif changes.placed_days is not None:
        yield _moved_order(_order(case), _placed(case, changes, world))
    if changes.scan_days is not None:
        parcel = _parcel(case)
        last = parcel.last_scan
        by = (world.now - changes.scan_days * _DAY - timedelta(hours=1)) - (last.at if last else world.now)
        yield _moved_parcel(parcel, by)
        yield _moved_order(_order(case), by)
    if changes.refund_days is not None:
        yield from _moved_refund(case, changes.refund_days, world)


def _placed(case: Case, changes: Changes, world: DemoWorld) -> timedelta:
    return (world.now - (changes.placed_days or 0) * _DAY) - _order(case).placed_at


def _moved_refund(case: Case, days: int, world: DemoWorld) -> Iterator[Patch]:
    """The whole history of an order, so far back that its refund left `days` ago."""
    order = _order(case)
    refunds = [refund for refund in world.refunds if refund.order_id == order.id]
    by = (world.now - days * _DAY) - refunds[-1].at
    yield _moved_order(order, by)
    yield _moved_parcel(_parcel(case), by)
    for refund in refunds:
        yield Patch(noun="refunds", id=refund.id, fields={"at": _iso(refund, "at", by)})
    for back in (back for back in world.returns if back.order_id == order.id):
        times = ("requested_at", "received_at")
        yield Patch(noun="returns", id=back.id, fields={name: _iso(back, name, by) for name in times})


def _moved_order(order: Order, by: timedelta) -> Patch:
    moves: list[JsonValue] = [
        {**_json(move), "at": (move.at + by).isoformat()}
        for move in order.transactions
        if move.kind in (TransactionKind.CAPTURE, TransactionKind.REFUND)
    ]
    return Patch(
        noun="orders", id=order.id, fields={"placed_at": _iso(order, "placed_at", by), "transactions": [*moves]}
    )


def _moved_parcel(parcel: Shipment, by: timedelta) -> Patch:
    events: list[JsonValue] = [{**_json(event), "at": (event.at + by).isoformat()} for event in parcel.events]
    fields: dict[str, JsonValue] = {"shipped_at": _iso(parcel, "shipped_at", by), "events": events}
    if parcel.delivered_at is not None:
        fields |= {name: _iso(parcel, name, by) for name in ("delivered_at", "estimated_delivery")}
    return Patch(noun="shipments", id=parcel.id, fields=fields)


def _scan_text(parcel: Shipment, text: str) -> Patch:
    events: list[JsonValue] = [_json(event) for event in parcel.events]
    newest = max(range(len(events)), key=lambda at: parcel.events[at].at)
    events[newest] = {**_json(parcel.events[newest]), "description": text}
    return Patch(noun="shipments", id=parcel.id, fields={"events": events})


def _stock(variant_id: str, units: int) -> Iterator[Patch]:
    for location in LOCATIONS:
        here = units if location == LOCATIONS[0] else 0
        yield Patch(noun="stock", id=f"{variant_id}@{location}", fields={"available": here, "restock_at": None})


def _subscription(case: Case, changes: Changes, world: DemoWorld) -> Patch:
    own = next(each for each in world.subscriptions if each.customer_id == case.customer.id and _runs(each))
    fields = dict(changes.subscription)
    if changes.renewal_days is not None:
        fields["next_renewal"] = (world.now + changes.renewal_days * _DAY).replace(hour=11).isoformat()
    return Patch(noun="subscriptions", id=own.id, fields=fields)


def _runs(subscription: Subscription) -> bool:
    return subscription.next_renewal is not None


def _json(noun: Order | Shipment | object) -> dict[str, JsonValue]:
    from tools.commerce import Noun

    return cast("Noun", noun).model_dump(mode="json")


def _iso(noun: Order | Shipment | Refund | Return, name: str, by: timedelta) -> str | None:
    moment: object = getattr(noun, name)
    return (moment + by).isoformat() if isinstance(moment, datetime) else None


def _order(case: Case) -> Order:
    if case.order is None:
        raise ValueError(f"{case.customer.id} has no order that could be changed")
    return case.order


def _parcel(case: Case) -> Shipment:
    if case.shipment is None:
        raise ValueError(f"the order of {case.customer.id} has no parcel that could be changed")
    return case.shipment
