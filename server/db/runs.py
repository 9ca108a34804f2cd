"""How much waits in the queue, and which runs come next in a list, by the engine's own table (DBOS, `workflow_status`).

What a run is, the engine says itself: here are only counts and ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, TableClause, and_, case, column, func, or_, select, table

from server.db.places import Place, newest_first
from server.db.session import Session

_FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@dataclass(frozen=True, kw_only=True)
class RunCount:
    """Runs of one status; `since` is when the oldest could have begun, in milliseconds since 1970."""

    status: str
    many: int
    since: int


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs: by what they are called and how they stand, and those `failing` by name only when they went wrong."""

    names: Sequence[str]
    statuses: Sequence[str]
    failing: Sequence[str] = ()
    case_id: str = ""


class StoredRuns:
    """Counts and ids of the engine's runs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counts(self, queue: str) -> list[RunCount]:
        """By status: those that wait, are delayed, run, or went wrong."""
        runs = self._table()
        delayed = runs.c.delay_until_epoch_ms > runs.c.created_at
        since = func.min(case((delayed, runs.c.delay_until_epoch_ms), else_=runs.c.created_at))
        wanted = (
            select(runs.c.status, func.count().label("many"), since.label("since"))
            .where(runs.c.status.in_(("ENQUEUED", "DELAYED", "PENDING", *_FAILED)))
            .where((runs.c.queue_name == queue) | runs.c.status.in_(_FAILED))
            .group_by(runs.c.status)
        )
        rows = self._session.rows(wanted)
        return [RunCount(status=str(row["status"]), many=int(row["many"]), since=int(row["since"])) for row in rows]

    def page(self, wanted: RunFilter, limit: int, after: Place | None = None) -> list[Place]:
        """Ids with the milliseconds since 1970 at which each was asked for, newest first."""
        runs = self._table()
        failed = [status for status in wanted.statuses if status in _FAILED]
        chosen = or_(
            and_(runs.c.name.in_(wanted.names), runs.c.status.in_(wanted.statuses)),
            and_(runs.c.name.in_(wanted.failing), runs.c.status.in_(failed)),
        )
        found = select(runs.c.created_at, runs.c.workflow_uuid).where(chosen)
        if wanted.case_id:
            found = found.where(runs.c.queue_partition_key == wanted.case_id)
        found = newest_first(found, runs.c.created_at, runs.c.workflow_uuid, after).limit(limit)
        return [Place(int(row["created_at"]), str(row["workflow_uuid"])) for row in self._session.rows(found)]

    def _table(self) -> TableClause:
        return table(
            "workflow_status",
            column("workflow_uuid"),
            column("name"),
            column("status"),
            column("queue_name"),
            column("queue_partition_key"),
            column("created_at", BigInteger),
            column("delay_until_epoch_ms", BigInteger),
            schema=None if self._session.durable.reads.dialect.name == "sqlite" else "dbos",
        )
