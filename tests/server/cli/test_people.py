"""`countersign people` and `countersign keys`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli.folder import DATABASE
from server.db.database import Database
from tests.server.cli.conftest import Answer, call
from tools.store.local import LocalStore

Run = Callable[..., Answer]
SAM = ("sam@alderandwren.example", "--name", "Sam Okafor", "--role")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line over an empty data folder."""
    address = f"sqlite:///{tmp_path / DATABASE}"
    with LocalStore.open(address), Database.open(address):
        pass

    def run(*words: str, typed: bytes = b"") -> Answer:
        return call(monkeypatch, tmp_path, *words, typed=typed)

    return run


def test_somebody_is_let_in_promoted_and_kept_out(run: Run) -> None:
    assert "Nobody has an account yet" in run("people", "list").out
    assert run("people", "add", "priya@alderandwren.example", "--name", "Priya", "--role", "admin").code == 0
    added = run("people", "add", *SAM, "agent", "--as", "priya", "--json").json
    assert (added["id"], added["role"], added["disabled"]) == ("sam", "agent", False)
    assert len(added["password"]) == 23
    assert run("people", "role", "SAM@alderandwren.example", "lead", "--json").json["role"] == "lead"
    assert run("people", "disable", "sam", "--json").json["disabled"] is True
    assert "may come in again" in run("people", "disable", "sam", "--undo").out
    listed = run("people", "list")
    assert "sam" in listed.out
    assert listed.out.splitlines()[-1].startswith("Next: countersign people add")
    assert added["password"] not in listed.out + run("audit", "show", "--json").out
    assert [e["actor"] for e in run("audit", "show", "--json").json][:2] == ["command-line", "priya"]


def test_a_password_is_made_or_read(run: Run) -> None:
    run("people", "add", *SAM, "admin")
    made = run("people", "password", "sam").out
    assert "shown this once" in made
    assert run("people", "password", "sam", "--password-stdin", typed=b"five plain oak doors\n").code == 0
    short = run("people", "password", "sam", "--password-stdin", typed=b"short\n")
    assert (short.code, short.out) == (2, "")
    assert "12 to 200 signs" in short.err


def test_a_key_is_shown_once_and_revoked(run: Run) -> None:
    run("people", "add", *SAM, "lead")
    made = run("keys", "add", "sam", "--name", "n8n", "--scope", "tickets", "--scope", "read", "--days", "30", "--json")
    whole = made.json["key"]
    assert whole.startswith(f"cs_{made.json['prefix']}_")
    assert made.json["scopes"] == ["read", "tickets"]
    listed = run("keys", "list", "--owner", "sam")
    assert "never used, ends" in listed.out
    assert whole not in listed.out
    assert run("keys", "revoke", f"cs_{made.json['prefix']}_").code == 0
    assert "revoked" in run("keys", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("people", "add", *SAM, "boss"), 'no role "boss"; one of viewer, agent, lead, admin'),
        (("people", "add", "nonsense", "--name", "X", "--role", "agent"), "no e-mail address"),
        (("people", "role", "nobody", "agent"), 'no account "nobody"'),
        (("people", "role", "maria", "agent"), "last admin"),
        (("people", "disable", "maria"), "last admin"),
        (("people", "disable", "maria", "--as", "nobody"), 'answers to "nobody"'),
        (("keys", "add", "maria", "--name", "x", "--scope", "fly"), 'no scope "fly"'),
        (("keys", "add", "nobody", "--name", "x", "--scope", "read"), 'no account "nobody"'),
        (("keys", "revoke", "cs_0123_"), 'no key "0123" counts'),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_done(run: Run, words: tuple[str, ...], said: str) -> None:
    run("people", "add", "maria@x.example", "--name", "Maria", "--role", "admin")
    before = run("audit", "verify").out
    answer = run(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert run("audit", "verify").out == before


def test_a_folder_without_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, tmp_path, "people", "list").code == 2
    assert not list(tmp_path.iterdir())
