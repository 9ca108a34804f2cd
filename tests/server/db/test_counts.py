"""Counting cases reads a handful of rows, however many cases there are, and is never wrong."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import column, create_engine, delete, insert, text
from sqlalchemy import table as old
from sqlalchemy.engine import Engine

from agent.case import CaseStatus, Classification
from agent.repositories import COUNTED, CaseRecord
from server.db.cases import COUNTS
from server.db.database import Database
from server.db.schema import upgrade
from server.db.session import table
from tests.server.db.test_contract import case

INTENTS = ("thanks", "other", "order_status")


def about(number: int, intent: str, status: CaseStatus = CaseStatus.NEW) -> CaseRecord:
    said = Classification(intent=intent, confidence=0.9, language="en")
    return case(number).model_copy(update={"classification": said, "status": status})


def plan(engine: Engine) -> str:
    """How the database answers `count_by`."""
    statement = COUNTS.params(field="status").compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SET enable_seqscan = off"))  # an empty table is read whole whatever its indexes
        return " ".join(str(row) for row in connection.execute(text(f"{explain} {statement}")))


def test_counting_looks_up_one_field_and_never_reads_a_case(url: str) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    found = plan(engine)
    assert "case_counts" in found
    assert "Index" in found or "SEARCH case_counts USING INDEX" in found
    assert " cases" not in found
    engine.dispose()


def counted(database: Database, url: str) -> None:
    """What is counted is what there is."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(table("cases").select()).mappings().all()
    engine.dispose()
    for field in COUNTED:
        assert database.cases.count_by(field) == Counter(str(row[field]) for row in rows)


def test_counts_follow_cases_as_they_come_move_and_go(url: str) -> None:
    with Database.open(url) as database:
        for number in range(1, 7):
            database.cases.start(about(number, INTENTS[number % 3]))
        database.cases.start(about(1, "other"))
        counted(database, url)
        database.cases.save(about(1, "thanks", CaseStatus.ESCALATED))
        database.cases.save(about(1, "thanks", CaseStatus.ESCALATED))
        database.cases.save(about(9, "other", CaseStatus.IGNORED))
        counted(database, url)
        assert database.cases.count_by("status") == {"new": 5, "escalated": 1, "ignored": 1}
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(delete(table("cases")).where(table("cases").c.status == "new"))
        engine.dispose()
        assert database.cases.count_by("status") == {"escalated": 1, "ignored": 1}
        counted(database, url)


def test_many_threads_lose_no_count(url: str) -> None:
    """They move cases between the same counts in opposite directions."""
    with Database.open(url) as database, ThreadPoolExecutor(8) as pool:
        for number in range(12):
            database.cases.start(about(number, INTENTS[number % 3]))
        moves = [(number, status) for number in range(12) for status in (CaseStatus.WORKING, CaseStatus.NEW)]
        records = [about(number, INTENTS[number % 3], status) for number, status in moves]
        list(pool.map(database.cases.save, records))
        counted(database, url)


def test_cases_of_an_older_version_are_counted(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, "old", "0001")
        for number, status in enumerate(("new", "new", "closed")):
            values = dict.fromkeys(("helpdesk", "language", "queue", "customer_id", "value_currency"), "")
            named = {"case_id": f"c-{number}", "ticket_id": f"t-{number}", "intent": "thanks", "priority": "low"}
            moments = {"created_at": number, "updated_at": number}
            row = {**values, **named, **moments, "status": status, "body": "{}"}
            connection.execute(insert(old("cases", *map(column, row))).values(**row))
    engine.dispose()
    with Database.open(url) as database:
        assert database.cases.count_by("status") == {"new": 2, "closed": 1}
        database.cases.save(about(7, "other"))
        assert database.cases.count_by("intent") == {"thanks": 3, "other": 1}


def test_another_field_is_refused(url: str) -> None:
    with Database.open(url) as database, pytest.raises(ValueError, match="cannot be counted by customer_id"):
        database.cases.count_by("customer_id")
