"""Workers look after each other: the runs of one that died are taken over by those that live.

Who is alive is what the database says: each worker holds a lock in it (`server.db.presence`). Nothing is sent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.jobs.pulse import every
from tools.errors import Unavailable

if TYPE_CHECKING:
    from server.db.presence import Presence
    from server.jobs.queue import CaseQueue

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Watch:
    """What one worker knows about the others.

    A worker counts as dead once its lock could be had for `grace` seconds: after the database was away, those that live
    have their locks again long before.
    """

    presence: Presence
    queue: CaseQueue
    worker: str
    grace: float = 8.0
    every: float = 2.0
    clock: Callable[[], float] = time.monotonic
    gone_since: dict[str, float] = field(default_factory=dict[str, float])
    blind: bool = False
    """Whether the database did not answer at the last look."""
    owner: str = ""
    """What this process is called in claims: the worker's name, and which of its lives this is."""

    def __post_init__(self) -> None:
        """The life that its presence shows."""
        self.owner = self.owner or self.presence.life

    def look(self) -> list[str]:
        """Take over what the dead left; their names."""
        try:
            if not self.presence.kept():
                self.gone_since.clear()
                return []
            self.blind = False
            return [each for each in sorted(self.queue.workers() - {self.worker}) if self._taken_over(each)]
        except Unavailable as error:
            self.gone_since.clear()
            if not self.blind:
                _log.warning("nobody can be looked after for now: %s", error)
            self.blind = True
            return []

    def alive(self, owner: str) -> bool:
        """Whether the owner of a claim may still be at work. Owners are called `worker/process`."""
        worker = owner.partition("/")[0]
        if worker == self.worker:
            return owner == self.owner
        try:
            with self.presence.of(worker) as free:
                if free:
                    return not self._long_gone(worker, self.grace / 2)
            if self.presence.over(owner):
                # Its name lives on in another process, which knows nothing of what this one had begun.
                return not self._long_gone(owner, self.grace / 2)
        except Unavailable:
            return True
        self.gone_since.pop(owner, None)
        return True

    def gone(self, worker: str) -> bool:
        """Whether a worker was not there at the last look."""
        return worker in self.gone_since

    def _taken_over(self, worker: str) -> bool:
        with self.presence.of(worker) as free:
            if not free:
                self.gone_since.pop(worker, None)
                return False
            if not self._long_gone(worker, self.grace):
                return False
            # Under its lock: it cannot come back meanwhile, and nobody else can take over the same runs.
            taken = self.queue.take_over(worker)
        _log.warning("worker %s is gone: %d of its runs are carried on", worker, taken)
        return True

    def _long_gone(self, worker: str, grace: float) -> bool:
        return self.clock() - self.gone_since.setdefault(worker, self.clock()) >= grace


def watching(watch: Watch) -> AbstractContextManager[None]:
    """Look every few seconds until the block ends."""
    return every(watch.every, watch.look, "watch")
