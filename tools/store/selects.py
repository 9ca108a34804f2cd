"""Statements whose words never change. They go straight through the driver, in a fraction of the time."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVarTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Connection, Delete, Engine, Insert, Select, Update, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.sql.compiler import SQLCompiler

MOST_IDLE = 8
"""Connections of a file that are kept open for the next read."""
Ts = TypeVarTuple("Ts")
Kept = Select[*Ts] | CompoundSelect[*Ts]
Change = Insert | Update | Delete
Cell = str | int | None
Cells = Sequence[Cell]


class Changed(NamedTuple):
    """How many rows a change touched, and what it returned of them when it was asked to return something."""

    touched: int
    rows: Sequence[Cells]


class _Cursor(Protocol):
    """What is used of a driver's cursor."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> object: ...

    def execute(self, text: str, given: Sequence[Cell], /) -> object: ...

    def fetchall(self) -> Sequence[Cells]: ...


class _Fixed(NamedTuple):
    """SQL as the driver takes it, what each place in it stands for, and the values that the statement itself brings."""

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Cell]

    def given(self, values: Mapping[str, Cell]) -> list[Cell]:
        """A value for each place."""
        return [values[name] if name in values else self.own[name] for name in self.names]


def fetch(engine: Engine, statement: Kept[*Ts], values: Mapping[str, Cell]) -> Sequence[Cells]:
    """What a select of texts and numbers finds, outside of any transaction: it sees the newest commit.

    `statement` has to be one that is kept (a constant, or made by a cached function): its text is remembered.
    Raises sqlite3.Error or SQLAlchemyError; `engine.translated` makes errors of ours of both.
    """
    fixed = _fixed(statement, engine.dialect.name)
    if engine.dialect.name == "sqlite":
        return _fetch_here(engine, fixed, values)
    pooled = engine.raw_connection()
    try:
        return _run(pooled.dbapi_connection, engine.dialect, fixed, values).fetchall()
    except DBAPIError as error:
        if error.connection_invalidated:
            pooled.invalidate(error)
        raise
    finally:
        pooled.close()


def _fetch_here(engine: Engine, fixed: _Fixed, values: Mapping[str, Cell]) -> Sequence[Cells]:
    """From a file: on a connection that no other thread uses, without the pool, which takes as long as the select."""
    idle = _idle_of(engine)
    try:
        connection = idle.pop()
    except IndexError:
        connection = _opened(engine)
    try:
        found = connection.execute(fixed.text, fixed.given(values)).fetchall()
    except BaseException:
        connection.close()
        raise
    if len(idle) < MOST_IDLE:
        idle.append(connection)
    else:
        connection.close()
    return found


def _idle_of(engine: Engine) -> deque[sqlite3.Connection]:
    """The connections of an engine that nobody uses; they are closed with it."""
    idle = _idle.get(engine)
    if idle is None:
        idle = _idle.setdefault(engine, deque())
        event.listen(engine, "engine_disposed", _close_idle)
    return idle


def _opened(engine: Engine) -> sqlite3.Connection:
    pooled = engine.raw_connection()
    connection = cast("sqlite3.Connection", pooled.dbapi_connection)  # what its dialect opens
    pooled.detach()
    return connection


def _close_idle(engine: Engine) -> None:
    idle = _idle.get(engine, ())
    while idle:
        idle.pop().close()


_idle: WeakKeyDictionary[Engine, deque[sqlite3.Connection]] = WeakKeyDictionary()


def fetch_within(connection: Connection, statement: Kept[*Ts], values: Mapping[str, Cell]) -> Sequence[Cells]:
    """The same inside an open transaction."""
    return _within(connection, _fixed(statement, connection.dialect.name), values).fetchall()


def change(connection: Connection, statement: Change, values: Mapping[str, Cell]) -> Changed:
    """Insert, update or delete inside an open transaction; `values` gives columns and parameters by name.

    `statement` has to be one that is kept. Raises as `fetch`.
    """
    fixed = _fixed_change(statement, tuple(values), connection.dialect.name)
    cursor = _within(connection, fixed, values)
    found = cursor.fetchall() if cursor.description else ()
    return Changed(cursor.rowcount, found)


def change_each(connection: Connection, statement: Change, rows: Sequence[Mapping[str, Cell]]) -> None:
    """The same for many rows with the same columns. Nothing for none."""
    if len(rows) == 1:
        change(connection, statement, rows[0])
    elif rows:
        connection.execute(statement, [*rows])


def order(connection: Connection, words: str) -> None:
    """Run words of SQLite that stand for themselves, such as BEGIN."""
    cast("sqlite3.Connection", connection.connection.dbapi_connection).execute(words)  # what its dialect opens


def _within(connection: Connection, fixed: _Fixed, values: Mapping[str, Cell]) -> _Cursor:
    return _run(connection.connection.dbapi_connection, connection.dialect, fixed, values)


def _run(connection: DBAPIConnection | None, dialect: Dialect, fixed: _Fixed, values: Mapping[str, Cell]) -> _Cursor:
    """Errors of SQLite go up as they are, those of psycopg as SQLAlchemy would raise them."""
    given = fixed.given(values)
    if dialect.name == "sqlite":
        return cast("sqlite3.Connection", connection).execute(fixed.text, given)
    if connection is None:
        raise RuntimeError("a connection of the pool is closed while it is used")
    # The dialect types it narrowly.
    cursor, errors = cast("_Cursor", connection.cursor()), dialect.loaded_dbapi.Error
    try:
        cursor.execute(fixed.text, given)
    except errors as error:
        gone = dialect.is_disconnect(error, connection, None)
        raise DBAPIError.instance(
            fixed.text, None, error, errors, hide_parameters=True, connection_invalidated=gone, dialect=dialect
        ) from error
    return cursor


@lru_cache(maxsize=512)
def _fixed(statement: Kept[*Ts], dialect: str) -> _Fixed:
    return _written(statement.compile(dialect=_spoken(dialect)))


@lru_cache(maxsize=256)
def _fixed_change(statement: Change, columns: tuple[str, ...], dialect: str) -> _Fixed:
    return _written(statement.compile(dialect=_spoken(dialect), column_keys=columns))


@lru_cache(maxsize=2)
def _spoken(dialect: str) -> Dialect:
    return sqlite.dialect() if dialect == "sqlite" else psycopg.dialect(paramstyle="format")


def _written(compiled: SQLCompiler) -> _Fixed:
    # With lists written out; a parameter without a value would be refused.
    written = compiled.construct_expanded_state(compiled.params)
    return _Fixed(written.statement, tuple(written.positiontup or ()), dict(written.parameters))
