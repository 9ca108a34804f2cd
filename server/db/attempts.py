"""Attempts at the door, counted over all processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from server.db.people import ATTEMPTS as _T
from server.db.session import Session, insert_new, micros, moment_of


class StoredAttempts:
    """How often somebody tried within a window that begins with the first attempt."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, most: Mapping[str, int], window: timedelta, now: datetime) -> datetime | None:
        """Count one attempt for every key, before it is known how it ends: a burst finds the door shut.

        Gives None when each is within its limit, else when the last of the full windows ends; then nothing is counted.
        """
        with self._session.quickly() as connection:
            connection.execute(delete(_T).where(_T.c.until <= micros(now)))
            # In one order, so that two attempts wait for each other and never in a circle.
            for key in sorted(most):
                fresh = {"key": key, "many": 0, "until": micros(now + window)}
                connection.execute(insert_new("attempts", connection.dialect.name), fresh)
            counts = _counts(connection, sorted(most))
            full = [until for key, (many, until) in counts.items() if many >= most[key]]
            if full:
                return moment_of(max(full))
            connection.execute(update(_T).where(_T.c.key.in_(most)).values(many=_T.c.many + 1))
            return None

    def many(self) -> int:
        """How many windows are open, or not swept away yet."""
        return int(self._session.rows(select(func.count().label("many")).select_from(_T))[0]["many"])

    def give_back(self, keys: list[str]) -> None:
        """The attempt was a good one: it does not count."""
        with self._session.quickly() as connection:
            connection.execute(update(_T).where(_T.c.key.in_(keys), _T.c.many > 0).values(many=_T.c.many - 1))

    def forget(self, key: str) -> None:
        """Begin anew."""
        with self._session.quickly() as connection:
            connection.execute(delete(_T).where(_T.c.key == key))


def _counts(connection: Connection, keys: list[str]) -> dict[str, tuple[int, int]]:
    query = select(_T.c.key, _T.c.many, _T.c.until).where(_T.c.key.in_(keys)).order_by(_T.c.key).with_for_update()
    return {row["key"]: (row["many"], row["until"]) for row in connection.execute(query).mappings()}
