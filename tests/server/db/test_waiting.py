"""Who waits longest: the order of the cases, its pages, what they cost, and what an older version knew of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import column, create_engine, insert, text
from sqlalchemy import table as old

from agent.case import CaseStatus
from agent.repositories import UNANSWERED, CaseRecord
from agent.testing import NOON
from server.db.database import Database
from server.db.queues import QueueQuery
from server.db.schema import upgrade
from server.db.session import micros
from server.db.waiting import behind, longest, rest, somebody_waits
from tests.server.db.test_contract import case
from tools.helpdesk import Author, Ticket, TicketMessage

S = CaseStatus
EVERY = QueueQuery()


def waits(number: int, status: CaseStatus, minutes: int | None, intent: str = "thanks") -> CaseRecord:
    """A case since so many minutes before noon; with None a person has answered."""
    since = NOON - timedelta(minutes=minutes) if minutes is not None else None
    return case(number, status, intent, waiting_since=since)


def fill(database: Database) -> list[str]:
    """Cases in many statuses; gives their ids in the order of waiting."""
    records = [
        waits(1, S.AWAITING_REVIEW, 10),
        waits(2, S.AWAITING_APPROVAL, 300, "refund_request"),
        waits(3, S.ESCALATED, None),
        waits(4, S.ANSWERED, 900),
        waits(5, S.ESCALATED, 60),
        waits(6, S.AWAITING_REVIEW, 60),
        waits(7, S.NEW, 5),
        waits(8, S.IGNORED, None, "refund_request"),
        waits(9, S.AWAITING_REVIEW, 500),
    ]
    for record in records:
        database.cases.save(record)
    return [f"c-{number}" for number in (9, 2, 5, 6, 1, 7, 8, 4, 3)]


def pages(database: Database, wanted: QueueQuery, limit: int) -> list[str]:
    """Every page, one after another."""
    seen: list[CaseRecord] = []
    while True:
        last = seen[-1] if seen else None
        unwaited = last is not None and not somebody_waits(last)
        found = database.queues.waiting(wanted, limit, last.case_id if last else "", unwaited=unwaited)
        if not found:
            return [record.case_id for record in seen]
        seen += found
        assert len(seen) < 20


def test_who_waits_longest_comes_first_and_the_rest_newest_first_behind_them(url: str) -> None:
    with Database.open(url) as database:
        ordered = fill(database)
        for limit in (1, 2, 5, 7, 20):
            assert pages(database, EVERY, limit) == ordered, limit
        assert pages(database, QueueQuery(intent="refund_request"), 1) == ["c-2", "c-8"]
        assert pages(database, QueueQuery(statuses=(S.ESCALATED,)), 1) == ["c-5", "c-3"]
        assert pages(database, QueueQuery(statuses=(S.AWAITING_REVIEW, S.AWAITING_APPROVAL)), 2) == [
            "c-9",
            "c-2",
            "c-6",
            "c-1",
        ]
        assert pages(database, QueueQuery(statuses=(S.ANSWERED,)), 2) == ["c-4"]


def test_a_case_that_is_answered_keeps_its_place_on_the_way_to_the_next_page(url: str) -> None:
    with Database.open(url) as database:
        ordered = fill(database)
        found = database.queues.waiting(EVERY, 3)
        last = found[-1]
        done = last.model_copy(update={"status": S.ANSWERED})
        database.cases.save(done)
        onward = database.queues.waiting(EVERY, 2, last.case_id)
        assert [record.case_id for record in onward] == ordered[3:5]
        assert all(behind(record, done) for record in onward)
        assert not any(behind(record, done) for record in found)
        first = database.queues.waiting(EVERY, 1, "none-such")
        assert [record.case_id for record in first] == ordered[:1]


def test_a_case_of_an_older_program_waits_since_it_was_made(url: str) -> None:
    with Database.open(url) as database:
        database.cases.save(case(1, S.AWAITING_REVIEW))
        database.cases.save(waits(0, S.AWAITING_REVIEW, -5))
        assert pages(database, EVERY, 5) == ["c-1", "c-0"]


@pytest.mark.parametrize("named", [{}, {"intent": "thanks"}])
def test_a_page_is_read_from_the_index_and_nothing_else_is_gone_through(url: str, named: Mapping[str, str]) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    asked = (longest(tuple(S), named, 41, (1, 2, "c-3")), rest(UNANSWERED, named, 41, (1, "c-3")))
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            for kind in ("seqscan", "sort", "bitmapscan"):  # empty tables are read whole, whatever their indexes
                connection.execute(text(f"SET enable_{kind} = off"))
        for statement in asked:
            assert statement is not None
            words = str(statement.compile(engine, compile_kwargs={"literal_binds": True})).replace("%%", "%")
            explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
            plan = [str(row) for row in connection.exec_driver_sql(f"{explain} {words}")]
            read = [line for line in plan if " cases" in line]
            assert sum("ix_cases_waiting" in line for line in read) == len(UNANSWERED), plan
            assert all("ix_cases_waiting" in line or "case_id" in line or "pkey" in line for line in read), plan
            assert not any("SCAN cases" in line or "Seq Scan" in line for line in plan), plan
    engine.dispose()


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def ticket(number: int, *authors: Author) -> Ticket:
    messages = [
        TicketMessage(id=f"m-{minute}", author=author, at=at(minute), text="Well?")
        for minute, author in enumerate(authors)
    ]
    return Ticket(id=f"t-{number}", messages=tuple(messages))


def test_the_upgrade_reads_from_the_tickets_who_waits_since_when(url: str) -> None:
    """Case 1 was asked about twice, 2 answered by hand, 3 has no ticket, 4 is over."""
    asked, staff = Author.CUSTOMER, Author.STAFF
    tickets = [ticket(1, asked, Author.ASSISTANT, asked), ticket(2, asked, staff), ticket(4, asked)]
    statuses = {1: S.AWAITING_REVIEW, 2: S.ESCALATED, 3: S.ESCALATED, 4: S.RESOLVED}
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, "old", "0006")
        connection.execute(text("CREATE TABLE tickets (id VARCHAR PRIMARY KEY, body VARCHAR)"))
        for each in tickets:
            row = {"id": each.id, "body": each.model_dump_json()}
            connection.execute(insert(old("tickets", *map(column, row))).values(**row))
        for number, status in statuses.items():
            record = case(number, status, "other", outcome="für Zoë \u2028")
            plain = dict.fromkeys(("helpdesk", "language", "queue", "customer_id", "value_currency", "priority"), "")
            own = {"case_id": record.case_id, "ticket_id": record.ticket_id, "status": status.value, "intent": "other"}
            moments = dict.fromkeys(("created_at", "updated_at"), micros(record.created_at))
            row = {**plain, **own, **moments, "body": record.model_dump_json(exclude={"waiting_since"})}
            connection.execute(insert(old("cases", *map(column, row))).values(**row))
    engine.dispose()
    with Database.open(url) as database:
        kept = {number: database.cases.get(f"c-{number}") for number in statuses}
        since = {number: record.waiting_since if record else None for number, record in kept.items()}
        assert since == {1: at(2), 2: None, 3: at(3), 4: None}
        assert all(record and record.outcome == "für Zoë \u2028" for record in kept.values())
        assert pages(database, EVERY, 2) == ["c-1", "c-3", "c-4", "c-2"]
        for record in kept.values():
            assert record is not None
            database.cases.save(record)
        assert pages(database, EVERY, 2) == ["c-1", "c-3", "c-4", "c-2"], "saving them again changes nothing"
