"""Threads of one process take turns on a case, and only on the same one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock, RLock


class Turns:
    """A lock for each case that somebody works on, for as long as somebody does. The same thread may enter again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted: dict[str, tuple[RLock, int]] = {}

    @contextmanager
    def alone(self, case_id: str) -> Generator[None]:
        """Nobody else is in here with the same case."""
        with self._lock:
            turn, users = self._wanted.get(case_id) or (RLock(), 0)
            self._wanted[case_id] = turn, users + 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                turn, users = self._wanted.pop(case_id)
                if users > 1:
                    self._wanted[case_id] = turn, users - 1
