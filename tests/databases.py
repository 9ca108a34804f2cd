"""Databases of a test's own on the Postgres of the tests: one is filled once, and every test has a copy of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

DATABASES = ("sqlite", "postgres")
"""Every database that can be configured."""


@pytest.fixture(params=DATABASES)
def where(request: pytest.FixtureRequest) -> str:
    """Which database it all is on: whatever is built on this runs on each of them."""
    return request.param


@pytest.fixture(name="where")
def sqlite_alone() -> str:
    """Instead, for a module that imports it: its tests are not about what a database keeps."""
    return "sqlite"


def address_of(postgres: str, name: str) -> str:
    """Where the database of this name is, on the same server."""
    return postgres.replace("/postgres?", f"/{name}?")


def template(postgres: str, name: str, fill: Callable[[str], None]) -> str:
    """The name of a database that `fill` has filled, unless it was there. Copy it; never connect to it."""
    if not _rows(postgres, "SELECT 1 FROM pg_database WHERE datname = :name", name=name):
        on_server(postgres, f"CREATE DATABASE {name}")
        fill(address_of(postgres, name))
    return name


@contextmanager
def copied(postgres: str, source: str) -> Generator[str]:
    """The address of a copy, which is gone afterwards."""
    name = f"{source}_{uuid.uuid4().hex[:12]}"
    on_server(postgres, f"CREATE DATABASE {name} TEMPLATE {source}")
    yield address_of(postgres, name)
    on_server(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def careless(postgres: str) -> None:
    """Let the server forget what a power cut would cost: a new database and a commit wait for no disk."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        on_server(postgres, f"ALTER SYSTEM SET {setting} = off")
    on_server(postgres, "SELECT pg_reload_conf()")


def on_server(postgres: str, command: str) -> None:
    """Outside a transaction, as databases are made and dropped."""
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(command))
    server.dispose()


def _rows(postgres: str, query: str, **values: str) -> int:
    server = create_engine(postgres)
    with server.connect() as connection:
        found = len(connection.execute(text(query), values).all())
    server.dispose()
    return found
