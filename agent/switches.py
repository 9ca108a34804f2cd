"""Switches that stop effects: by hand, for everything or one workflow or intent, and by the loop breaker."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.limits import Loop
from tools.commerce import Identifier, Noun

EVERYTHING = "*"
"""The scope that covers all others."""


class Switch(Noun):
    """Whether effects in `scope` are stopped, by whom and why. It stays that way until a person says otherwise."""

    scope: Identifier
    stopped: bool
    by: str
    reason: Annotated[str, Field(max_length=500)] = ""
    at: AwareDatetime

    @property
    def stops(self) -> str:
        """What it stops, in words."""
        if self.scope == EVERYTHING:
            return "everything"
        return "replies to this sender" if self.scope.startswith("loop:") else self.scope.replace(":", " ", 1)


def workflow_scope(workflow: str) -> str:
    """All effects of one automation, such as `workflow:support`."""
    return f"workflow:{workflow}"


def intent_scope(intent: str) -> str:
    """All effects of cases about one intent, such as `intent:refund_request`."""
    return f"intent:{intent}"


def loop_scope(workflow: str, recipient: str) -> str:
    """One automation towards one recipient: a loop stops there, and no customer can stop the shop."""
    return f"loop:{workflow}:{recipient}"


def recipient_key(address: str) -> str:
    """A recipient without the address itself: the same for every way of writing it; empty for no address."""
    folded = address.strip().casefold()
    return hashlib.sha256(folded.encode()).hexdigest()[:16] if folded else ""


def too_many(sent: Sequence[datetime], now: datetime, limit: Loop) -> bool:
    """Whether one more message now would be above the limit; a message exactly as old as the window is out of it."""
    return sum(moment > now - limit.window for moment in sent) + 1 > limit.replies
