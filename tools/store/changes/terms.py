"""The constants of the local store's effects."""

from __future__ import annotations

from datetime import timedelta

TRACE_TIME = timedelta(days=8)
"""What carriers commonly ask for before a parcel counts as lost."""
