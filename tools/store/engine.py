"""Connections to SQLite and Postgres: one engine that only reads, one whose transactions write and are durable."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from tools.errors import OutcomeUnknown, StoreError, Unavailable, Unstorable
from tools.store.selects import order

BUSY_MS = 10_000
"""How long a writer waits for another process's transaction before it reports that the store is busy."""
_WAL_MS = 20
"""Between two attempts to have a new file write ahead."""
RESTED = 1.0
"""Seconds without use after which a connection to a server is asked whether it is still there; asking costs a read."""
_GIVEN_BACK = "given_back"


@dataclass(frozen=True)
class Engines:
    """Where reads go (no transaction, each select sees the newest commit) and where effects go."""

    reads: Engine
    writes: Engine
    name: str

    def close(self) -> None:
        """Close every connection."""
        self.reads.dispose()
        self.writes.dispose()


def open_engines(url: str) -> Engines:
    """Engines for `sqlite:///path/to/file.db` or `postgresql+psycopg://...`. Raises StoreError for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(_not_a_url("that address")) from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(parsed)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return _postgres(parsed)
    raise StoreError(_not_a_url(parsed.render_as_string(hide_password=True)))


def open_quick_engines(url: str) -> Engines:
    """As `open_engines`, but a commit does not wait for the disk: a killed process loses nothing, a power cut may."""
    engines = open_engines(url)
    event.listen(engines.writes, "connect", _no_sync if engines.writes.dialect.name == "sqlite" else _no_wait)
    return engines


def _no_sync(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    _pragmas(connection, "synchronous=NORMAL")


def _no_wait(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = off")
    cursor.close()
    connection.commit()


def _not_a_url(what: str) -> str:
    return f"{what} is not a store; use sqlite:///path/to/store.db or postgresql+psycopg://user@host/database"


def _sqlite(url: URL) -> Engines:
    if not url.database or url.database == ":memory:":
        raise StoreError("a store needs a file: sqlite:///path/to/store.db")
    path = Path(url.database)
    if path.is_dir():
        raise StoreError(f"{path} is a folder; a store is a file, such as {path / 'store.db'}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent} cannot be made ({error.strerror}); give another path for the store") from error
    reads = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=8, max_overflow=-1, pool_reset_on_return=None)
    writes = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=2, max_overflow=-1)
    event.listen(reads, "connect", _for_reading)
    event.listen(writes, "connect", _for_writing)
    return Engines(reads, writes, str(path))


def _postgres(url: URL) -> Engines:
    url = url.set(drivername="postgresql+psycopg")
    reads = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=8, max_overflow=-1)
    writes = create_engine(url, isolation_level="READ COMMITTED", pool_size=4, max_overflow=-1)
    for engine in (reads, writes):
        _ask_the_rested(engine)
    shown = url.set(query={name: value for name, value in url.query.items() if name in ("host", "port")})
    return Engines(reads, writes, shown.render_as_string(hide_password=True))


def _ask_the_rested(engine: Engine) -> None:
    """A connection that nobody used for a while is asked whether it lives, and replaced when it does not answer."""

    def given_back(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_GIVEN_BACK] = time.monotonic()

    def taken(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        rested = time.monotonic() - entry.info.get(_GIVEN_BACK, time.monotonic())
        if rested < RESTED:
            return
        dialect = engine.dialect
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the server has let go of this connection") from error

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", taken)


def _for_reading(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # query_only makes "who reads cannot write" true in the database as well.
    _pragmas(connection, "synchronous=NORMAL", "query_only=ON", "cache_size=-4000")


def _for_writing(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # FULL: an effect that was acknowledged survives a power cut.
    until = time.monotonic() + BUSY_MS / 1000
    while not _switched(connection, patient=time.monotonic() < until):
        time.sleep(_WAL_MS / 1000)
    _pragmas(connection, "synchronous=FULL")


def _switched(connection: DBAPIConnection, *, patient: bool) -> bool:
    """Whether the file writes ahead by now. Of processes that switch a new file at once, SQLite lets only one wait."""
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()
        if mode is None or mode[0] != "wal":
            cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if not patient or "locked" not in str(error):
            raise
        return False
    finally:
        cursor.close()
    return True


def _pragmas(connection: DBAPIConnection, *pragmas: str) -> None:
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_MS}", *pragmas):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Translated:
    """Database errors as errors of ours: nothing was changed when one comes out of here."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Every read passes here: a generator would take several times as long."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        ours = _ours(error, self._name) if error is not None else None
        if ours is not None:
            raise ours from error


def translated(name: str) -> Translated:
    """Database errors as errors of ours, for one `with`."""
    return Translated(name)


def _ours(error: BaseException, name: str) -> StoreError | Unavailable | Unstorable | None:
    if isinstance(error, DataError):
        return Unstorable(f"{name} cannot keep or look for this: {str(error.orig).splitlines()[0]}")
    if isinstance(error, DBAPIError):
        return _translate(error.orig, name)
    if isinstance(error, sqlite3.Error):
        return _translate(error, name)
    if isinstance(error, SQLAlchemyError):
        return Unavailable(f"the store {name} could not be used: {type(error).__name__}")
    return None


def _translate(original: BaseException | None, name: str) -> StoreError | Unavailable:
    text = str(original).splitlines()[0] if str(original) else type(original).__name__
    code = getattr(original, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreError(f"{name} is not a readable database ({text}); restore it from a backup or a snapshot")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL):
        return StoreError(f"{name} cannot be opened or written ({text}); check the folder, its rights and free space")
    return Unavailable(f"the store {name} did not answer: {text}")


@contextmanager
def transaction(engines: Engines) -> Generator[Connection]:
    """One writing transaction. On SQLite the write lock is taken at once, so that what is read stays true."""
    with engines.writes.connect() as connection:
        begun = _begin(connection)
        try:
            yield connection
        except BaseException:
            begun.rollback()
            raise
        try:
            begun.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise OutcomeUnknown(f"the connection to {engines.name} was lost while committing") from error
            raise


class _Immediate:
    """A SQLite transaction that holds the write lock from its start."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # so that SQLAlchemy knows of it as well

    def commit(self) -> None:
        order(self._connection, "COMMIT")

    def rollback(self) -> None:
        # After a full disk SQLite has rolled back by itself; a second ROLLBACK would hide that error.
        if getattr(self._connection.connection.dbapi_connection, "in_transaction", True):
            order(self._connection, "ROLLBACK")


def _begin(connection: Connection) -> _Immediate | RootTransaction:
    return _Immediate(connection) if connection.dialect.name == "sqlite" else connection.begin()
