"""Figures and draft quality: over results made by hand, with values worked out by hand."""

from __future__ import annotations

import pytest

from agent.case import Classification
from evals.episode import Episode
from evals.figures import figures_of
from evals.log import Result
from evals.quality import VETOES, WEIGHTS, quality_of
from evals.sample import Sample
from evals.score import Metric, Score, scored
from evals.scorers import every_scorer
from tests.evals.scorers.made import SHOP, episode, sample

SCORERS = every_scorer(SHOP)


def result(what: Sample, run: Episode) -> Result:
    own = run.model_copy(update={"sample_id": what.id})
    return Result(sample=what, episode=own, scores=tuple(scored(scorer, what, own) for scorer in SCORERS))


def named(name: str, what: Sample) -> Sample:
    return what.model_copy(update={"id": name})


def figures(*results: Result) -> dict[str, Metric]:
    return {metric.name: metric for metric in figures_of(results)}


def marks(**values: float | None) -> list[Score]:
    return [
        Score(scorer=name, value=value, reason="" if value is not None else "nothing to look at")
        for name, value in values.items()
    ]


RIGHT = result(sample(intent="return_request", cites=["returns#window"]), episode())


def test_the_mean_leaves_out_what_was_not_scored_and_says_so() -> None:
    wrong = result(named("t-2", sample(intent="refund_status")), episode())
    other = result(named("t-3", sample(language="en")), episode())
    found = figures(RIGHT, wrong, other)["triage"]
    assert (found.value, found.n, found.unscored) == (0.5, 2, 1)


def test_a_broken_machine_is_neither_right_nor_wrong() -> None:
    failed = result(named("t-2", sample(intent="return_request")), episode(error="disk full"))
    found = figures(RIGHT, failed)
    assert (found["triage"].value, found["triage"].n) == (1.0, 1)
    assert found["run.errors"].value == 1
    assert found["quality"].n == 1


def test_triage_over_many() -> None:
    """One right and sure, one wrong that abstained."""
    unsure = Classification(intent="return_request", confidence=0.5, abstained=True)
    wrong = result(named("t-2", sample(intent="refund_status")), episode(classification=unsure))
    found = figures(RIGHT, wrong)
    assert found["triage.macro_f1"].value == pytest.approx((2 / 3 + 0) / 2)
    assert found["triage.ece"].value == pytest.approx((0.1 + 0.5) / 2)
    assert found["triage.abstained"].value == 0.5
    assert (found["triage.accuracy_when_sure"].value, found["triage.accuracy_when_sure"].n) == (1.0, 1)


def test_unauthorised_writes_are_a_rate_of_all_writes() -> None:
    nobody_signed = result(named("t-2", sample(forbidden=["create_return"])), episode(requests=()))
    found = figures(RIGHT, nobody_signed)
    assert found["writes.forbidden"].value == 1
    assert found["writes.unauthorised"].value == 1  # cases
    assert found["writes.unauthorised_rate"].value == pytest.approx(2 / 6)  # the return and the reply
    assert not found["writes.unauthorised_rate"].higher_is_better


def epochs(of: Result, *others: Result) -> list[Result]:
    """The same sample run once more for each."""
    runs = [of, *others]
    return [
        run.model_copy(update={"episode": run.episode.model_copy(update={"epoch": epoch})})
        for epoch, run in enumerate(runs, start=1)
    ]


def test_running_a_sample_again_makes_no_figure_surer() -> None:
    once = figures(RIGHT)
    thrice = figures(*epochs(RIGHT, RIGHT, RIGHT))
    assert once.keys() < thrice.keys()  # pass^2 and pass^3 besides
    for name, before in once.items():
        if name not in {"run.errors", "latency.p50", "latency.p95"} and not name.startswith("cost."):
            assert thrice[name].model_copy(update={"unscored": before.unscored}) == before, name


def test_what_must_never_happen_is_counted_by_sample_in_whichever_epoch() -> None:
    nobody_signed = result(sample(forbidden=["create_return"]), episode(requests=()))
    found = figures(*epochs(nobody_signed, nobody_signed, RIGHT))
    assert (found["writes.forbidden"].value, found["writes.forbidden"].n) == (1, 1)
    assert (found["writes.unauthorised"].value, found["writes.unauthorised"].n) == (1, 1)


def test_a_mean_without_any_spread_has_no_interval() -> None:
    found = figures(RIGHT, result(named("t-2", RIGHT.sample), episode()))
    assert (found["triage"].value, found["triage"].low, found["triage"].high) == (1.0, None, None)
    assert found["triage.right"].low == pytest.approx(0.342, abs=0.001)


def test_citations_count_one_by_one() -> None:
    half = result(named("t-2", sample(cites=["returns#window", "shipping#times"])), episode())
    found = figures(RIGHT, half)
    assert found["citations.recall"].value == pytest.approx(2 / 3)
    assert found["citations.precision"].value == 1.0


def test_sign_off_errors_by_kind() -> None:
    needless, missing = sample(asked=""), sample(asked="lead")
    found = figures(result(needless, episode()), result(named("t-2", missing), episode(requests=())))
    assert found["sign_off.errors"].value == 2
    assert {name: found[f"sign_off.{name}"].value for name in ("missing", "needless", "too_low", "too_high")} == {
        "missing": 1,
        "needless": 1,
        "too_low": 0,
        "too_high": 0,
    }


def test_waste_is_counted_a_case() -> None:
    found = figures(result(sample(lookups=["order"]), episode()))
    assert found["lookups.missing"].value == 0
    assert (found["lookups.wasted"].value or 0) > 0


def test_tokens_are_counted_in_all() -> None:
    run = result(sample(), episode(input_tokens=700, output_tokens=50))
    assert figures(run, RIGHT)["cost.tokens"].value == 750


def test_no_result_gives_no_wrong_figure() -> None:
    found = figures()
    assert found["run.errors"].n == 0
    assert "quality" not in found


# --- draft quality


def test_the_weights_are_in_the_open_and_add_up() -> None:
    assert sum(weight.points for weight in WEIGHTS) == 100
    assert all(weight.why for weight in WEIGHTS)
    names = {scorer.name for scorer in SCORERS}
    assert {weight.scorer for weight in WEIGHTS} | set(VETOES) <= names


def test_a_perfect_draft_is_worth_100() -> None:
    found = quality_of(marks(**{weight.scorer: 1.0 for weight in WEIGHTS}))
    assert found is not None
    assert found.value == 100
    assert sum(part.earned for part in found.parts) == pytest.approx(100)


def test_each_part_takes_what_it_weighs() -> None:
    found = quality_of(marks(**{weight.scorer: 0.5 if weight.scorer == "facts" else 1.0 for weight in WEIGHTS}))
    assert found is not None
    assert found.value == 92.5


def test_what_is_unscored_gives_its_weight_to_the_others() -> None:
    found = quality_of(marks(tone=1.0, grounding=0.0, facts=None))
    assert found is not None
    assert found.value == pytest.approx(100 * 10 / 30, abs=0.01)
    assert "facts" in found.unscored


@pytest.mark.parametrize("veto", VETOES)
def test_a_veto_makes_it_nothing(veto: str) -> None:
    """A warm tone does not make up for a leak."""
    found = quality_of(marks(tone=1.0, grounding=1.0, **{veto: 0.0}))
    assert found is not None
    assert found.value == 0
    assert found.vetoes == (veto,)


def test_without_a_draft_there_is_no_quality() -> None:
    assert quality_of(marks(resolution=1.0, policy=1.0, tone=None)) is None
    assert quality_of(RIGHT.scores) is not None
