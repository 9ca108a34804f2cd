"""The local store of record: open it, read through `readers`, change it through `writers`."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection, func, select, text

from tools.helpdesk import Ticket
from tools.ports import Readers, Writers
from tools.store.bulk import write
from tools.store.engine import Engines, open_engines, open_quick_engines, transaction, translated
from tools.store.nouns import EVERY_NOUN, PRODUCTS, TICKETS, Row, row_of
from tools.store.reading import StoredEffects, readers_over
from tools.store.rows import every_body, rows_of
from tools.store.schema import migrate
from tools.store.writing import Clock, Effects, StoreCustomerWriter, StoreHelpdeskWriter, StoreOrderWriter

_DELIVERIES = 1_415_078
"""The first half of the number of a lock on one ticket."""
Transaction = Connection
"""One that is open: what is written in it is committed or undone as a whole."""
Also = Callable[[Transaction, Ticket], None]


class LocalStore:
    """A store on SQLite or Postgres. Safe to use from several threads and processes at once."""

    def __init__(self, engines: Engines, quick: Engines) -> None:
        self._engines = engines
        self._quick = quick
        self._rows = rows_of(engines)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open `sqlite:///path/to/store.db` or `postgresql+psycopg://...`; tables are made or upgraded when needed.

        Raises StoreError when it cannot be used (says what to do) and Unavailable when the database does not answer.
        """
        engines = open_engines(url)
        try:
            migrate(engines)
        except BaseException:
            engines.close()
            raise
        return cls(engines, open_quick_engines(url))

    @property
    def name(self) -> str:
        """The file or address, without a password."""
        return self._engines.name

    def readers(self) -> Readers:
        """Every read port."""
        return readers_over(self._rows)

    def writers(self, clock: Clock) -> Writers:
        """Every write port; effects happen at `clock()`, an aware UTC datetime."""
        effects = Effects(self._engines, self._quick, clock)
        return Writers(
            orders=StoreOrderWriter(effects),
            customers=StoreCustomerWriter(effects),
            helpdesk=StoreHelpdeskWriter(effects),
            effects=StoredEffects(self._rows),
        )

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """One durable transaction, for imports. Nothing is kept when an exception leaves it."""
        with translated(self.name), transaction(self._engines) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One connection for a long read, for exports: it sees one moment of the store."""
        with translated(self.name), self._engines.reads.connect() as connection:
            if connection.dialect.name != "sqlite":
                with connection.execution_options(isolation_level="REPEATABLE READ").begin():
                    yield connection
                return
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def receive(self, ticket: Ticket) -> None:
        """Keep a ticket that arrived, or its newer state. Tags, queue and status that we set stay as they are."""
        with self.transaction() as connection:
            write(connection, {"tickets": [row_of(ticket)]}, {"tickets": _our_marks})

    def append(self, ticket: Ticket, also: Also | None = None) -> bool:
        """Bring the messages of a ticket in, by moment; False when all of them are known, and nothing changes.

        A message that is known stays as it came first: what is delivered under its id later does not replace it.
        `also` is called with the whole ticket when something was new; what it writes is committed with the messages.
        """
        news: list[bool] = []
        whole = [ticket]

        def merge(incoming: Row, before: str) -> Row:
            known = Ticket.model_validate_json(before)
            ids = {message.id for message in known.messages}
            fresh = [message for message in ticket.messages if message.id not in ids]
            news.append(bool(fresh))
            every = sorted((*known.messages, *fresh), key=lambda message: message.at)
            whole.append(known.model_copy(update={"messages": tuple(every)}))
            return row_of(whole[-1])

        with self.transaction() as connection:
            _alone_with(connection, ticket.id)
            write(connection, {"tickets": [row_of(ticket)]}, {"tickets": merge})
            fresh = news != [False]
            if fresh and also is not None:
                also(connection, whole[-1])
        return fresh

    def tickets(self) -> list[Ticket]:
        """Every ticket, by id."""
        with self.reading() as connection:
            return [Ticket.model_validate_json(body) for body in every_body(connection, TICKETS)]

    def counts(self) -> dict[str, int]:
        """How many of each noun the store holds."""
        with self.reading() as connection:
            return {
                noun.name: int(connection.execute(select(func.count()).select_from(noun.table)).scalar_one())
                for noun in EVERY_NOUN
            }

    def categories(self) -> set[str]:
        """Every category that a product of the store has."""
        with self.reading() as connection:
            return {PRODUCTS.read(body).category for body in every_body(connection, PRODUCTS)} - {""}

    def close(self) -> None:
        """Close every connection; the store cannot be used afterwards."""
        self._engines.close()
        self._quick.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _alone_with(connection: Connection, ticket_id: str) -> None:
    """Of two first messages of one ticket the second has to find the first: there is no row yet to be locked."""
    if connection.dialect.name != "sqlite":
        name = {"kind": _DELIVERIES, "name": zlib.crc32(ticket_id.encode()) - 2**31}
        connection.execute(text("SELECT pg_advisory_xact_lock(:kind, :name)"), name)


def _our_marks(incoming: Row, before: str) -> Row:
    known, new = Ticket.model_validate_json(before), Ticket.model_validate_json(str(incoming.values["body"]))
    ours = ("tags", "queue", "assignee", "priority", "status")
    return row_of(new.model_copy(update={name: getattr(known, name) for name in ours}))
