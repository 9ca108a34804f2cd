"""Runs as people see them: what waits, what is under way, what was cut off, what went wrong and can be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pydantic import AwareDatetime

from server.db.places import Place
from server.db.runs import RunFilter
from server.jobs.kinds import DUTIES, KINDS
from server.jobs.queue import CASES, CaseQueue
from server.work import QueueState
from tools.commerce import Noun

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbos import WorkflowStatus

    from agent.deps import Clock
    from server.db.runs import StoredRuns


class RunStatus(StrEnum):
    """How a run stands. Interrupted: its worker died, and it is about to be carried on."""

    WAITING = "waiting"
    LATER = "later"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(Noun):
    """One run. Moments are the machine's, not the shop's; `seconds`: how long it has waited, or took."""

    id: str
    kind: str
    case_id: str = ""
    status: RunStatus
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    attempts: int = 0
    worker: str = ""
    error: str = ""
    seconds: float = 0.0


class RunPage(NamedTuple):
    """Runs, newest first, and where they go on; None at the end. A page may hold fewer than were asked for."""

    runs: list[Run]
    next: Place | None


_STATUS = {
    "ENQUEUED": RunStatus.WAITING,
    "DELAYED": RunStatus.LATER,
    "PENDING": RunStatus.RUNNING,
    "SUCCESS": RunStatus.DONE,
    "ERROR": RunStatus.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": RunStatus.FAILED,
    "CANCELLED": RunStatus.CANCELLED,
}


def _nobody(worker: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The list of runs. `gone` says of a worker whether it died and its runs wait for another one."""

    queue_of_cases: CaseQueue
    counts: StoredRuns
    machine: Clock
    gone: Callable[[str], bool] = _nobody

    def list(self, statuses: Sequence[RunStatus] = (), case_id: str = "", limit: int = 50) -> list[Run]:
        """The newest."""
        return self.page(statuses, case_id, limit).runs

    def page(
        self, statuses: Sequence[RunStatus] = (), case_id: str = "", limit: int = 50, after: Place | None = None
    ) -> RunPage:
        """Those behind `after`. Duties of the clock are listed when they went wrong."""
        wanted = [name for name, status in _STATUS.items() if not statuses or status in _asked(statuses)]
        chosen = RunFilter(names=KINDS, statuses=wanted, failing=() if case_id else DUTIES, case_id=case_id)
        places = self.counts.page(chosen, limit + 1, after)
        found = self.queue_of_cases.named([place.id for place in places[:limit]])
        runs = [self._run(found[place.id]) for place in places[:limit] if place.id in found]
        right = [run for run in runs if not statuses or run.status in statuses]
        return RunPage(right, places[limit - 1] if len(places) > limit else None)

    def get(self, run_id: str) -> Run | None:
        """By id."""
        found = self.queue_of_cases.status(run_id)
        return self._run(found) if found else None

    def retry(self, run_id: str) -> bool:
        """Begin again a run that went wrong; False when there is none, or it is a duty, which comes again by itself."""
        job = self.queue_of_cases.failed(run_id)
        if job is None or job.kind not in KINDS:
            return False
        self.queue_of_cases.put(job)
        self.queue_of_cases.forget(run_id)
        return True

    def queue(self) -> QueueState:
        """How much waits, and how long the oldest has."""
        counts = {count.status: count for count in self.counts.counts(CASES)}
        waiting = counts.get("ENQUEUED")
        now = self.machine.now().timestamp()
        many = {name: count.many for name, count in counts.items()}
        return QueueState(
            waiting=many.get("ENQUEUED", 0) + many.get("DELAYED", 0),
            running=many.get("PENDING", 0),
            failed=many.get("ERROR", 0) + many.get("MAX_RECOVERY_ATTEMPTS_EXCEEDED", 0),
            oldest_seconds=max(0.0, now - waiting.since / 1000) if waiting else 0.0,
        )

    def _run(self, found: WorkflowStatus) -> Run:
        status = _STATUS.get(found.status, RunStatus.FAILED)
        if status is RunStatus.RUNNING and self.gone(found.executor_id or ""):
            status = RunStatus.INTERRUPTED
        created = _moment(found.created_at or 0)
        started = _moment(found.dequeued_at) if found.dequeued_at else None
        ended = _moment(found.completed_at) if found.completed_at else None
        until = ended or self.machine.now()
        return Run(
            id=found.workflow_id,
            kind=found.name,
            case_id=found.queue_partition_key or "",
            status=status,
            created_at=created,
            started_at=started,
            ended_at=ended,
            attempts=found.recovery_attempts or 0,
            worker=found.executor_id or "",
            error=_sentence(found.error) if status is RunStatus.FAILED else "",
            seconds=max(0.0, (until - (started or created)).total_seconds()),
        )


def _asked(statuses: Sequence[RunStatus]) -> set[RunStatus]:
    asked = set(statuses)
    return asked | {RunStatus.RUNNING} if RunStatus.INTERRUPTED in asked else asked


def _moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def _sentence(error: Exception | None) -> str:
    if error is None:
        return "it was begun too often without coming to an end"
    return " ".join(str(error).split())[:300] or type(error).__name__
