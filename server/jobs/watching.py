"""Each stage of a case goes into the event log soon after it was reached, and whoever watches is woken.

A draft of the playbooks takes some twenty milliseconds: writing each of its stages by itself would be as much work for
the database as the case. What a stage waits for at most is too short to be seen.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agent.repositories import CaseEvent, EventLog
from tools.errors import ToolError

if TYPE_CHECKING:
    from server.feed import EventFeed

ON_THE_WAY = frozenset({"classified", "looked_up", "found", "proposed"})
"""Stages that another one follows at once; every other kind is what somebody waits for."""
_log = logging.getLogger(__name__)


class LiveProgress:
    """`agent.progress.Progress`. Stages of all cases are written in the order in which they were told."""

    def __init__(self, log: EventLog, feed: EventFeed) -> None:
        """Nothing is held back for longer than until the next `settle`; `settling` calls it in time."""
        self._log = log
        self._feed = feed
        self._held: list[CaseEvent] = []
        self._some = threading.Event()
        self._holding, self._writing = threading.Lock(), threading.Lock()

    def tell(self, events: Sequence[CaseEvent]) -> None:
        """As in the port."""
        with self._holding:
            self._held += events
        if all(event.kind in ON_THE_WAY for event in events):
            self._some.set()
        else:
            self.settle()

    def settle(self) -> None:
        """As in the port."""
        # Taken and written under one lock: what another thread took before is in the log before this returns.
        with self._writing:
            with self._holding:
                events, self._held = self._held, []
            if events:
                self._log.append(events)
        if events:
            self._feed.wake()

    def settle_soon(self, ended: threading.Event, seconds: float) -> None:
        """Write what is held `seconds` after it was told, until `ended` is set and somebody told something."""
        while self._some.wait() and not ended.wait(seconds):
            self._some.clear()
            self._settle_anyway()
        self._settle_anyway()

    def _settle_anyway(self) -> None:
        try:
            self.settle()
        except ToolError as error:
            _log.warning("nobody was told how far some cases are: %s", error)


@contextmanager
def settling(progress: LiveProgress, seconds: float = 0.02) -> Generator[LiveProgress]:
    """Progress whose stages are in the log `seconds` after they were told at the latest, until the block ends."""
    ended = threading.Event()
    thread = threading.Thread(target=progress.settle_soon, args=(ended, seconds), name="progress", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        ended.set()
        progress.tell(())
        thread.join()
