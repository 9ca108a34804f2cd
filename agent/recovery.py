"""What has to be taken up again after a stop or a crash, and what a person has to be told meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.alerts import late_promises
from agent.approvals import ApprovalStatus
from agent.case import CaseStatus
from agent.deps import Clock
from agent.events import alert_event
from agent.promises import Alert
from agent.publishing import Records
from agent.record import OPEN
from agent.repositories import CaseRecord
from tools.errors import Unavailable

if TYPE_CHECKING:
    from agent.execution import Executor

EVERY = 1_000_000
"""A limit for lists that must be complete."""
PAGE = 500


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """What was carried on after a start, and what a person has to be told. The alerts are in the events as well."""

    cases: tuple[CaseRecord, ...] = ()
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CaseRecovery:
    """Finds what was cut off. `carry_on` takes one case up from where it stands."""

    records: Records
    executor: Executor
    clock: Clock
    carry_on: Callable[[str], CaseRecord]

    def all(self) -> Recovery:
        """Settle open effects, tell what is late, carry on every case that was cut off."""
        alerts = self.alerts()
        for alert in alerts:
            self._tell(alert)
        return Recovery(cases=tuple(self.carry_on(case_id) for case_id in self.unfinished()), alerts=tuple(alerts))

    def alerts(self) -> list[Alert]:
        """Settle open effects by reading; what a person has to be told now, each matter to one caller, once."""
        return [*self._settled(), *self._late()]

    def unfinished(self) -> list[str]:
        """Cases whose run was cut off, and those that wait for an answer which was given already."""
        waiting = {request.id for request in self.records.approvals.list(ApprovalStatus.AWAITING, limit=EVERY)}
        cut_off = [
            record.case_id
            for status in OPEN
            for record in self._cases(status)
            if status is CaseStatus.WORKING or record.approval_id not in waiting
        ]
        signed = (request.case_id for request in self.records.approvals.list(ApprovalStatus.EXECUTING, limit=EVERY))
        return list(dict.fromkeys((*cut_off, *signed)))

    def _settled(self) -> list[Alert]:
        with suppress(Unavailable):
            return self.executor.settle_open()
        return []

    def _late(self) -> Iterator[Alert]:
        while late := late_promises(self.records.promises, self.clock.now()):
            yield from late

    def _tell(self, alert: Alert) -> None:
        record = self.records.cases.get(alert.case_id)
        if record is not None:
            self.records.cases.save(record, [alert_event(alert)])

    def _cases(self, status: CaseStatus) -> Iterator[CaseRecord]:
        after = ""
        while page := self.records.cases.list(status, limit=PAGE, after=after):
            yield from page
            after = page[-1].case_id
