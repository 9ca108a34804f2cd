"""A start does not look for garbage; the work after it does, and leaves what the start made alone."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

from server import startup


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


class Ring:
    """Refers to itself, so that only the collector can take it away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_the_start_made_is_left_alone_and_later_garbage_is_found() -> None:
    usual, frozen = gc.get_threshold(), gc.get_freeze_count()
    startup.begin()
    assert gc.get_threshold()[0] > 100_000
    startup.finish()
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() > frozen
    Ring()
    assert gc.collect() > 0


def test_a_library_that_opens_a_workshop_keeps_its_own_collector() -> None:
    gc.set_threshold(5_000, 5, 5)
    frozen = gc.get_freeze_count()
    startup.finish()
    assert gc.get_threshold() == (5_000, 5, 5)
    assert gc.get_freeze_count() <= frozen  # what was frozen may still be freed


def test_the_second_workshop_of_a_process_freezes_nothing() -> None:
    startup.begin()
    startup.finish()
    frozen = gc.get_freeze_count()
    startup.finish()
    assert gc.get_freeze_count() <= frozen  # what was frozen may still be freed
