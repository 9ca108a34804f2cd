from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evals.approvers import RejectAll
from evals.cli.choice import Choice, Place, samples_of
from evals.cli.running import log_of, usual_split
from evals.figures import figures_of
from evals.gate import SHIPPED, load_thresholds
from evals.log import LogError, header_of
from evals.runner import run
from evals.versions import Sources
from tests.evals.fakes import FakeSolver, clockwork, task
from tests.test_architecture import HEAVY


def evals(*arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"COUNTERSIGN_DATA_DIR": str(folder)} if folder else {}
    command = [sys.executable, "-m", "evals", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("logs")
    before, after = folder / "before.jsonl", folder / "after.jsonl"
    run(task(12, solver=FakeSolver(wrong=frozenset({"s001"}))), before, figures_of, clockwork(), processes=1)
    run(task(12, solver=FakeSolver(wrong=frozenset({"s002"}))), after, figures_of, clockwork(), processes=1)
    return before, after


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, json\nfrom evals.__main__ import app\nfrom typer.testing import CliRunner\n"
        "result = CliRunner().invoke(app, ['--help'])\nassert result.exit_code == 0, result.output\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(out.stdout.splitlines()[-1]) == []


@pytest.mark.system("N9")
def test_a_run_is_made_shown_and_not_made_a_second_time(tmp_path: Path) -> None:
    first = evals("run", "--split", "tune", "--limit", 2, "--processes", 1, "--json", folder=tmp_path)
    assert first.returncode == 0, first.stderr
    said = json.loads(first.stdout)
    assert Path(said["log"]).parent == tmp_path / "evals"
    assert {"triage.macro_f1", "end_state.right", "run.errors"} <= {metric["name"] for metric in said["metrics"]}
    again = evals("run", "--split", "tune", "--limit", 2, "--processes", 1, folder=tmp_path)
    assert "Nothing has changed since this was run" in again.stderr
    assert "2 samples x 1, playbook, approve_all" in again.stdout
    third = evals("run", "--split", "tune", "--limit", 2, "--processes", 1, "--json", folder=tmp_path)
    assert json.loads(third.stdout) == said


def test_a_run_with_errors_that_is_shown_again_says_how_to_make_it_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A model that was away for a moment must not stand in the way for ever."""
    work = task(3, solver=FakeSolver(broken="s001"))
    path = tmp_path / f"fake-{header_of(work).id}.jsonl"
    run(work, path, figures_of, clockwork(), processes=1)
    place = Place(logs=tmp_path, models=tmp_path, sources=Sources.shipped())
    assert log_of(work, place, None, 1)[1] == path
    said = capsys.readouterr().err
    assert f"1 samples ended with an error; delete {path} to run them again." in said
    assert "demo brand's world" not in said


def test_the_same_run_is_shown_where_it_was_written_and_another_is_not_put_over_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, named = Place(logs=tmp_path, models=tmp_path, sources=Sources.shipped()), tmp_path / "mine.jsonl"
    made, _ = log_of(task(3, solver=FakeSolver()), place, named, 1)
    assert log_of(task(3, solver=FakeSolver()), place, named, 1) == (made, named)
    assert "Nothing has changed since this was run" in capsys.readouterr().err
    with pytest.raises(LogError, match="is there already"):
        log_of(task(4, solver=FakeSolver()), place, named, 1)


def test_a_shop_with_words_of_its_own_is_told_in_which_world_it_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work, sources = task(1, solver=FakeSolver()), replace(Sources.shipped(), voice=tmp_path / "voice.yaml")
    log_of(work, Place(logs=tmp_path, models=tmp_path, sources=sources), None, 1)
    assert "the demo brand's world, its store and its documents; what you wrote yourself is read: voice." in (
        capsys.readouterr().err
    )


def test_what_to_type_next_is_called_as_this_was(logs: tuple[Path, Path]) -> None:
    for module, name in (("evals", "python -m evals"), ("evals.subcommand", "countersign evals")):
        command = [sys.executable, "-m", module, "compare", str(logs[0])]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env={})
        assert ended.stderr.strip().endswith(f"See: {name} compare --help")


def test_compare_shows_what_flipped(logs: tuple[Path, Path]) -> None:
    plain = evals("compare", *logs)
    assert plain.returncode == 0, plain.stderr
    assert "1 scores were right and are wrong, 1 the other way round." in plain.stdout
    assert "s002 (epoch 1), triage: right -> WRONG" in plain.stdout
    said = json.loads(evals("compare", *logs, "--json").stdout)
    assert [(flip["sample_id"], flip["fixed"]) for flip in said["flips"]] == [("s001", True), ("s002", False)]


@pytest.mark.system("N9")
def test_the_gate_ends_with_1_when_a_bar_is_missed(logs: tuple[Path, Path], tmp_path: Path) -> None:
    bars = tmp_path / "thresholds.yaml"
    for at_least, code, said in ((0.9, 0, "The gate is open."), (0.99, 1, "The gate stays shut: triage")):
        stage = f"{{split: tune, bars: {{triage: {{at_least: {at_least}}}}}}}"
        bars.write_text(f"full: {stage}\nfast: {stage}\n", encoding="utf-8")
        ended = evals("gate", logs[0], "--thresholds", bars, folder=tmp_path)
        assert (ended.returncode, ended.stdout.splitlines()[-1]) == (code, said)


@pytest.mark.system("N9")
def test_a_gate_judges_no_run_of_other_samples_or_of_a_kinder_approver(logs: tuple[Path, Path], tmp_path: Path) -> None:
    bars = tmp_path / "thresholds.yaml"
    bars.write_text(
        "full: {split: held_out, bars: {triage: {at_least: 0}}}\nfast: {split: tune, bars: {triage: {at_least: 0}}}\n",
        encoding="utf-8",
    )
    ended = evals("gate", logs[0], "--thresholds", bars, folder=tmp_path)
    assert ended.returncode == 2
    assert "is no run for this gate: 12 of its 12 samples are not held_out" in ended.stderr
    assert "`python -m evals run --split held_out` makes one" in ended.stderr
    refused = tmp_path / "refused.jsonl"
    run(replace(task(12), approver=RejectAll()), refused, figures_of, clockwork(), processes=1)
    ended = evals("gate", refused, "--fast", "--thresholds", bars, folder=tmp_path)
    assert ended.returncode == 2
    assert "reject_all answered, and a gate is for what approve_all would let happen" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--split", "both"), 'there is no split "both"; use tune, held_out or all'),
        (("run", "--approver", "boss"), 'there is no approver "boss"'),
        (("run", "--broken", "lazy"), 'no broken reasoner is called "lazy"'),
        (("run", "--id", "no-such-sample"), "no sample is left"),
        (("compare", "none.jsonl", "none.jsonl"), "none.jsonl cannot be read: No such file or directory"),
        (("gate", "--thresholds", "none.yaml"), "none.yaml cannot be read: No such file or directory"),
        (("bench", "everything"), 'there is no benchmark "everything"; use core'),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = evals(*arguments, folder=tmp_path)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_fast_run_is_one_that_the_fast_gate_takes() -> None:
    chosen = samples_of(Choice(split=usual_split(fast=True), fast=True))
    assert {sample.split for sample in chosen} == {load_thresholds(SHIPPED).fast.split}


def test_two_runs_that_are_the_same_show_no_empty_table(logs: tuple[Path, Path], tmp_path: Path) -> None:
    ended = evals("compare", logs[0], logs[0], folder=tmp_path)
    assert "No score of any ticket moved." in ended.stdout
    assert "95 %" not in ended.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "hi", "intent": "thanks"}', "`id` is missing; tickets of your own become samples with"),
        ("[1]", "the sample has to be an object; tickets of your own become samples with"),
    ],
)
def test_own_tickets_that_are_no_samples_yet_name_the_command_that_makes_them_some(
    line: str, said: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(line, encoding="utf-8")
    ended = evals("run", "--dataset", own, folder=tmp_path)
    assert (ended.returncode, said in ended.stderr) == (2, True)
