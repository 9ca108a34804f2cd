"""While a process starts, almost nothing that it makes is garbage: looking for some would be a fifth of the start."""

from __future__ import annotations

import gc

_USUAL = gc.get_threshold()
_STARTING = (400_000, 50, 100)


def begin() -> None:
    """Look for garbage rarely from now on. For a process that a person or a supervisor started, never for a library."""
    gc.set_threshold(*_STARTING)


def finish() -> None:
    """Look for garbage as usual again, and no more among what the start made. Does nothing unless `begin` was called.

    Classes and functions live as long as the process; every full collection would walk through all 200,000 of them.
    """
    if gc.get_threshold() == _STARTING:
        gc.freeze()
        gc.set_threshold(*_USUAL)
