"""`countersign demo`: one command to a picture; a second run is quick, loses nothing and never touches a real shop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.clock import DemoClock, clock_of
from server.db.database import Database
from server.demo import STARTED
from tests.server.cli.conftest import WORKED, Command
from tests.tools.world import NOW


@pytest.mark.system("N14")
def test_a_second_run_shows_the_picture_and_works_on_what_is_left(countersign: Command, brand: Path) -> None:
    before = {case["case_id"]: case for case in countersign("cases", "list", "--limit", 1000, "--json").json}
    shown = countersign("demo", "--limit", 2)
    assert shown.code == 0
    assert f"{len(before) + 2} cases" in shown.out
    assert "Creating" not in shown.out
    for title in ("One draft, with its sources", "What waits for a signature, and why", "Took: "):
        assert title in shown.out
    look, sign = shown.out.splitlines()[-2:]
    assert look.startswith("Look at one: countersign approvals show ap-")
    assert sign.startswith("Next: countersign approvals approve ap-")
    assert max(map(len, shown.out.splitlines())) <= 100
    after = {case["case_id"]: case for case in countersign("cases", "list", "--limit", 1000, "--json").json}
    assert len(after) == len(before) + 2
    assert all(after[case_id] == case for case_id, case in before.items())


@pytest.mark.system("N14")
def test_the_commands_it_ends_with_work_as_printed(countersign: Command, brand: Path) -> None:
    look, sign = countersign("demo", "--limit", 1).out.splitlines()[-2:]
    for line in (look, sign):
        words = line.split("countersign ")[1].split()
        answer = countersign(*words)
        assert answer.code == 0, answer.err


def test_the_picture_as_json(countersign: Command, brand: Path) -> None:
    made = countersign("demo", "--limit", 1, "--json")
    assert (made.code, made.err) == (0, "")
    counts = made.json["by_intent"]
    assert sum(sum(row.values()) for row in counts.values()) == made.json["cases"] == WORKED + 2
    assert made.json["unread"] == 400 - WORKED - 1
    assert "brand" not in made.json["seconds"]


def test_a_real_shop_is_left_alone(countersign: Command, snapshot: Path, work: Path) -> None:
    countersign("store", "import", snapshot)
    before = (work / "data" / "countersign.db").read_bytes()
    for words in (("demo",), ("demo", "--fresh")):
        refused = countersign(*words)
        assert (refused.code, "already belongs to a shop" in refused.err) == (2, True)
    assert (work / "data" / "countersign.db").read_bytes() == before


def test_a_brand_that_was_half_made_is_made_again(countersign: Command, brand: Path) -> None:
    (brand / "clock.json").unlink()
    (brand / STARTED).touch()
    made = countersign("demo", "--limit", 1, "--json")
    assert made.code == 0, made.err
    assert "brand" in made.json["seconds"]
    assert made.json["cases"] == WORKED + 2
    assert not (brand / STARTED).exists()
    assert countersign("store", "show", "--json").json["orders"] == 1500


def test_fresh_begins_anew(countersign: Command, brand: Path) -> None:
    made = countersign("demo", "--fresh", "--limit", 1, "--json")
    assert (made.code, made.json["cases"]) == (0, 1)
    assert countersign("audit", "verify").code == 0


def test_a_clock_that_cannot_be_read_is_said(countersign: Command, brand: Path) -> None:
    (brand / "clock.json").write_text("noon")
    refused = countersign("approvals", "show", "x")
    assert (refused.code, "clock.json must hold" in refused.err) == (2, True)


def test_the_demo_clock_goes_on_from_the_newest_entry(brand: Path) -> None:
    with Database.open(f"sqlite:///{brand / 'countersign.db'}") as database:
        newest = max(entry.at for entry in database.audit.entries())
        assert clock_of(brand, database.audit).now() >= newest
    assert DemoClock(NOW).now() >= NOW


@pytest.mark.system("B17")
def test_a_fresh_install_sends_nothing_unread(countersign: Command, brand: Path) -> None:
    assert "ok  Replies: a person reads every reply before it leaves" in countersign("doctor").out
    sent = countersign("audit", "show", "--limit", 10_000, "--json").json
    assert not [entry for entry in sent if entry["event"] == "effect.succeeded" and "send_reply" in entry["payload"]]


@pytest.mark.system("B17")
def test_letting_replies_go_unread_needs_an_owner_and_is_logged(countersign: Command, brand: Path) -> None:
    shipped = Path(countersign("doctor", "--json").json[2]["said"].split(" (")[0]).read_text(encoding="utf-8")
    (before,) = [line for line in shipped.splitlines() if line.strip().startswith("auto_intents:")]
    bare = shipped.replace("mode: draft_only", "mode: listed_intents")
    (brand / "limits.yaml").write_text(bare.replace(before, "  auto_intents: {thanks: {}}"), encoding="utf-8")
    refused = countersign("ticket", "Thanks, all good.")
    assert (refused.code, "owner" in refused.err) == (2, True)
    (brand / "limits.yaml").write_text(
        bare.replace(before, "  auto_intents: {thanks: {owner: dana}}"), encoding="utf-8"
    )
    assert countersign("ticket", "Thanks, all good.").code == 0
    assert countersign("ticket", "Thank you so much.").code == 0
    (brand / "limits.yaml").unlink()
    assert countersign("ticket", "Thanks a lot.").code == 0
    entries = countersign("audit", "show", "--limit", 10_000, "--json").json
    logged = [(entry["event"], entry["actor"]) for entry in entries if entry["event"].startswith("autonomy")]
    assert logged == [("autonomy.on", "dana"), ("autonomy.off", "system")]
    assert countersign("audit", "verify").code == 0


def test_ctrl_c_says_how_to_go_on_and_the_next_run_does(countersign: Command, brand: Path, work: Path) -> None:
    """As a terminal does: SIGINT to the process while the inbox is worked on."""
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "COUNTERSIGN_DATA_DIR": str(brand), "PYTHONPATH": str(root)}
    words = [sys.executable, "-m", "server", "demo"]
    # A shell that runs the tests in the background has Ctrl-C ignored, and that is inherited.
    with subprocess.Popen(
        words,
        cwd=work,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as running:
        until = time.monotonic() + 120
        while _cases(brand) < WORKED + 4:
            assert running.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=240)
    assert running.returncode == 130
    assert "go on with: countersign demo" in err
    assert "Traceback" not in err
    done = _cases(brand)
    assert WORKED + 4 <= done < 400
    after = countersign("demo", "--limit", 1, "--json")
    assert (after.code, after.json["by_status"].get("working")) == (0, None)
    assert countersign("audit", "verify").code == 0


def _cases(folder: Path) -> int:
    with Database.open(f"sqlite:///{folder / 'countersign.db'}") as database:
        return sum(database.cases.count_by("status").values())
