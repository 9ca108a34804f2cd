"""Keeping house: what nobody will ask for again is deleted, and what happened to money is kept for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from agent.checkpoints import thread_ids
from server.jobs.kinds import DUTIES, KINDS
from tools.commerce import Noun

if TYPE_CHECKING:
    from agent.checkpoints import Checkpointer
    from agent.deps import Clock
    from server.db.retention import StoredRetention
    from server.jobs.queue import CaseQueue

DUTY_DAYS = 1
"""Runs of the clock come every minute: yesterday's are of no interest."""

DELIVERY_DAYS = 30
"""No helpdesk sends the same delivery again after a month."""


class Pruned(Noun):
    """How much was deleted."""

    threads: int
    events: int
    runs: int
    deliveries: int = 0


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Deletes by age. `clock` is the shop's, `machine` the one by which the engine dates its runs."""

    records: StoredRetention
    saver: Checkpointer
    queue: CaseQueue
    clock: Clock
    machine: Clock
    checkpoint_days: int
    event_days: int

    def prune(self) -> Pruned:
        """Everything that is old enough now."""
        now, machine = self.clock.now(), self.machine.now()
        closed = self.records.closed_before(now - timedelta(days=self.checkpoint_days))
        return Pruned(
            threads=self._forget_threads(closed),
            events=self.records.forget_events(now - timedelta(days=self.event_days)),
            deliveries=self.records.forget_deliveries(machine - timedelta(days=DELIVERY_DAYS)),
            runs=self.queue.forget_before(machine - timedelta(days=self.event_days), KINDS)
            + self.queue.forget_before(machine - timedelta(days=DUTY_DAYS), DUTIES),
        )

    def _forget_threads(self, closed: set[str]) -> int:
        old = [each for each in thread_ids(self.saver) if any(case_id in closed for case_id in _cases(each))]
        for each in old:
            self.saver.delete_thread(each)
        return len(old)


def _cases(thread: str) -> Iterable[str]:
    """The cases that a thread `case/message` may be of: either name may hold a slash."""
    parts = thread.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))
