"""What the service itself knows and must remember: keys that sign tokens, hashes of links that work once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from agent.audit import AuditNote
from server.db.audit import append
from server.db.people import SECRETS as _T
from server.db.session import Session, insert_new, micros


class StoredSecrets:
    """Named values with an end. They are in a backup of the database like everything else that must be kept."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, name: str, now: datetime) -> list[str]:
        """The values of a name that have not ended, oldest first."""
        alive = or_(_T.c.until.is_(None), _T.c.until > micros(now))
        query = select(_T.c.value).where(_T.c.name == name, alive).order_by(_T.c.made_at, _T.c.id)
        return [str(row["value"]) for row in self._session.rows(query)]

    def first(self, name: str, value: str, now: datetime) -> None:
        """Keep the first value of a name; of two processes that start together one wins."""
        row = {"id": f"{name}-1", "name": name, "value": value, "made_at": micros(now), "until": None}
        with self._session.durably() as connection:
            connection.execute(insert_new("secrets", connection.dialect.name), row)

    def add(self, name: str, value: str, now: datetime, until: datetime | None, note: AuditNote | None = None) -> None:
        """Keep one more; those that ended are thrown away."""
        stamp = micros(now)
        row = {"id": f"{name}-{stamp}-{value[:8]}", "name": name, "value": value, "made_at": stamp}
        with self._session.durably() as connection:
            connection.execute(delete(_T).where(_T.c.until <= stamp))
            connection.execute(insert(_T).values({**row, "until": None if until is None else micros(until)}))
            if note is not None:
                append(connection, note)

    def drop(self, name: str) -> None:
        """Forget every value of a name."""
        with self._session.durably() as connection:
            connection.execute(delete(_T).where(_T.c.name == name))
