"""The demo brand with work done at once, or through the queue on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.deps import Clock, SystemClock
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


@dataclass
class QueueDesk(Desk):
    """The same through the queue."""

    queue: CaseQueue
    runs: CaseRuns
    listed: Runs
    duties: Duties


@contextmanager
def durable(shop: Shop, address: str, *, staffed: bool = True, machine: Clock | None = None) -> Generator[QueueDesk]:
    """Work through the queue, carried out by threads of this process when it is `staffed`."""
    prepare(address, "the test")
    queue = CaseQueue.open(address, "the test", 2, LOOK)
    feed = EventFeed(shop.database.events)
    helpdesk = shop.readers.helpdesk
    runs = CaseRuns(runner=shop.runner, queue=queue, switches=shop.database.switches, helpdesk=helpdesk, feed=feed)
    listed = Runs(queue_of_cases=queue, counts=shop.database.runs, machine=machine or SystemClock())
    duties = Duties(runs=runs, database=shop.database, clock=shop.clock, prune=lambda: None)
    work = DurableWork(
        store=shop.parts.store,
        database=shop.database,
        queue_of_cases=queue,
        runs=listed,
        feed=feed,
        clock=shop.clock,
        patience=20.0,
    )
    with ExitStack() as held:
        held.callback(queue.close)
        if staffed:
            held.enter_context(running(address, "worker-0", KINDS, runs.carry_out, {}, runs.busy))
        yield QueueDesk(shop, work, queue, runs, listed, duties)


@pytest.fixture(params=["direct", "sqlite"])
def desk(request: pytest.FixtureRequest, brand: Brand, tmp_path: Path) -> Generator[Desk]:
    """Every implementation of CaseWork."""
    with brand.open(tmp_path) as shop:
        if request.param == "direct":
            yield Desk(shop, DirectWork(store=shop.parts.store, runner=shop.runner))
        else:
            with durable(shop, f"sqlite:///{tmp_path / FILE}") as desk:
                yield desk
