from __future__ import annotations

from pathlib import Path

import pytest

from evals.approvers import ApproveAll
from evals.cli.choice import Choice, samples_of
from evals.figures import figures_of
from evals.gate import SHIPPED, Bar, Stage, ThresholdsError, fast_sample, judge, load_thresholds
from evals.log import Result
from evals.sample import Split
from evals.score import Metric, scored
from evals.scorers import every_scorer
from evals.solver import BrandSession

KNOWN = {"right": Metric(name="right", value=0.95, n=100), "wrong": Metric(name="wrong", value=1, n=100)}


@pytest.mark.parametrize(
    ("name", "bar", "ok"),
    [
        ("right", Bar(at_least=0.95), True),
        ("right", Bar(at_least=0.951), False),
        ("wrong", Bar(at_most=1), True),
        ("wrong", Bar(at_most=0), False),
        ("right", Bar(at_least=0.5, n=101), False),
        ("no_such_figure", Bar(at_most=0), False),
    ],
)
def test_a_bar_holds_or_does_not(name: str, bar: Bar, ok: bool) -> None:
    (verdict,) = judge(Stage(split=Split.TUNE, bars={name: bar}), KNOWN)
    assert verdict.ok is ok


def test_what_nobody_scored_does_not_pass() -> None:
    nothing = {"right": Metric(name="right", value=None, n=0)}
    (verdict,) = judge(Stage(split=Split.TUNE, bars={"right": Bar(at_most=1)}), nothing)
    assert (verdict.ok, verdict.said) == (False, "nothing was scored")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("full: {split: held_out, bars: {}}", "full.bars"),
        ("full: [", "not valid YAML"),
        ("", "line 1: `full` is missing"),
        ("- full", "has no `full` and no `fast`"),
        ("full:\n  split: tune\n  bars:\n    a: {at_least: 1}\n    a: {at_least: 0}", "line 5: a is given twice"),
        ("full: {split: tune, bars: {a: {at_least: .nan}}}", "line 1: `full.bars.a.at_least`"),
        ("full: {split: held_out, bars: {a: {at_least: 1, at_most: 2}}}", "give at_least or at_most"),
        ("full: {split: held_out, bars: {a: {}}}", "give at_least or at_most"),
        ("full: {split: all, bars: {a: {at_most: 0}}}", "full.split"),
    ],
)
def test_thresholds_that_judge_nothing_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThresholdsError) as caught:
        load_thresholds(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_the_fast_sample_is_fixed_and_has_every_kind_and_intent() -> None:
    samples = samples_of(Choice(split="tune"))
    chosen = fast_sample(samples)
    assert fast_sample(tuple(reversed(samples))) == chosen
    assert {sample.kind for sample in chosen} == {sample.kind for sample in samples}
    assert {sample.expected.intent for sample in chosen} == {sample.expected.intent for sample in samples}
    assert 40 <= len(chosen) <= 80


def test_the_full_gate_judges_what_was_held_out() -> None:
    shipped = load_thresholds(SHIPPED)
    assert shipped.full.split is Split.HELD_OUT
    assert shipped.fast.split is Split.TUNE


@pytest.mark.system("N9")
def test_the_fast_gate_is_open(session: BrandSession) -> None:
    stage = load_thresholds(SHIPPED).fast
    results: list[Result] = []
    for sample in fast_sample(samples_of(Choice(split=stage.split.value))):
        episode = session.solve(sample, ApproveAll())
        scores = tuple(scored(scorer, sample, episode) for scorer in every_scorer())
        results.append(Result(sample=sample, episode=episode, scores=scores))
    verdicts = judge(stage, {metric.name: metric for metric in figures_of(results)})
    assert [f"{verdict.name} {verdict.bar}: {verdict.said}" for verdict in verdicts if not verdict.ok] == []
