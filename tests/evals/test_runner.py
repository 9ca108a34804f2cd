from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.crew import Broken
from evals.figures import figures_of
from evals.log import EvalLog, LogError, read_log
from evals.runner import run
from evals.sample import DatasetError
from evals.task import Task
from tests.evals.fakes import FakeSolver, clockwork, task


def ran(work: Task, path: Path, processes: int = 1) -> EvalLog:
    return run(work, path, figures_of, clockwork(), processes=processes)


def part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def stopped_after(count: int, work: Task, path: Path) -> None:
    """A run that a person interrupts after so many results."""

    def stop(done: int, total: int, errors: int) -> None:
        if done == count:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(work, path, figures_of, clockwork(), processes=1, progress=stop)


@pytest.mark.system("N9")
def test_a_log_holds_every_sample_in_every_epoch_with_the_versions_of_all_it_rests_on(tmp_path: Path) -> None:
    log = ran(task(5, epochs=2), tmp_path / "a.jsonl")
    assert [result.key for result in log.results] == [(f"s{n:03}", epoch) for n in range(5) for epoch in (1, 2)]
    assert log.header.versions.scorers == {"triage": 1}
    assert log.header.versions.solver == {"code": "1"}
    assert len(log.header.versions.dataset) == 64
    assert read_log(tmp_path / "a.jsonl") == log
    assert not part(tmp_path / "a.jsonl").exists()


@pytest.mark.system("N9")
def test_the_seed_of_a_sample_is_recorded_and_differs_by_epoch(tmp_path: Path) -> None:
    first, again = (ran(task(3, epochs=2), tmp_path / name) for name in ("a.jsonl", "b.jsonl"))
    seeds = [result.episode.seed for result in first.results]
    assert len(set(seeds)) == 6
    assert seeds == [result.episode.seed for result in again.results]
    other = ran(replace(task(3, epochs=2), seed=1), tmp_path / "c.jsonl")
    assert seeds != [result.episode.seed for result in other.results]


