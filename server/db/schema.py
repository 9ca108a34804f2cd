"""Brings the database to the newest schema, once, also when two processes start together."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from server.db.migrations import HEAD, VERSION_TABLE
from tools.errors import StoreError
from tools.store.engine import Engines, transaction, translated

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 4_215_077_313
"""Any number that no other program of the database uses for its advisory lock."""


def migrate(engines: Engines) -> None:
    """Create or upgrade the tables. Raises StoreError when the database is newer than this program or not readable."""
    with translated(engines.name):
        # A writing connection, because a new SQLite file has to be switched to WAL before anybody reads it.
        with engines.writes.connect() as connection:
            if _version(connection) == HEAD:
                return
        with transaction(engines) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            upgrade(connection, engines.name)


def is_newest(engines: Engines) -> bool:
    """Whether the tables are those of this program."""
    with translated(engines.name), engines.reads.connect() as connection:
        return _version(connection) == HEAD


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608 - a constant


def upgrade(connection: Connection, name: str, revision: str = HEAD) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StoreError(f"{name} was written by another version of Countersign ({error}); upgrade this one") from error
