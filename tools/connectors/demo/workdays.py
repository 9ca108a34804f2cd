"""Business days in New York: when an order leaves the desk, ships and arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

CUTOFF = time(14)
"""Orders before this time in New York go to the warehouse the same business day."""


@lru_cache(maxsize=1)
def new_york() -> ZoneInfo:
    """The shop's time zone."""
    return ZoneInfo("America/New_York")


def is_workday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def add_workdays(day: date, count: int) -> date:
    """The day `count` business days after `day`; `count` 0 moves a weekend to the next Monday."""
    while not is_workday(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day


def at_local(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall-clock time in New York as UTC."""
    return datetime.combine(day, time(hour, minute), new_york()).astimezone(UTC)


def to_warehouse(placed_at: datetime) -> datetime:
    """When an order stops being pending: the first 14:00 in New York on a business day after it was placed."""
    local = placed_at.astimezone(new_york())
    late = is_workday(local.date()) and local.time() >= CUTOFF
    return at_local(add_workdays(local.date(), 1 if late else 0), CUTOFF.hour)
