"""Statements whose words never change. On SQLite they go straight through the driver, in a fifth of the time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVarTuple, cast

from sqlalchemy import CompoundSelect, Connection, Delete, Engine, Insert, Select, Update
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.sql.compiler import SQLCompiler

Ts = TypeVarTuple("Ts")
Kept = Select[*Ts] | CompoundSelect[*Ts]
Change = Insert | Update | Delete
Cell = str | int | None
Cells = Sequence[Cell]


class Changed(NamedTuple):
    """How many rows a change touched, and what it returned of them when it was asked to return something."""

    touched: int
    rows: Sequence[Cells]


class _Fixed(NamedTuple):
    """SQL with question marks, what each of them stands for, and the values that the statement itself brings."""

    text: str
    names: tuple[str, ...]
    own: Mapping[str, Cell]


def fetch(engine: Engine, statement: Kept[*Ts], values: Mapping[str, Cell]) -> Sequence[Cells]:
    """What a select of texts and numbers finds, outside of any transaction: it sees the newest commit.

    `statement` has to be one that is kept (a constant, or made by a cached function): its text is remembered.
    Raises sqlite3.Error or SQLAlchemyError; `engine.translated` makes errors of ours of both.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            found = connection.execute(statement, values).all()
        return cast("Sequence[Cells]", found)  # texts and numbers were asked for
    fixed = _fixed(statement)
    given = [values[name] if name in values else fixed.own[name] for name in fixed.names]
    pooled = engine.raw_connection()
    try:
        return _driver(pooled.dbapi_connection).execute(fixed.text, given).fetchall()
    finally:
        pooled.close()


def fetch_within(connection: Connection, statement: Kept[*Ts], values: Mapping[str, Cell]) -> Sequence[Cells]:
    """The same inside an open transaction."""
    if connection.dialect.name != "sqlite":
        return cast("Sequence[Cells]", connection.execute(statement, values).all())  # texts and numbers were asked for
    return _run(connection, _fixed(statement), values).fetchall()


def change(connection: Connection, statement: Change, values: Mapping[str, Cell]) -> Changed:
    """Insert, update or delete inside an open transaction; `values` gives columns and parameters by name.

    `statement` has to be one that is kept. Raises as `fetch`.
    """
    if connection.dialect.name != "sqlite":
        done = connection.execute(statement, values)
        return Changed(done.rowcount, cast("Sequence[Cells]", done.all() if done.returns_rows else ()))
    cursor = _run(connection, _fixed_change(statement, tuple(values)), values)
    found = cursor.fetchall()
    return Changed(cursor.rowcount, found)


def change_each(connection: Connection, statement: Change, rows: Sequence[Mapping[str, Cell]]) -> None:
    """The same for many rows with the same columns. Nothing for none."""
    if len(rows) == 1:
        change(connection, statement, rows[0])
    elif rows:
        connection.execute(statement, [*rows])


def order(connection: Connection, words: str) -> None:
    """Run words of SQLite that stand for themselves, such as BEGIN."""
    _driver(connection.connection.dbapi_connection).execute(words)


def _run(connection: Connection, fixed: _Fixed, values: Mapping[str, Cell]) -> sqlite3.Cursor:
    given = [values[name] if name in values else fixed.own[name] for name in fixed.names]
    return _driver(connection.connection.dbapi_connection).execute(fixed.text, given)


def _driver(connection: DBAPIConnection | None) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection)  # what the dialect `sqlite` opens


@lru_cache(maxsize=512)
def _fixed(statement: Kept[*Ts]) -> _Fixed:
    return _written(statement.compile(dialect=sqlite.dialect()))


@lru_cache(maxsize=256)
def _fixed_change(statement: Change, columns: tuple[str, ...]) -> _Fixed:
    return _written(statement.compile(dialect=sqlite.dialect(), column_keys=columns))


def _written(compiled: SQLCompiler) -> _Fixed:
    # With lists written out; a parameter without a value would be refused.
    written = compiled.construct_expanded_state(compiled.params)
    return _Fixed(written.statement, tuple(written.positiontup or ()), dict(written.parameters))
