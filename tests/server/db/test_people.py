"""Accounts, sessions, keys, attempts and secrets, on SQLite and on a real Postgres."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from agent.audit import AuditNote, verify
from agent.limits import Role
from agent.testing import NOON
from server.auth.accounts import Account, AccountRefused, ApiKey, SignIn
from server.auth.principal import Scope
from server.db.database import Database
from tests.server.db.conftest import cleared

HOUR = timedelta(hours=1)
NOTE = AuditNote(at=NOON, actor="priya", event="account.made")


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "app.db")
        with Database.open(f"sqlite:///{path}") as opened:
            yield opened
    else:
        with Database.open(cleared(request.getfixturevalue("empty_tables"))) as opened:
            yield opened


def account(name: str, role: Role = Role.AGENT, **more: object) -> Account:
    plain = Account(id=name, email=f"{name}@x.example".lower(), name=name.title(), role=role, created_at=NOON)
    return plain.model_copy(update=more)


def test_accounts_come_back_and_change_with_the_log(db: Database) -> None:
    priya, noor = account("priya", Role.ADMIN), account("noor", subject="https://idp|u-1")
    db.accounts.add(priya, "hash-p", NOTE)
    db.accounts.add(noor, "", NOTE)
    assert db.accounts.list() == [noor, priya]
    assert db.accounts.by_email("NOOR@x.example") == db.accounts.by_subject("https://idp|u-1") == noor
    assert db.accounts.by_subject("") is None
    assert (db.accounts.password("priya"), db.accounts.password("noor"), db.accounts.password("eve")) == (
        "hash-p",
        "",
        "",
    )
    changed = db.accounts.change("noor", {"role": "lead"}, NOTE)
    assert changed == db.accounts.get("noor") == noor.model_copy(update={"role": Role.LEAD})
    db.accounts.rehash("priya", "hash-p", "hash-q")
    db.accounts.rehash("priya", "hash-p", "hash-r")
    assert db.accounts.password("priya") == "hash-q"
    assert db.audit.head().count == 3


@pytest.mark.parametrize("second", [account("NOOR", email="other@x.example"), account("other", email="noor@x.example")])
def test_an_id_and_an_e_mail_belong_to_one(db: Database, second: Account) -> None:
    db.accounts.add(account("noor"), "", NOTE)
    with pytest.raises(AccountRefused):
        db.accounts.add(second, "", NOTE)
    assert db.audit.head().count == 1


def test_of_many_first_admins_one_is(db: Database) -> None:
    def come(number: int) -> bool:
        try:
            db.accounts.add(account(f"p{number}", Role.ADMIN), "", NOTE, first=True)
        except AccountRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(come, range(8))).count(True) == 1
    assert verify(db.audit.entries(), db.audit.head()).count == 1


def test_two_admins_who_demote_each_other_at_once_leave_one(db: Database) -> None:
    for name in ("ann", "bob"):
        db.accounts.add(account(name, Role.ADMIN), "", NOTE)

    def demote(name: str) -> bool:
        try:
            db.accounts.change(name, {"role": "agent"}, NOTE)
        except AccountRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, ["ann", "bob"])) == [False, True]


def test_a_session_counts_until_it_ends(db: Database) -> None:
    db.accounts.add(account("noor"), "", NOTE)
    begun = SignIn(
        id="s-1", account_id="noor", through="password", address="127.0.0.1", program="a browser",
        created_at=NOON, seen_at=NOON, expires_at=NOON + 10 * HOUR,
    )  # fmt: skip
    db.sign_ins.add("t-1", begun, NOTE)
    db.sign_ins.add("t-2", begun.model_copy(update={"id": "s-2"}), NOTE)
    assert db.sign_ins.find("t-1", NOON, HOUR) == (begun, account("noor"))
    assert db.sign_ins.find("t-1", NOON + HOUR, HOUR) is None
    db.sign_ins.seen("t-1", NOON + HOUR)
    assert db.sign_ins.find("t-1", NOON + HOUR, HOUR) is not None
    assert db.sign_ins.find("t-1", NOON + 10 * HOUR, 20 * HOUR) is None
    assert db.sign_ins.end_all("noor", NOTE, but="t-1") == 1
    assert [each.id for each in db.sign_ins.of("noor", NOON)] == ["s-1"]
    assert db.sign_ins.end("t-1")
    assert not db.sign_ins.end("t-1", NOTE)
    assert db.sign_ins.of("noor", NOON) == []


def test_a_key_is_found_with_its_owner_and_revoked_once(db: Database) -> None:
    db.accounts.add(account("noor"), "", NOTE)
    key = ApiKey(
        prefix="0a", account_id="noor", name="n8n", scopes=frozenset({Scope.READ, Scope.TICKETS}),
        created_at=NOON, expires_at=NOON + HOUR,
    )  # fmt: skip
    db.api_keys.add(key, "hash", NOTE)
    assert db.api_keys.find("0a") == (key, "hash", account("noor"))
    assert db.api_keys.find("0b") is None
    db.api_keys.used("0a", NOON)
    assert db.api_keys.list("noor")[0].used_at == NOON
    assert db.api_keys.list("eve") == []
    assert db.api_keys.revoke("0a", NOON, NOTE)
    assert not db.api_keys.revoke("0a", NOON, NOTE)
    assert db.audit.head().count == 3


def test_secrets_have_an_end_and_the_first_of_two_wins(db: Database) -> None:
    db.secrets.first("embed", "one", NOON)
    db.secrets.first("embed", "two", NOON)
    assert db.secrets.of("embed", NOON) == ["one"]
    db.secrets.add("setup", "a", NOON, NOON + HOUR)
    db.secrets.add("setup", "b", NOON + timedelta(minutes=1), NOON + 2 * HOUR)
    assert db.secrets.of("setup", NOON + timedelta(minutes=2)) == ["a", "b"]
    assert db.secrets.of("setup", NOON + HOUR) == ["b"]
    db.secrets.drop("setup")
    assert db.secrets.of("setup", NOON) == []
    assert db.secrets.of("embed", NOON + 1000 * HOUR) == ["one"]
