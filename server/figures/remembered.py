"""Results that are computed again only when what they rest on has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last result under each name. Of several who ask for the same at once one computes, and the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._found: dict[str, tuple[Hashable, T]] = {}

    def get(self, name: str, version: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave for this version; names are few, and an older version is forgotten."""
        with self._lock:
            turn = self._turns.setdefault(name, threading.Lock())
        with turn:
            known = self._found.get(name)
            if known is None or known[0] != version:
                # Kept only when it succeeded: whoever asks next tries again.
                known = self._found[name] = (version, make())
            return known[1]
