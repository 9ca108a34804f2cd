"""The edge of the process: one sentence and a code for whatever goes wrong, and nothing heavy for `--help`."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from server.cli.edge import run
from server.cli.output import table, typed, visible
from server.cli.shape import ORDER
from server.lock import DataFolderBusy
from tests.server.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("langgraph", "chromadb", "openai", "sqlalchemy", "sqlmodel", "sklearn", "numpy", "pydantic", "rich", "agent")


def failing(error: BaseException) -> Callable[..., object]:
    def command(**_: object) -> NoReturn:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DataFolderBusy(Path("/x"), "7"), 2, "process 7 is working on /x"),
        (FileNotFoundError(errno.ENOENT, "gone", "a.jsonl"), 2, "a.jsonl: does not exist"),
        (IsADirectoryError(errno.EISDIR, "dir", "a"), 2, "a: is a folder; name a file"),
        (PermissionError(errno.EACCES, "no", "a"), 2, "a: may not be read or written by you"),
        (OSError(errno.EROFS, "ro", "a"), 2, "a: cannot be written, the disk is read-only"),
        (OSError(errno.ENOSPC, "full"), 2, "the disk is full; free some space and try again"),
        (KeyboardInterrupt(), 130, "Stopped. What was finished is kept; go on with: countersign"),
        (typer.BadParameter("no such thing."), 2, "no such thing. See: countersign --help"),
    ],
)
def test_every_way_to_fail_is_one_sentence(
    countersign: Command, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    assert run(failing(error)) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert len(shown.err.strip().splitlines()) == 1


def test_a_fault_of_ours_is_kept_in_a_file(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(work))
    assert run(failing(ZeroDivisionError("secret words"))) == 2
    said = capsys.readouterr().err
    assert "A fault of ours (ZeroDivisionError)" in said
    assert "secret words" not in said
    assert "Traceback" in (work / "last-error.txt").read_text()


def test_a_fault_is_told_where_no_data_folder_can_be(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "file").write_text("")
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(work / "file" / "var"))
    monkeypatch.setattr("tempfile.tempdir", str(work))
    assert run(failing(ZeroDivisionError())) == 2
    assert str(work / "last-error.txt") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bogus",), "No such command 'bogus'. See: countersign --help"),
        (("gate", "--bogus"), "See: countersign gate --help"),
        (("cases", "list", "--limit", "0"), "See: countersign cases list --help"),
        (("cases", "list", "--limit", "many"), "See: countersign cases list --help"),
        (("cases", "list", "--status", "bogus"), "awaiting_approval"),
        (("process",), "Missing option '--in'. See: countersign process --help"),
        (("approvals", "show"), "See: countersign approvals show --help"),
        (("stop", "--as", "dana"), "Missing option '--reason'. See: countersign stop --help"),
        (("knowledge", "search"), "give one question, or all of"),
        (("knowledge", "search", "q", "--source", "x"), "give one question, or all of"),
    ],
)
def test_a_wrong_use_is_one_line(countersign: Command, words: tuple[str, ...], said: str) -> None:
    answer = countersign(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("words", [(), ("cases",), ("store",)])
def test_without_a_command_there_is_help(countersign: Command, words: tuple[str, ...]) -> None:
    answer = countersign(*words)
    assert answer.out.startswith(f"Usage: {' '.join(['countersign', *words])}")


READING = (
    ("cases", "list"),
    ("cases", "show", "x"),
    ("approvals", "list"),
    ("approvals", "show", "x"),
    ("approvals", "approve", "x", "--as", "dana"),
    ("store", "show"),
    ("store", "export", "out"),
    ("audit", "show"),
    ("audit", "verify"),
    ("stop", "--as", "dana", "--reason", "x"),
    ("go", "--as", "dana"),
    ("knowledge", "search", "q"),
)


@pytest.mark.parametrize("words", READING, ids=[" ".join(words) for words in READING])
def test_what_only_reads_makes_nothing_in_an_empty_folder(
    countersign: Command, work: Path, words: tuple[str, ...]
) -> None:
    answer = countersign(*words)
    assert (answer.code, answer.out) == (2, "")
    assert str(work / "data") in answer.err
    assert list(work.iterdir()) == []


BROKEN = READING[:-3]


@pytest.mark.parametrize("words", BROKEN, ids=[" ".join(words) for words in BROKEN])
def test_a_damaged_database_is_said(countersign: Command, work: Path, words: tuple[str, ...]) -> None:
    (work / "data").mkdir()
    (work / "data" / "countersign.db").write_bytes(b"this is no database, and long enough to be seen as none" * 50)
    answer = countersign(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "countersign.db is not a readable database" in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("words", [("audit", "verify"), ("cases", "list"), ("approvals", "list")])
def test_a_database_without_a_byte_is_no_empty_log(countersign: Command, work: Path, words: tuple[str, ...]) -> None:
    (work / "data").mkdir()
    (work / "data" / "countersign.db").touch()
    answer = countersign(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "countersign.db is empty (0 bytes), which no database is" in answer.err


def test_a_data_folder_that_is_a_file_is_said(countersign: Command, work: Path) -> None:
    (work / "data").write_text("")
    for words in (("demo",), ("ticket", "hi"), ("store", "import", ".")):
        answer = countersign(*words)
        assert (answer.code, answer.out) == (2, "")
        assert str(work / "data") in answer.err


@pytest.mark.parametrize("line", ["COUNTERSIGN_BOGUS=1", "COUNTERSIGN_DATA=x"])
def test_a_setting_that_does_not_exist_is_named(countersign: Command, work: Path, line: str) -> None:
    (work / ".env").write_text(line)
    answer = countersign("cases", "list")
    assert (answer.code, line.partition("=")[0] in answer.err) == (2, True)


def test_settings_that_are_not_utf8_are_said(countersign: Command, work: Path) -> None:
    (work / ".env").write_bytes(b"COUNTERSIGN_MODEL=\xff\xfe")
    answer = countersign("cases", "list")
    assert (answer.code, ".env is not UTF-8" in answer.err) == (2, True)


def test_help_loads_nothing_heavy_and_is_quick() -> None:
    code = (
        "import sys, json; sys.argv = ['countersign', '--help']\n"
        "from server.__main__ import app\n"
        "from server.cli.edge import run\n"
        "assert run(app) == 0\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    times: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - started)
        assert json.loads(done.stdout.splitlines()[-1]) == []
    # 0.12 s on an idle machine; the bench holds the ratio, this only catches a heavy import.
    assert min(times) < 1.0


def test_a_process_ends_although_a_thread_of_a_library_does_not() -> None:
    """As one that Ctrl-C interrupted while its pool started it: nobody would ever tell it to stop."""
    code = (
        "import sys, threading; sys.argv = ['countersign', '--help']\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "from server.__main__ import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert "Commands:" in done.stdout


def test_help_fits_the_terminal_and_lists_commands_in_the_order_of_use() -> None:
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "server", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    listed = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :] if line.startswith("  ")]
    assert tuple(listed) == ORDER
    assert not [line for line in lines[1:] if line.endswith("...")]


def test_a_reader_that_goes_away_is_no_fault(work: Path) -> None:
    command = f"{sys.executable} -m server gate --describe | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{\n", "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_was_closed_before_is_no_fault(work: Path, closed: str) -> None:
    command = f"{sys.executable} -m server gate --describe {closed}; echo code $? >&{work / 'code'}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (work / "code").read_text() == "code 0\n"
    assert done.stderr == ""


def test_what_a_customer_wrote_cannot_drive_the_terminal() -> None:
    assert visible("a\x1b[2Jb\u202ec\nd\te\r\nf") == "a<U+001B>[2Jb<U+202E>c\nd\te\nf"


def test_json_has_no_character_that_a_terminal_obeys(countersign: Command, work: Path) -> None:
    hostile = "Hello \x1b[2J \x9b31m \u202e there"
    answer = countersign("ticket", hostile, "--json")
    assert not {"\x1b", "\x9b", "\u202e"} & set(answer.out)
    shown = countersign("ticket", hostile)
    assert not {"\x1b", "\x9b", "\u202e"} & set(shown.out)
    assert "<U+001B>" in shown.out


def test_a_program_outside_the_path_keeps_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "argv", [".venv/bin/countersign", "demo"])
    assert typed("countersign approvals list") == ".venv/bin/countersign approvals list"
    after = typed("COUNTERSIGN_DATA_DIR=./countersign-new countersign restore countersign.tgz")
    assert after == "COUNTERSIGN_DATA_DIR=./countersign-new .venv/bin/countersign restore countersign.tgz"
    monkeypatch.setattr(sys, "argv", ["countersign", "demo"])
    assert typed("countersign approvals list") == "countersign approvals list"


def test_a_table_has_its_columns_and_cells() -> None:
    made = table(("One", "Two"), [("a", "1"), ("b\x1b", "2")], right=("Two",))
    assert (made.columns, made.rows) == (("One", "Two"), [["a", "1"], ["b<U+001B>", "2"]])
