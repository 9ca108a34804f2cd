"""2,000 tickets delivered three times each, signed by two people at once, while workers are killed.

Nothing is lost, nothing happens twice or without a signature; the database going away for ten seconds loses nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.audit import verify
from agent.case import CaseStatus, ExecutionStatus
from agent.history import VALUE_KINDS
from agent.limits import Role
from evals.bench.served_client import body_of
from evals.bench.workers import chroma
from server.auth.passwords import Passwords
from server.auth.principal import Scope
from server.auth.team import Newcomer, Team
from server.container import open_embedder, open_knowledge
from server.db.database import Database
from server.demo import create_brand
from server.settings import SOURCES, Settings
from tests.soak.storm import SECRET, SIGNERS, SOURCE, Process, Storm, free_port, until
from tools.connectors.demo import NOW, DemoWorld
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot

TICKETS, KILLS = 2_000, 6
OPEN = (CaseStatus.NEW, CaseStatus.WORKING)
SIGNED_KINDS = VALUE_KINDS | {"send_reply", "cancel_order", "change_shipping_address"}
pytestmark = pytest.mark.soak


def deliveries(world: DemoWorld) -> list[tuple[str, bytes]]:
    every = world.tickets
    return [(f"d-{number}", body_of(every[number % len(every)], f"{number}")) for number in range(int(TICKETS))]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        "COUNTERSIGN_DATA_DIR": str(folder),
        "COUNTERSIGN_WEBHOOK_SECRETS": f"{SOURCE}:{SECRET}",
        "COUNTERSIGN_WEBHOOK_PROVING": SOURCE,
        "COUNTERSIGN_RATE_LIMIT": "1000000/minute",
        "COUNTERSIGN_WEBHOOK_RATE_LIMIT": "1000000/minute",
        **more,
    }


def make_signers(settings: Settings) -> dict[str, str]:
    """Accounts of two people, and a key for each."""
    from agent.deps import SystemClock
    from agent.limits import load_limits

    wall, made = SystemClock(), dict[str, str]()
    with Database.open(settings.database) as database:
        team = Team(
            database=database, limits=load_limits(settings.limits), passwords=Passwords(), clock=wall, wall=wall
        )
        for name, role in zip(SIGNERS, (Role.LEAD, Role.ADMIN), strict=True):
            team.add(Newcomer(id=name, email=f"{name}@alderandwren.example", name=name.title(), role=role))
            made[name] = team.make_key(name, "storm", frozenset({Scope.READ, Scope.DECIDE}), name)[1]
    return made


def let_everybody_write(folder: Path) -> None:
    """Five tickets of each customer are signed within minutes: what the loop breaker stops until somebody looks."""
    usual = (SOURCES / "limits.yaml").read_text(encoding="utf-8")
    raised = usual.replace("max_per_recipient: {replies: 3,", f"max_per_recipient: {{replies: {TICKETS},")
    assert raised != usual
    (folder / "limits.yaml").write_text(raised, encoding="utf-8")


def settled(address: str) -> int:
    with Database.open(address) as database:
        counts = database.cases.count_by("status")
    return sum(counts.values()) - sum(counts.get(status.value, 0) for status in OPEN)


def check(address: str, world: DemoWorld, out: Path) -> Counter[str]:
    """Everything that must hold afterwards; how the cases ended."""
    with Database.open(address) as database, LocalStore.open(address) as store:
        names = {f"{SOURCE}-{number}" for number in range(TICKETS)}
        cases = {record.case_id: record for record in database.cases.list(limit=TICKETS * 2)}
        assert set(cases) == names, "tickets were lost or made up"
        for name in names:
            ticket = store.readers().helpdesk.ticket(name)
            assert ticket is not None
            assert len(ticket.messages) == 1
        assert verify(database.audit.entries(), database.audit.head()).ok
        done = [entry for name in names for entry in database.ledger.of_case(name)]
        for entry in done:
            assert entry.status in (ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED), entry.key
            if entry.action.kind in SIGNED_KINDS and entry.status is ExecutionStatus.SUCCEEDED:
                request = database.approvals.get(entry.approval_id)
                assert request is not None, f"{entry.key} happened without a signature"
                assert request.decided_by in SIGNERS
                assert entry.action.fingerprint() in {effect.fingerprint() for effect in request.effects}
        export_snapshot(store, out)
    happened = Counter(entry.key for entry in done if entry.status is ExecutionStatus.SUCCEEDED)
    assert max(happened.values()) == 1
    for noun in ("refunds", "returns", "store_credits", "sent", "traces", "suppressions"):
        keys = Counter(key for key in map(key_of, lines(out / f"{noun}.jsonl")) if key)
        assert not [key for key, count in keys.items() if count > 1], f"{noun} twice"
        assert set(keys) <= set(happened), f"{noun} without an entry in the ledger"
    return Counter(record.status.value for record in cases.values())


def lines(path: Path) -> list[dict[str, object]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def key_of(noun: dict[str, object]) -> str:
    return str(noun.get("key") or "")


def weather(storm: Storm, world: DemoWorld, kill: Callable[[int], None], address: str) -> None:
    """Send, sign and kill at the same time, until every ticket was worked on."""
    signing = threading.Thread(target=storm.sign)
    killing = threading.Thread(target=lambda: [kill(number) for number in range(KILLS)])
    signing.start()
    killing.start()
    lost = storm.send(deliveries(world), seconds=1_500)
    killing.join()
    assert lost == []
    until(lambda: settled(address) >= TICKETS, "every case came to a result", 1_500)
    time.sleep(5)
    storm.over.set()
    signing.join()


def test_a_storm_on_sqlite(demo_world: DemoWorld, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    settings = Settings(data_dir=str(folder))
    create_brand(settings, replace(demo_world, tickets=()))
    let_everybody_write(folder)
    process = Process(environment(folder), free_port(), tmp_path / "log.txt")
    storm = Storm(process.port, make_signers(settings))
    process.start()
    storm.ready()

    def kill(number: int) -> None:
        time.sleep(12)
        if number == 2:
            _hold(folder / "countersign.db", 10)
            return
        process.kill()
        process.start()

    try:
        weather(storm, demo_world, kill, settings.database)
    finally:
        storm.over.set()
        process.stop()
    ended = check(settings.database, demo_world, tmp_path / "after")
    sys.stdout.write(f"\nSQLite: {dict(ended)}, {len(storm.signed)} signed, answers {dict(storm.answers)}\n")
    assert storm.signed


def _hold(path: Path, seconds: float) -> None:
    """The database answers nobody for a while."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


