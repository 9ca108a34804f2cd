"""Cases and their events in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import BigInteger, Connection, Insert, String, bindparam, cast, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from agent.case import CaseStatus
from agent.repositories import COUNTED, CaseEvent, CaseRecord, TicketTaken
from server.db.session import Session, Value, Values, insert_new, micros, table, upsert
from server.db.waiting import waits_since
from tools.store.selects import change, fetch_within

_CASES, _COUNTS, _EVENTS = table("cases"), table("case_counts"), table("events")
_BODY = select(_CASES.c.body)
_BY_ID = _BODY.where(_CASES.c.case_id == bindparam("case_id"))
_BY_TICKET = _BODY.where(_CASES.c.helpdesk == bindparam("helpdesk"), _CASES.c.ticket_id == bindparam("ticket_id"))
_PLACE = select(_CASES.c.created_at, _CASES.c.case_id).where(_CASES.c.case_id == bindparam("case_id"))
_NEWEST = (_CASES.c.created_at.desc(), _CASES.c.case_id.desc())
_OF_CUSTOMER = _BODY.where(_CASES.c.customer_id == bindparam("customer_id")).order_by(*_NEWEST).limit(bindparam("most"))
COUNTS = (
    select(_COUNTS.c.name, cast(func.sum(_COUNTS.c.many), BigInteger).label("many"))
    .where(_COUNTS.c.field == bindparam("field"))
    .group_by(_COUNTS.c.name)
    .having(func.sum(_COUNTS.c.many) > 0)
)
"""What `count_by` reads: a handful of rows, however many cases there are."""
_TOLD = ("case_id", "at", "kind", "body")
_AT_ONCE = 16
_LAST_EVENT = select(_EVENTS.c.seq).order_by(_EVENTS.c.seq.desc()).limit(1)
_EVENT_LOCK = 4_215_077_314
_IN_TURN = select(cast(func.pg_advisory_xact_lock(_EVENT_LOCK), String))


@lru_cache(maxsize=1_024)
def _case(body: str) -> CaseRecord:
    return CaseRecord.model_validate_json(body)


class StoredEvents:
    """`agent.repositories.EventLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, events: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
        """As in the port."""
        if not events:
            return []
        with self._session.quickly() as connection:
            return append_events(connection, events)

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        """As in the port."""
        wanted = select(_EVENTS.c.body, _EVENTS.c.seq).where(_EVENTS.c.seq > after).order_by(_EVENTS.c.seq).limit(limit)
        if case_id:
            wanted = wanted.where(_EVENTS.c.case_id == case_id)
        rows = self._session.rows(wanted)
        return [CaseEvent.model_validate_json(str(row["body"])).model_copy(update={"seq": row["seq"]}) for row in rows]

    def head(self) -> int:
        """The `seq` of the newest event; 0 when there is none."""
        rows = self._session.rows(_LAST_EVENT)
        return rows[0]["seq"] if rows else 0


def append_events(connection: Connection, events: Sequence[CaseEvent]) -> list[CaseEvent]:
    """Add events within the caller's transaction."""
    if connection.dialect.name == "postgresql":
        # Commit in the order of `seq`: a reader that has seen 6 must not meet a 5 that commits later.
        fetch_within(connection, _IN_TURN, {})
    kept: list[CaseEvent] = []
    for at in range(0, len(events), _AT_ONCE):
        kept += _add_events(connection, events[at : at + _AT_ONCE])
    return kept


def add_case(connection: Connection, record: CaseRecord) -> bool:
    """Keep a new case within the caller's transaction; False when its ticket has one."""
    return bool(change(connection, insert_new("cases", connection.dialect.name), _columns(record)).rows)


def _add_events(connection: Connection, events: Sequence[CaseEvent]) -> list[CaseEvent]:
    values: dict[str, Value] = {}
    for number, event in enumerate(events):
        body = event.model_dump_json(exclude={"seq"})
        each = {"case_id": event.case_id, "at": micros(event.at), "kind": event.kind, "body": body}
        values |= {f"{name}_{number}": value for name, value in each.items()}
    # Rows are numbered in the order of VALUES; in which order they are returned is not promised.
    numbers = sorted(int(seq or 0) for (seq,) in change(connection, _add(len(events)), values).rows)
    return [event.model_copy(update={"seq": seq}) for event, seq in zip(events, numbers, strict=True)]


@lru_cache(maxsize=_AT_ONCE)
def _add(count: int) -> Insert:
    rows = [
        {name: bindparam(f"{name}_{number}", type_=_EVENTS.c[name].type) for name in _TOLD} for number in range(count)
    ]
    return insert(_EVENTS).values(rows).returning(_EVENTS.c.seq)


class StoredCases:
    """`agent.repositories.CaseRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, case_id: str) -> CaseRecord | None:
        """As in the port."""
        found = self._session.cells(_BY_ID, {"case_id": case_id})
        return _case(str(found[0][0])) if found else None

    def by_ticket(self, helpdesk: str, ticket_id: str) -> CaseRecord | None:
        """As in the port."""
        found = self._session.cells(_BY_TICKET, {"helpdesk": helpdesk, "ticket_id": ticket_id})
        return _case(str(found[0][0])) if found else None

    def of_customer(self, customer_id: str, limit: int) -> Sequence[CaseRecord]:
        """As in the port."""
        if not customer_id:
            return []
        rows = self._session.cells(_OF_CUSTOMER, {"customer_id": customer_id, "most": limit})
        return [_case(str(body)) for (body,) in rows]

    def start(self, record: CaseRecord) -> CaseRecord:
        """As in the port."""
        with self._session.quickly() as connection:
            added = add_case(connection, record)
        if added:
            return record
        return self.by_ticket(record.helpdesk, record.ticket_id) or self.get(record.case_id) or record

    def save(self, record: CaseRecord, events: Sequence[CaseEvent] = ()) -> None:
        """As in the port."""
        with self._session.quickly() as connection:
            try:
                change(connection, upsert("cases", connection.dialect.name), _columns(record))
            except (IntegrityError, sqlite3.IntegrityError) as error:
                raise TicketTaken(record.helpdesk, record.ticket_id) from error
            append_events(connection, events) if events else None

    def list(
        self, status: CaseStatus | None = None, intent: str = "", limit: int = 50, after: str = ""
    ) -> Sequence[CaseRecord]:
        """As in the port."""
        wanted = _BODY.order_by(*_NEWEST).limit(limit)
        if status is not None:
            wanted = wanted.where(_CASES.c.status == status.value)
        if intent:
            wanted = wanted.where(_CASES.c.intent == intent)
        place = self._session.rows(_PLACE, {"case_id": after}) if after else ()
        if place:
            wanted = wanted.where(
                tuple_(_CASES.c.created_at, _CASES.c.case_id) < tuple_(place[0]["created_at"], place[0]["case_id"])
            )
        return [_case(str(row["body"])) for row in self._session.rows(wanted)]

    def count_by(self, field: str) -> dict[str, int]:
        """As in the port."""
        if field not in COUNTED:
            raise ValueError(f"cases cannot be counted by {field}; use one of {', '.join(COUNTED)}")
        counts: dict[str, int] = {row["name"]: row["many"] for row in self._session.rows(COUNTS, {"field": field})}
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _columns(record: CaseRecord) -> Values:
    since = waits_since(record)
    return {
        "case_id": record.case_id,
        "helpdesk": record.helpdesk,
        "ticket_id": record.ticket_id,
        "status": record.status.value,
        "intent": record.intent,
        "language": record.language,
        "queue": record.queue,
        "priority": record.priority,
        "customer_id": record.customer_id,
        "value_minor": record.value.minor if record.value else None,
        "value_currency": record.value.currency if record.value else "",
        "model_calls": record.model_calls,
        "input_tokens": record.input_tokens,
        "output_tokens": record.output_tokens,
        "waiting_since": micros(since) if since else None,
        "created_at": micros(record.created_at),
        "updated_at": micros(record.updated_at),
        "body": record.model_dump_json(),
    }
