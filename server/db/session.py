"""Connections of the application's database: reads, durable commits for what money hangs on, quick ones for cases."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, Executable, Insert, RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite

from server.db.tables import AppTable
from tools.store.engine import Engines, open_engines, open_quick_engines, transaction, translated
from tools.store.selects import Cells, Kept, Ts, fetch

Value = str | int | bool | None
Values = Mapping[str, Value]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int) -> datetime:
    """The moment that `micros` was taken of."""
    return EPOCH + timedelta(microseconds=stamp)


def table(name: str) -> Table:
    """One of the tables of `server.db.tables`."""
    return AppTable.metadata.tables[name]


class Session:
    """Reads and transactions. What is committed durably survives a power cut; the rest survives a killed process."""

    def __init__(self, url: str) -> None:
        self.durable: Engines = open_engines(url)
        self._quick: Engines = open_quick_engines(url)

    @property
    def name(self) -> str:
        """The file or address, without a password."""
        return self.durable.name

    def rows(
        self, statement: Executable, values: Mapping[str, Value | list[str]] | None = None
    ) -> Sequence[RowMapping]:
        """What a select finds; it sees the newest commit."""
        with translated(self.name), self.durable.reads.connect() as connection:
            return connection.execute(statement, values or {}).mappings().all()

    def cells(self, statement: Kept[*Ts], values: Mapping[str, Value]) -> Sequence[Cells]:
        """The same in a fraction of the time, for a statement that is kept and selects texts and numbers."""
        with translated(self.name):
            return fetch(self.durable.reads, statement, values)

    @contextmanager
    def durably(self) -> Generator[Connection]:
        """One transaction that is on disk when it ends."""
        with translated(self.name), transaction(self.durable) as connection:
            yield connection

    @contextmanager
    def quickly(self) -> Generator[Connection]:
        """One transaction that a power cut may undo as a whole; a killed process cannot."""
        with translated(self.name), transaction(self._quick) as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.durable.close()
        self._quick.close()


@lru_cache(maxsize=32)
def insert_new(name: str, dialect: str) -> Insert:
    """Insert a row unless one with its key is there; returns the key of what was inserted."""
    into = table(name)
    key = next(iter(into.primary_key.columns))
    return _insert(into, dialect).on_conflict_do_nothing().returning(key)


@lru_cache(maxsize=32)
def upsert(name: str, dialect: str) -> Insert:
    """Insert a row or replace the one with its key."""
    into = table(name)
    key = [column.name for column in into.primary_key.columns]
    statement = _insert(into, dialect)
    rest = {column.name: statement.excluded[column.name] for column in into.c if column.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


def _insert(into: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(into) if dialect == "sqlite" else postgresql.insert(into)
