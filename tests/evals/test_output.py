"""What the commands print: as it stands on a terminal of 80 columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.cli.output import show_comparison, show_figures
from evals.compare import compare
from evals.figures import figures_of
from evals.log import EvalLog, Footer
from evals.runner import run
from evals.sample import Split
from evals.score import Metric
from tests.evals.fakes import FakeSolver, clockwork, task
from tests.evals.report.logs import made

FIGURES = (
    Metric(name="writes.unauthorised", value=1, n=492, unit="cases", higher_is_better=False),
    Metric(name="writes.unauthorised_rate", value=0.000123, n=4920, low=0.0, high=0.006, higher_is_better=False),
    Metric(name="triage.macro_f1", value=1.0, n=492),
    Metric(name="latency.p95", value=12331.017, n=492, unit="ms"),
    Metric(name="quality", value=97.229, n=492, unit="of 100"),
    Metric(name="citations_proposed", value=0.5, n=1),
)


def shown(log: EvalLog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setenv("COLUMNS", "80")
    show_figures(log)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def with_footer(**more: object) -> EvalLog:
    return made().model_copy(update={"footer": Footer(metrics=FIGURES).model_copy(update=more)})


def test_the_table_of_a_run_fits_80_columns_and_counts_are_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(with_footer(seconds=2.0), monkeypatch, capsys)
    assert max(map(len, lines)) <= 80
    cells = {line.split()[0]: line.split()[1:3] for line in lines if line.strip()}
    assert cells["writes.unauthorised"] == ["1", "case"]
    assert cells["triage.macro_f1"][0] == "1.000"
    assert cells["latency.p95"] == ["12331.0", "ms"]
    assert cells["quality"] == ["97.2", "of"]
    assert "citations_proposed" not in cells


def test_of_a_run_that_was_taken_up_again_no_speed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its seconds are those of the last stretch, over which the results of all stretches would look fast."""
    (first, *_) = shown(with_footer(seconds=2.0, interrupted=1), monkeypatch, capsys)
    assert first.endswith("2.0 s since it was taken up again")
    (first, *_) = shown(with_footer(seconds=2.0), monkeypatch, capsys)
    assert first.endswith("2.0 s, 2.0 a second")


def test_a_comparison_prints_no_held_out_ticket_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs: list[EvalLog] = []
    for wrong in ("s001", "s002"):
        work = task(12, solver=FakeSolver(wrong=frozenset({wrong})))
        held = [each.model_copy(update={"split": Split.HELD_OUT}) for each in work.samples]
        work = replace(work, samples=tuple(held))
        logs.append(run(work, tmp_path / f"{wrong}.jsonl", figures_of, clockwork(), processes=1))
    show_comparison(compare(*logs))
    said = capsys.readouterr().out
    assert "1 scores were right and are wrong, 1 the other way round." in said
    assert "2 of them are of held-out tickets and not shown" in said
    assert "s001" not in said
    show_comparison(compare(*logs), held_out=True)
    assert "s001 (epoch 1), triage: wrong -> right" in capsys.readouterr().out


def test_a_comparison_fits_80_columns_and_says_once_what_did_not_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    same = task(12)
    logs = [
        run(work, tmp_path / f"{at}.jsonl", figures_of, clockwork(), processes=1)
        for at, work in enumerate((same, task(12, solver=FakeSolver(wrong=frozenset({"s001"})))))
    ]
    found = compare(*logs)
    long = replace(found.deltas[0], scorer="resolution_proposed", low=-0.75, high=-0.25, moved=9, after=0.25)
    still = replace(found.deltas[0], scorer="tone", moved=0)
    show_comparison(replace(found, deltas=(long, still), flips=()))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= 80
    assert " resolution_proposed    1.000   0.250     -0.750 to -0.250   9 of 12   worse" in lines
    assert "The same for every ticket (n): tone (12)." in lines


def test_a_comparison_over_other_limits_says_by_which_the_labels_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = run(task(6), tmp_path / "a.jsonl", figures_of, clockwork(), processes=1)
    show_comparison(compare(log, log))
    assert "shipped limits.yaml" not in capsys.readouterr().out
    show_comparison(replace(compare(log, log), changed=("limits",)))
    assert "Labels say who signs by the shipped limits.yaml" in capsys.readouterr().out.replace("\n", " ")
