"""The demo brand's clock: it stands at the moment its inbox was taken, plus the time that was worked in it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent.deps import Clock, SystemClock

if TYPE_CHECKING:
    from agent.repositories import AuditLog

FILE = "clock.json"


class ClockUnreadable(Exception):
    """The file that names the demo brand's moment is not what we wrote."""

    def __init__(self, path: Path) -> None:
        super().__init__(f'{path} must hold {{"starts_at": "2026-11-16T15:00:00+00:00"}}; countersign demo --fresh')


class DemoClock:
    """A virtual clock for a data folder that holds the demo brand: its parcels never grow old on a shelf."""

    def __init__(self, starts_at: datetime) -> None:
        self._starts_at = starts_at
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """The virtual moment, aware and in UTC."""
        return self._starts_at + timedelta(seconds=time.monotonic() - self._begun)


def clock_of(folder: Path, log: AuditLog | None = None) -> Clock:
    """The clock that a data folder lives by: the machine's, or the demo brand's.

    With `log` the demo brand's goes on from the newest entry, so that it never runs backwards between two commands.
    """
    starts_at = _demo_moment(folder)
    if starts_at is None:
        return SystemClock()
    newest = list(log.entries(max(0, log.head().count - 1), 1)) if log is not None else []
    return DemoClock(max([starts_at, *(entry.at for entry in newest)]))


def _demo_moment(folder: Path) -> datetime | None:
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["starts_at"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        raise ClockUnreadable(path) from None


def write_demo_clock(folder: Path, starts_at: datetime) -> None:
    """Let this data folder live in the demo brand's time."""
    (folder / FILE).write_text(json.dumps({"starts_at": starts_at.isoformat()}) + "\n", encoding="utf-8")
