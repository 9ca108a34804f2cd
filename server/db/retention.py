"""What may be forgotten: events of cases that closed long ago. The audit log, requests and the ledger never are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from agent.case import CaseStatus
from agent.record import OPEN
from server.db.deliveries import StoredDeliveries
from server.db.session import Session, micros, table

_CASES, _EVENTS = table("cases"), table("events")
_UNDER_WAY = sorted(status.value for status in (CaseStatus.NEW, *OPEN))
_BATCH = 5_000


class StoredRetention:
    """Finds and deletes what is old."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def closed_before(self, moment: datetime) -> set[str]:
        """The ids of cases that nobody has worked on since, and that are at their end."""
        wanted = select(_CASES.c.case_id).where(
            _CASES.c.status.not_in(_UNDER_WAY), _CASES.c.updated_at < micros(moment)
        )
        return {str(row["case_id"]) for row in self._session.rows(wanted)}

    def forget_deliveries(self, moment: datetime) -> int:
        """Delete what is kept to know a delivery again, when it came before a moment; how many."""
        return StoredDeliveries(self._session).forget(moment)

    def forget_events(self, moment: datetime) -> int:
        """Delete events older than a moment of cases that were closed before it; how many."""
        closed = select(_CASES.c.case_id).where(
            _CASES.c.status.not_in(_UNDER_WAY), _CASES.c.updated_at < micros(moment)
        )
        # The newest stays, or SQLite would give its number to the next one, and readers would miss that.
        newest = select(func.max(_EVENTS.c.seq)).scalar_subquery()
        old = select(_EVENTS.c.seq).where(
            _EVENTS.c.at < micros(moment), _EVENTS.c.case_id.in_(closed), _EVENTS.c.seq < newest
        )
        forgotten = 0
        while True:
            with self._session.quickly() as connection:
                some = connection.execute(delete(_EVENTS).where(_EVENTS.c.seq.in_(old.limit(_BATCH)))).rowcount
            forgotten += some
            if some < _BATCH:
                return forgotten
