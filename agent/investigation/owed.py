"""What we owe when something went wrong because of us: the items, and with a whole order its shipping."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from agent.investigation.found import Found
from agent.investigation.order_facts import Fields, shipment_fields
from tools.commerce import Order, OrderStage, ReturnStatus, Shipment
from tools.money import Money


class _Way(Enum):
    """How a parcel of the order has fared."""

    ARRIVED = "arrived"
    MOVING = "moving"
    LOST = "lost"


def owed_facts(found: Found, items_value: object) -> Fields:
    """`owed_value` and `shipping_owed` for the lines meant, which are worth `items_value`.

    They say what is owed if it is our fault; whose fault it is says the playbook. What was paid bounds them.
    """
    order = found.order
    if order is None or not isinstance(items_value, Money):
        return {"owed_value": None, "shipping_owed": False}
    owed = items_value
    if items_value and is_whole(found, order):
        owed = max(items_value, min(items_value + order.shipping_paid, order.left_to_refund))
    return {"owed_value": owed, "shipping_owed": owed > items_value}


def is_whole(found: Found, order: Order) -> bool:
    """Whether the lines meant are the order as it was paid, and no parcel of it fared better than another."""
    meant = {line.id for line in found.lines if line.id not in found.units}
    return meant == {line.id for line in order.lines} and _untouched(found, order) and _fared_alike(found, order)


def _untouched(found: Found, order: Order) -> bool:
    """Whether nothing of the order was paid back, came back, was exchanged or sent again, shipping included."""
    units = any(line.refunded or line.returning for line in order.lines)
    back = any(each.status is not ReturnStatus.REJECTED for each in found.returns)
    return not (units or back or order.refunded or found.refunds or _sent_again(found, order))


def _sent_again(found: Found, order: Order) -> bool:
    return any(each.replaces_order_id == order.id and each.stage is not OrderStage.CANCELLED for each in found.orders)


def _fared_alike(found: Found, order: Order) -> bool:
    ways = {_way(found, parcel) for parcel in found.shipments}
    return len(ways) <= 1 and (not ways or _packed(found.shipments, order) >= {line.id for line in order.lines})


def _way(found: Found, parcel: Shipment) -> _Way:
    if parcel.delivered_at is not None:
        return _Way.ARRIVED
    return _Way.LOST if shipment_fields(found, parcel)["lost"] else _Way.MOVING


def _packed(parcels: Collection[Shipment], order: Order) -> set[str]:
    """The lines in some parcel; a parcel that names none holds all."""
    return {line_id for parcel in parcels for line_id in (parcel.line_ids or [line.id for line in order.lines])}
