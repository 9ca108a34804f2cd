"""The constants of the local store's effects."""

from __future__ import annotations

from datetime import datetime, timedelta

TRACE_DAYS = 8
"""Weekdays that carriers commonly ask for before a parcel counts as lost."""
_SATURDAY = 5


def trace_due(opened: datetime) -> datetime:
    """When a carrier answers: `TRACE_DAYS` weekdays after `opened`. The store knows of no holidays."""
    due, left = opened, TRACE_DAYS
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < _SATURDAY
    return due
