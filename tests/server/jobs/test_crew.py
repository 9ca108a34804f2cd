"""kill -9 a worker among several on Postgres: everything is carried out, nothing twice, and soon."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from agent.audit import verify
from agent.case import CaseStatus
from server.jobs.runs import RunStatus
from tests.server.jobs.crew import Office, letter, office, work

NAMES = ("worker-0", "worker-1")
PATIENCE = 120.0


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Real processes that start quickly: forked from one that has loaded everything and opened nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.jobs.crew"])
    return context


@contextmanager
def workers(
    context: ForkServerContext, address: str, folder: Path, seconds: float = 1.0, grace: float = 1.0
) -> Generator[tuple[ForkServerProcess, ...]]:
    """Two workers who think for so long about each case, and who count as dead after the grace."""
    processes = tuple(context.Process(target=work, args=(address, name, folder, seconds, grace)) for name in NAMES)
    for process in processes:
        process.start()
    try:
        until(lambda: all((folder / f"{name}.ready").exists() for name in NAMES), "both have started")
        yield processes
    finally:
        (folder / "stop").touch()
        for process in processes:
            process.join(20)
            if process.is_alive():
                process.kill()
                process.join()


def until(done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
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
def test_the_runs_of_a_killed_worker_are_taken_over(
    processes: ForkServerContext, server_database: str, tmp_path: Path
) -> None:
    with office(server_database) as opened, workers(processes, server_database, tmp_path) as (dies, _):
        for number in range(6):
            assert opened.work.receive(letter(number)).fresh
            assert not opened.work.receive(letter(number)).fresh
        until(lambda: {run.worker for run in opened.runs.list([RunStatus.RUNNING])} == set(NAMES), "both are at work")
        assert dies.pid is not None
        os.kill(dies.pid, signal.SIGKILL)
        dies.join()
        cut_off = {run.id for run in opened.runs.list([RunStatus.INTERRUPTED]) if run.worker == NAMES[0]}
        assert cut_off, opened.runs.list()
        until(lambda: answered(opened) == 6, "the other one does it")
        check_once(opened, 6)
        assert {run.worker for run in opened.runs.list([RunStatus.DONE]) if run.id in cut_off} == {NAMES[1]}
        queue = opened.work.queue()
        assert (queue.waiting, queue.running, queue.failed) == (0, 0, 0)
