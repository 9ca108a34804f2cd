"""What a run leaves in the middle is taken up again, as often as it takes, also while the shop's clock stands still."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from agent.case import CaseStatus
from agent.repositories import CaseRecord
from agent.runner import CaseRunner
from agent.testing import NOON, InMemoryDatabase
from server.feed import EventFeed
from server.jobs.kinds import CARRY_ON, WORK, CaseRuns, pause_after
from server.jobs.queue import CaseQueue, Job
from tests.server.jobs.test_watching import Log
from tools.helpdesk import Ticket
from tools.ports import HelpdeskReader

LEFT = CaseRecord(
    case_id="c-1", ticket_id="t-1", status=CaseStatus.WORKING, message_id="m-1", created_at=NOON, updated_at=NOON
)


class Busy:
    """A runner whose case is always in somebody else's hands."""

    def start(self, ticket_id: str) -> CaseRecord:
        return LEFT

    def carry_on(self, case_id: str) -> CaseRecord:
        return LEFT


@dataclass
class Queued:
    """As the queue: a run that is known stays as it is."""

    jobs: dict[str, Job] = field(default_factory=dict[str, Job])

    def put(self, job: Job) -> None:
        self.jobs.setdefault(job.id, job)


class Helpdesk:
    def ticket(self, ticket_id: str) -> Ticket | None:
        return None


def runs_into(queued: Queued) -> CaseRuns:
    database = InMemoryDatabase()
    return CaseRuns(
        runner=cast("CaseRunner", Busy()),  # the two methods of it that are called here
        queue=cast("CaseQueue", queued),  # the one that is
        switches=database.switches,
        helpdesk=cast("HelpdeskReader", Helpdesk()),  # the one that is
        feed=EventFeed(Log()),
    )


def test_a_case_that_is_left_again_and_again_is_queued_each_time() -> None:
    queued = Queued()
    runs = runs_into(queued)
    job = Job(kind=WORK, case_id="c-1", id="work:c-1:m-1", payload={"ticket_id": "t-1"})
    for attempt in range(1, 5):
        known = set(queued.jobs)
        runs.carry_out(job)
        runs.carry_out(job)  # a run that was cut off is begun again, and leaves the same behind
        (new,) = set(queued.jobs) - known
        job = queued.jobs[new]
        assert (job.kind, job.attempt, job.after) == (CARRY_ON, attempt, pause_after(attempt))
