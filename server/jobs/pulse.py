"""Small threads that look at something every few seconds, until the block ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def every(seconds: float, look: Callable[[], object], name: str) -> Generator[None]:
    """Call `look` again and again in a thread of its own; it must not raise."""
    ended = threading.Event()

    def again() -> None:
        while not ended.wait(seconds):
            look()

    thread = threading.Thread(target=again, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
