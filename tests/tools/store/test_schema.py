"""Opening: the newest schema, upgrades of old databases, and clear words for what is no store."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from tests.tools.world import MUG, NOW, usd
from tools.commerce import StoreCredit
from tools.errors import StoreError
from tools.store import migrations
from tools.store.engine import open_engines, transaction
from tools.store.local import LocalStore
from tools.store.nouns import CREDITS, body
from tools.store.schema import upgrade
from tools.store.tables import StoreTable


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_the_migrations_make_the_tables_that_the_code_uses(url: str) -> None:
    LocalStore.open(url).close()
    engines = open_engines(url)
    with engines.reads.connect() as connection:
        found = inspect(connection)
        for name, table in StoreTable.metadata.tables.items():
            columns = {column["name"] for column in found.get_columns(name)}
            indexes = {index["name"] for index in found.get_indexes(name)}
            assert columns == set(table.c.keys())
            assert {str(index.name) for index in table.indexes} <= indexes
        context = MigrationContext.configure(connection, opts={"version_table": migrations.VERSION_TABLE})
        assert context.get_current_revision() == migrations.HEAD
    engines.close()


def test_an_old_database_is_upgraded_and_keeps_its_rows(url: str) -> None:
    engines = open_engines(url)
    with transaction(engines) as connection:
        upgrade(connection, engines.name, "0001")
        connection.execute(text("INSERT INTO products (id, body) VALUES ('p-mug', :body)"), {"body": body(MUG)})
    engines.close()
    with LocalStore.open(url) as store:
        assert [product.id for product in store.readers().catalog.find_products("blue mugs")] == ["p-mug"]


def test_a_database_of_a_newer_program_is_refused(url: str) -> None:
    LocalStore.open(url).close()
    engines = open_engines(url)
    with transaction(engines) as connection:
        connection.execute(text("UPDATE alembic_version_store SET version_num = '9999'"))
    engines.close()
    with pytest.raises(StoreError, match="another version of Countersign"):
        LocalStore.open(url)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://root@localhost/x", "not a url", "orders.db"]
)
def test_what_is_no_store_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StoreError, match="sqlite:///path"):
        LocalStore.open(url)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"this was never a database " * 100)
    with pytest.raises(StoreError, match="not a readable database"):
        LocalStore.open(f"sqlite:///{tmp_path / 's.db'}")


def test_a_folder_is_not_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        LocalStore.open(f"sqlite:///{tmp_path}")


def test_a_store_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be made"):
        LocalStore.open(f"sqlite:///{tmp_path / 'file' / 's.db'}")


def test_who_reads_cannot_write(sqlite_store: LocalStore) -> None:
    engines = open_engines(f"sqlite:///{sqlite_store.name}")
    with engines.reads.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("DELETE FROM orders"))
    engines.close()


def test_a_new_file_that_somebody_else_is_writing_is_opened_when_they_are_done(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE theirs (id)")
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.3, other.execute, ("COMMIT",))
        done.start()
        with LocalStore.open(f"sqlite:///{path}") as store:
            assert store.counts()["orders"] == 0
        done.join()


def test_two_thousand_credits_of_one_customer_are_each_read_out_of_their_text_once() -> None:
    texts = [body(StoreCredit(id=f"c{at}", customer_id="c-ada", amount=usd("2.00"), at=NOW)) for at in range(2_000)]
    first = [CREDITS.read(text) for text in texts]
    assert all(again is known for again, known in zip((CREDITS.read(text) for text in texts), first, strict=True))
