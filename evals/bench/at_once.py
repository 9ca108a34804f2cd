"""Suggestions a second with as many tickets at once as a worker of the product takes, for us and for the peer.

A round is a number of tickets of which so many are worked on at a time. Each is held at its draft until every ticket of
the round has one, so that on both sides nothing but drafting happens while the time is taken. Rounds of ours and of the
peer alternate, so that a busy moment of the machine hits both.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock, Semaphore, local

from agent.checkpoints import open_checkpoints
from agent.repositories import CaseEvent, CaseRecord
from agent.runner import CaseRunner
from evals.bench.figures import Figure
from evals.bench.peer import peer_world, run_peer
from evals.bench.world import demo_workshop
from server.container import Workshop, build_runner, only_seat, open_saver
from tools.helpdesk import Ticket

ROUND = 40
Peer = Callable[[Ticket, CaseRecord, str], None]


class Round:
    """Tickets that are worked on together, so many at a time; `seconds` until the last of them had its draft."""

    def __init__(self, tickets: int, threads: int) -> None:
        self._waiting = tickets
        self._seats = Semaphore(threads)
        self._every = Event()
        self._lock = Lock()
        self._own = local()
        self._begun = time.perf_counter()
        self.seconds = 0.0

    def work(self, case: Callable[[], CaseRecord | None]) -> CaseRecord | None:
        """One ticket from its beginning to its end, in a thread of its own. At its end it has its draft in any case."""
        with self._seats:
            done = case()
            self.drafted()
            return done

    def drafted(self) -> None:
        """This ticket has its draft: another one may be worked on. Returns when every ticket of the round has one."""
        if getattr(self._own, "drafted", False):
            return
        self._own.drafted = True
        with self._lock:
            self._waiting -= 1
            if not self._waiting:
                self.seconds = time.perf_counter() - self._begun
                self._every.set()
        self._seats.release()
        self._every.wait()
        self._seats.acquire()


@dataclass
class Holding:
    """`agent.progress.Progress`: holds each case at its checked draft while there is a round."""

    round: Round | None = None

    def tell(self, events: Sequence[CaseEvent]) -> None:
        """As in the port."""
        if self.round is not None and any(event.kind == "checked" for event in events):
            self.round.drafted()

    def settle(self) -> None:
        """As in the port."""


@dataclass
class Rates:
    """Tickets and seconds of all rounds of one side."""

    tickets: int = 0
    seconds: float = 0.0
    each: list[float] = field(default_factory=list[float])

    def add(self, tickets: int, seconds: float) -> None:
        """Note a round."""
        self.tickets += tickets
        self.seconds += seconds
        self.each.append(tickets / seconds)

    @property
    def a_second(self) -> float:
        """Tickets a second over all rounds."""
        return self.tickets / self.seconds


def at_once(folder: Path, count: int, warm_up: int, threads: int = 0) -> Figure:
    """The figure. Without `threads`, as many as the product's own setting says."""
    with demo_workshop(folder / "together") as (workshop, inbox):
        threads = threads or workshop.parts.settings.number("worker_threads")
        size = min(ROUND, count)
        rounds = [inbox[:warm_up], *(inbox[at : at + size] for at in range(warm_up, warm_up + count - size + 1, size))]
        ours, peer = _raced(folder, workshop, rounds, threads)
    ratios = sorted(one / other for one, other in zip(ours.each, peer.each, strict=True))
    said = (
        f"{ours.a_second:.1f} against {peer.a_second:.1f} a second, {threads} tickets at once, each up to the draft "
        f"that waits for a person; {len(ratios)} rounds of {size}, {ratios[0]:.2f} to {ratios[-1]:.2f}"
    )
    ratio = ours.a_second / peer.a_second
    return Figure(name="suggestions a second / peer", value=ratio, bar=2, at_least=True, n=ours.tickets, said=said)


def _raced(folder: Path, workshop: Workshop, rounds: Sequence[Sequence[Ticket]], threads: int) -> tuple[Rates, Rates]:
    """Every round by us, then by the peer. The first one only warms up."""
    holding, ours, theirs = Holding(), Rates(), Rates()
    world = peer_world(workshop)
    settings = replace(workshop.parts.settings, data_dir=str(folder))
    with open_saver(settings) as saver, open_checkpoints(folder / "peer-together.db") as peer_saver:
        seat = replace(only_seat(settings), progress=holding)
        runner = build_runner(workshop.parts, workshop.reasoner, workshop.knowledge, saver, seat=seat)
        peer = run_peer(world, peer_saver)
        for number, some in enumerate(rounds):
            done, seconds = _ours(runner, holding, some, threads)
            other = _theirs(peer, some, done, threads)
            if number:
                ours.add(len(some), seconds)
                theirs.add(len(some), other)
    return ours, theirs


def _ours(
    runner: CaseRunner, holding: Holding, tickets: Sequence[Ticket], threads: int
) -> tuple[list[CaseRecord], float]:
    done, seconds = _timed(len(tickets), threads, lambda at: runner.start(tickets[at].id), holding)
    return [record for record in done if record is not None], seconds


def _theirs(peer: Peer, tickets: Sequence[Ticket], done: Sequence[CaseRecord], threads: int) -> float:
    return _timed(len(tickets), threads, lambda at: peer(tickets[at], done[at], tickets[at].id), Holding())[1]


def _timed(
    tickets: int, threads: int, case: Callable[[int], CaseRecord | None], holding: Holding
) -> tuple[list[CaseRecord | None], float]:
    """Every ticket has a thread of its own, which waits until it is its turn."""
    gc.collect()
    gc.disable()
    with ThreadPoolExecutor(tickets) as pool:
        holding.round = together = Round(tickets, threads)
        work = [pool.submit(together.work, partial(case, at)) for at in range(tickets)]
        done = [each.result() for each in work]
    gc.enable()
    return done, together.seconds
