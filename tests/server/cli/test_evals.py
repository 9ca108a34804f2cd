from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def countersign(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server", "evals", *arguments]
    environment = {"COUNTERSIGN_DATA_DIR": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)


def test_countersign_evals_is_the_harness(tmp_path: Path) -> None:
    for asked in ((), ("--help",)):
        shown = countersign(*asked, folder=tmp_path)
        assert shown.returncode == 0
        assert "compare" in shown.stdout


def test_its_exit_code_and_its_sentence_come_through(tmp_path: Path) -> None:
    ended = countersign("compare", "none.jsonl", "none.jsonl", folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr == "none.jsonl cannot be read: No such file or directory\n"


def test_no_command_is_described_by_half_a_sentence(tmp_path: Path) -> None:
    for asked in (("--help",), ("datasets", "--help")):
        shown = countersign(*asked, folder=tmp_path).stdout.splitlines()
        assert not [line for line in shown[1:] if line.endswith("...")]
