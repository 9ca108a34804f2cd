"""Two workers keep the same time: every tick of a schedule is carried out once, also one in which a worker dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.journeys.shop import FILE
from tests.server.jobs.clockwork import keep_time
from tests.server.jobs.conftest import until

NAMES = ("worker-0", "worker-1")
Start = Callable[[str], ForkServerProcess]


@contextmanager
def starting(address: str, folder: Path) -> Generator[Start]:
    """Starts workers by name, as processes that are forked from one that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server.jobs.clockwork"])
    started: list[ForkServerProcess] = []

    def start(name: str) -> ForkServerProcess:
        (folder / f"{name}.ready").unlink(missing_ok=True)
        process = context.Process(target=keep_time, args=(address, name, folder))
        process.start()
        started.append(process)
        return process

    try:
        yield start
    finally:
        (folder / "stop").touch()
        for process in started:
            process.join(20)
            if process.is_alive():
                process.kill()
                process.join()


def noted(folder: Path, what: str) -> list[tuple[str, str]]:
    """Tick and worker of each time that a tick was `begun` or `ended`."""
    return [(tick, worker) for tick, worker, _ in (each.name.split(" ") for each in (folder / what).iterdir())]


def under_way(folder: Path) -> set[tuple[str, str]]:
    return set(noted(folder, "begun")) - set(noted(folder, "ended"))


@pytest.mark.system("L29")
@pytest.mark.parametrize("where", ["sqlite", "postgres"])
def test_every_tick_is_carried_out_once_also_when_a_worker_dies_in_it(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = f"sqlite:///{tmp_path / FILE}" if where == "sqlite" else request.getfixturevalue("server_database")
    for name in ("begun", "ended"):
        (tmp_path / name).mkdir()
    with starting(address, tmp_path) as start:
        workers = {name: start(name) for name in NAMES}
        until(lambda: all((tmp_path / f"{name}.ready").exists() for name in NAMES))
        before = len(noted(tmp_path, "ended"))
        until(lambda: len(noted(tmp_path, "ended")) >= before + 3)
        (tmp_path / "hold").touch()
        until(lambda: under_way(tmp_path))
        name = sorted(under_way(tmp_path))[0][1]
        dead = workers[name]
        assert dead.pid is not None
        os.kill(dead.pid, signal.SIGKILL)
        dead.join()
        left = {tick for tick, worker in under_way(tmp_path) if worker == name}
        (tmp_path / "hold").unlink()
        if where == "sqlite":  # where one process is all there is, and its next life goes on
            start(name)
        until(lambda: left <= {tick for tick, _ in noted(tmp_path, "ended")})
        after = len(noted(tmp_path, "ended"))
        until(lambda: len(noted(tmp_path, "ended")) > after)
    begun, ended_by = Counter(tick for tick, _ in noted(tmp_path, "begun")), noted(tmp_path, "ended")
    assert {tick: many for tick, many in begun.items() if many > 1} == dict.fromkeys(left, 2), "only what was cut off"
    assert max(Counter(tick for tick, _ in ended_by).values()) == 1
