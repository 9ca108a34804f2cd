"""A worker's name may live on in another process: what the first one had begun is known to be given up all the same."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from server.db.presence import _LIFE, Presence, WorkerNameTaken  # pyright: ignore[reportPrivateUsage]
from server.jobs.engine import prepare
from server.jobs.queue import CaseQueue
from server.jobs.watch import Watch

GRACE = 8.0


@dataclass
class Hand:
    """A clock that is moved by hand."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Seen:
    """What worker-1 sees of the others, by a clock of its own."""

    address: str
    held: ExitStack
    hand: Hand = field(default_factory=Hand)

    def worker(self, name: str) -> Presence:
        found = Presence(self.address, name)
        self.held.callback(found.close)
        found.take(10)
        return found

    def watch(self) -> Watch:
        prepare(self.address, "the test")
        queue = CaseQueue.open(self.address, "the test", 2, 0.05)
        self.held.callback(queue.close)
        mine = self.worker("worker-1")
        return Watch(presence=mine, queue=queue, worker="worker-1", grace=GRACE, clock=self.hand)


@pytest.fixture
def seen(server_database: str) -> Generator[Seen]:
    with ExitStack() as held:
        yield Seen(server_database, held)


@pytest.mark.system("L29")
def test_a_claim_of_an_earlier_life_is_given_up_although_the_name_is_at_work(seen: Seen) -> None:
    watch, first = seen.watch(), seen.worker("worker-0")
    assert watch.alive(first.life)
    first.close()
    second = seen.worker("worker-0")
    assert watch.alive(first.life), "it may only have lost its database for a moment"
    seen.hand.seconds += GRACE / 2
    assert not watch.alive(first.life)
    assert watch.alive(second.life)


@pytest.mark.system("L29")
def test_who_lost_the_database_for_a_moment_is_still_at_work(seen: Seen) -> None:
    watch, other = seen.watch(), seen.worker("worker-0")
    other.close()
    assert watch.alive(other.life)
    other.take(10)
    seen.hand.seconds += GRACE
    assert watch.alive(other.life)


def test_a_worker_knows_its_own_lives(seen: Seen) -> None:
    watch = seen.watch()
    assert watch.alive(watch.owner)
    assert not watch.alive("worker-1/earlier")


@pytest.mark.system("L29")
def test_who_is_just_asked_about_takes_its_place_whole_or_not_at_all(seen: Seen) -> None:
    watch, other = seen.watch(), Presence(seen.address, "worker-0")
    seen.held.callback(other.close)
    # The moment in which somebody asks whether it is over.
    with watch.presence._lock(_LIFE, other.life) as asked:  # pyright: ignore[reportPrivateUsage]
        assert asked
        with pytest.raises(WorkerNameTaken):
            other.take(0)
    assert watch.presence.free("worker-0")
    other.take(10)
    assert not watch.presence.over(other.life)
