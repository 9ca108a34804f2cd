"""Orders that imported parcels say have arrived: a platform's order files stop at `shipped`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from tools.commerce import OrderStage, ParcelStatus, arrived
from tools.store.bulk import RowsByNoun, write
from tools.store.nouns import ORDERS, SHIPMENTS, Row
from tools.store.reading import readers_over
from tools.store.rows import bodies_of, rows_within


def settle_arrivals(connection: Connection, imported: RowsByNoun) -> None:
    """Move orders to `delivered` that are shipped and whose parcels, of which some were just imported, all arrived."""
    parcels = (SHIPMENTS.read(str(row.values["body"])) for row in imported.get(SHIPMENTS.name, ()))
    touched = {parcel.order_id for parcel in parcels if parcel.status is ParcelStatus.DELIVERED}
    write(connection, {ORDERS.name: list(_arrived(connection, sorted(touched)))})


def _arrived(connection: Connection, order_ids: list[str]) -> Iterator[Row]:
    readers = readers_over(rows_within(connection))
    for body in bodies_of(connection, ORDERS, order_ids).values():
        order = ORDERS.read(body)
        if order.stage is OrderStage.SHIPPED and arrived(order, readers.orders.shipments(order.id)):
            yield ORDERS.row(order.model_copy(update={"stage": OrderStage.DELIVERED}))
