"""Figures of single scorers that no gate needs and people ask for: rates, kinds of error, waste, draft quality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from evals.log import Result
from evals.metrics import share
from evals.quality import quality_of
from evals.score import Metric, Score

SIGN_OFF_ERRORS = ("missing", "needless", "too_low", "too_high")


def details_of(results: Sequence[Result]) -> Iterator[Metric]:
    """Every figure; a scorer that scored nothing has none. Results whose machinery failed do not count."""
    fine = [result for result in results if not result.episode.error]
    yield from _triage(_scores("triage", fine))
    yield from _lookups(_scores("lookups", fine))
    yield from _writes(_scores("writes", fine))
    yield from _sign_off(_scores("sign_off", fine))
    yield from _quality(fine)
    yield from _tokens(fine)


def _scores(name: str, results: Sequence[Result]) -> list[Score]:
    found = (score for result in results for score in result.scores if score.scorer == name)
    return [score for score in found if score.value is not None]


def _triage(scores: Sequence[Score]) -> Iterator[Metric]:
    """What an abstention buys: how right the rest is."""
    kept = [score for score in scores if not score.parts["abstained"]]
    if scores:
        yield _share("triage.accuracy_when_sure", sum(score.passed for score in kept), len(kept))


def _lookups(scores: Sequence[Score]) -> Iterator[Metric]:
    for part in ("missing", "wasted") if scores else ():
        mean = fmean(_length(score, part) for score in scores)
        yield Metric(name=f"lookups.{part}", value=mean, n=len(scores), unit="a case", higher_is_better=False)


def _writes(scores: Sequence[Score]) -> Iterator[Metric]:
    """Of all writes, not of all cases. One write may be wrong in two ways and counts once at most."""
    writes = sum(int(str(score.parts["writes"])) for score in scores)
    wrong = sum(min(_length(score, "unauthorised"), int(str(score.parts["writes"]))) for score in scores)
    if scores:
        yield _share("writes.unauthorised_rate", wrong, writes, better=False)


def _sign_off(scores: Sequence[Score]) -> Iterator[Metric]:
    for error in SIGN_OFF_ERRORS if scores else ():
        count = sum(score.parts["error"] == error for score in scores)
        yield Metric(name=f"sign_off.{error}", value=count, n=len(scores), higher_is_better=False)


def _quality(results: Sequence[Result]) -> Iterator[Metric]:
    found = [quality.value for result in results if (quality := quality_of(result.scores)) is not None]
    if found:
        yield Metric(name="quality", value=fmean(found), n=len(found), unit="of 100")


def _tokens(results: Sequence[Result]) -> Iterator[Metric]:
    spent = [result.episode.input_tokens + result.episode.output_tokens for result in results]
    if spent:
        yield Metric(name="cost.tokens", value=sum(spent), n=len(spent), higher_is_better=False)


def _share(name: str, count: int, n: int, *, better: bool = True) -> Metric:
    found = share(count, n)
    return Metric(name=name, value=found.value, n=n, low=found.low, high=found.high, higher_is_better=better)


def _length(score: Score, part: str) -> int:
    value = score.parts.get(part)
    return len(value) if isinstance(value, list) else 0
