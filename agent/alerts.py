"""What a person has to be told without asking: late promises. Unconfirmed effects and loops come from the executor."""

from __future__ import annotations

from datetime import datetime

from agent.promises import Alert, alert_for, overdue
from agent.repositories import PromiseLedger


def late_promises(promises: PromiseLedger, now: datetime) -> list[Alert]:
    """Turn promises whose moment has passed into overdue ones; each gives its alert to one caller, once."""
    return [alert_for(entry, now) for entry in promises.late(now) if promises.swap(entry, overdue(entry, now))]
