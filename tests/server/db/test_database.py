"""Opening, upgrading and sharing the database, and what the database itself refuses."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from agent.approvals import decide
from agent.audit import AuditNote, verify
from agent.testing import NOON
from server.db import migrations
from server.db.database import Database
from server.db.tables import AppTable
from tests.agent.execution.world import REFUND, REPLY, TAG, answer, ask
from tests.server.db.test_contract import case, entry
from tools.actions import Action
from tools.errors import StoreError, Unstorable


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_the_migrations_make_the_tables_that_the_code_uses(url: str) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        found = inspect(connection)
        for name, table in AppTable.metadata.tables.items():
            assert {column["name"] for column in found.get_columns(name)} == set(table.c.keys())
            assert {str(index.name) for index in table.indexes} == {index["name"] for index in found.get_indexes(name)}
        context = MigrationContext.configure(connection, opts={"version_table": migrations.VERSION_TABLE})
        assert context.get_current_revision() == migrations.HEAD
    engine.dispose()


def test_two_processes_may_open_a_new_database_at_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Database.open, [url] * 4))
    for database in opened:
        assert database.audit.head().count == 0
        database.close()


def test_records_survive_closing(url: str) -> None:
    with Database.open(url) as database:
        database.cases.save(case(1))
        asked = database.approvals.open(ask(case_id="c-1"))
        database.ledger.claim(entry())
    with Database.open(url) as database:
        assert database.cases.get("c-1") == case(1)
        assert database.approvals.get(asked.id) == asked
        assert database.ledger.get(entry().key) == entry()


def test_a_database_of_a_newer_program_is_refused(url: str) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version_app SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="another version of Countersign"):
        Database.open(url)


@pytest.mark.parametrize("ask", ["case", "request", "intent"])
def test_what_a_database_cannot_look_for_is_no_outage(url: str, ask: str) -> None:
    """SQLite finds nothing under a NUL; Postgres refuses it, and would refuse it at every further try."""
    with Database.open(url) as database:
        asked = {
            "case": lambda: database.cases.get("c\0"),
            "request": lambda: database.approvals.get("a\0"),
            "intent": lambda: database.cases.list(None, "i\0"),
        }
        if url.startswith("sqlite"):
            assert not asked[ask]()
            return
        with pytest.raises(Unstorable):
            asked[ask]()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    path.write_text("hello " * 1000)
    with pytest.raises(StoreError, match=r"app\.db is not a readable database"):
        Database.open(f"sqlite:///{path}")


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_changes_to_the_log(url: str, statement: str) -> None:
    with Database.open(url) as database:
        database.audit.append(AuditNote(at=NOON, actor="dana", event="looked"))
    engine = create_engine(url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    engine.dispose()


def test_the_database_allows_one_awaiting_request_per_case(url: str) -> None:
    with Database.open(url) as database:
        first = database.approvals.open(ask(case_id="c-1"))
        asked = [ask(TAG, case_id="c-1", now=NOON + timedelta(minutes=n)) for n in range(1, 9)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(database.approvals.open, asked))
        waiting = [r for r in database.approvals.list(case_id="c-1") if r.awaiting]
        assert len(waiting) == 1
        assert waiting[0].id != first.id
        assert verify(database.audit.entries(), database.audit.head()).ok


def test_many_threads_make_one_unbroken_chain(url: str) -> None:
    with Database.open(url) as database, ThreadPoolExecutor(8) as pool:
        notes = [AuditNote(at=NOON, actor="dana", event=f"event-{n}") for n in range(80)]
        list(pool.map(database.audit.append, notes))
        report = verify(database.audit.entries(), database.audit.head())
        assert (report.ok, report.count) == (True, 80)
        assert {e.event for e in database.audit.entries()} == {note.event for note in notes}


@pytest.mark.system("U2")
def test_many_threads_claim_a_key_once(url: str) -> None:
    with Database.open(url) as database, ThreadPoolExecutor(8) as pool:
        won = list(pool.map(database.ledger.claim, [entry(owner=f"p-{n}") for n in range(16)]))
        assert won.count(True) == 1


@pytest.mark.parametrize(
    ("action", "signed", "weighty"),
    [(REFUND, "", True), (REPLY, "", True), (TAG, "", False), (TAG, "ap-1", True)],
)
def test_what_was_signed_or_cannot_be_undone_waits_for_the_disk(action: Action, signed: str, weighty: bool) -> None:
    assert entry(action, approval_id=signed).weighty is weighty


def test_many_threads_answer_once(url: str) -> None:
    with Database.open(url) as database, ThreadPoolExecutor(8) as pool:
        asked = database.approvals.open(ask(REFUND, case_id="c-1"))
        answers = [decide(asked, answer(asked, by=f"person-{n}"), NOON) for n in range(16)]
        won = list(pool.map(database.approvals.swap, [asked] * 16, answers))
        kept = database.approvals.get(asked.id)
        assert won.count(True) == 1
        assert kept == answers[won.index(True)]


def test_the_ports_bring_no_database() -> None:
    code = "import agent.repositories, agent.execution, agent.testing, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
