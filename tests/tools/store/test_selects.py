"""Selects that go straight through the driver find what SQLAlchemy finds, and fail in our own words."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    union,
    update,
)  # fmt: skip
from sqlalchemy.exc import IntegrityError

from tools.errors import StoreError, Unavailable
from tools.store import selects
from tools.store.engine import Engines, open_engines, transaction, translated
from tools.store.selects import Cell, Change, Kept, change, change_each, fetch, fetch_within

_NOTES = Table("notes", MetaData(), Column("id", Integer), Column("body", String))
_BOTH = select(_NOTES.c.id, _NOTES.c.body)
_SELECTS: list[tuple[Kept[int, str], Mapping[str, Cell]]] = [
    (_BOTH.where(_NOTES.c.body == bindparam("body")), {"body": "two"}),
    (_BOTH.order_by(_NOTES.c.id.desc()).limit(2), {}),
    (_BOTH.where(_NOTES.c.id.in_([1, 3])).order_by(_NOTES.c.id).limit(bindparam("most")), {"most": 1}),
    (
        union(
            _BOTH.where(_NOTES.c.id == bindparam("id")),
            _BOTH.where(_NOTES.c.id != bindparam("id"), _NOTES.c.body.like("t%")),
        ).order_by("id"),
        {"id": 1},
    ),
    (_BOTH.where(_NOTES.c.body == bindparam("body")), {"body": "ñ' OR 1=1 --"}),
]


@pytest.fixture
def engines(url: str) -> Engines:
    opened = open_engines(url)
    with opened.writes.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id INTEGER, body VARCHAR)")
        connection.exec_driver_sql("INSERT INTO notes VALUES (1, 'one'), (2, 'two'), (3, 'three')")
        connection.commit()
    return opened


@pytest.mark.parametrize(("statement", "values"), _SELECTS)
def test_it_finds_what_sqlalchemy_finds(
    engines: Engines, statement: Kept[int, str], values: Mapping[str, Cell]
) -> None:
    with engines.reads.connect() as connection:
        expected = [tuple(row) for row in connection.execute(statement, values)]
    assert [tuple(row) for row in fetch(engines.reads, statement, values)] == expected
    engines.close()


def test_it_sees_what_was_committed_a_moment_ago(engines: Engines) -> None:
    statement, values = _SELECTS[0]
    before = fetch(engines.reads, statement, values)
    with engines.writes.connect() as connection:
        connection.exec_driver_sql("INSERT INTO notes VALUES (4, 'two')")
        connection.commit()
    assert len(fetch(engines.reads, statement, values)) == len(before) + 1
    engines.close()


def test_what_the_driver_says_comes_out_in_our_words(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000)
    engines = open_engines(f"sqlite:///{damaged}")
    with pytest.raises((StoreError, Unavailable), match=r"damaged\.db"), translated(engines.name):
        fetch(engines.reads, *_SELECTS[0])
    engines.close()


_NEW = insert(_NOTES).returning(_NOTES.c.id)
_OTHER = update(_NOTES).where(_NOTES.c.id > bindparam("least"))
_CHANGES: list[tuple[Change, Mapping[str, Cell], int, list[tuple[Cell, ...]]]] = [
    (_NEW, {"id": 4, "body": "ñ' --"}, 1, [(4,)]),
    (_NEW, {"id": 4}, 1, [(4,)]),
    (_OTHER, {"body": "other", "least": 1}, 2, []),
    (_OTHER, {"body": "other", "least": 3}, 0, []),
    (delete(_NOTES).where(_NOTES.c.body == bindparam("gone")), {"gone": "two"}, 1, []),
]


@pytest.mark.parametrize(("statement", "values", "touched", "returned"), _CHANGES)
def test_a_change_does_what_it_does_through_sqlalchemy(
    engines: Engines, statement: Change, values: Mapping[str, Cell], touched: int, returned: list[tuple[Cell, ...]]
) -> None:
    with engines.writes.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        connection.execute(statement, values)
        expected = sorted(tuple(row) for row in fetch_within(connection, _BOTH, {}))
        connection.exec_driver_sql("ROLLBACK")
    with transaction(engines) as connection:
        done = change(connection, statement, values)
    assert (done.touched, [tuple(row) for row in done.rows]) == (touched, returned)
    assert sorted(tuple(row) for row in fetch(engines.reads, _BOTH, {})) == expected
    engines.close()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_many_rows_are_changed_one_by_one(engines: Engines, count: int) -> None:
    with transaction(engines) as connection:
        change_each(connection, insert(_NOTES), [{"id": 10 + at, "body": "new"} for at in range(count)])
    assert len(fetch(engines.reads, _BOTH, {})) == 3 + count
    engines.close()


def test_a_change_that_fails_undoes_what_came_before_it(engines: Engines) -> None:
    with engines.writes.connect() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX ux_notes ON notes (id)")
        connection.commit()

    def two() -> None:
        with transaction(engines) as connection:
            change(connection, _NEW, {"id": 4, "body": "four"})
            change(connection, _NEW, {"id": 1, "body": "again"})

    with pytest.raises((sqlite3.IntegrityError, IntegrityError)):
        two()
    assert len(fetch(engines.reads, _BOTH, {})) == 3
    engines.close()


def test_a_server_that_lets_go_of_a_connection_in_use_is_unavailable_and_the_next_read_works(postgres: str) -> None:
    engines = open_engines(postgres)
    mine = select(cast(func.pg_backend_pid(), Integer))
    ((process,),) = fetch(engines.reads, mine, {})
    ends = select(cast(func.pg_terminate_backend(bindparam("process")), String))
    other = open_engines(postgres)
    fetch(other.reads, ends, {"process": process})
    other.close()
    with pytest.raises(Unavailable, match="did not answer"), translated(engines.name):
        fetch(engines.reads, mine, {})
    assert fetch(engines.reads, mine, {}) != [(process,)]
    engines.close()


def test_reads_of_a_file_use_one_connection_again_and_close_it_with_the_engines(tmp_path: Path) -> None:
    opened = open_engines(f"sqlite:///{tmp_path / 'notes.db'}")
    with transaction(opened) as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id INTEGER, body TEXT)")
    for _ in range(3):
        assert list(fetch(opened.reads, _BOTH, {})) == []
    (kept,) = selects._idle[opened.reads]  # pyright: ignore[reportPrivateUsage]
    opened.close()
    assert not selects._idle[opened.reads]  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(sqlite3.ProgrammingError):
        kept.execute("SELECT 1")


def test_what_fails_on_a_connection_ends_it(tmp_path: Path) -> None:
    opened = open_engines(f"sqlite:///{tmp_path / 'notes.db'}")
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            fetch(opened.reads, _BOTH, {})
    assert not selects._idle[opened.reads]  # pyright: ignore[reportPrivateUsage]
    opened.close()


def test_threads_that_read_at_once_each_see_the_newest_commit(tmp_path: Path) -> None:
    opened = open_engines(f"sqlite:///{tmp_path / 'notes.db'}")
    with transaction(opened) as connection:
        connection.exec_driver_sql("CREATE TABLE notes (id INTEGER, body TEXT)")
    for number in range(3):
        with transaction(opened) as connection:
            connection.execute(insert(_NOTES), {"id": number, "body": str(number)})
        with ThreadPoolExecutor(12) as pool:
            asked = [pool.submit(fetch, opened.reads, _BOTH, {}) for _ in range(48)]
            found = [len(each.result()) for each in asked]
        assert found == [number + 1] * 48
    assert 0 < len(selects._idle[opened.reads]) <= selects.MOST_IDLE  # pyright: ignore[reportPrivateUsage]
    opened.close()
