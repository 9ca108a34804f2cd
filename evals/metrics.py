"""Numbers over many samples: how often, how sure, how steadily. Pure; shares are 0 to 1, None of nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, comb, sqrt
from statistics import NormalDist

LEVEL = 0.95
BINS = 10
MOST_POINTS = 50
"""Points of an abstention curve: more than a picture can show."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many, with its Wilson interval."""

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.n if self.n else None


def share(count: int, n: int, level: float = LEVEL) -> Share:
    """A share with its interval. Raises ValueError unless 0 <= count <= n."""
    low, high = wilson(count, n, level)
    return Share(count=count, n=n, low=low, high=high)


def pooled(count: int, n: int, runs: float) -> Share:
    """A share over `runs` runs of the same samples, with the interval of one: a repeated sample is no new one.

    `count` and `n` are for one run, rounded; take the share itself from what went in. Raises ValueError as `share`,
    and for less than one run.
    """
    if runs < 1:
        raise ValueError(f"{runs} runs are none")
    each = round(n / runs)
    return share(min(each, round(count / runs)), each)


def wilson(count: int, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The Wilson score interval of a share: honest near 0 and 1 and with few samples; (0, 1) for none.

    Raises:
        ValueError: the count is no part of n, or the level is not between 0 and 1.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, spread = count / n, z * z / n
    middle = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(p * (1 - p) / n + spread / (4 * n))
    low = 0.0 if count == 0 else max(0.0, middle - half)
    return low, 1.0 if count == n else min(1.0, middle + half)


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The nearest-rank percentile: a value that was measured, never one between two; None of nothing."""
    if not 0 <= percent <= 100:
        raise ValueError(f"a percentile lies between 0 and 100, not at {percent}")
    ordered = sorted(values)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)] if ordered else None


# --- classification


@dataclass(frozen=True, kw_only=True)
class LabelReport:
    """How one label does. Precision is None when it was never said, recall when it was never right."""

    label: str
    right: int
    said: int
    support: int

    @property
    def precision(self) -> float | None:
        """Of what was said, how much is right."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Of what is right, how much was said."""
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 for a label that was never said or is never right."""
        return 2 * self.right / (self.said + self.support) if self.said + self.support else 0.0


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """`counts[i][j]`: how often `labels[i]` was right and `labels[j]` was said."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def n(self) -> int:
        """All samples."""
        return sum(map(sum, self.counts))

    @property
    def accuracy(self) -> float | None:
        """The share on the diagonal."""
        return sum(row[i] for i, row in enumerate(self.counts)) / self.n if self.n else None

    def reports(self) -> tuple[LabelReport, ...]:
        """Every label by name."""
        return tuple(
            LabelReport(label=label, right=row[i], said=sum(other[i] for other in self.counts), support=sum(row))
            for i, (label, row) in enumerate(zip(self.labels, self.counts, strict=True))
        )

    def macro_f1(self) -> float | None:
        """The mean F1 of every label that is right or was said somewhere: rare ones count as much as common ones."""
        found = [report.f1 for report in self.reports()]
        return sum(found) / len(found) if found else None

    def mistakes(self) -> list[tuple[str, str, int]]:
        """What was right, what was said instead, how often; the most frequent first."""
        found = [
            (gold, said, self.counts[i][j])
            for i, gold in enumerate(self.labels)
            for j, said in enumerate(self.labels)
            if i != j and self.counts[i][j]
        ]
        return sorted(found, key=lambda each: (-each[2], each[0], each[1]))


def confusion(pairs: Iterable[tuple[str, str]]) -> Confusion:
    """The matrix over (right, said) pairs, labels in alphabetical order."""
    counted = Counter(pairs)
    labels = tuple(sorted({label for pair in counted for label in pair}))
    return Confusion(labels=labels, counts=tuple(tuple(counted[gold, said] for said in labels) for gold in labels))


# --- calibration


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Answers whose confidence lies in [low, high): how sure they were, and how often they were right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Whether 80 % sure is right in 80 % of cases. `ece` is the mean gap, weighted by how many answers are in a bin."""

    bins: tuple[Bin, ...]
    ece: float
    brier: float
    n: int


Answer = tuple[float, bool]
"""A confidence and whether it was right."""


def calibration(answers: Iterable[Answer], bins: int = BINS) -> Calibration | None:
    """Calibration over equally wide bins; empty bins are left out. None of nothing.

    Raises:
        ValueError: a confidence outside 0 to 1, or no bin at all.
    """
    found = _checked(answers)
    if bins < 1:
        raise ValueError(f"calibration needs a bin, not {bins}")
    if not found:
        return None
    sorted_in: dict[int, list[Answer]] = {}
    for answer in found:
        sorted_in.setdefault(min(int(answer[0] * bins), bins - 1), []).append(answer)
    made = tuple(_bin(number, bins, sorted_in[number]) for number in sorted(sorted_in))
    return Calibration(
        bins=made,
        ece=sum(each.n * abs(each.accuracy - each.confidence) for each in made) / len(found),
        brier=sum((sure - right) ** 2 for sure, right in found) / len(found),
        n=len(found),
    )


def _bin(number: int, bins: int, answers: Sequence[Answer]) -> Bin:
    return Bin(
        low=number / bins,
        high=(number + 1) / bins,
        n=len(answers),
        confidence=sum(sure for sure, _ in answers) / len(answers),
        accuracy=sum(right for _, right in answers) / len(answers),
    )


def _checked(answers: Iterable[Answer]) -> list[Answer]:
    found = list(answers)
    wrong = next((sure for sure, _ in found if not 0 <= sure <= 1), None)
    if wrong is not None:
        raise ValueError(f"a confidence lies between 0 and 1, not at {wrong}")
    return found


@dataclass(frozen=True, kw_only=True)
class AbstentionPoint:
    """When everything below `bar` is left to a person: how much is answered, and how much of it is right."""

    bar: float
    coverage: float
    accuracy: float
    n: int


def abstention_curve(answers: Iterable[Answer], most: int = MOST_POINTS) -> tuple[AbstentionPoint, ...]:
    """From the most careful bar to none at all; one point for each distinct confidence, thinned out to `most`."""
    found = sorted(_checked(answers), reverse=True)
    points: list[AbstentionPoint] = []
    right = 0
    for count, (sure, hit) in enumerate(found, start=1):
        right += hit
        if count == len(found) or found[count][0] != sure:
            points.append(AbstentionPoint(bar=sure, coverage=count / len(found), accuracy=right / count, n=count))
    return tuple(thinned(points, most))


def thinned(points: Sequence[AbstentionPoint], most: int) -> list[AbstentionPoint]:
    """Evenly spread, with the first and the last."""
    if len(points) <= max(2, most):
        return list(points)
    step = (len(points) - 1) / (max(2, most) - 1)
    return [points[round(number * step)] for number in range(max(2, most))]


# --- repeated runs and two judges


def pass_hat_k(trials: Iterable[tuple[int, int]], k: int) -> float | None:
    """pass^k: the chance that k runs of one sample are all right, as the mean over samples of (right, runs).

    The unbiased estimate C(right, k) / C(runs, k). None of no sample.

    Raises:
        ValueError: k is below 1, or a sample has fewer than k runs or more right ones than runs.
    """
    found = list(trials)
    if k < 1:
        raise ValueError(f"pass^k needs a k of at least 1, not {k}")
    wrong = next(((right, runs) for right, runs in found if not (0 <= right <= runs and runs >= k)), None)
    if wrong is not None:
        raise ValueError(f"pass^{k} cannot be told from {wrong[0]} right of {wrong[1]} runs")
    return sum(comb(right, k) / comb(runs, k) for right, runs in found) / len(found) if found else None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two judges agree. `kappa` is what is left of it after chance: 0 is chance, 1 is always.

    None where both only ever gave one and the same mark: then nothing can be told apart from chance.
    """

    n: int
    observed: float
    kappa: float | None
    weighted_kappa: float | None
    """The same with near misses forgiven by the square of their distance; for marks that have an order."""


def agreement(marks: Iterable[tuple[int, int]]) -> Agreement | None:
    """Cohen's kappa over pairs of marks (whole numbers with an order), plain and weighted. None of nothing."""
    pairs = list(marks)
    if not pairs:
        return None
    ladder = sorted({mark for pair in pairs for mark in pair})
    span = max(1, ladder[-1] - ladder[0])
    return Agreement(
        n=len(pairs),
        observed=sum(one == other for one, other in pairs) / len(pairs),
        kappa=_kappa(pairs, lambda one, other: float(one != other)),
        weighted_kappa=_kappa(pairs, lambda one, other: ((one - other) / span) ** 2),
    )


def _kappa(pairs: Sequence[tuple[int, int]], apart: Callable[[int, int], float]) -> float | None:
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum(apart(one, other) for one, other in pairs) / len(pairs)
    by_chance = sum(
        apart(one, other) * first[one] * second[other] / len(pairs) ** 2 for one in first for other in second
    )
    return 1 - seen / by_chance if by_chance else None
