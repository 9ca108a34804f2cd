"""Reading and writing rows: the only place that sends SQL about nouns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache, partial
from typing import TypeVar

from sqlalchemy import Connection, Delete, Insert, Select, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tools.commerce import Noun
from tools.store.engine import Engines, translated
from tools.store.nouns import AnyTable, NounTable, Row, Satellite
from tools.store.selects import Cells, change, change_each, fetch, fetch_within
from tools.store.tables import StoreTable

N = TypeVar("N", bound=Noun)
Value = str | int
Texts = Select[str]
Fetch = Callable[[Texts, Mapping[str, Value]], Sequence[Cells]]
BATCH = 5_000
"""Rows per round trip when many are written."""
_IDS = 500


class Rows:
    """Runs selects that are kept: each on a connection of its own, or all inside one transaction."""

    def __init__(self, fetch: Fetch, guard: Callable[[], AbstractContextManager[None]]) -> None:
        self._fetch = fetch
        self._guard = guard

    def all(self, noun: NounTable[N], statement: Texts, **values: Value) -> list[N]:
        """The nouns of the bodies that `statement` selects."""
        return [noun.read(text) for text in self.texts(statement, **values)]

    def one(self, noun: NounTable[N], statement: Texts, **values: Value) -> N | None:
        """The only noun that `statement` selects; None for none and also for several."""
        found = self.all(noun, statement, **values)
        return found[0] if len(found) == 1 else None

    def texts(self, statement: Texts, **values: Value) -> list[str]:
        """The one column that `statement` selects."""
        if not _storable(values.values()):
            return []
        with self._guard():
            return [str(row[0]) for row in self._fetch(statement, values)]


def rows_of(engines: Engines) -> Rows:
    """Each select on a connection of its own; it sees the newest commit."""
    return Rows(partial(fetch, engines.reads), partial(translated, engines.name))


def rows_within(connection: Connection) -> Rows:
    """All selects inside one transaction, which locks what it reads."""

    def locked(statement: Texts, values: Mapping[str, Value]) -> Sequence[Cells]:
        return fetch_within(connection, _for_update(statement), values)

    # The raw error goes up: the effect is tried again after a deadlock.
    return Rows(locked, nullcontext)


@lru_cache(maxsize=256)
def _for_update(statement: Texts) -> Texts:
    return statement.with_for_update()


def _storable(values: Iterable[Value]) -> bool:
    # Nothing with a NUL or half a surrogate pair was ever stored, and databases raise on them.
    return all(isinstance(value, int) or _is_text(value) for value in values)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


@lru_cache(maxsize=256)
def by(noun: AnyTable, column: str, *order: str, most: int | None = None) -> Texts:
    """Bodies where `column` equals the parameter of the same name, sorted by `order` (`-` in front: descending)."""
    table = noun.table
    keys = [table.c[name.lstrip("-")].desc() if name.startswith("-") else table.c[name] for name in order]
    return select(table.c.body).where(table.c[column] == bindparam(column)).order_by(*keys).limit(most)


@lru_cache(maxsize=64)
def _upsert(table_name: str, dialect: str) -> Insert:
    table = StoreTable.metadata.tables[table_name]
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert or replace rows of one table, and what other tables hold about them."""
    if not rows:
        return
    dialect = connection.dialect.name
    change_each(connection, _upsert(rows[0].table, dialect), [row.values for row in rows])
    for index in range(len(rows[0].satellites)):
        _put_satellites(connection, [(row.id, row.satellites[index]) for row in rows], dialect)


def _put_satellites(connection: Connection, owned: Sequence[tuple[str, Satellite]], dialect: str) -> None:
    first = owned[0][1]
    change_each(connection, _gone(first.table, first.owner), [{"gone": owner} for owner, _ in owned])
    rows = [dict(row) for _, satellite in owned for row in satellite.rows]
    change_each(connection, _upsert(first.table, dialect), rows)


@lru_cache(maxsize=64)
def _gone(table_name: str, owner: str) -> Delete:
    table = StoreTable.metadata.tables[table_name]
    return delete(table).where(table.c[owner] == bindparam("gone"))


def claim(connection: Connection, noun: AnyTable, row: Row) -> bool:
    """Insert a row that must not exist yet; False when it does (a concurrent claim is waited for)."""
    return bool(change(connection, _new(noun.name, connection.dialect.name), row.values).rows)


@lru_cache(maxsize=64)
def _new(table_name: str, dialect: str) -> Insert:
    table = StoreTable.metadata.tables[table_name]
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return statement.on_conflict_do_nothing().returning(table.c.id)


def bodies_of(connection: Connection, noun: AnyTable, ids: Sequence[str]) -> dict[str, str]:
    """The stored bodies of these ids, as far as they exist; locked until the transaction ends."""
    table, found = noun.table, dict[str, str]()
    for start in range(0, len(ids), _IDS):
        some = select(table.c.id, table.c.body).where(table.c.id.in_(ids[start : start + _IDS])).with_for_update()
        found.update((str(row[0]), str(row[1])) for row in connection.execute(some))
    return found


def every_body(connection: Connection, noun: AnyTable) -> Iterator[str]:
    """All bodies in the order of their ids, byte by byte, the same on every database."""
    collation = "BINARY" if connection.dialect.name == "sqlite" else "C"
    table = noun.table
    statement = select(table.c.body).order_by(table.c.id.collate(collation))
    for row in connection.execute(statement, execution_options={"yield_per": BATCH}):
        yield str(row[0])
