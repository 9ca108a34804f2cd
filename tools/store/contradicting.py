"""Orders whose file says something else than was done here: nobody carried the effect out in the shop, or too late."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from tools.commerce import Order, OrderStage
from tools.store.bulk import RowsByNoun
from tools.store.nouns import ORDERS
from tools.store.rows import bodies_of

_LEFT = (OrderStage.PROCESSING, OrderStage.SHIPPED, OrderStage.DELIVERED)


def contradictions(connection: Connection, incoming: RowsByNoun) -> Iterator[str]:
    """One sentence for each order that is cancelled here and went out there. To be asked before it is written."""
    rows = incoming.get(ORDERS.name, ())
    stored = bodies_of(connection, ORDERS, [row.id for row in rows])
    for row in rows:
        before = stored.get(row.id, "")
        # Few orders are cancelled, and only those are worth reading.
        if str(OrderStage.CANCELLED) in before and (
            told := _told(ORDERS.read(before), ORDERS.read(str(row.values["body"])))
        ):
            yield told


def _told(here: Order, there: Order) -> str:
    if here.stage is OrderStage.CANCELLED and there.stage in _LEFT:
        return f"order {here.number} was cancelled here and is {there.stage} in the file; it stays cancelled here"
    return ""
