"""The demo brand's clock: it stands at the moment its inbox was taken, plus the time this process has run."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "clock.json"


class DemoClock:
    """A virtual clock for a data folder that holds the demo brand: its parcels never grow old on a shelf."""

    def __init__(self, starts_at: datetime) -> None:
        self._starts_at = starts_at
        self._begun = time.monotonic()

    def now(self) -> datetime:
        """The virtual moment, aware and in UTC."""
        return self._starts_at + timedelta(seconds=time.monotonic() - self._begun)


def read_demo_clock(folder: Path) -> DemoClock | None:
    """The clock of a data folder that holds the demo brand; None for any other folder."""
    path = folder / FILE
    if not path.is_file():
        return None
    return DemoClock(datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["starts_at"]).astimezone(UTC))


def write_demo_clock(folder: Path, starts_at: datetime) -> None:
    """Let this data folder live in the demo brand's time."""
    (folder / FILE).write_text(json.dumps({"starts_at": starts_at.isoformat()}) + "\n", encoding="utf-8")
