"""One worker and two on a real Postgres and a Chroma server: how many cases a second come out.

The pair that counts is the median of three, every second one turned round: one alone says little on a busy machine.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psycopg

from evals.bench.figures import Figure
from evals.bench.served_client import deliver, free_port, served
from evals.bench.wire import Wire
from tools.connectors.demo import DemoWorld
from tools.helpdesk import Ticket

WARM_UP = 20
PAIRS = 3


def workers(world: DemoWorld, tickets: int) -> Iterator[Figure]:
    """Cases a second with two workers against one; nothing where there is no Postgres to start."""
    try:
        import pgserver as _  # noqa: F401 - whether it is there
    except ImportError:
        yield Figure(name="two workers / one (skipped: no pgserver)", value=0, n=0)
        return
    pairs = [_pair(world, tickets, turned=bool(at % 2)) for at in range(PAIRS)]
    one, two = sorted(pairs, key=lambda pair: pair[1] / pair[0])[PAIRS // 2]
    each = ", ".join(f"{two / one:.2f}" for one, two in pairs)
    said = f"{two:.1f} against {one:.1f} cases a second on Postgres, client and database beside them; pairs: {each}"
    yield Figure(name="two workers / one", value=two / one, bar=1.6, at_least=True, n=PAIRS * tickets, said=said)


def _pair(world: DemoWorld, tickets: int, *, turned: bool) -> tuple[float, float]:
    """The rate of one worker and that of two."""
    rates = {count: _rate(world, tickets, count) for count in ((2, 1) if turned else (1, 2))}
    return rates[1], rates[2]


def _rate(world: DemoWorld, tickets: int, count: int) -> float:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        database = stack.enter_context(postgres())
        knowledge = stack.enter_context(chroma(folder))
        environment = {"COUNTERSIGN_DATABASE_URL": database, "COUNTERSIGN_CHROMA_URL": knowledge}
        _fill(folder, world, environment)
        web = stack.enter_context(served(folder, {**environment, "COUNTERSIGN_ROLE": "web"}))
        for number in range(count):
            named = {"COUNTERSIGN_ROLE": "worker", "COUNTERSIGN_WORKER": f"worker-{number}"}
            stack.enter_context(served(folder, {**environment, **named}, answers=False))
        _work_through(web.port, world.tickets[:WARM_UP], "warm", database)
        return _work_through(web.port, world.tickets[WARM_UP : WARM_UP + tickets], "timed", database)


def _work_through(port: int, tickets: Sequence[Ticket], name: str, database: str) -> float:
    """Deliver all at once; cases a second until the last one waits for a person or is closed."""

    async def all_of_them() -> None:
        wire = Wire(port)
        for start in range(0, len(tickets), 8):
            some = tickets[start : start + 8]
            await asyncio.gather(*(deliver(wire, ticket, f"{name}-{start + at}") for at, ticket in enumerate(some)))
        await wire.close()

    # One connection for all looks: a new one costs the server as much as a part of a case.
    with psycopg.connect(database.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as watching:
        begun = time.perf_counter()
        asyncio.run(all_of_them())
        while _settled(watching, f"bench-{name}-%") < len(tickets):
            if time.perf_counter() - begun > 300:
                raise RuntimeError("the workers did not work through their tickets in five minutes")
            time.sleep(0.02)
        return len(tickets) / (time.perf_counter() - begun)


def _settled(watching: psycopg.Connection, like: str) -> int:
    query = "SELECT count(*) FROM cases WHERE case_id LIKE %s AND status NOT IN ('new', 'working')"
    row = watching.execute(query, (like,)).fetchone()
    return int(row[0]) if row else 0


def _fill(folder: Path, world: DemoWorld, environment: Mapping[str, str]) -> None:
    """The demo brand's store and policies, on these servers, in a process that has no other connections."""
    code = f"from evals.bench.workers import fill; fill({str(folder)!r})"
    given = [f"{name}={value}" for name, value in environment.items()]
    subprocess.run(["/usr/bin/env", *given, sys.executable, "-c", code], check=True, timeout=300)  # noqa: S603 - our own words


def fill(folder: str) -> None:
    """Runs in the process of `_fill`; the settings come from its environment."""
    from evals.bench.served import bench_settings
    from knowledge.ingest import ingest_folder
    from server.clock import write_demo_clock
    from server.container import open_embedder, open_knowledge
    from server.settings import SOURCES
    from tools.connectors.demo import NOW, generate, write_snapshot
    from tools.store.importing import import_path
    from tools.store.local import LocalStore

    settings = bench_settings(Path(folder))
    with tempfile.TemporaryDirectory() as scratch, LocalStore.open(settings.database) as store:
        import_path(store, write_snapshot(generate(tickets=0), Path(scratch) / "brand"))
    knowledge = open_knowledge(settings, open_embedder(settings)[0])
    ingest_folder(SOURCES / "policies", knowledge)
    knowledge.close()
    write_demo_clock(settings.data, NOW)


@contextmanager
def postgres() -> Generator[str]:
    """The address of a throw-away Postgres."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs mentions a missing XDG_RUNTIME_DIR while pgserver is imported
        from pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="countersign-bench-pg-")
        server = get_server(folder)
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def chroma(folder: Path) -> Generator[str]:
    """The address of a Chroma server."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder / "index"), "--host"]
    with subprocess.Popen([*command, "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _await_heartbeat(f"http://127.0.0.1:{port}/api/v2/heartbeat")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await_heartbeat(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), urlopen(url, timeout=1):  # noqa: S310 - http on loopback
            return
        time.sleep(0.05)
    raise RuntimeError("the Chroma server did not start")
