"""The demo brand with work done at once, or through the queue on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.deps import SystemClock
from server.feed import EventFeed
from server.jobs.durable import DurableWork
from server.jobs.duties import Duties
from server.jobs.engine import prepare, running
from server.jobs.kinds import KINDS, CaseRuns
from server.jobs.queue import CaseQueue
from server.jobs.runs import Runs
from server.work import CaseWork, DirectWork
from tests.journeys.shop import FILE, Brand, Shop

LOOK = 0.02


@dataclass
class Desk:
    """A shop, and the work that reaches it."""

    shop: Shop
    work: CaseWork
    queue: CaseQueue | None = None
    runs: CaseRuns | None = None
    listed: Runs | None = None
    duties: Duties | None = None


Staffed = Callable[[], "Generator[None]"]


@contextmanager
def durable(shop: Shop, address: str, patience: float = 20.0, worker: str = "worker-0") -> Generator[Desk]:
    """Work through the queue, carried out by threads of this process."""
    prepare(address, "the test")
    queue = CaseQueue.open(address, "the test", 2, LOOK)
    feed = EventFeed(shop.database.events)
    helpdesk = shop.readers.helpdesk
    runs = CaseRuns(runner=shop.runner, queue=queue, switches=shop.database.switches, helpdesk=helpdesk, feed=feed)
    listed = Runs(queue_of_cases=queue, counts=shop.database.runs, machine=SystemClock())
    duties = Duties(runs=runs, database=shop.database, clock=shop.clock, prune=lambda: None)
    work = DurableWork(
        store=shop.parts.store,
        database=shop.database,
        queue_of_cases=queue,
        runs=listed,
        feed=feed,
        clock=shop.clock,
        patience=patience,
    )
    try:
        with running(address, worker, KINDS, runs.carry_out, {}, runs.busy):
            yield Desk(shop, work, queue, runs, listed, duties)
    finally:
        queue.close()


@pytest.fixture(params=["direct", "sqlite"])
def desk(request: pytest.FixtureRequest, brand: Brand, tmp_path: Path) -> Generator[Desk]:
    """Every implementation of CaseWork."""
    with brand.open(tmp_path) as shop:
        if request.param == "direct":
            yield Desk(shop, DirectWork(store=shop.parts.store, runner=shop.runner))
        else:
            with durable(shop, f"sqlite:///{tmp_path / FILE}") as desk:
                yield desk
