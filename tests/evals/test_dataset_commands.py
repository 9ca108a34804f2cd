"""`python -m evals datasets ...`, as somebody types it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.cli import datasets
from evals.cli.choice import Place, WrongChoice
from evals.sample import load_samples
from evals.versions import Sources

app = typer.Typer()
datasets.register(app)


@app.callback()
def root() -> None:
    """So that `datasets` stays a command of its own."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(logs=tmp_path / "logs", models=tmp_path / "models", sources=Sources.shipped())


def run(place: Place, *words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["datasets", *map(str, words)], obj=place)
    return result.exit_code, result.output


def test_own_tickets_are_loaded_and_the_exit_code_says_what_was_left_out(place: Place, tmp_path: Path) -> None:
    own, out = tmp_path / "own.csv", tmp_path / "out.jsonl"
    own.write_text("text,intent\nhello there,thanks\nwhat,nonsense\n", encoding="utf-8")
    code, said = run(place, "import", own, "--out", out)
    assert code == 1
    assert "own.csv, line 3, column `intent`: no intent is called nonsense" in said
    assert "1 samples in" in said
    assert [sample.text for sample in load_samples(out)] == ["hello there"]
    own.write_text("text,intent\nhello there,thanks\n", encoding="utf-8")
    assert run(place, "import", own, "--out", out)[0] == 0


def test_the_file_that_is_read_is_never_written_over(place: Place, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text('{"text": "hello there", "intent": "thanks"}\n{"text": "what", "intent": "?"}\n', encoding="utf-8")
    before = own.read_bytes()
    for command in ("import", "approve"):
        result = CliRunner().invoke(app, ["datasets", command, str(own), "--out", str(own)], obj=place)
        assert isinstance(result.exception, WrongChoice)
        assert "name another" in str(result.exception)
    assert own.read_bytes() == before


def test_a_file_without_a_usable_line_makes_no_data_set(place: Place, tmp_path: Path) -> None:
    own, out = tmp_path / "own.csv", tmp_path / "out.jsonl"
    own.write_text("text,intent\n", encoding="utf-8")
    code, said = run(place, "import", own, "--out", out)
    assert (code, out.exists()) == (1, False)
    assert "Nothing in" in said


def test_a_text_that_was_trained_on_is_told(place: Place, tmp_path: Path) -> None:
    own, examples = tmp_path / "own.jsonl", tmp_path / "examples.csv"
    own.write_text('{"id": "a", "ticket": {"messages": [{"text": "the quick brown fox sleeps"}]},', encoding="utf-8")
    with own.open("a", encoding="utf-8") as file:
        file.write(' "expected": {"intent": "thanks"}}\n')
    examples.write_text("text,label\nTHE QUICK BROWN FOX SLEEPS!,thanks\n", encoding="utf-8")
    assert run(place, "check", own)[0] == 0
    code, said = run(place, "check", own, "--examples", examples)
    assert code == 1
    assert "own/a and examples.csv row 2 share 100%" in said


def test_a_shop_without_cases_has_no_history(place: Place, tmp_path: Path) -> None:
    code, said = run(place, "history", "--out", tmp_path / "found.jsonl")
    assert (code, said.startswith("0 candidates")) == (0, True)
    code, said = run(place, "approve", tmp_path / "found.jsonl", "--out", tmp_path / "out.jsonl")
    assert (code, said.startswith("Nobody stands for a line")) == (0, True)
