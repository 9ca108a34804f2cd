"""Figures of single scorers that no gate needs and people ask for: rates, kinds of error, waste, draft quality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean

from evals.log import Result
from evals.metrics import pooled
from evals.quality import quality_of
from evals.score import Metric, Score

SIGN_OFF_ERRORS = ("missing", "needless", "too_low", "too_high")
Scored = tuple[Result, Score]


def details_of(results: Sequence[Result]) -> Iterator[Metric]:
    """Every figure; a scorer that scored nothing has none. Results whose machinery failed do not count."""
    fine = [result for result in results if not result.episode.error]
    yield from _triage(drawn("triage", fine))
    yield from _lookups(drawn("lookups", fine))
    yield from _writes(drawn("writes", fine))
    yield from _sign_off(drawn("sign_off", fine))
    yield from _quality(fine)
    yield from _tokens(fine)


def drawn(scorer: str, results: Iterable[Result]) -> list[Scored]:
    """What a scorer gave, with where: unscored ones are left out."""
    found = ((result, result.score(scorer)) for result in results)
    return [(result, score) for result, score in found if score is not None and score.value is not None]


def of_sample(scored: Iterable[Scored]) -> dict[str, list[Score]]:
    """The scores of all epochs, by sample: samples are what was drawn."""
    found: dict[str, list[Score]] = defaultdict(list)
    for result, score in scored:
        found[result.episode.sample_id].append(score)
    return found


def runs_of(scored: Sequence[Scored]) -> float:
    """How often each sample is among them, on average; 1 for none."""
    return len(scored) / len(of_sample(scored)) if scored else 1.0


def pooled_metric(name: str, count: int, n: int, runs: float, *, better: bool = True) -> Metric:
    """A share over all epochs together, with the n and the interval of one."""
    found = pooled(count, n, runs)
    value = count / n if n else None
    return Metric(name=name, value=value, n=found.n, low=found.low, high=found.high, higher_is_better=better)


def _triage(scored: Sequence[Scored]) -> Iterator[Metric]:
    """What an abstention buys: how right the rest is."""
    kept = [score for _, score in scored if not score.parts["abstained"]]
    if scored:
        right = sum(score.passed for score in kept)
        yield pooled_metric("triage.accuracy_when_sure", right, len(kept), runs_of(scored))


def _lookups(scored: Sequence[Scored]) -> Iterator[Metric]:
    for part in ("missing", "wasted") if scored else ():
        mean = fmean(_length(score, part) for _, score in scored)
        n = len(of_sample(scored))
        yield Metric(name=f"lookups.{part}", value=mean, n=n, unit="a case", higher_is_better=False)


def _writes(scored: Sequence[Scored]) -> Iterator[Metric]:
    """Of all writes, not of all cases. One write may be wrong in two ways and counts once at most."""
    counts = [int(str(score.parts["writes"])) for _, score in scored]
    wrong = sum(min(_length(score, "unauthorised"), of) for (_, score), of in zip(scored, counts, strict=True))
    if scored:
        yield pooled_metric("writes.unauthorised_rate", wrong, sum(counts), runs_of(scored), better=False)


def _sign_off(scored: Sequence[Scored]) -> Iterator[Metric]:
    """In how many samples, in whichever epoch."""
    epochs = of_sample(scored).values()
    for error in SIGN_OFF_ERRORS if scored else ():
        count = sum(any(score.parts["error"] == error for score in each) for each in epochs)
        yield Metric(name=f"sign_off.{error}", value=count, n=len(epochs), unit="cases", higher_is_better=False)


def _quality(results: Sequence[Result]) -> Iterator[Metric]:
    by_sample: dict[str, list[float]] = defaultdict(list)
    for result in results:
        if (quality := quality_of(result.scores)) is not None:
            by_sample[result.episode.sample_id].append(quality.value)
    if by_sample:
        value = fmean(map(fmean, by_sample.values()))
        yield Metric(name="quality", value=value, n=len(by_sample), unit="of 100")


def _tokens(results: Sequence[Result]) -> Iterator[Metric]:
    spent = [result.episode.input_tokens + result.episode.output_tokens for result in results]
    if spent:
        yield Metric(name="cost.tokens", value=sum(spent), n=len(spent), unit="tokens", higher_is_better=False)


def _length(score: Score, part: str) -> int:
    value = score.parts.get(part)
    return len(value) if isinstance(value, list) else 0