@contextmanager
def own_postgres() -> Generator[tuple[str, Callable[[float], None]]]:
    """The address of a Postgres of our own, and what lets it go away for some seconds."""
    pytest.importorskip("pgserver", reason="pgserver is not installed, so the storm was on SQLite alone")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs mentions a missing XDG_RUNTIME_DIR while pgserver is imported
        from pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="countersign-storm-")
        server = get_server(folder)
    postmaster = int(Path(folder, "postmaster.pid").read_text().splitlines()[0])
    gone: list[bool] = []

    def away(seconds: float) -> None:
        # Stopped, it answers nobody and keeps every connection open: the worst way of going away.
        members = [postmaster, *_children(postmaster)]
        for member in members:
            os.kill(member, 19)
        gone.append(True)
        time.sleep(seconds)
        for member in members:
            os.kill(member, 18)

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://"), away
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _children(parent: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_a_storm_on_postgres(demo_world: DemoWorld, tmp_path: Path) -> None:
    from knowledge.ingest import ingest_folder
    from server.clock import write_demo_clock
    from tools.connectors.demo import write_snapshot
    from tools.store.importing import import_path

    with ExitStack() as stack:
        address, away = stack.enter_context(own_postgres())
        index = stack.enter_context(chroma(tmp_path))
        settings = Settings(data_dir=str(tmp_path / "shop"), database_url=address, chroma_url=index)
        settings.data.mkdir()
        let_everybody_write(settings.data)
        with LocalStore.open(address) as store:
            import_path(store, write_snapshot(replace(demo_world, tickets=()), tmp_path / "brand"))
        knowledge = open_knowledge(settings, open_embedder(settings)[0])
        ingest_folder(SOURCES / "policies", knowledge)
        knowledge.close()
        write_demo_clock(settings.data, NOW)
        shared = {"COUNTERSIGN_DATABASE_URL": address, "COUNTERSIGN_CHROMA_URL": index}
        web = Process(environment(settings.data, **shared, COUNTERSIGN_ROLE="web"), free_port(), tmp_path / "web.txt")
        workers = [
            Process(
                environment(settings.data, **shared, COUNTERSIGN_ROLE="worker", COUNTERSIGN_WORKER=f"worker-{number}"),
                1,
                tmp_path / f"worker-{number}.txt",
            )
            for number in range(2)
        ]
        storm = Storm(web.port, make_signers(settings))
        for process in (web, *workers):
            stack.callback(process.stop)
            process.start()
        storm.ready()

        def kill(number: int) -> None:
            time.sleep(12)
            if number == 2:
                away(10)
                return
            worker = workers[number % 2]
            worker.kill()
            # Every other time the dead one stays away for long enough that its colleague takes over.
            time.sleep(20 if number % 3 == 0 else 0)
            worker.start()

        try:
            weather(storm, demo_world, kill, address)
        finally:
            storm.over.set()
        for process in (*workers, web):
            process.stop()
        ended = check(address, demo_world, tmp_path / "after")
    sys.stdout.write(f"\nPostgres: {dict(ended)}, {len(storm.signed)} signed, answers {dict(storm.answers)}\n")
    assert storm.signed
