"""EventFeed: what happens in cases, for live views, read from the durable log."""

from __future__ import annotations

from agent.repositories import EventLog


class EventFeed:
    """Gives events as they are appended, by any thread or process."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def wake(self) -> None:
        """Something was appended just now: do not wait for the next look at the log. Safe from any thread."""
