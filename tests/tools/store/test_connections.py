"""Connections: to a server, one that rested is asked whether it lives; to a file, nobody waits without end."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from agent.checkpoints import open_shared_checkpoints, thread_ids
from tools.store.engine import Engines, open_engines

OTHERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
              " AND pid <> pg_backend_pid() AND datname = current_database()")  # fmt: skip


@pytest.fixture
def engines(postgres: str) -> Generator[Engines]:
    """Reads and writes of a real Postgres."""
    opened = open_engines(postgres)
    yield opened
    opened.close()


def end_the_others(address: str) -> None:
    """What a restarted server does to everybody."""
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(OTHERS)
    admin.dispose()


def read(engines: Engines) -> int:
    with engines.reads.connect() as connection:
        return int(connection.execute(text("SELECT 1")).scalar_one())


def asked(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection that is asked from now on."""
    found: list[object] = []
    ask = engines.reads.dialect.do_ping

    def noted(connection: object) -> bool:
        found.append(connection)
        return ask(connection)  # pyright: ignore[reportArgumentType] - whatever the pool hands out

    monkeypatch.setattr(engines.reads.dialect, "do_ping", noted)
    return found


def test_a_connection_lost_while_it_rested_is_replaced(
    engines: Engines, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(engines) == 1
    monkeypatch.setattr("tools.store.engine.RESTED", 0.0)
    end_the_others(postgres)
    assert read(engines) == 1


def test_only_a_connection_that_rested_is_asked(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    said = asked(engines, monkeypatch)
    monkeypatch.setattr("tools.store.engine.RESTED", 3600.0)
    for _ in range(5):
        read(engines)
    assert said == []
    monkeypatch.setattr("tools.store.engine.RESTED", 0.0)
    read(engines)
    assert len(said) == 1


def test_checkpoints_survive_a_connection_lost_while_it_rested(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.checkpoints._RESTED", 0.0)
    with open_shared_checkpoints(postgres) as saver:
        before = thread_ids(saver)
        end_the_others(postgres)
        assert thread_ids(saver) == before


def test_a_file_that_another_program_keeps_locked_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("tools.store.engine.BUSY_MS", 200)
    monkeypatch.setattr("tools.store.engine.time.sleep", waits.append)
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        engines = open_engines(f"sqlite:///{path}")
        with pytest.raises(OperationalError, match="locked"):
            engines.writes.connect()
        engines.close()
    assert len(waits) <= 2, "each attempt waited as long as all of them may together"
