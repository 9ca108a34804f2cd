"""kill -9 a worker among several on Postgres: everything is carried out, nothing twice, and soon."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from agent.audit import verify
from agent.case import CaseStatus
from server.jobs.runs import RunStatus
from tests.server.jobs.crew import Office, letter, office, work
from tests.tools.conftest import fill

WITHIN = 30.0


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Real processes that start quickly: forked from one that has loaded everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.jobs.crew"])
    return context


@pytest.fixture
def address(postgres: str, request: pytest.FixtureRequest) -> Generator[str]:
    """A database of its own, with a small shop."""
    name = f"crew_{abs(hash(request.node.nodeid)) % 10**8}"
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    found = postgres.replace("/postgres?", f"/{name}?")
    with office(found) as opened:
        fill(opened.store)
    yield found
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@contextmanager
def worker(
    context: ForkServerContext, address: str, name: str, folder: Path, seconds: float, grace: float
) -> Generator[ForkServerProcess]:
    process = context.Process(target=work, args=(address, name, folder, seconds, grace))
    process.start()
    try:
        until(lambda: (folder / f"{name}.ready").exists() or not process.is_alive(), f"{name} started")
        yield process
    finally:
        (folder / "stop").touch()
        process.join(20)
        if process.is_alive():
            process.kill()
            process.join()


def until(done: Callable[[], bool], what: str, seconds: float = WITHIN) -> float:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.05)
    return time.monotonic() - began


def answered(opened: Office) -> int:
    return opened.database.cases.count_by("status").get(CaseStatus.ANSWERED.value, 0)


def check_once(opened: Office, tickets: int) -> None:
    helpdesk = opened.store.readers().helpdesk
    for number in range(tickets):
        assert [sent.kind for sent in helpdesk.sent(f"k-{number}")] == ["reply"]
    done = [entry for entry in opened.database.audit.entries() if entry.event == "effect.succeeded"]
    assert len(done) == len({entry.payload for entry in done}) == 2 * tickets
    report = verify(opened.database.audit.entries(), opened.database.audit.head())
    assert report.ok, report.message


@pytest.mark.system("N3")
@pytest.mark.system("L29")
def test_the_runs_of_a_killed_worker_are_taken_over(processes: ForkServerContext, address: str, tmp_path: Path) -> None:
    with ExitStack() as held:
        opened = held.enter_context(office(address))
        dies = held.enter_context(worker(processes, address, "worker-0", tmp_path, 0.8, 1.0))
        for number in range(6):
            assert opened.work.receive(letter(number)).fresh
            assert not opened.work.receive(letter(number)).fresh
        until(lambda: opened.work.queue().running == 2, "two runs are under way")
        assert dies.pid is not None
        os.kill(dies.pid, signal.SIGKILL)
        dies.join()
        cut_off = [run for run in opened.runs.list([RunStatus.INTERRUPTED]) if run.worker == "worker-0"]
        assert cut_off, opened.runs.list()
        held.enter_context(worker(processes, address, "worker-1", tmp_path, 0.0, 1.0))
        assert until(lambda: answered(opened) == 6, f"{opened.runs.list()}") < WITHIN
        check_once(opened, 6)
        assert opened.work.queue().waiting == opened.work.queue().running == opened.work.queue().failed == 0
        assert {run.attempts for run in opened.runs.list([RunStatus.DONE]) if run.id in {r.id for r in cut_off}} != {0}
