"""Stores to test against: SQLite always, and a real Postgres when there is one (`postgres` in tests/conftest.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import copied, template
from tests.tools.world import WORLD
from tools.store.bulk import write
from tools.store.engine import open_engines
from tools.store.local import LocalStore
from tools.store.nouns import row_of
from tools.store.tables import StoreTable

NewStore = Callable[[], LocalStore]


def emptied(url: str) -> None:
    engines = open_engines(url)
    with engines.writes.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engines.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    address: str = request.getfixturevalue("postgres")
    emptied(address)
    return address


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds the small shop, to copy."""
    path = tmp_path_factory.mktemp("small") / "store.db"
    filled(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[LocalStore]:
    """A store that holds the small shop."""
    with ExitStack() as held:
        if request.param == "sqlite":
            file: Path = request.getfixturevalue("small_file")
            address = f"sqlite:///{shutil.copy(file, tmp_path / 'store.db')}"
        else:
            postgres: str = request.getfixturevalue("postgres")
            address = held.enter_context(copied(postgres, template(postgres, "store", filled)))
        yield held.enter_context(LocalStore.open(address))


@pytest.fixture
def sqlite_store(small_file: Path, tmp_path: Path) -> Generator[LocalStore]:
    """The small shop on SQLite, where the database does not matter."""
    with LocalStore.open(f"sqlite:///{shutil.copy(small_file, tmp_path / 'only.db')}") as opened:
        yield opened


def filled(address: str) -> None:
    """Make the tables, and the small shop in them."""
    with LocalStore.open(address) as opened:
        fill(opened)


def fill(store: LocalStore) -> None:
    rows = [row_of(noun) for noun in WORLD]
    by_noun = {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables}
    with store.transaction() as connection:
        write(connection, by_noun)
