"""Where paused cases wait: LangGraph checkpoints in a SQLite file of their own, or in the Postgres that all share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString
from weakref import WeakKeyDictionary

from tools.errors import StoreError, Unavailable

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.sqlite import SqliteSaver
    from psycopg import Connection, Cursor
    from psycopg.rows import DictRow
    from psycopg_pool import ConnectionPool

    Checkpointer = BaseCheckpointSaver[str]

_SET_UP = 4_215_077_316
"""The number of the lock under which the tables are made."""
_RESTED = 1.0
"""Seconds without use after which a connection is asked whether it is still there."""


@contextmanager
def open_checkpoints(path: Path) -> Generator[SqliteSaver]:
    """The checkpointer over `path`, made when it is not there. One connection for all threads of this process.

    What is read back is data: no class that a file names is ever imported. Raises StoreError for a damaged file.
    """
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    try:
        saver = SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        try:
            saver.setup()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{path} cannot be used: {error}. Move it away: waiting cases are worked on anew, nothing happens twice"
            ) from error
        yield saver
    finally:
        connection.close()


@contextmanager
def open_shared_checkpoints(url: str, connections: int = 4) -> Generator[Checkpointer]:
    """The checkpointer over a Postgres that several processes share; its tables are made when they are not there.

    A database that does not answer is Unavailable: the case is taken up again where it stands. Raises StoreError.
    """
    from psycopg import Connection, Error
    from psycopg.rows import DictRow, dict_row
    from psycopg_pool import ConnectionPool, PoolTimeout

    rest = _Rest()
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with ConnectionPool(
        address,
        connection_class=Connection[DictRow],
        kwargs=options,
        min_size=1,
        max_size=connections,
        timeout=10,
        configure=_no_wait,
        reset=rest.begins,
        check=rest.ends,
    ) as pool:
        try:
            pool.wait(10)
            saver = _shared_saver(pool)
            with pool.connection() as connection:
                _set_up(saver, connection)
        except PoolTimeout as error:
            raise Unavailable(f"the database of the checkpoints does not answer: {error}") from error
        except Error as error:
            raise StoreError(f"the checkpoints in Postgres cannot be used: {str(error).splitlines()[0]}") from error
        yield saver


def _no_wait(connection: Connection[DictRow]) -> None:
    # What commits durably afterwards takes what was written before it along: a power cut leaves no later record whose
    # checkpoint is gone.
    connection.execute("SET synchronous_commit = off")


class _Rest:
    """Since when each connection is unused: one that rested is asked whether it lives before it is used again."""

    def __init__(self) -> None:
        self._since: WeakKeyDictionary[Connection[DictRow], float] = WeakKeyDictionary()

    def begins(self, connection: Connection[DictRow]) -> None:
        self._since[connection] = time.monotonic()

    def ends(self, connection: Connection[DictRow]) -> None:
        if time.monotonic() - self._since.get(connection, 0.0) >= _RESTED:
            connection.execute("SELECT 1")


def _set_up(saver: PostgresSaver, connection: Connection[DictRow]) -> None:
    """One process at a time. Asking again and again, because a waiting lock would stop an index from being built."""
    while not _one(connection, "SELECT pg_try_advisory_lock(%s) AS got"):
        time.sleep(0.1)
    try:
        saver.setup()
    finally:
        _one(connection, "SELECT pg_advisory_unlock(%s) AS got")


def _one(connection: Connection[DictRow], question: LiteralString) -> bool:
    row = connection.execute(question, (_SET_UP,)).fetchone()
    return bool(row and row["got"])


def _shared_saver(pool: ConnectionPool[Connection[DictRow]]) -> PostgresSaver:
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from psycopg import InterfaceError, OperationalError
    from psycopg_pool import PoolTimeout

    class Saver(PostgresSaver):
        """Says Unavailable where psycopg says that the connection is gone."""

        @contextmanager
        def _cursor(self, *, pipeline: bool = False) -> Generator[Cursor[DictRow]]:
            try:
                with super()._cursor(pipeline=pipeline) as cursor:
                    yield cursor
            except (OperationalError, InterfaceError, PoolTimeout) as error:
                raise Unavailable(f"the checkpoints in Postgres did not answer: {type(error).__name__}") from error

    return Saver(pool, serde=JsonPlusSerializer(allowed_msgpack_modules=None))


def thread_ids(saver: Checkpointer) -> list[str]:
    """Every thread that is kept."""
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.checkpoint.sqlite import SqliteSaver

    question = "SELECT DISTINCT thread_id FROM checkpoints"
    if isinstance(saver, SqliteSaver):
        with saver.cursor(transaction=False) as cursor:
            return [str(row[0]) for row in cursor.execute(question)]
    if isinstance(saver, PostgresSaver):
        with saver._cursor() as cursor:  # pyright: ignore[reportPrivateUsage] - it has no list of its own
            return [str(row["thread_id"]) for row in cursor.execute(question)]
    return []


def memory_checkpoints() -> Checkpointer:
    """The same for cases that nobody takes up again: nothing outlives the process."""
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

    return InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
