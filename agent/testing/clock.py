"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
"""Where clocks start when nothing else is said."""


class FixedClock:
    """`agent.deps.Clock` for tests, evals and the demo."""

    def __init__(self, moment: datetime = NOON) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._moment

    def advance(self, by: timedelta) -> datetime:
        """Move on; gives the new moment."""
        self._moment += by
        return self._moment

    def set(self, moment: datetime) -> None:
        """Stand at another moment."""
        self._moment = moment
