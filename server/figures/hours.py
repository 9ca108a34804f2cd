"""Time that counts: only while people are there, in the shop's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from agent.limits.service import BusinessHours

NOTHING = timedelta(0)


def working_time(start: datetime, end: datetime, hours: BusinessHours) -> timedelta:
    """How much of the time between two moments (aware) people were there; nothing when `end` is not after `start`."""
    if end <= start:
        return NOTHING
    first, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum((_overlap(start, end, *opened) for day in days if (opened := _opened(day, hours))), NOTHING)


def _overlap(start: datetime, end: datetime, opens: datetime, closes: datetime) -> timedelta:
    return max(NOTHING, min(end, closes) - max(start, opens))


def _opened(day: date, hours: BusinessHours) -> tuple[datetime, datetime] | None:
    if not hours.business_day(day):
        return None
    return _between(day, hours.time_zone, hours.opens.isoformat(), hours.closes.isoformat())


@lru_cache(maxsize=4_096)
def _between(day: date, zone: str, opens: str, closes: str) -> tuple[datetime, datetime]:
    """In UTC, so that a day on which the clocks change is as long as it is."""
    from zoneinfo import ZoneInfo

    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"{day.isoformat()}T{text}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    return at(opens), at(closes)
