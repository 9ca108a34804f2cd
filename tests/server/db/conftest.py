"""The same contract on three implementations: in memory, on SQLite, and on a real Postgres."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from agent.audit import GENESIS
from agent.testing import InMemoryDatabase
from server.db.database import Database
from server.db.tables import AppTable
from tests.databases import address_of, template
from tests.tools.conftest import emptied

Records = Database | InMemoryDatabase


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.db'}"
    address: str = request.getfixturevalue("postgres")
    emptied(address)
    return address


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with tables and no rows, to copy."""
    path = tmp_path_factory.mktemp("app") / "app.db"
    Database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def empty_tables(postgres: str) -> str:
    """The address of a Postgres database of its own, with tables."""

    def fill(address: str) -> None:
        Database.open(address).close()

    return address_of(postgres, template(postgres, "contract", fill))


def cleared(address: str) -> str:
    """The same database without rows."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # the log's triggers refuse it otherwise
        connection.execute(text(f"TRUNCATE {', '.join(AppTable.metadata.tables)} RESTART IDENTITY"))
        connection.execute(text("INSERT INTO audit_head VALUES (1, 0, :hash)"), {"hash": GENESIS})
    engine.dispose()
    return address


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Records]:
    """Every implementation of the ports."""
    if request.param == "memory":
        yield InMemoryDatabase()
    elif request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "app.db")
        with Database.open(f"sqlite:///{path}") as opened:
            yield opened
    else:
        with Database.open(cleared(request.getfixturevalue("empty_tables"))) as opened:
            yield opened
