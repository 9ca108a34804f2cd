"""Stores to test against: SQLite always, and a real Postgres when there is one (`postgres` in tests/conftest.py)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from sqlalchemy import text

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


@pytest.fixture
def store(url: str) -> Generator[LocalStore]:
    """A store that holds the small shop."""
    with LocalStore.open(url) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Generator[LocalStore]:
    """The small shop on SQLite, where the database does not matter."""
    with LocalStore.open(f"sqlite:///{tmp_path / 'only.db'}") as opened:
        fill(opened)
        yield opened


def fill(store: LocalStore) -> None:
    rows = [row_of(noun) for noun in WORLD]
    by_noun = {name: [row for row in rows if row.table == name] for name in StoreTable.metadata.tables}
    with store.transaction() as connection:
        write(connection, by_noun)
