"""How much waits in the queue, counted by the database. The table is the engine's own (DBOS, `workflow_status`)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, case, column, func, select, table

from server.db.session import Session

_FAILED = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@dataclass(frozen=True, kw_only=True)
class RunCount:
    """Runs of one status; `since` is when the oldest could have begun, in milliseconds since 1970."""

    status: str
    many: int
    since: int


class StoredRuns:
    """Counts of the engine's runs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def counts(self, queue: str) -> list[RunCount]:
        """By status: those that wait, are delayed, run, or went wrong."""
        schema = None if self._session.durable.reads.dialect.name == "sqlite" else "dbos"
        runs = table(
            "workflow_status",
            column("status"),
            column("queue_name"),
            column("created_at", BigInteger),
            column("delay_until_epoch_ms", BigInteger),
            schema=schema,
        )
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
