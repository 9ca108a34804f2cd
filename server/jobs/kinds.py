"""What each kind of run does to a case. Every one of them may be carried out twice: the second time changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agent.case import CaseStatus
from knowledge.errors import IndexBusy
from server.jobs.queue import CaseQueue, Job, Payload, tried
from server.stops import scopes_of
from server.work import Decision, Outcome, decide_with, settled
from tools.errors import OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from agent.repositories import CaseRecord, SwitchBoard
    from agent.runner import CaseRunner
    from server.feed import EventFeed
    from tools.ports import HelpdeskReader

WORK, ANSWER, AGAIN, RELEASE, TAKE_OVER, FINISH = "work", "answer", "again", "release", "take_over", "finish"
CARRY_ON, EXPIRE = "carry_on", "expire"
KINDS = (WORK, ANSWER, AGAIN, RELEASE, TAKE_OVER, FINISH, CARRY_ON, EXPIRE)
DUTIES = ("look_after", "keep_house")
"""What is done by the clock: once a minute, and once a night."""
PAUSES = (5.0, 15.0, 60.0, 240.0, 900.0)
"""Seconds before a case is tried again after a system did not answer; the last one repeats."""


def pause_after(attempt: int) -> float:
    """How long to wait after this attempt, the first being 1."""
    return PAUSES[min(attempt, len(PAUSES)) - 1]


@dataclass(frozen=True, kw_only=True)
class CaseRuns:
    """Carries runs out with the runner of this process. What could not be done now is queued for later, durably."""

    runner: CaseRunner
    queue: CaseQueue
    switches: SwitchBoard
    helpdesk: HelpdeskReader
    feed: EventFeed
    at_work: set[str] = field(default_factory=set[str])
    """The runs that threads of this process are carrying out."""

    def carry_out(self, job: Job) -> JsonValue:
        """One run. Raises StoreError and what is a fault of ours: the run is then shown as failed."""
        self.at_work.add(job.id)
        try:
            return self._kinds()[job.kind](job)
        except (Unavailable, OutcomeUnknown, IndexBusy) as error:
            self._later(job, error)
            return {"later": str(error)}
        finally:
            self.at_work.discard(job.id)
            self.feed.wake()

    def busy(self) -> bool:
        """Whether a thread of this process is carrying something out."""
        return bool(self.at_work)

    def _kinds(self) -> Mapping[str, Callable[[Job], JsonValue]]:
        return {
            WORK: lambda job: self._went_on(job, self.runner.start(_text(job.payload, "ticket_id"))),
            ANSWER: self._answer,
            AGAIN: lambda job: self._went_on(job, self.runner.again(job.case_id)),
            RELEASE: lambda job: self._went_on(job, self.runner.release(job.case_id, _text(job.payload, "by"))),
            TAKE_OVER: self._take_over,
            FINISH: self._finish,
            CARRY_ON: lambda job: self._went_on(job, self.runner.carry_on(job.case_id)),
            EXPIRE: lambda job: self._went_on(job, self.runner.lapse(_text(job.payload, "request_id"))),
        }

    def _answer(self, job: Job) -> JsonValue:
        decision = Decision.model_validate(job.payload)
        records: list[CaseRecord] = []

        def answered() -> CaseRecord:
            records.append(decide_with(self.runner, decision))
            return records[-1]

        outcome = settled(answered, decision)
        for record in records:
            self._went_on(job, record)
            if record.status is CaseStatus.WORKING:
                outcome = Outcome(case_id=record.case_id)
        return outcome.model_dump(mode="json")

    def _take_over(self, job: Job) -> JsonValue:
        by, reason = _text(job.payload, "by"), _text(job.payload, "reason")
        return self._went_on(job, self.runner.take_over(job.case_id, by, reason))

    def _finish(self, job: Job) -> JsonValue:
        by, reason, seen = _text(job.payload, "by"), _text(job.payload, "reason"), job.payload.get("seen")
        return self._went_on(job, self.runner.finish(job.case_id, by, reason, seen if isinstance(seen, int) else None))

    def _went_on(self, job: Job, record: CaseRecord | None) -> JsonValue:
        """What a run came to; a case that was left in the middle is taken up again."""
        if record is None:
            return {"status": ""}
        if record.status is CaseStatus.WORKING and not self.stopped(record):
            again = job.attempt + 1 if job.kind == CARRY_ON else 1
            # By the run that leaves it as well: the clock of a demo brand stands still.
            left_by = hashlib.sha256(job.id.encode()).hexdigest()[:8]
            name = f"{CARRY_ON}:{record.case_id}:{record.updated_at.isoformat()}:{left_by}"
            after = pause_after(again)
            self.queue.put(Job(kind=CARRY_ON, case_id=record.case_id, id=name, attempt=again, after=after))
        return {"status": record.status.value}

    def _later(self, job: Job, error: Exception) -> None:
        self.queue.put(
            Job(
                kind=job.kind,
                case_id=job.case_id,
                id=tried(job.id, str(job.attempt + 1)),
                payload=job.payload,
                attempt=job.attempt + 1,
                after=pause_after(job.attempt),
            )
        )

    def stopped(self, record: CaseRecord) -> bool:
        """Whether a person, or the loop breaker, has stopped what this case would do next."""
        return self.switches.stopped(scopes_of(record, self.helpdesk.ticket(record.ticket_id))) is not None


def _text(payload: Payload, name: str) -> str:
    return str(payload.get(name, ""))
