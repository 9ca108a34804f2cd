"""What is done by the clock, by one worker at a time: deadlines, promises, effects nobody confirmed, what was left."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.approvals import ApprovalStatus
from agent.case import CaseStatus
from agent.events import alert_event
from agent.recovery import EVERY
from server.jobs.durable import work_on
from server.jobs.kinds import CARRY_ON, DUTIES, EXPIRE, CaseRuns
from server.jobs.queue import Job
from tools.errors import Unavailable

if TYPE_CHECKING:
    from agent.deps import Clock
    from agent.repositories import CaseRecord
    from server.db.database import Database

EVERY_MINUTE, EVERY_NIGHT = "* * * * *", "17 3 * * *"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Each of them may be done twice, or by two at once: every effect of one is known by its own id."""

    runs: CaseRuns
    database: Database
    clock: Clock
    prune: Callable[[], object]
    incidents: Callable[[], object] = list
    """Takes in what went wrong since the last time: `server.incidents.collect`."""
    stopped: set[str] = field(default_factory=set[str])
    """What was stopped at the last look."""

    def by_cron(self) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """By name, when and what."""
        every_minute, every_night = DUTIES
        return {
            every_minute: (EVERY_MINUTE, self.look_after),
            every_night: (EVERY_NIGHT, lambda: self._calmly(self.prune)),
        }

    def look_after(self) -> None:
        """Everything that cannot wait for the night."""
        for duty in (self.expire, self.tell, self.sweep, self.incidents):
            self._calmly(duty)

    def expire(self) -> None:
        """Requests whose time ran out are closed by a run of their case."""
        for request in self.database.approvals.due(self.clock.now(), EVERY):
            name = f"{EXPIRE}:{request.case_id}:{request.id}"
            payload = {"request_id": request.id}
            self.runs.queue.put(Job(kind=EXPIRE, case_id=request.case_id, id=name, payload={**payload}))

    def tell(self) -> None:
        """Settle open effects by reading, and tell what was not confirmed in time and which promise is late."""
        alerts = self.runs.runner.recovery.alerts()
        if alerts:
            self.database.events.append([alert_event(alert) for alert in alerts])
            self.runs.feed.wake()

    def begin(self) -> None:
        """At a start: everything of every minute, and a look at every open case."""
        self.look_after()
        self._calmly(lambda: self._queue_left(self.runs.runner.recovery.unfinished()))

    def sweep(self) -> None:
        """Queue every case that was left in the middle and that no run is coming for."""
        signed = self.database.approvals.list(ApprovalStatus.EXECUTING, limit=EVERY)
        cases = (self.database.cases.list(status, limit=EVERY) for status in (CaseStatus.NEW, CaseStatus.WORKING))
        self._queue_left(
            [*(record.case_id for some in cases for record in some), *(request.case_id for request in signed)]
        )

    def _queue_left(self, left: Iterable[str]) -> None:
        busy = self.runs.queue.busy()
        for record in self._records(case_id for case_id in dict.fromkeys(left) if case_id not in busy):
            self._queue(record)

    def go(self) -> None:
        """Queue what was paused as soon as somebody has said go; called every few seconds by every worker."""
        self._calmly(self._go)

    def _go(self) -> None:
        stopped = {switch.scope for switch in self.database.switches.all() if switch.stopped}
        if self.stopped - stopped:
            self.sweep()
        self.stopped.clear()
        self.stopped.update(stopped)

    def _records(self, case_ids: Iterable[str]) -> Iterable[CaseRecord]:
        found = (self.database.cases.get(case_id) for case_id in case_ids)
        return (record for record in found if record is not None)

    def _queue(self, record: CaseRecord) -> None:
        if self.runs.stopped(record):
            return
        if record.status is CaseStatus.NEW:
            ticket = self.runs.helpdesk.ticket(record.ticket_id)
            if ticket is not None:
                self.runs.queue.put(work_on(ticket))
            return
        # Named by when the case last moved: one that cannot be carried on is tried once, and then shown as failed.
        name = f"{CARRY_ON}:{record.case_id}:{record.updated_at.isoformat()}:left"
        self.runs.queue.put(Job(kind=CARRY_ON, case_id=record.case_id, id=name))

    def _calmly(self, duty: Callable[[], object]) -> None:
        try:
            duty()
        except Unavailable as error:
            _log.warning("put off until the next time: %s", error)
