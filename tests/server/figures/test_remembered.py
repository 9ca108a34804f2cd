"""A figure is computed once for each state of what it rests on, whoever asks, and anew after that."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.figures.remembered import Remembered


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=30))
def test_what_it_gives_is_always_of_the_version_that_was_asked_for(asked: list[tuple[str, int]]) -> None:
    made: list[tuple[str, int]] = []
    remembered = Remembered[tuple[str, int]]()
    for name, version in asked:

        def make(key: tuple[str, int] = (name, version)) -> tuple[str, int]:
            made.append(key)
            return key

        assert remembered.get(name, version, make) == (name, version)
    changes = {name: [version for each, version in asked if each == name] for name in "ab"}
    wanted = sum(1 for own in changes.values() for at, version in enumerate(own) if at == 0 or own[at - 1] != version)
    assert len(made) == wanted


def test_of_several_at_once_one_computes() -> None:
    remembered, gate, made = Remembered[int](), threading.Barrier(4), list[int]()

    def ask(_: int) -> int:
        gate.wait(10)
        return remembered.get("30", 1, lambda: made.append(1) or 7)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [7] * 4
    assert made == [1]


def test_a_computation_that_failed_is_tried_again() -> None:
    remembered = Remembered[int]()
    with pytest.raises(ZeroDivisionError):
        remembered.get("30", 1, lambda: 1 // 0)
    assert remembered.get("30", 1, lambda: 5) == 5
