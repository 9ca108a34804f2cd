"""Deliveries of webhooks that were taken in: what came before is known by its id and by its signature."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Index, delete, or_, select
from sqlmodel import Field

from server.db.session import Session, insert_new, micros, table
from server.db.tables import AppTable


class Deliveries(AppTable, table=True):
    """One row for each delivery; `signature` and `content` are sha256 of what was sent."""

    __table_args__ = (
        Index("ux_deliveries_signature", "source", "signature", unique=True),
        Index("ix_deliveries_at", "at"),
    )
    source: str = Field(primary_key=True)
    delivery_id: str = Field(primary_key=True)
    signature: str
    content: str
    ticket_id: str
    case_id: str
    at: int = Field(sa_type=BigInteger)


_T = table("deliveries")


class Delivery(NamedTuple):
    """One delivery of a source."""

    source: str
    delivery_id: str
    signature: str
    content: str
    ticket_id: str = ""
    case_id: str = ""


class StoredDeliveries:
    """What was delivered."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def like(self, delivery: Delivery) -> Delivery | None:
        """A delivery of the same source with the same id, else one with the same signature."""
        same = or_(_T.c.delivery_id == delivery.delivery_id, _T.c.signature == delivery.signature)
        columns = [_T.c[name] for name in Delivery._fields]
        rows = self._session.rows(select(*columns).where(_T.c.source == delivery.source, same))
        found = [Delivery(**row) for row in rows]
        by_id = [each for each in found if each.delivery_id == delivery.delivery_id]
        return next(iter((*by_id, *found)), None)

    def keep(self, delivery: Delivery, now: datetime) -> bool:
        """Note that it was taken in; False when the same id or signature came at the same moment, and was kept."""
        with self._session.durably() as connection:
            new = insert_new("deliveries", connection.dialect.name)
            return connection.execute(new, {**delivery._asdict(), "at": micros(now)}).first() is not None

    def forget(self, before: datetime) -> int:
        """Drop what came before a moment; gives how many. Signatures that old are refused by their timestamp."""
        with self._session.quickly() as connection:
            return connection.execute(delete(_T).where(_T.c.at < micros(before))).rowcount
