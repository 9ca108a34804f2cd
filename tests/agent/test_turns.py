"""Two threads never have the same case at once, and two cases never wait for each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from agent.turns import Turns


def test_two_threads_take_turns_on_one_case() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def work(_: int) -> None:
        with turns.alone("c-1"):
            inside.append(1)
            most.append(len(inside))
            Event().wait(0.001)
            inside.pop()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))
    assert max(most) == 1


def test_many_cases_are_held_at_once() -> None:
    turns, together = Turns(), Barrier(70, timeout=10)

    def work(number: int) -> None:
        with turns.alone(f"c-{number}"):
            together.wait()

    with ThreadPoolExecutor(70) as pool:
        list(pool.map(work, range(70)))


def test_the_same_thread_may_enter_again_and_nothing_is_left() -> None:
    turns = Turns()
    with turns.alone("c-1"), turns.alone("c-1"):
        pass
    assert not turns._wanted  # pyright: ignore[reportPrivateUsage] - what would grow with every case
