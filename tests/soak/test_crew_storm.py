"""Workers that are killed again and again, and a database that goes away: nothing is lost, nothing happens twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from agent.case import CaseStatus
from tests.server.jobs.crew import Office, letter, office, work
from tests.server.jobs.test_crew import answered, check_once, until
from tests.tools.conftest import fill
from tools.errors import ToolError

TICKETS, WORKERS = 60, 2
LONG = 240.0


@dataclass
class Server:
    """A Postgres of this test alone, which can be stopped."""

    folder: Path
    address: str
    user: str | None
    control: Callable[..., str]

    def stop(self) -> None:
        """At once, as when the power fails."""
        self.control(["-w", "-m", "immediate", "stop"], pgdata=self.folder, user=self.user, timeout=60)

    def start(self) -> None:
        options = ["-o", '-h ""', "-o", f"-k {self.folder}", "-l", str(self.folder / "log")]
        self.control(["-w", *options, "start"], pgdata=self.folder, user=self.user, timeout=60)


def _pg_ctl() -> Callable[..., str]:
    return vars(import_module("pgserver._commands"))["pg_ctl"]  # made at import, and typed nowhere


@pytest.fixture
def server() -> Generator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests/conftest.py
        from pgserver.postgres_server import get_server
    folder = tempfile.mkdtemp(prefix="countersign-pg-")
    started = get_server(folder)
    uri = started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    assert folder in uri, "the socket is somewhere else"
    yield Server(Path(folder), uri, started.system_user, _pg_ctl())
    started.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.jobs.crew"])
    return context


@dataclass
class Crew:
    """Workers that are started again whenever they die, as a supervisor would."""

    context: ForkServerContext
    address: str
    folder: Path
    members: dict[str, ForkServerProcess]

    def start(self, name: str) -> None:
        self.members[name] = self.context.Process(target=work, args=(self.address, name, self.folder, 0.15, 4.0))
        self.members[name].start()

    def kill(self, name: str) -> None:
        pid = self.members[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.members[name].join()

    def mend(self) -> None:
        """Start those again that could not start while the database was away."""
        for name in [name for name, process in self.members.items() if not process.is_alive()]:
            self.start(name)

    def end(self) -> None:
        (self.folder / "stop").touch()
        for process in self.members.values():
            process.join(30)
            if process.is_alive():
                process.kill()


def deliver(address: str, chance: random.Random, failures: list[str]) -> None:
    """Every ticket three times, in any order; what is refused is sent again, as helpdesks do."""
    deliveries = [number for number in range(TICKETS) for _ in range(3)]
    chance.shuffle(deliveries)
    with office(address) as opened:
        for number in deliveries:
            for _ in range(100):
                try:
                    opened.work.receive(letter(number))
                    break
                except ToolError as error:
                    failures.append(str(error))
                    time.sleep(0.3)
            time.sleep(0.02)


def _left(opened: Office) -> str:
    """The cases that nobody answered, what is said of them, and their runs."""
    cases = [case for case in opened.database.cases.list(limit=TICKETS) if case.status is not CaseStatus.ANSWERED]
    return "\n".join(f"{case!r}\n{opened.runs.list(case_id=case.case_id)}" for case in cases)


@pytest.mark.soak
@pytest.mark.system("L29")
@pytest.mark.parametrize("seed", range(3))
def test_killed_workers_and_a_database_that_is_away_for_ten_seconds(
    processes: ForkServerContext, server: Server, tmp_path: Path, seed: int
) -> None:
    chance, refused = random.Random(seed), list[str]()  # noqa: S311 - reproducible, not secret
    with office(server.address) as opened:
        fill(opened.store)
    crew = Crew(processes, server.address, tmp_path, {})
    for number in range(WORKERS):
        crew.start(f"worker-{number}")
    sender = threading.Thread(target=deliver, args=(server.address, chance, refused))
    sender.start()
    try:
        for _ in range(3):
            time.sleep(2 + 2 * chance.random())
            victim = f"worker-{chance.randrange(WORKERS)}"
            crew.kill(victim)
            time.sleep(chance.random() * 3)
            crew.start(victim)
        server.stop()
        time.sleep(10)
        server.start()
        crew.mend()
        sender.join(LONG)
        crew.mend()
        with office(server.address) as opened:
            crew.kill("worker-0")  # and it never comes back: the other one takes over
            try:
                took = until(lambda: answered(opened) == TICKETS, "cases are left", LONG)
            except AssertionError as error:
                raise AssertionError(_left(opened)) from error
            check_once(opened, TICKETS)
            assert opened.work.queue().failed == 0
            assert took < LONG
    finally:
        crew.end()
        sender.join(5)
