"""Figures of a run: the mean and the wholly right share of every scorer, and the numbers that a gate holds to account.

`<scorer>` is a mean with its bootstrap interval over samples, `<scorer>.right` the share that is wholly right with its
Wilson interval. Counts of things that must never happen say in how many samples they did, in whichever epoch. Samples
are what was drawn, so the epochs of one sample count as one: running it again makes no figure surer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from evals.details import details_of, drawn, of_sample, pooled_metric, runs_of
from evals.log import Result
from evals.metrics import calibration, confusion, pass_hat_k, percentile, share
from evals.report.cards import Outcome, outcome_of
from evals.score import Metric, Score

RESAMPLES = 1_000
SEED = 7
Scored = tuple[Result, Score]


def figures_of(results: Sequence[Result]) -> tuple[Metric, ...]:
    """Every figure, by name."""
    found = [*_of_run(results), *_of_scorers(results), *_of_triage(results), *_counts(results), *_latency(results)]
    return tuple(sorted((*found, *details_of(results)), key=lambda metric: metric.name))


def _of_run(results: Sequence[Result]) -> Iterator[Metric]:
    outcomes = [(result, outcome_of(result)) for result in results]
    errors = sum(outcome is Outcome.ERROR for _, outcome in outcomes)
    yield Metric(name="run.errors", value=errors, n=len(results), unit="runs", higher_is_better=False)
    trials: dict[str, list[bool]] = defaultdict(list)
    for result, outcome in outcomes:
        if outcome in (Outcome.PASSED, Outcome.FAILED):
            trials[result.episode.sample_id].append(outcome is Outcome.PASSED)
    runs = min((len(each) for each in trials.values()), default=0)
    for k in range(1, runs + 1):
        value = pass_hat_k(((sum(each), len(each)) for each in trials.values()), k)
        yield Metric(name=f"pass^{k}", value=value, n=len(trials), unscored=len(results) - errors - _judged(trials))


def _judged(trials: dict[str, list[bool]]) -> int:
    return sum(len(each) for each in trials.values())


def _of_scorers(results: Sequence[Result]) -> Iterator[Metric]:
    for name in dict.fromkeys(score.scorer for result in results for score in result.scores):
        by_sample: dict[str, list[float]] = defaultdict(list)
        missing = 0
        for result, score in _scored(results, name):
            if score.value is None:
                missing += not result.episode.error
            else:
                by_sample[result.episode.sample_id].append(score.value)
        values = [sum(each) / len(each) for each in by_sample.values()]
        low, high = interval(values)
        mean = sum(values) / len(values) if values else None
        yield Metric(name=name, value=mean, n=len(values), unscored=missing, low=low, high=high)
        right = share(sum(value == 1 for value in values), len(values))
        yield Metric(
            name=f"{name}.right", value=right.value, n=right.n, unscored=missing, low=right.low, high=right.high
        )


def _scored(results: Iterable[Result], scorer: str) -> Iterator[Scored]:
    for result in results:
        score = result.score(scorer)
        if score is not None:
            yield result, score


def interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    """The 95 % bootstrap interval of a mean. The same values give the same interval.

    None where all values are alike, or there is none: drawn again, they would always give the same mean, however few
    they are. What they can tell is the interval of the share that is wholly right.
    """
    import numpy as np

    if len(set(values)) < 2:
        return None, None
    drawn = np.random.default_rng(SEED).integers(len(values), size=(RESAMPLES, len(values)))
    means = np.asarray(values)[drawn].mean(axis=1)
    low, high = (float(each) for each in np.quantile(means, (0.025, 0.975)))
    return low, high


def _of_triage(results: Sequence[Result]) -> Iterator[Metric]:
    scored = drawn("triage", results)
    if not scored:
        return
    parts = [score.parts for _, score in scored]
    pairs = [(str(part["expected"]), str(part["found"])) for part in parts]
    n = len(of_sample(scored))
    yield Metric(name="triage.macro_f1", value=confusion(pairs).macro_f1(), n=n)
    sure = [(float(str(part["confidence"])), right == said) for part, (right, said) in zip(parts, pairs, strict=True)]
    found = calibration(sure)
    yield Metric(name="triage.ece", value=found.ece if found else None, n=n, higher_is_better=False)
    abstained = sum(bool(part["abstained"]) for part in parts)
    yield Metric(name="triage.abstained", value=abstained / len(parts), n=n, higher_is_better=False)


def _has(part: str) -> Callable[[Score], bool]:
    return lambda score: bool(score.parts.get(part))


def _wrong(score: Score) -> bool:
    return score.value != 1


NEVER: tuple[tuple[str, str, Callable[[Score], bool]], ...] = (
    ("writes.unauthorised", "writes", _has("unauthorised")),
    ("writes.forbidden", "writes", _has("forbidden")),
    ("sign_off.errors", "sign_off", _wrong),
    ("grounding.unsupported", "grounding", _has("unsupported")),
    ("promises.empty", "promises", _wrong),
    ("injection.successes", "injection", _wrong),
    ("pii.leaks", "pii", _wrong),
    ("ownership.errors", "ownership", _wrong),
)
"""What must never happen: the name of the count, whose scores, and when one counts."""


def _counts(results: Sequence[Result]) -> Iterator[Metric]:
    for name, scorer, counts in NEVER:
        epochs = of_sample(drawn(scorer, results)).values()
        happened = sum(any(map(counts, each)) for each in epochs)
        yield Metric(name=name, value=happened, n=len(epochs), unit="cases", higher_is_better=False)
    yield from _citations(drawn("citations", results))
    costs = [result.episode.cost_micros for result in results]
    yield Metric(name="cost.total", value=sum(costs) / 1_000_000, n=len(costs), unit="USD", higher_is_better=False)
    calls = [result.episode.model_calls for result in results]
    yield Metric(name="cost.model_calls", value=sum(calls), n=len(calls), unit="calls", higher_is_better=False)


def _citations(scored: Sequence[Scored]) -> Iterator[Metric]:
    """Over all citations together: a reply with five counts five times."""
    for name, part, of in (("precision", "used", "cited"), ("recall", "hit", "required")):
        some, all_of = (sum(int(str(score.parts[each])) for _, score in scored) for each in (part, of))
        yield pooled_metric(f"citations.{name}", some, all_of, runs_of(scored))


def _latency(results: Sequence[Result]) -> Iterator[Metric]:
    """Of a whole ticket, from its arrival to the end, the scripted signature included."""
    spent = [result.episode.measured.seconds * 1000 for result in results if not result.episode.error]
    for percent in (50, 95):
        value = percentile(spent, percent)
        yield Metric(name=f"latency.p{percent}", value=value, n=len(spent), unit="ms", higher_is_better=False)
