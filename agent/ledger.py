"""What the ledger keeps of an effect, and how the past is read from it for cumulative limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from agent.case import Execution, ExecutionStatus
from tools.money import Money
from tools.ports import Receipt

COUNTS = frozenset(ExecutionStatus) - {ExecutionStatus.FAILED}
"""Statuses that count in limits: done, or perhaps done, or about to be done."""
OPEN = frozenset({ExecutionStatus.PENDING, ExecutionStatus.UNKNOWN, ExecutionStatus.UNCONFIRMED})
"""Statuses that still have to be settled by reading."""


class LedgerEntry(Execution):
    """An execution with what limits, recovery and the loop breaker need to know.

    `owner` is the process that claimed it and `attempt` counts the claims; together they say whose claim it is.
    `before` and `after` are the versions the effect rested on and left behind (`after` is empty when it was settled by
    reading). `recipient` is a hash, set for messages.
    """

    owner: str
    attempt: Annotated[int, Field(ge=1)] = 1
    customer_id: str = ""
    amount: Money | None = None
    recipient: str = ""
    before: dict[str, str] = Field(default_factory=dict)
    after: dict[str, str] = Field(default_factory=dict)

    def execution(self) -> Execution:
        """Without what only the ledger needs."""
        fields = Execution.model_fields
        return Execution.model_validate({name: getattr(self, name) for name in fields})

    @property
    def weighty(self) -> bool:
        """Whether it was signed, gives value or cannot be undone: then its record must survive a power cut."""
        action = type(self.action)
        return bool(self.approval_id) or action.gives_value or not action.reversible

    def same_claim(self, other: LedgerEntry) -> bool:
        """Whether both are states of one and the same claim."""
        return (self.key, self.owner, self.attempt) == (other.key, other.owner, other.attempt)


def claimed_again(entry: LedgerEntry, fresh: LedgerEntry) -> LedgerEntry:
    """A new claim on an effect that was not done: same key, next attempt, today's facts."""
    return fresh.model_copy(update={"attempt": entry.attempt + 1})


def succeeded(entry: LedgerEntry, receipt: Receipt, now: datetime, after: dict[str, str]) -> LedgerEntry:
    """The entry with the proof that the effect happened."""
    return entry.model_copy(
        update={
            "status": ExecutionStatus.SUCCEEDED,
            "reference": receipt.reference,
            "detail": receipt.summary,
            "settled_at": now,
            "after": after,
        }
    )


def settled(entry: LedgerEntry, status: ExecutionStatus, now: datetime, detail: str) -> LedgerEntry:
    """The entry as failed, unknown or unconfirmed, with the reason."""
    return entry.model_copy(update={"status": status, "settled_at": now, "detail": detail})


def older(entry: LedgerEntry, now: datetime, age: timedelta) -> bool:
    """Whether the claim is at least `age` old."""
    return now - entry.claimed_at >= age
