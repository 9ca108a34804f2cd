from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals.approvers import RejectAll
from evals.compare import Comparison, NotComparable, compare, paired_interval
from evals.figures import figures_of
from evals.log import EvalLog
from evals.runner import run
from evals.task import Task
from tests.evals.fakes import FakeSolver, clockwork, task


def ran(work: Task, folder: Path) -> EvalLog:
    path = folder / f"{len(list(folder.iterdir()))}.jsonl"
    return run(work, path, figures_of, clockwork(), processes=1)


def held(folder: Path, before: set[int], after: set[int], count: int = 40) -> Comparison:
    """Two runs that are wrong in these samples."""
    logs = [
        ran(task(count, solver=FakeSolver(wrong=frozenset(f"s{n:03}" for n in wrong), versions={"code": code})), folder)
        for wrong, code in ((before, "1"), (after, "2"))
    ]
    return compare(*logs)


def test_what_is_clearly_better_is_said_and_the_tickets_that_flipped_are_named(tmp_path: Path) -> None:
    found = held(tmp_path, before=set(range(15)), after={3})
    (delta,) = found.deltas
    assert (delta.scorer, delta.n, delta.verdict) == ("triage", 40, "better")
    assert (delta.before, delta.after) == (25 / 40, 39 / 40)
    assert delta.low < delta.difference < delta.high
    assert [flip.sample_id for flip in found.flips] == [f"s{n:03}" for n in range(15) if n != 3]
    assert all(flip.fixed for flip in found.flips)
    assert found.flips[0].why == "order_status was taken for refund_request (90% sure)"
    assert found.changed == ("code",)


def test_one_ticket_more_is_no_clear_difference_but_still_shown(tmp_path: Path) -> None:
    found = held(tmp_path, before={1}, after={2})
    assert found.deltas[0].verdict == "no clear difference"
    assert [(flip.sample_id, flip.fixed) for flip in found.flips] == [("s001", True), ("s002", False)]


def test_worse_is_worse(tmp_path: Path) -> None:
    assert held(tmp_path, before=set(), after=set(range(12))).deltas[0].verdict == "worse"


@pytest.mark.parametrize(("lost", "said"), [(5, "too few moved"), (6, "worse")])
def test_a_handful_of_tickets_that_all_moved_one_way_is_no_proof(tmp_path: Path, lost: int, said: str) -> None:
    """Five of five are what a coin gives one time in sixteen, though the bootstrap leaves zero out."""
    (delta,) = held(tmp_path, before=set(), after=set(range(lost))).deltas
    assert (delta.moved, delta.high < 0, delta.verdict) == (lost, True, said)


def test_held_out_tickets_that_flipped_are_counted_and_shown_only_when_asked_for(tmp_path: Path) -> None:
    found = held(tmp_path, before={1, 2}, after={3})
    flips = tuple(replace(flip, held_out=flip.sample_id == "s002") for flip in found.flips)
    found = replace(found, flips=flips)
    assert found.as_json()["held_out_flips"] == 1
    assert "s002" not in json.dumps(found.as_json())
    assert "s002" in json.dumps(found.as_json(held_out=True))
    assert {flip.sample_id for flip in found.shown(held_out=False)} == {"s001", "s003"}


def test_a_run_against_itself_differs_in_nothing(tmp_path: Path) -> None:
    log = ran(task(10), tmp_path)
    found = compare(log, log)
    assert (found.changed, found.flips) == ((), ())
    assert (found.deltas[0].low, found.deltas[0].high) == (0, 0)


def test_pairs_are_drawn_together() -> None:
    """Noise that both runs share does not hide a small steady gain."""
    before = [0.0, 1.0] * 50
    after = [value * 0.9 + 0.1 for value in before]
    low, high = paired_interval(before, after)
    assert 0 < low <= high < 0.1


@pytest.mark.system("N9")
@pytest.mark.parametrize("what", ["samples", "approver", "scorer", "world"])
def test_scores_that_do_not_mean_the_same_are_not_compared(tmp_path: Path, what: str) -> None:
    plain = task(6)
    before = ran(plain, tmp_path)
    if what == "scorer":
        versions = before.header.versions.model_copy(update={"scorers": {"triage": 2}})
        after = before.model_copy(update={"header": before.header.model_copy(update={"versions": versions})})
    else:
        others = {
            "samples": task(7),
            "approver": replace(plain, approver=RejectAll()),
            "world": task(6, solver=FakeSolver(versions={"code": "1", "world": "another"})),
        }
        after = ran(others[what], tmp_path)
    said = {
        "samples": "the samples are not the same",
        "approver": "approve_all answered the one and reject_all the other",
        "scorer": "the scorer triage had version 1 and has 2",
        "world": "they ran in other worlds",
    }
    with pytest.raises(NotComparable, match=f"scores not comparable: {said[what]}"):
        compare(before, after)


def test_errors_are_left_out_of_both_sides(tmp_path: Path) -> None:
    before = ran(task(6, solver=FakeSolver(broken="s002")), tmp_path)
    after = ran(task(6), tmp_path)
    found = compare(before, after)
    assert found.deltas[0].n == 5
    assert found.flips == ()
