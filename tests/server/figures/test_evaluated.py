"""What the console reads of the logs of eval runs: written by the program that measures, read by the product."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.approvers import RejectAll
from evals.figures import figures_of
from evals.runner import run
from evals.task import Task
from server.figures.evaluated import EvalRun, Figure, comparable, runs_in
from server.ui.views.evaluations import rows_of, trends_of
from tests.evals.fakes import FakeSolver, clockwork, task


def logged(folder: Path, name: str, work: Task) -> Path:
    path = folder / f"{name}.jsonl"
    run(work, path, figures_of, clockwork(), processes=1)
    return path


def wrong(count: int, code: str) -> Task:
    samples = frozenset(f"s{number:03}" for number in range(count))
    return task(12, solver=FakeSolver(wrong=samples, versions={"code": code}))


@pytest.mark.system("N9")
def test_the_runs_of_a_folder_with_their_figures(tmp_path: Path) -> None:
    logged(tmp_path, "first", wrong(3, "1"))
    logged(tmp_path, "second", wrong(1, "2"))
    (tmp_path / "third.jsonl.part").write_text("", encoding="utf-8")
    lines = (tmp_path / "first.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "cut.jsonl").write_text("\n".join(lines[:-1]), encoding="utf-8")
    (tmp_path / "other.jsonl").write_text("{}\n", encoding="utf-8")
    found = runs_in(tmp_path)
    assert {run.name: run.figures["triage.right"].value for run in found.runs} == {"first": 9 / 12, "second": 11 / 12}
    assert {run.head.samples for run in found.runs} == {12}
    assert (set(found.damaged), found.unfinished) == ({"cut", "other"}, ("third",))
    assert runs_in(tmp_path / "none") == runs_in(tmp_path / "nothing")


@pytest.mark.system("N9")
def test_a_trend_goes_through_runs_that_may_be_compared_and_no_others(tmp_path: Path) -> None:
    logged(tmp_path, "first", wrong(3, "1"))
    logged(tmp_path, "second", wrong(1, "2"))
    logged(tmp_path, "refused", replace(wrong(0, "2"), approver=RejectAll()))
    logged(tmp_path, "more", task(13))
    runs = runs_in(tmp_path).runs
    assert len({run.series for run in runs}) == 3
    series = next(run.series for run in runs if run.name == "first")
    alike = tuple(comparable(runs, series))
    assert {run.name for run in alike} == {"first", "second"}
    assert {row.cells[-1] for row in rows_of(runs, series) if row.here} == {"first", "second"}


def made(value: float, name: str = "triage.macro_f1", version: int = 1) -> EvalRun:
    figure = Figure(name=name, value=value, n=40, low=0.5, high=0.9)
    head = {"task": "t", "solver": "playbook", "approver": "approve_all", "epochs": 1, "samples": 40}
    versions = {"dataset": "d", "scorers": {"triage": version}}
    return EvalRun.model_validate(
        {
            "name": "log",
            "head": {**head, "versions": versions},
            "at": "2026-11-16T12:00:00Z",
            "interrupted": 0,
            "figures": {name: figure},
        }
    )


def test_a_trend_says_where_it_went_and_shows_every_run() -> None:
    (trend,) = trends_of([made(0.8), made(0.7), made(0.9)])
    assert trend.answer == "0.900, up from 0.700"
    assert [(dot.x, dot.y) for dot in trend.dots] == [(8.0, 48.0), (160.0, 88.0), (312.0, 8.0)]
    assert (trend.ends, trend.n) == (("0.900", "0.700"), 40)
    assert trend.rows[0] == ("2026-11-16 12:00", "playbook", "0.900", "0.500 to 0.900, n = 40")


def test_scores_of_another_version_of_the_scorer_are_left_out_and_said() -> None:
    (trend,) = trends_of([made(0.1), made(0.7, version=2), made(0.7, version=2)])
    assert (trend.answer, trend.left_out, len(trend.dots)) == ("0.700, as in the run before", 1, 2)
    (single,) = trends_of([made(0.7)])
    assert (single.answer, single.ends, single.dots[0].y) == ("0.700; one run so far", ("0.700",), 48.0)


def test_what_no_model_cost_is_no_chart() -> None:
    assert trends_of([made(0.0, "cost.total")]) == []
    assert trends_of([made(0.0, "cost.total"), made(0.5, "cost.total")])
