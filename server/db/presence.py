"""Which workers are alive: each holds a lock in Postgres for its life, and the database lets go of it when it dies."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from tools.errors import StoreError
from tools.store.engine import translated

_KIND = 1_415_077
"""The first half of the lock's number: no other program of the database uses it."""
_LIFE = 1_415_078
"""The same for one life of a worker: another process may work under its name when it has died."""
_TRY = text("SELECT pg_try_advisory_lock(:kind, :name)")
_LET_GO = text("SELECT pg_advisory_unlock(:kind, :name)")
_AGAIN = 0.25


class WorkerNameTaken(StoreError):
    """Another process works under this name."""

    def __init__(self, worker: str) -> None:
        super().__init__(
            f"another process works as {worker}; stop it, or give this one another name with COUNTERSIGN_WORKER"
        )


class Presence:
    """One worker's lock. A worker whose lock can be taken by somebody else is dead, or has lost its database."""

    def __init__(self, url: str, worker: str) -> None:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        self._name = parsed.render_as_string(hide_password=True)
        self._engine = create_engine(parsed, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._worker = worker
        self.life = f"{worker}/{uuid.uuid4().hex[:8]}"
        """What this process is called: the worker's name, and which of its lives this is."""
        self._held: Connection | None = None

    def take(self, seconds: float) -> None:
        """Hold the lock from now on. Raises WorkerNameTaken when somebody keeps it for so long, and Unavailable."""
        until = time.monotonic() + seconds
        while not self._taken():
            if time.monotonic() >= until:
                raise WorkerNameTaken(self._worker)
            time.sleep(_AGAIN)

    def kept(self) -> bool:
        """Whether the lock was held all the time since the last look; if not, it is taken again when it can be."""
        if self._held is not None:
            try:
                self._held.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self._drop()
            else:
                return True
        self._taken()
        return False

    def of(self, worker: str) -> AbstractContextManager[bool]:
        """Hold another worker's lock for the length of the block, if it can be had: then that worker is not alive."""
        return self._lock(_KIND, worker)

    def over(self, life: str) -> bool:
        """Whether the process of this life does not work any more, or has lost its database."""
        with self._lock(_LIFE, life) as free:
            return free

    def free(self, worker: str) -> bool:
        """Whether nobody works under this name right now."""
        with self.of(worker) as free:
            return free

    def close(self) -> None:
        """Let go."""
        self._drop()
        self._engine.dispose()

    @contextmanager
    def _lock(self, kind: int, whose: str) -> Generator[bool]:
        with translated(self._name), self._engine.connect() as connection:
            free = _had(connection, kind, whose)
            try:
                yield free
            finally:
                if free:
                    connection.execute(_LET_GO, {"kind": kind, "name": _number(whose)})

    def _taken(self) -> bool:
        with translated(self._name):
            connection = self._engine.connect()
            # A machine that vanished without a word must not keep its lock for the hours that TCP would wait.
            for setting in ("idle = 5", "interval = 3", "count = 2"):
                connection.execute(text(f"SET tcp_keepalives_{setting}"))
            # Both or none: somebody may just be asking whether this life is over.
            if _had(connection, _KIND, self._worker) and _had(connection, _LIFE, self.life):
                self._held = connection
                return True
            connection.close()
            return False

    def _drop(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            with suppress(SQLAlchemyError):
                held.invalidate()
                held.close()


def _had(connection: Connection, kind: int, whose: str) -> bool:
    return bool(connection.execute(_TRY, {"kind": kind, "name": _number(whose)}).scalar())


def _number(worker: str) -> int:
    return zlib.crc32(worker.encode()) - 2**31
