from __future__ import annotations

from pathlib import Path

import pytest

from evals.accepted import accepted_of, of_other_samples, read_accepted, regressions, unmeasured, write_accepted
from evals.figures import figures_of
from evals.log import EvalLog, LogError
from evals.runner import run
from evals.sample import Split, dataset_hash, load_samples
from evals.versions import Sources, versions_of
from evals.written import DATASETS
from server.settings import Settings
from tests.evals.fakes import FakeSolver, clockwork, task


def ran(folder: Path, wrong: int, count: int = 40, broken: str = "") -> EvalLog:
    solver = FakeSolver(wrong=frozenset(f"s{number:03}" for number in range(wrong)), broken=broken)
    path = folder / f"{wrong}-{count}-{broken}.jsonl"
    return run(task(count, solver=solver), path, figures_of, clockwork(), processes=1)


@pytest.mark.system("N9")
def test_what_got_clearly_worse_is_named_and_chance_is_not(tmp_path: Path) -> None:
    accepted = accepted_of(ran(tmp_path, wrong=1))
    assert list(regressions(accepted, ran(tmp_path, wrong=2))) == []
    assert list(regressions(accepted, ran(tmp_path, wrong=0))) == []
    said = list(regressions(accepted, ran(tmp_path, wrong=15)))
    assert "triage was 0.975 and is 0.625 (n=40)" in said


def test_other_samples_are_not_compared(tmp_path: Path) -> None:
    assert list(regressions(accepted_of(ran(tmp_path, wrong=0)), ran(tmp_path, wrong=20, count=41))) == []


def test_samples_that_changed_are_noticed(tmp_path: Path) -> None:
    accepted = accepted_of(ran(tmp_path, wrong=0))
    assert not of_other_samples(accepted, ran(tmp_path, wrong=3))
    assert of_other_samples(accepted, ran(tmp_path, wrong=3, count=41))


def test_the_shipped_figures_are_of_the_shipped_samples() -> None:
    held = [each for path in sorted(DATASETS.glob("*.jsonl")) for each in load_samples(path, Split.HELD_OUT)]
    assert read_accepted().dataset == dataset_hash(held), "run the evals and accept them: python -m evals accept LOG"


def test_a_run_with_errors_cannot_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="1 samples ended with an error; run them again"):
        accepted_of(ran(tmp_path, wrong=0, broken="s003"))


def test_it_is_read_back_as_it_was(tmp_path: Path) -> None:
    accepted = accepted_of(ran(tmp_path, wrong=3))
    write_accepted(accepted, tmp_path / "accepted.json")
    assert read_accepted(tmp_path / "accepted.json") == accepted
    with pytest.raises(LogError, match="accept a run first"):
        read_accepted(tmp_path / "none.json")
    (tmp_path / "accepted.json").write_text("{", encoding="utf-8")
    with pytest.raises(LogError, match="is damaged"):
        read_accepted(tmp_path / "accepted.json")


@pytest.mark.system("H9")
def test_a_prompt_that_changes_without_evals_is_noticed() -> None:
    now = versions_of(Sources.shipped(), Settings().models)
    accepted = read_accepted()
    assert unmeasured(accepted, now) == [], "run the evals and accept them: python -m evals accept LOG"
    assert unmeasured(accepted, {**now, "prompts": "another"}) == ["prompts"]