def test_interrupted_and_taken_up_again_gives_the_same_log(tmp_path: Path) -> None:
    whole = ran(task(12, epochs=2), tmp_path / "whole.jsonl")
    stopped_after(7, task(12, epochs=2), tmp_path / "a.jsonl")
    with part(tmp_path / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"sample": {"id": "cut o')
    log = ran(task(12, epochs=2), tmp_path / "a.jsonl")
    assert log.footer.interrupted == 1
    assert log.footer.digest == whole.footer.digest
    assert [result.scores for result in log.results] == [result.scores for result in whole.results]


def test_every_interruption_is_counted(tmp_path: Path) -> None:
    for count in (3, 5, 9):
        stopped_after(count, task(12), tmp_path / "a.jsonl")
    log = ran(task(12), tmp_path / "a.jsonl")
    assert log.footer.interrupted == 3
    assert log.footer.digest == ran(task(12), tmp_path / "whole.jsonl").footer.digest


@pytest.mark.parametrize("left", ["", '{"format":1,"task":"fa'])
def test_a_run_that_was_killed_before_its_first_line_begins_anew(tmp_path: Path, left: str) -> None:
    part(tmp_path / "a.jsonl").write_text(left, encoding="utf-8")
    log = ran(task(3), tmp_path / "a.jsonl")
    assert (len(log.results), log.footer.interrupted) == (3, 0)


def test_two_runs_never_write_the_same_log(tmp_path: Path) -> None:
    """The second is told so, and takes nothing from the first."""
    said: list[str] = []

    def meanwhile(done: int, total: int, errors: int) -> None:
        if done == 4:
            with pytest.raises(LogError, match="another run is writing") as caught:
                ran(task(12), tmp_path / "a.jsonl")
            said.append(str(caught.value))

    log = run(task(12), tmp_path / "a.jsonl", figures_of, clockwork(), processes=1, progress=meanwhile)
    assert len(said) == 1
    assert (len(log.results), log.footer.interrupted) == (12, 0)


def test_processes_that_are_told_to_end_do_not_leave_the_run_waiting(tmp_path: Path) -> None:
    """A process that is asked to end does so with exit code 0, and takes nothing up any more."""

    def stop(done: int, total: int, errors: int) -> None:
        if done == 5:
            for worker in multiprocessing.active_children():
                worker.terminate()

    work = task(300, solver=FakeSolver(words=20_000))
    with pytest.raises(Broken, match="the same command goes on from here"):
        run(work, tmp_path / "a.jsonl", figures_of, clockwork(), processes=2, progress=stop)


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_processes_that_end_while_they_hand_something_over_do_not_leave_the_run_waiting(
    tmp_path: Path, how: str
) -> None:
    """A result is larger than what the line between two processes holds: half of one stays in it."""

    def stop(done: int, total: int, errors: int) -> None:
        if done == 5:
            time.sleep(0.5)
            for worker in multiprocessing.active_children():
                getattr(worker, how)()
                worker.join(0.3)

    work = task(300, solver=FakeSolver(words=20_000))
    with pytest.raises(Broken, match="the same command goes on from here"):
        run(work, tmp_path / "a.jsonl", figures_of, clockwork(), processes=2, progress=stop)


def test_what_an_interrupted_run_left_is_not_run_again(tmp_path: Path) -> None:
    stopped_after(7, task(12), tmp_path / "a.jsonl")
    told: list[tuple[int, int, int]] = []
    run(
        task(12),
        tmp_path / "a.jsonl",
        figures_of,
        clockwork(),
        processes=1,
        progress=lambda done, total, errors: told.append((done, total, errors)),
    )
    assert told == [(done, 12, 0) for done in range(7, 13)]


def test_what_another_run_left_is_not_mixed_in(tmp_path: Path) -> None:
    stopped_after(3, task(12), tmp_path / "a.jsonl")
    other = task(12, solver=FakeSolver(versions={"code": "2"}))
    with pytest.raises(LogError, match=r"something else left \(code\); delete it"):
        ran(other, tmp_path / "a.jsonl")


def test_two_processes_give_the_same_log_as_one(tmp_path: Path) -> None:
    one, two = ran(task(9), tmp_path / "one.jsonl"), ran(task(9), tmp_path / "two.jsonl", processes=2)
    assert one.footer.digest == two.footer.digest


def test_a_process_that_dies_is_said_and_the_same_call_goes_on(tmp_path: Path) -> None:
    work = task(9, solver=FakeSolver(ends="s004", ended=tmp_path / "ended"))
    with pytest.raises(Broken, match="exit code -9; the same command goes on"):
        ran(work, tmp_path / "a.jsonl", processes=2)
    log = ran(work, tmp_path / "a.jsonl", processes=2)
    assert len(log.results) == 9
    assert log.footer.interrupted == 1
    assert log.footer.digest == ran(replace(work), tmp_path / "b.jsonl").footer.digest


def test_kill_9_of_the_whole_run_loses_nothing_and_leaves_no_process_behind(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\nimport os, signal\nfrom evals.figures import figures_of\n"
        "from evals.runner import run\nfrom tests.evals.fakes import clockwork, task\n"
        "def told(done, total, errors):\n    if done == 5: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"if __name__ == '__main__': run(task(12), Path({str(tmp_path / 'a.jsonl')!r}), figures_of, clockwork(),"
        " processes=2, progress=told)\n"
    )
    script = tmp_path / "once.py"
    script.write_text(code, encoding="utf-8")
    ended = subprocess.run([sys.executable, str(script)], check=False, timeout=60, env={"PYTHONPATH": "."})
    assert ended.returncode == -9
    assert len(part(tmp_path / "a.jsonl").read_text("utf-8").splitlines()) == 6
    log = ran(task(12), tmp_path / "a.jsonl")
    assert log.footer.digest == ran(task(12), tmp_path / "b.jsonl").footer.digest


@pytest.mark.system("U14")
def test_errors_of_the_machinery_are_neither_right_nor_wrong(tmp_path: Path) -> None:
    work = task(10, solver=FakeSolver(broken="s003", wrong=frozenset({"s005"})))
    log = ran(work, tmp_path / "a.jsonl")
    assert [result.sample.id for result in log.errors] == ["s003"]
    assert log.metrics["run.errors"].value == 1
    assert (log.metrics["triage"].value, log.metrics["triage"].n) == (8 / 9, 9)
    score = log.results[3].scores[0]
    assert score.value is None
    assert score.reason == "the run failed: Unavailable: the store did not answer"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_sample_whose_world_cannot_be_made_stops_the_run_by_name(tmp_path: Path, processes: int) -> None:
    with pytest.raises(DatasetError, match="sample s002: there is no order"):
        ran(task(4, solver=FakeSolver(bad="s002")), tmp_path / "a.jsonl", processes)


def test_a_log_is_written_once(tmp_path: Path) -> None:
    ran(task(2), tmp_path / "a.jsonl")
    with pytest.raises(LogError, match="a log is written once; name another file"):
        ran(task(2), tmp_path / "a.jsonl")


def _changed(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(LogError) as caught:
        read_log(path)
    return str(caught.value)


def test_a_log_that_was_changed_cut_or_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ran(task(3), path)
    lines = path.read_text("utf-8").splitlines()
    assert "was changed after it was written" in _changed(path, [lines[0], lines[1].replace("0.9", "0.1"), *lines[2:]])
    assert "was changed after it was written" in _changed(
        path, [lines[0], lines[1].replace("0.001", "9.0"), *lines[2:]]
    )
    assert "was changed after it was written" in _changed(path, [*lines[:-1], lines[-1].replace('"ms"', '"s"')])
    assert "damaged or not finished" in _changed(path, lines[:-1])
    assert "is no log of a run" in _changed(path, ["{}", "{}"])
    assert "has format 9" in _changed(path, [lines[0].replace('"format":1', '"format":9'), *lines[1:]])
    with pytest.raises(LogError, match="cannot be read: No such file"):
        read_log(tmp_path / "none.jsonl")


def test_pass_k_over_epochs_counts_samples_that_are_right_every_time(tmp_path: Path) -> None:
    log = ran(task(4, epochs=3, solver=FakeSolver(wrong=frozenset({"s001"}))), tmp_path / "a.jsonl")
    assert [log.metrics[f"pass^{k}"].value for k in (1, 2, 3)] == [0.75, 0.75, 0.75]


def test_what_failed_before_an_interruption_is_tried_again(tmp_path: Path) -> None:
    stopped_after(7, task(12, solver=FakeSolver(broken="s003")), tmp_path / "a.jsonl")
    log = ran(task(12), tmp_path / "a.jsonl")
    assert log.errors == []
    assert len(log.results) == 12


def test_stopping_two_busy_processes_takes_no_time_and_leaves_none(tmp_path: Path) -> None:
    work = task(300, solver=FakeSolver(words=20_000))

    def stop(done: int, total: int, errors: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(work, tmp_path / "a.jsonl", figures_of, clockwork(), processes=2, progress=stop)
    assert multiprocessing.active_children() == []
