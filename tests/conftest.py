"""What tests of several packages share: the demo brand and its store, made once and copied, and a real Postgres."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from agent.triage import Triage
    from tests.journeys.shop import Brand, Shop
    from tools.connectors.demo import DemoWorld

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is loaded: a test tells nobody that it ran

# Speed is the business of the benchmarks: on a busy machine one example in ten thousand takes a quarter of a second.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOMY = 4 * 1024**3  # bytes; a whole run keeps well under one of them at a time
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOMY:
    # Thousands of small databases are made and thrown away: on a disk, half of the time went by waiting for it.
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # looked up again


@pytest.fixture(scope="session")
def demo_world() -> DemoWorld:
    """The demo brand at its virtual now, as plain data."""
    from tools.connectors.demo import generate

    return generate()


@pytest.fixture(scope="session")
def demo_database(demo_world: DemoWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo brand in the store and empty tables for cases. Copy it; never write to it."""
    from server.db.database import Database
    from tests.sharing import made_once
    from tools.connectors.demo.snapshot import write_snapshot
    from tools.store.local import LocalStore
    from tools.store.snapshot import import_snapshot

    def make(folder: Path) -> None:
        address = f"sqlite:///{folder / 'countersign.db'}"
        write_snapshot(demo_world, folder / "snapshot")
        with LocalStore.open(address) as store, Database.open(address):
            assert not import_snapshot(store, folder / "snapshot").problems

    return made_once(tmp_path_factory, "brand", make) / "countersign.db"


@pytest.fixture(scope="session")
def brand(demo_world: DemoWorld, demo_database: Path) -> Brand:
    """The demo brand with its knowledge and playbooks, ready to open a shop over."""
    from agent.reasoners.vocabulary import vocabulary
    from knowledge.embedding import HashingEmbedder
    from knowledge.index import InMemoryIndex
    from knowledge.ingest import ingest_folder
    from knowledge.playbooks import load_playbooks
    from server.settings import SOURCES
    from tests.journeys.shop import LIMITS, Brand

    index = InMemoryIndex(HashingEmbedder())
    ingest_folder(SOURCES / "policies", index)
    book = load_playbooks(SOURCES / "playbooks", SOURCES / "macros", vocabulary(LIMITS))
    return Brand(demo_world, demo_database, index, book)


@pytest.fixture
def shop(brand: Brand, tmp_path: Path) -> Generator[Shop]:
    """A running shop over real parts in a folder of its own, with nothing worked on yet."""
    with brand.open(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def shipped_triage() -> Triage:
    """The model that customers get, as `make setup` prepared it for this environment; trained here when it is not."""
    from agent.triage import Triage
    from knowledge.minilm import MiniLMEmbedder
    from server.settings import Settings

    models = Settings.read(env_file=None).prepared
    return Triage.load(MiniLMEmbedder(models), models)


@pytest.fixture(scope="session")
def postgres() -> Generator[str]:
    """The address of a throw-away Postgres, one for each process of the tests: a start takes seconds.

    Not in pytest's own folder: run by root, the server has another user, to whom a second pytest closes that folder.
    """
    from tests.databases import careless

    if importlib.util.find_spec("pgserver") is None:
        pytest.skip("pgserver is not installed, so the store is tested on SQLite alone; `make setup` brings it")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs mentions a missing XDG_RUNTIME_DIR while pgserver is imported
        from pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="countersign-pg-")
        server = get_server(folder)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    careless(address)
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a Chroma server of the tests' own, as `make run` with several workers has one."""
    folder = tmp_path_factory.mktemp("chroma")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the Chroma server did not start")
