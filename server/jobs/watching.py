"""Each stage of a case goes into the event log the moment it is reached, and whoever watches is woken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.repositories import CaseEvent, EventLog

if TYPE_CHECKING:
    from server.feed import EventFeed


@dataclass(frozen=True, kw_only=True)
class LiveProgress:
    """`agent.progress.Progress`."""

    log: EventLog
    feed: EventFeed

    def tell(self, events: Sequence[CaseEvent]) -> None:
        """As in the port."""
        self.log.append(events)
        self.feed.wake()
