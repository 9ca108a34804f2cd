"""The arithmetic, against values known by hand, an independent implementation, and properties."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics import (
    abstention_curve,
    agreement,
    calibration,
    confusion,
    pass_hat_k,
    percentile,
    share,
    wilson,
)

PAIRS = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("c", "a"), ("c", "c")]
answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)
labels = st.sampled_from("abcd")


def test_wilson_is_the_published_interval() -> None:
    """81 of 263 at 95 % is the example of Newcombe (1998): 0.2553 to 0.3662."""
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_wilson_says_little_about_few_samples_and_nothing_about_none() -> None:
    """Nought of ten is not proof of nought."""
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(0, 10)
    assert low == 0.0
    assert 0.27 < high < 0.28
    assert wilson(10, 10) == (1 - high, 1.0)


@pytest.mark.parametrize(("count", "n", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])
def test_what_is_no_share_is_refused(count: int, n: int, level: float) -> None:
    """A wrong count is a bug of the caller, never a number."""
    with pytest.raises(ValueError, match=r"share|level"):
        wilson(count, n, level)


def test_a_share_of_nothing_has_no_value() -> None:
    """None, which is neither 0 nor 1."""
    assert share(0, 0).value is None
    assert share(1, 4).value == 0.25


def test_percentiles_are_values_that_were_measured() -> None:
    """Nearest rank."""
    assert percentile([], 50) is None
    assert percentile([4, 1, 3, 2], 50) == 2
    assert percentile([4, 1, 3, 2], 95) == 4
    assert percentile([4, 1, 3, 2], 0) == 1


def test_confusion_by_hand() -> None:
    """Two right `a`, one taken for `b`, and so on."""
    found = confusion(PAIRS)
    assert found.labels == ("a", "b", "c")
    assert found.counts == ((2, 1, 0), (0, 1, 0), (1, 0, 1))
    assert found.n == 6
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.mistakes() == [("a", "b", 1), ("c", "a", 1)]
    a, b, c = found.reports()
    assert (a.precision, a.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (b.precision, b.recall) == (0.5, 1.0)
    assert (c.precision, c.recall) == (1.0, 0.5)


def test_a_label_never_said_has_no_precision_and_no_f1() -> None:
    """It pulls the mean down instead of vanishing from it."""
    found = confusion([("rare", "common"), ("common", "common")])
    common, rare = found.reports()
    assert rare.precision is None
    assert rare.f1 == 0.0
    assert found.macro_f1() == pytest.approx(common.f1 / 2)


def test_nothing_gives_no_number() -> None:
    """No sample, no score."""
    assert confusion([]).macro_f1() is None
    assert confusion([]).accuracy is None
    assert calibration([]) is None
    assert abstention_curve([]) == ()
    assert pass_hat_k([], 1) is None
    assert agreement([]) is None


@given(st.lists(st.tuples(labels, labels), min_size=1, max_size=60))
def test_macro_f1_is_the_mean_of_what_each_label_earns(pairs: list[tuple[str, str]]) -> None:
    """The same from precision and recall, counted anew for each label."""
    expected: list[float] = []
    for label in {label for pair in pairs for label in pair}:
        hits = sum(gold == said == label for gold, said in pairs)
        precision = hits / max(1, sum(said == label for _, said in pairs))
        recall = hits / max(1, sum(gold == label for gold, _ in pairs))
        expected.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    assert confusion(pairs).macro_f1() == pytest.approx(sum(expected) / len(expected))


def test_calibration_by_hand() -> None:
    """Two bins: 0.9 sure and right half of the time, 0.2 sure and never right."""
    found = calibration([(0.9, True), (0.9, False), (0.2, False), (0.2, False)], bins=5)
    assert found is not None
    assert [(each.n, each.accuracy) for each in found.bins] == [(2, 0.0), (2, 0.5)]
    assert found.ece == pytest.approx(0.5 * 0.2 + 0.5 * 0.4)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.04 + 0.04) / 4)


def test_being_as_sure_as_right_is_no_error() -> None:
    """Three of four at 75 %; certainty falls into the last bin."""
    found = calibration([(0.75, True), (0.75, True), (0.75, True), (0.75, False), (1.0, True)])
    assert found is not None
    assert found.ece == pytest.approx(0.0)
    assert found.bins[-1].high == 1.0


@given(answers, st.integers(1, 20))
def test_calibration_stays_within_its_bounds(found: list[tuple[float, bool]], bins: int) -> None:
    """Every answer is in one bin, and no gap is larger than the whole."""
    result = calibration(found, bins)
    assert result is not None
    assert sum(each.n for each in result.bins) == len(found)
    assert 0 <= result.ece <= 1


def test_a_confidence_beyond_certainty_is_refused() -> None:
    """Percent where a share belongs."""
    with pytest.raises(ValueError, match="confidence"):
        calibration([(85.0, True)])
    with pytest.raises(ValueError, match="confidence"):
        abstention_curve([(85.0, True)])


def test_abstention_curve_by_hand() -> None:
    """Answers of one confidence come together: nobody can be on both sides of the bar."""
    points = abstention_curve([(0.9, True), (0.5, False), (0.5, True), (0.1, False)])
    assert [(p.bar, p.coverage) for p in points] == [(0.9, 0.25), (0.5, 0.75), (0.1, 1.0)]
    assert [p.accuracy for p in points] == [1.0, pytest.approx(2 / 3), 0.5]


@given(answers, st.integers(2, 10))
def test_the_curve_ends_with_everything_answered(found: list[tuple[float, bool]], most: int) -> None:
    """Thinned out or not, both ends are there and the bars fall."""
    points = abstention_curve(found, most)
    assert points[-1].coverage == 1.0
    assert len(points) <= most
    assert [p.bar for p in points] == sorted({p.bar for p in points}, reverse=True)


def test_pass_hat_k_by_hand() -> None:
    """Half of four runs right: one of six pairs of runs is right twice."""
    assert pass_hat_k([(2, 4)], 1) == 0.5
    assert pass_hat_k([(2, 4)], 2) == pytest.approx(1 / 6)
    assert pass_hat_k([(4, 4), (0, 4)], 4) == 0.5


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(1, 7))
def test_pass_hat_k_counts_the_draws_that_are_all_right(runs: list[bool], k: int) -> None:
    """The same by listing every draw of k runs."""
    if k > len(runs):
        with pytest.raises(ValueError, match="cannot be told"):
            pass_hat_k([(sum(runs), len(runs))], k)
        return
    draws = list(combinations(runs, k))
    assert pass_hat_k([(sum(runs), len(runs))], k) == pytest.approx(sum(all(draw) for draw in draws) / len(draws))


def test_agreement_by_hand() -> None:
    """The textbook table 20, 5, 10, 15: observed 0.7, by chance 0.5, kappa 0.4."""
    found = agreement([(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15)
    assert found is not None
    assert found.n == 50
    assert found.observed == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)


def test_a_judge_with_one_mark_says_nothing() -> None:
    """Always 5 and always 5 is no agreement that anybody earned."""
    found = agreement([(5, 5)] * 10)
    assert found is not None
    assert found.observed == 1.0
    assert found.kappa is None


def test_near_misses_weigh_less_than_far_ones() -> None:
    """Two judges one mark apart agree more than two judges four marks apart; plain kappa sees no difference."""
    near = agreement([(1, 1), (5, 5), (3, 3), (4, 5), (2, 1)])
    far = agreement([(1, 1), (5, 5), (3, 3), (1, 5), (5, 1)])
    assert near is not None
    assert far is not None
    assert near.observed == far.observed
    assert (near.weighted_kappa or 0) > (far.weighted_kappa or 0) + 0.5


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40))
def test_it_does_not_matter_who_is_named_first(marks: list[tuple[int, int]]) -> None:
    """Agreement is between two, and at most complete."""
    one, other = agreement(marks), agreement([(b, a) for a, b in marks])
    assert one is not None
    assert other is not None
    assert one.kappa == pytest.approx(other.kappa)
    assert one.weighted_kappa == pytest.approx(other.weighted_kappa)
    assert one.kappa is None or one.kappa <= 1
