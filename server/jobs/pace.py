"""Pace: how often workers look for work. Quickly while there is some, calmly when the shop is asleep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from tools.errors import Unavailable

if TYPE_CHECKING:
    from pydantic import JsonValue

    from server.jobs.engine import CarryOut
    from server.jobs.queue import Job

LASTING = 60.0
"""Seconds for which a worker looks quickly after it had work: a ticket seldom comes alone."""
_SAY_AGAIN = 10.0


class Pace:
    """The looks of all workers together, since the interval is the queue's and is kept with it.

    A look costs a few milliseconds of processor time, so that quick ones are not for an idle night. `look_every` tells
    the queue, in seconds, and may raise Unavailable: the pace is then left as it is until the next time. `now` counts
    seconds and never goes back.
    """

    def __init__(
        self, look_every: Callable[[float], None], quick: float, calm: float, now: Callable[[], float]
    ) -> None:
        self._look_every = look_every
        self._quick, self._calm = min(quick, calm), calm
        self._now = now
        self._lock = threading.Lock()
        self._said: float | None = None
        self._worked = 0.0

    def around(self, carry_out: CarryOut) -> CarryOut:
        """The same, and quick looks afterwards."""

        def carried(job: Job) -> JsonValue:
            try:
                return carry_out(job)
            finally:
                self.hurry()

        return carried

    def hurry(self) -> None:
        """There was work. Said again every few seconds, because another worker may have come to rest meanwhile."""
        with self._lock:
            self._worked = now = self._now()
            if self._said is None or now - self._said >= _SAY_AGAIN:
                self._said = now if self._told(self._quick) else None

    def rest(self) -> None:
        """Look calmly again when there was nothing to do for a while; for a caller who comes by every few seconds."""
        with self._lock:
            if self._said is not None and self._now() - self._worked >= LASTING and self._told(self._calm):
                self._said = None

    def _told(self, seconds: float) -> bool:
        try:
            self._look_every(seconds)
        except Unavailable:
            return False
        return True
