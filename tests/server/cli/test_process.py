"""`countersign process` and `ticket`: real input in every shape; stopped halfway, nothing is lost or done twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from server.cli.processing import finished
from server.lock import DataLock
from tests.server.cli.conftest import Command, lines_of

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ("Where is my order?", "I want to return my mug.", "Do you ship to Canada?", "Thanks, all good.")
MAIL = (
    "From: Ada Byron <ada@postbox.example>\nTo: help@alderandwren.example\nSubject: Lamp\n"
    "Message-ID: <m{n}@postbox.example>\nDate: Mon, 16 Nov 2026 10:00:00 +0000\n{more}\n{text}\n"
)


def tickets(path: Path, count: int) -> Path:
    lines = ({"id": f"n-{number}", "text": f"{TEXTS[number % 4]} ({number})"} for number in range(count))
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def raw(path: Path, lines: Iterable[bytes]) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_every_ticket_has_one_result_and_a_second_run_adds_none(countersign: Command, brand: Path, work: Path) -> None:
    source = tickets(work / "in.jsonl", 4)
    first = countersign("process", "--in", source, "--out", "r.jsonl", "--json")
    assert (first.code, first.err) == (0, "")
    assert (first.json["done"], first.json["already_done"]) == (4, 0)
    results = lines_of(work / "r.jsonl")
    assert [result["id"] for result in results] == ["n-0", "n-1", "n-2", "n-3"]
    assert {"status", "intent", "reply", "actions", "verdict", "approval", "case"} <= set(results[0])
    again = countersign("process", "--in", source, "--out", "r.jsonl")
    assert again.out.startswith("0 tickets worked on")
    assert "4 were done before" in again.out
    assert lines_of(work / "r.jsonl") == results
    anew = countersign("process", "--in", source, "--out", "r.jsonl", "--again", "--json")
    assert anew.json["done"] == 4
    assert [result["case"] for result in lines_of(work / "r.jsonl")] == [result["case"] for result in results]


def test_after_kill_9_the_same_command_goes_on(countersign: Command, brand: Path, work: Path) -> None:
    source, out = tickets(work / "in.jsonl", 30), work / "r.jsonl"
    words = [sys.executable, "-m", "server", "process", "--in", str(source), "--out", str(out), "--json"]
    environment = {**os.environ, "COUNTERSIGN_DATA_DIR": str(brand), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=work, env=environment, stdout=subprocess.DEVNULL) as victim:
        until = time.monotonic() + 120
        while not (out.exists() and out.read_bytes().count(b"\n") >= 3):
            assert victim.poll() is None
            assert time.monotonic() < until
            time.sleep(0.005)
        os.kill(victim.pid, signal.SIGKILL)
    before = out.read_bytes().count(b"\n")
    assert 3 <= before < 30
    after = countersign("process", "--in", source, "--out", out, "--json")
    assert after.code == 0, after.err
    assert after.json["done"] + after.json["already_done"] == 30
    assert [result["id"] for result in lines_of(out)] == [f"n-{number}" for number in range(30)]
    assert countersign("audit", "verify").code == 0
    with sqlite3.connect(brand / "countersign.db") as database:
        keys = Counter(database.execute("SELECT key FROM executions"))
        [(cases,)] = database.execute("SELECT count(*) FROM cases WHERE ticket_id LIKE 'n-%'")
        [(open_effects,)] = database.execute("SELECT count(*) FROM executions WHERE status = 'pending'")
    database.close()
    assert (cases, open_effects, max(keys.values())) == (30, 0, 1)


def test_a_result_that_was_cut_off_is_written_again(work: Path) -> None:
    out = work / "r.jsonl"
    out.write_text('{"id": "a", "status": "x"}\n{"id": "b", "sta')
    assert finished(out) == {"a"}
    assert out.read_text() == '{"id": "a", "status": "x"}\n'


@pytest.mark.parametrize("content", [b"my notes", b"my notes\n", b'{"name": 1}\n', b"[]\n", b"\xff\xfe\n", b"1\n2"])
def test_a_file_that_is_no_result_is_left_alone(countersign: Command, brand: Path, work: Path, content: bytes) -> None:
    (work / "mine").write_bytes(content)
    refused = countersign("process", "--in", tickets(work / "in.jsonl", 1), "--out", "mine")
    assert (refused.code, "mine holds something else than results" in refused.err) == (2, True)
    assert (work / "mine").read_bytes() == content


def test_bad_lines_are_named_and_the_rest_is_worked_on(countersign: Command, brand: Path, work: Path) -> None:
    source = raw(
        work / "in.jsonl",
        [
            b'\xef\xbb\xbf{"id": "a", "text": "Thanks"}',
            b"",
            b"{broken",
            b"[1]",
            b'{"id": "b"}',
            b'{"id": "c", "text": "Gr\xfc\xdfe"}',
            b'{"id": "a", "text": "again"}',
            b'{"id": "d", "text": "' + b"x" * 200_000 + b'"}',
            b'{"id": "e", "text": "' + b"x" * (5 * 1024 * 1024) + b'"}',
            b"[" * 100_000,
            b'{"id": "f", "text": "\\ud800"}',
            b'{"id": "g", "text": "x", "sender_verified": "maybe"}',
            b'{"id": "z", "text": "Thank you"}',
        ],
    )
    done = countersign("process", "--in", source, "--out", "r.jsonl")
    assert done.code == 1
    assert [result["id"] for result in lines_of(work / "r.jsonl")] == ["a", "z"]
    said = {int(line.split(":")[1]): line for line in done.err.splitlines() if line.startswith(str(source))}
    assert sorted(said) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "not JSON from character" in said[3]
    assert "text: is missing" in said[5]
    assert "not UTF-8" in said[6]
    assert "on line 1 already" in said[7]
    assert "text: may have at most" in said[8]
    assert "longer than 4 MB" in said[9]
    assert said[12].endswith("sender_verified: has to be true or false")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.jsonl", b"", "is empty"),
        ("in.jsonl", b"\n\n", "is empty"),
        ("in.json", b'[{"id": "a", "text": "hi"}]', "one JSON array"),
        ("in.mbox", b"", "empty"),
        ("in.eml", b"just words", "not an e-mail"),
        ("in.mbox", b"%PDF-1.4", "PDF"),
    ],
)
def test_a_file_that_holds_no_ticket_is_said(
    countersign: Command, brand: Path, work: Path, name: str, content: bytes, said: str
) -> None:
    (work / name).write_bytes(content)
    refused = countersign("process", "--in", name, "--out", "r.jsonl")
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert not (work / "r.jsonl").exists()


def test_files_that_cannot_be_used_are_said(countersign: Command, brand: Path, work: Path) -> None:
    source = tickets(work / "in.jsonl", 1)
    for given, out, said in (
        ("nowhere.jsonl", "r", "nowhere.jsonl does not exist"),
        (work, "r", "is a folder"),
        (source, source, "is the file that is read"),
        (source, work, "is a folder"),
        (source, "no/r", "is not a folder"),
    ):
        refused = countersign("process", "--in", given, "--out", out)
        assert (refused.code, said in refused.err) == (2, True), refused.err


def test_a_mailbox_is_threads_and_a_bad_message_is_named(countersign: Command, brand: Path, work: Path) -> None:
    one = MAIL.format(n=1, more="", text="The lamp is broken.")
    two = MAIL.format(n=2, more="In-Reply-To: <m1@postbox.example>\n", text="Hello? Anybody?")
    box = "".join(f"From x Mon Nov 16 10:00:00 2026\n{message}\n" for message in (one, "no headers at all\n", two))
    (work / "in.mbox").write_text(box)
    done = countersign("process", "--in", "in.mbox", "--out", "r.jsonl")
    assert (done.code, "in.mbox:" in done.err) == (1, True)
    assert len(lines_of(work / "r.jsonl")) == 1


def test_a_second_process_is_told_and_readers_still_read(countersign: Command, brand: Path, work: Path) -> None:
    source = tickets(work / "in.jsonl", 1)
    with DataLock(brand):
        for words in (("process", "--in", source, "--out", "r"), ("ticket", "hi")):
            answer = countersign(*words)
            assert f"process {os.getpid()} is working on {brand}" in answer.err
            assert answer.code == 2
        gone = countersign("go", "--as", "dana")
        assert (gone.code, gone.err) == (0, "")
        assert "the running service, or the next `countersign process`, carries on what was paused" in gone.out
        assert countersign("cases", "list").code == 0
        assert countersign("stop", "--as", "dana", "--reason", "x").code == 0
    assert not (work / "r").exists()


@pytest.mark.system("L13")
def test_a_stop_pauses_and_the_same_command_writes_the_rest(countersign: Command, brand: Path, work: Path) -> None:
    source = tickets(work / "in.jsonl", 4)
    countersign("stop", "--as", "dana", "--reason", "look first")
    stopped = countersign("process", "--in", source, "--out", "r.jsonl", "--json")
    said = "Stopped: everything, by Dana Whitfield: look first. Drafts are made, nothing happens."
    assert stopped.json["notices"] == [said]
    assert stopped.json["done"] + stopped.json["paused"] == 4
    assert stopped.code == (1 if stopped.json["paused"] else 0)
    assert len(countersign("cases", "list", "--limit", 4, "--json").json) == 4
    countersign("go", "--as", "dana")
    rest = countersign("process", "--in", source, "--out", "r.jsonl", "--json")
    assert (rest.code, rest.json["paused"]) == (0, 0)
    assert sorted(result["id"] for result in lines_of(work / "r.jsonl")) == ["n-0", "n-1", "n-2", "n-3"]


def test_one_ticket_as_text_says_everything_in_order(countersign: Command, brand: Path) -> None:
    shown = countersign("ticket", "Do you ship to Canada?", "--from", "somebody@postbox.example")
    assert shown.code == 0
    parts = ["The customer writes", "Suggested reply", "Sources", "What happens"]
    assert [line for line in shown.out.splitlines() if line in parts] == parts
    assert shown.out.splitlines()[-1].startswith("Next: countersign ")
    assert max(map(len, shown.out.splitlines())) <= 100


def test_the_same_words_again_are_the_same_case(countersign: Command, brand: Path) -> None:
    one, same = (countersign("ticket", "Do you ship to Canada?", "--json").json["case_id"] for _ in range(2))
    proven = countersign("ticket", "Do you ship to Canada?", "--verified", "--json").json["case_id"]
    assert one == same != proven


def test_an_e_mail_file_and_a_piped_one_are_read_as_mail(countersign: Command, brand: Path, work: Path) -> None:
    mail = MAIL.format(n=1, more="", text="The lamp is broken.")
    (work / "lamp.eml").write_text(mail)
    shown = countersign("ticket", "lamp.eml")
    assert "The lamp is broken." in shown.out
    piped = countersign("ticket", "-", "--json", typed=mail.replace("\n", "\r\n").encode())
    assert piped.json["case_id"] == countersign("ticket", "lamp.eml", "--json").json["case_id"]
    text = countersign("ticket", "-", "--json", typed="Größe: M\nFarbe: rot\nIst das da?".encode())
    assert text.json["case_id"] != piped.json["case_id"]


@pytest.mark.system("U10")
def test_a_machines_mail_is_not_answered(countersign: Command, brand: Path, work: Path) -> None:
    (work / "away.eml").write_text(MAIL.format(n=9, more="Auto-Submitted: auto-replied\n", text="I am away."))
    case = countersign("ticket", "away.eml", "--json").json
    assert (case["status"], case["proposal"]["reply"]) == ("ignored", None)


@pytest.mark.system("U10")
@pytest.mark.parametrize("own", ["help@alderandwren.example", "dana@alderandwren.example"])
def test_mail_of_the_shop_itself_is_not_answered(
    countersign: Command, brand: Path, work: Path, monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_SHOP_ADDRESSES", "Help@alderandwren.example, orders@alderandwren.example")
    mail = MAIL.format(n=9, more="", text="Your parcel is late.").replace("ada@postbox.example>", f"{own}>")
    (work / "own.eml").write_text(mail)
    case = countersign("ticket", "own.eml", "--json").json
    assert (case["status"], case["proposal"]["reply"]) == ("ignored", None)


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("nowhere.eml", b"", "nowhere.eml: does not exist"),
        ("folder.eml", b"", "folder.eml: is a folder"),
        ("empty.eml", b"", "empty"),
        ("-", b"", "the message is empty"),
        ("", b"", "the message is empty"),
        ("-", b"Gr\xfc\xdfe", "not UTF-8"),
        ("x" * 100_001, b"", "at most 100,000"),
    ],
)
def test_a_ticket_that_cannot_be_read_is_said(
    countersign: Command, brand: Path, work: Path, what: str, typed: bytes, said: str
) -> None:
    (work / "folder.eml").mkdir()
    (work / "empty.eml").write_text("")
    refused = countersign("ticket", what, typed=typed)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


def test_a_shop_with_nothing_to_look_up_is_told(countersign: Command, work: Path) -> None:
    answer = countersign("ticket", "Where is order #1?", "--json")
    assert answer.code == 0
    assert [notice.partition(":")[0] for notice in answer.json["notices"][-5:]] == [
        f"There are no orders in {work / 'data'}",
        "No document was ingested, so no policy can be cited",
        "Limits",
        "Voice",
        "Macros",
    ]
    assert 'replies are signed "The Alder & Wren team"' in answer.json["notices"][-2]
