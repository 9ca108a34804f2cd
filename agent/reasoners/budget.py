"""Budget: what a language model may cost for one message of one ticket, in tokens and in seconds (row N13)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.reasoners.base import Usage

MOST_OPEN = 1_000
"""Messages whose spending is remembered; the oldest is forgotten first."""
CHARACTERS_PER_TOKEN = 4
"""A guess, for what is not sent yet and for endpoints that do not count."""


class OverBudget(Exception):
    """The next call would cost more than is left; the message says of what."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """For one message: tokens in and out together, seconds of waiting, and seconds for a single call."""

    tokens: int = 8_000
    seconds: float = 90.0
    call_seconds: float = 30.0


@dataclass
class Spending:
    """What one message has cost so far."""

    budget: Budget
    tokens: int = 0
    seconds: float = 0.0

    def room(self, estimate: int, answer: int) -> tuple[int, float]:
        """(tokens for the answer, seconds for the call), when `estimate` tokens are sent. Raises OverBudget."""
        tokens = self.budget.tokens - self.tokens - estimate
        if tokens < answer:
            raise OverBudget(
                f"the budget of {self.budget.tokens} tokens for this message is used up: {self.tokens} spent, "
                f"about {estimate} more to send"
            )
        seconds = min(self.budget.call_seconds, self.budget.seconds - self.seconds)
        if seconds <= 0:
            raise OverBudget(f"the budget of {self.budget.seconds:g} seconds for this message is used up")
        return tokens, seconds


@dataclass
class _Unread(threading.local):
    usage: Usage = field(default_factory=Usage)


class Meter:
    """Keeps the spending of every message, and what was spent since it was last read. Safe from several threads."""

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget
        self.clock = clock
        self._open: OrderedDict[str, Spending] = OrderedDict()
        self._lock = threading.Lock()
        # A case runs in one thread: cases that run beside it must not be counted into its usage.
        self._unread = _Unread()

    def spending(self, message: str) -> Spending:
        """What this message has cost; the same object for all its calls."""
        with self._lock:
            found = self._open.setdefault(message, Spending(self.budget))
            self._open.move_to_end(message)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return found

    def charge(self, spending: Spending, seconds: float, sent: int = 0, received: int = 0) -> None:
        """Note one call, also one that failed."""
        spending.tokens += sent + received
        spending.seconds += seconds
        before = self._unread.usage
        self._unread.usage = Usage(
            model_calls=before.model_calls + 1,
            input_tokens=before.input_tokens + sent,
            output_tokens=before.output_tokens + received,
        )

    def usage(self) -> Usage:
        """What this thread spent since the last call of this method."""
        spent, self._unread.usage = self._unread.usage, Usage()
        return spent


def tokens_in(*texts: str) -> int:
    """About how many tokens some texts have."""
    return sum(len(text) // CHARACTERS_PER_TOKEN + 4 for text in texts)
