"""The demo brand with work done at once, or through the queue on SQLite and on a real Postgres."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.checkpoints import open_shared_checkpoints
from agent.deps import Clock, SystemClock
from server.feed import EventFeed
from server.jobs.durable import DurableWork
from server.jobs.duties import Duties
from server.jobs.engine import prepare, running
from server.jobs.kinds import KINDS, CaseRuns
from server.jobs.queue import CaseQueue
from server.jobs.runs import Runs
from server.work import CaseWork, DirectWork
from tests.agent.graph.world import LIMITS
from tests.databases import copied, template
from tests.journeys.shop import FILE, Shop
from tests.server.jobs.crew import Office, Slow, member, office
from tests.tools.conftest import fill

LOOK = 0.02
WAIT = 30.0


def until(done: Callable[[], object]) -> None:
    """Wait for something that threads of this process bring about."""
    last = time.monotonic() + WAIT
    while not done():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.02)


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
    queue = CaseQueue.open(address, "the test", 2, LOOK, patient=True)
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


@dataclass
class SmallDesk:
    """A small shop over any database, and the work that reaches it."""

    office: Office
    work: CaseWork


@pytest.fixture(scope="session")
def small_template(postgres: str) -> str:
    """The name of a Postgres database that holds a small shop and all tables. Copy it; never connect to it."""

    def fill_shop(address: str) -> None:
        with office(address) as opened, open_shared_checkpoints(address):
            fill(opened.store)

    return template(postgres, "small", fill_shop)


@pytest.fixture
def server_database(postgres: str, small_template: str) -> Generator[str]:
    """A database of its own with a small shop, on the Postgres of the tests."""
    with copied(postgres, small_template) as address:
        yield address


@pytest.fixture(params=["direct", "sqlite", "postgres"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[SmallDesk]:
    """Every implementation of CaseWork."""
    address = f"sqlite:///{tmp_path / FILE}"
    if request.param == "postgres":
        address = request.getfixturevalue("server_database")
    with office(address) as opened, member(address, opened, tmp_path, Slow(), LIMITS) as mine:
        if request.param != "postgres":
            fill(opened.store)
        if request.param == "direct":
            yield SmallDesk(opened, DirectWork(store=opened.store, runner=mine.runner))
            return
        with running(address, "worker-0", KINDS, mine.runs.carry_out, {}, mine.runs.busy):
            yield SmallDesk(opened, opened.work)
