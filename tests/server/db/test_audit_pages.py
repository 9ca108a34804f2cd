"""What somebody did, and what happened on a day, are read from an index, in the order of the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Select, create_engine, insert, text

from agent.audit import AuditNote
from server.db.audit_pages import AuditQuery, kinds_there_are, page_of
from server.db.database import Database
from server.db.session import micros, table

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MANY = 100_000


def at(days: float) -> datetime:
    return NOON + days * DAY


def plan(connection: Connection, statement: Select[Any]) -> list[str]:
    """How the database reads it."""
    engine = connection.engine
    words = str(statement.compile(engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    return [str(row) for row in connection.exec_driver_sql(f"{explain} {words}")]


def fill(connection: Connection) -> None:
    """A minute between entries; one in a thousand is Dana's."""
    same = {"event": "effect.done", "case_id": "c-1", "payload": "{}", "prev_hash": "-", "hash": "-"}
    rows = [
        {**same, "seq": n, "at": micros(NOON) + n * 60_000_000, "actor": "system" if n % 1_000 else "dana"}
        for n in range(1, MANY + 1)
    ]
    connection.execute(insert(table("audit")), rows)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (AuditQuery(actor="dana"), "ix_audit_actor"),
        (AuditQuery(since=at(1), until=at(2)), "ix_audit_at"),
        (AuditQuery(since=at(1)), "ix_audit_at"),
        (AuditQuery(until=at(1)), "ix_audit_at"),
        (AuditQuery(actor="dana", since=at(1), until=at(2)), "ix_audit_actor"),
        (AuditQuery(event="signed_in"), "ix_audit_event"),
        (AuditQuery(event="signed_in", since=at(1), until=at(2)), "ix_audit_event"),
        (AuditQuery(event="signed_in", actor="dana"), "ix_audit_actor"),
        (AuditQuery(event="signed_in", actor="system"), "ix_audit_event"),
    ],
)
def test_a_hundred_thousand_entries_are_not_gone_through(url: str, query: AuditQuery, index: str) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            fill(connection)
        else:
            for kind in ("seqscan", "bitmapscan", "sort"):  # an empty table is read whole, whatever its indexes
                connection.execute(text(f"SET enable_{kind} = off"))
        found = plan(connection, page_of(60, query))
        group = plan(connection, page_of(60, AuditQuery(event="effect."), 0, ("effect.done", "effect.begun")))
        kinds = plan(connection, kinds_there_are())
    engine.dispose()
    assert any(index in line for line in found), found
    assert not any("SCAN audit" in line or "Seq Scan" in line or "TEMP B-TREE" in line for line in found), found
    for read in (group, kinds):
        assert any("ix_audit_event" in line for line in read), read
        assert not any("SCAN audit" in line or "Seq Scan on audit" in line for line in read), read


def test_a_group_of_kinds_is_the_newest_of_each(url: str) -> None:
    with Database.open(url) as database:
        for number, event in enumerate(("effect.begun", "effect.done", "effects", "effect.begun", "signed_in")):
            database.audit.append(AuditNote(at=at(number), actor="dana", event=event, case_id="", payload={}))
        pages = database.audit_pages
        assert pages.events() == ["effect.begun", "effect.done", "effects", "signed_in"]
        assert [each.seq for each in pages.page(10, AuditQuery(event="effect."))] == [4, 2, 1]
        assert [each.seq for each in pages.page(2, AuditQuery(event="effect."))] == [4, 2]
        assert [each.seq for each in pages.page(10, AuditQuery(event="effect.", since=at(1)), before=4)] == [2]
        assert pages.page(10, AuditQuery(event="nothing.")) == []


def test_a_day_holds_what_was_written_on_it_also_where_the_clock_stepped_back(url: str) -> None:
    with Database.open(url) as database:
        for number, when in enumerate((0, 1, 3, 1.5, 2, 1.2, 4)):
            actor = "dana" if number % 2 else "system"
            database.audit.append(AuditNote(at=at(when), actor=actor, event="a.b", case_id="", payload={}))

        def seqs(query: AuditQuery, before: int = 0) -> list[int]:
            return [each.seq for each in database.audit_pages.page(10, query, before)]

        assert seqs(AuditQuery(since=at(1), until=at(2))) == [6, 4, 2]
        assert seqs(AuditQuery(since=at(1), until=at(2)), before=6) == [4, 2]
        assert seqs(AuditQuery(since=at(2))) == [7, 5, 3]
        assert seqs(AuditQuery(until=at(1))) == [1]
        assert seqs(AuditQuery(actor="dana", since=at(1.2))) == [6, 4]
        assert seqs(AuditQuery(since=at(9))) == seqs(AuditQuery(until=at(0))) == []
