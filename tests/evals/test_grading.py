"""`evals grade`: a model marks drafts of a run, over a fake endpoint, and people say whether it may be believed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.cli import grading
from evals.cli.choice import Place, WrongChoice
from evals.log import digest_of, mark_of, write_log
from evals.reasoners import LanguageModel
from evals.versions import Sources
from tests.evals.report.logs import made
from tests.fakes.model_server import ModelServer, Turn, says, status

app = typer.Typer()
grading.register(app)


@app.callback()
def root() -> None:
    """So that `grade` stays a command of its own."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Four results; two have a draft."""
    found = made()
    digest = digest_of(found.header, map(mark_of, found.results), found.footer.metrics)
    footer = found.footer.model_copy(update={"digest": digest})
    write_log(tmp_path / "made.jsonl", found.header, [each.model_dump_json() for each in found.results], footer)
    return tmp_path / "made.jsonl"


def graded(turns: Sequence[Turn], *words: object) -> tuple[str, int]:
    """What was said, and how many answers of the script nobody asked for."""
    with ModelServer() as server:
        server.script(*turns)
        model = LanguageModel(kind="llm", model="fake", base_url=server.base_url, seconds=5)
        place = Place(logs=Path(), models=Path(), sources=Sources.shipped(), model=model)
        result = CliRunner().invoke(app, ["grade", *map(str, words)], obj=place, catch_exceptions=False)
        assert result.exit_code == 0
        return result.output, server.left


def marks(*given: int) -> list[Turn]:
    return [says({"mark": mark, "why": "so"}) for mark in given]


def test_every_draft_is_marked_once_and_the_marks_are_called_an_opinion(log: Path, tmp_path: Path) -> None:
    before, out = log.read_bytes(), tmp_path / "marks.jsonl"
    said, left = graded(marks(5, 2), log, "--out", out)
    assert left == 0
    assert "fake: mean mark 3.50 of 5, n=2, 0 drafts without a mark" in said
    assert "one model's opinion" in said
    assert log.read_bytes() == before
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["score"]["parts"]) for row in rows] == [
        ("c-unscored", {"mark": 5, "model": "fake"}),
        ("b-failed", {"mark": 2, "model": "fake"}),
    ]


def test_with_marks_of_people_only_those_drafts_are_graded_and_the_agreement_is_said(log: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "b-failed", "mark": 2}\n{"id": "d-passed", "mark": 4}\n', encoding="utf-8")
    said, left = graded(marks(5), log, "--people", people)
    assert left == 0
    assert "NOT shown to agree with people" in said
    assert "The model is 3.00 marks kinder on average." in said
    assert "1 drafts that people marked have no mark of the model." in said
    as_json = json.loads(graded(marks(2), log, "--people", people, "--json")[0])
    assert (as_json["marks"], as_json["trusted"]) == ({"b-failed": 2}, False)


def test_a_model_that_does_not_answer_gives_no_mark(log: Path) -> None:
    said, _ = graded([status(400), *marks(4)], log)
    assert "fake: mean mark 4.00 of 5, n=1, 1 drafts without a mark" in said


def test_without_a_model_it_is_said_what_to_set(log: Path) -> None:
    place = Place(logs=Path(), models=Path(), sources=Sources.shipped())
    result = CliRunner().invoke(app, ["grade", str(log)], obj=place)
    assert isinstance(result.exception, WrongChoice)
    assert "COUNTERSIGN_REASONER" in str(result.exception)
