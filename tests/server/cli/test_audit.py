"""`countersign audit verify`: a log that was cut off or written anew, and the head that gives it away."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.server.cli.conftest import Command


def tampered(folder: Path, *statements: str) -> None:
    """What somebody with the file can do, triggers or not."""
    with sqlite3.connect(folder / "countersign.db") as database:
        for event in ("UPDATE", "DELETE"):
            database.execute(f"DROP TRIGGER audit_is_append_only_{event}")
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.fixture
def noted(countersign: Command, brand: Path) -> str:
    """The head after some work, as somebody keeps it elsewhere."""
    countersign("ticket", "Where is my order?", "--from", "nobody@example.com")
    return str(countersign("audit", "verify", "--json").json["head"])


def test_a_head_that_was_noted_is_found_again_also_after_more_work(countersign: Command, noted: str) -> None:
    countersign("ticket", "And my other order?", "--from", "somebody@example.com")
    assert countersign("audit", "verify", "--head", noted).code == 0
    assert countersign("audit", "verify", "--head", noted[:16].upper()).code == 0
    assert countersign("audit", "verify", "--head", "0" * 16).code == 0


def test_a_log_that_was_cut_off_with_its_head_is_found_out_by_the_noted_one(
    countersign: Command, brand: Path, noted: str
) -> None:
    tampered(
        brand,
        "DELETE FROM audit WHERE seq > 2",
        "UPDATE audit_head SET count = 2, hash = (SELECT hash FROM audit WHERE seq = 2)",
    )
    assert countersign("audit", "verify").code == 0
    found = countersign("audit", "verify", "--head", noted[:16])
    assert (found.code, f"the entry {noted[:16]} that you noted is gone" in found.err) == (1, True)


def test_a_log_that_was_emptied_while_there_are_cases_is_found_out(
    countersign: Command, brand: Path, noted: str
) -> None:
    tampered(brand, "DELETE FROM audit", "DELETE FROM audit_head")
    found = countersign("audit", "verify", "--json")
    assert (found.code, found.json["ok"], found.json["fault"]) == (1, False, "head changed")
    assert "every entry about the cases there are is gone" in found.json["message"]


@pytest.mark.parametrize("wrong", ["xyz", "abc", "a" * 65])
def test_what_is_no_head_is_refused(countersign: Command, noted: str, wrong: str) -> None:
    refused = countersign("audit", "verify", "--head", wrong)
    assert (refused.code, "is not a head" in refused.err) == (2, True)
