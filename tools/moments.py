"""Moments as shop platforms write them in their files."""

from __future__ import annotations

from datetime import UTC, datetime

_FORMS = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z")


def moment_of(text: str) -> datetime | None:
    """A date and time with its offset (`2026-03-01 10:00:00 -0500`, `... UTC`), in UTC; None for anything else."""
    said = f"{text.removesuffix(' UTC')} +0000" if text.endswith(" UTC") else text
    for form in _FORMS:
        try:
            return datetime.strptime(said, form).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
