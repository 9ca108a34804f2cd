"""What an action changes, and how the functions that say so are tied to their actions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tools.actions import ActionBase
from tools.commerce import Noun
from tools.facts import ActionFacts

A = TypeVar("A", bound=ActionBase)


@dataclass(frozen=True)
class Changes:
    """The nouns to store, the reference of the effect and what changed in plain words."""

    reference: str
    summary: str
    nouns: tuple[Noun, ...]


@dataclass(frozen=True)
class Effecting:
    """What a change needs besides the action: the facts, the effect key, and when it happens."""

    facts: ActionFacts
    key: str

    @property
    def now(self) -> datetime:
        """The moment of the effect."""
        return self.facts.now

    def identifier(self, what: str) -> str:
        """An id of something new that follows from the key alone, such as `refund_1f3a...`."""
        return f"{what}_{hashlib.sha256(self.key.encode()).hexdigest()[:16]}"


Change = Callable[[ActionBase, Effecting], Changes]


def on(kind: type[A], change: Callable[[A, Effecting], Changes]) -> Change:
    """`change` for actions of one type."""

    def apply(action: ActionBase, effecting: Effecting) -> Changes:
        if not isinstance(action, kind):
            raise TypeError(f"{kind.__name__} expected, {type(action).__name__} given")
        return change(action, effecting)

    return apply


def listed(parts: Iterable[str]) -> str:
    """`a, b and c`."""
    every = list(parts)
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)
