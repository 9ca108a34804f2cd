"""The figures above the cards: outcomes, scorers, groups, confusion, calibration, time and money."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evals.log import EvalLog, Result
from evals.metrics import (
    AbstentionPoint,
    Calibration,
    Confusion,
    Share,
    abstention_curve,
    calibration,
    confusion,
    percentile,
    share,
)
from evals.quality import WEIGHTS
from evals.report.cards import GRADED, PROPOSED, Card, Outcome

POINTS = 12
"""Of an abstention curve: as many as a table can show."""


@dataclass(frozen=True, kw_only=True)
class ScorerLine:
    """One scorer over all samples: how often wholly right in every epoch, and the mean; unscored results apart.

    `proposed` is the same scorer over what the reasoner wrote before the guard; None for one that has no such view.
    """

    name: str
    version: int
    right: Share
    mean: float | None
    unscored: int
    graded: bool
    """Its figure is a degree: short of 1 is no failure."""
    proposed: Share | None = None


@dataclass(frozen=True, kw_only=True)
class GroupLine:
    """Samples that share something, and how many of those that were scored passed in every epoch."""

    by: str
    name: str
    passed: Share


@dataclass(frozen=True, kw_only=True)
class QualityPart:
    """What one scorer is worth in draft quality, and the mean that the drafts got; None when none was scored."""

    scorer: str
    points: int
    why: str
    n: int
    mean: float | None


@dataclass(frozen=True, kw_only=True)
class DraftQuality:
    """The mean over n drafts, 0 to 100, its open weights, and how many drafts a veto made 0."""

    value: float
    n: int
    vetoed: int
    parts: tuple[QualityPart, ...]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Milliseconds over n runs."""

    name: str
    n: int
    p50: float
    p95: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Spending:
    """What models cost over all results. `cost_micros` are millionths of a US dollar."""

    n: int
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost_micros: int

    @property
    def cost(self) -> str:
        """All of it in US dollars."""
        return dollars(self.cost_micros)

    @property
    def cost_each(self) -> str:
        """For one ticket, rounded to a millionth."""
        return dollars(round(self.cost_micros / self.n)) if self.n else dollars(0)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything above the cards. `passed` are samples, in every epoch; errors and what nobody scored are left out."""

    log: EvalLog
    outcomes: Mapping[Outcome, int]
    passed: Share
    scorers: tuple[ScorerLine, ...]
    quality: DraftQuality | None
    groups: tuple[GroupLine, ...]
    confusion: Confusion | None
    calibration: Calibration | None
    abstention: tuple[AbstentionPoint, ...]
    """What it answers, and how right it is, when everything below a bar is left to a person."""
    whole: Timing | None
    """A ticket from beginning to end."""
    steps: tuple[Timing, ...]
    seconds: tuple[float, ...]
    spending: Spending


def dollars(micros: int) -> str:
    """`1.250000 USD`."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d} USD"


def summary_of(log: EvalLog, cards: Sequence[Card]) -> Summary:
    """The figures of a whole log, from its results alone."""
    sound = [result for result in log.results if not result.episode.error]
    told = [(r.sample.expected.intent, r.episode.classification) for r in sound]
    known = [(intent, said) for intent, said in told if intent and said is not None]
    answers = [(said.confidence, said.intent == intent) for intent, said in known]
    seconds = tuple(result.episode.measured.seconds for result in sound)
    return Summary(
        log=log,
        outcomes=Counter(card.outcome for card in cards),
        passed=_passed(cards),
        scorers=tuple(_scorers(log.results)),
        quality=_quality(cards),
        groups=_groups(cards),
        confusion=confusion((intent, said.intent) for intent, said in known) if known else None,
        calibration=calibration(answers),
        abstention=abstention_curve(answers, POINTS),
        whole=_timing("the whole ticket", [second * 1000 for second in seconds]),
        steps=_steps(sound),
        seconds=seconds,
        spending=_spending(log.results),
    )


def _passed(cards: Iterable[Card]) -> Share:
    judged: dict[str, bool] = {}
    for card in cards:
        if card.outcome in (Outcome.PASSED, Outcome.FAILED):
            name = card.result.sample.id
            judged[name] = judged.get(name, True) and card.outcome is Outcome.PASSED
    return share(sum(judged.values()), len(judged))


def _scorers(results: Sequence[Result]) -> Iterable[ScorerLine]:
    names = dict.fromkeys((score.scorer, score.version) for result in results for score in result.scores)
    views = {name.removesuffix(PROPOSED) for name, _ in names if name.endswith(PROPOSED)}
    for name, version in names:
        base = name.removesuffix(PROPOSED)
        if base != name and (base, version) in names:
            continue
        values, unscored = _values(results, name, version)
        yield ScorerLine(
            name=name,
            version=version,
            right=share(values.count(1), len(values)),
            mean=fmean(values) if values else None,
            unscored=unscored,
            graded=name in GRADED or name.endswith(PROPOSED),
            proposed=_right(results, f"{name}{PROPOSED}", version) if name in views else None,
        )


def _right(results: Sequence[Result], name: str, version: int) -> Share:
    values, _ = _values(results, name, version)
    return share(values.count(1), len(values))


def _values(results: Sequence[Result], name: str, version: int) -> tuple[list[float], int]:
    """What one version of a scorer gave each sample, its epochs together; and how often it gave nothing."""
    given: dict[str, list[float]] = defaultdict(list)
    nothing = 0
    for result in results:
        score = result.score(name)
        if score is None or score.version != version:
            continue
        if score.value is None:
            nothing += 1
        else:
            given[result.sample.id].append(score.value)
    return [fmean(each) for each in given.values()], nothing


def _quality(cards: Sequence[Card]) -> DraftQuality | None:
    found = [card.quality for card in cards if card.quality is not None]
    if not found:
        return None
    parts: list[QualityPart] = []
    for weight in WEIGHTS:
        values = [part.value for quality in found for part in quality.parts if part.scorer == weight.scorer]
        mean = sum(values) / len(values) if values else None
        parts.append(QualityPart(scorer=weight.scorer, points=weight.points, why=weight.why, n=len(values), mean=mean))
    return DraftQuality(
        value=sum(quality.value for quality in found) / len(found),
        n=len(found),
        vetoed=sum(bool(quality.vetoes) for quality in found),
        parts=tuple(parts),
    )


_BY: Mapping[str, Callable[[Card], str]] = {
    "kind": lambda card: card.result.sample.kind.value,
    "split": lambda card: card.result.sample.split.value,
    "intent": lambda card: card.intent or "none",
}


def _groups(cards: Sequence[Card]) -> tuple[GroupLine, ...]:
    found: list[GroupLine] = []
    for by, name_of in _BY.items():
        for name in sorted({name_of(card) for card in cards}):
            members = [card for card in cards if name_of(card) == name]
            found.append(GroupLine(by=by, name=name, passed=_passed(members)))
    return tuple(found)


def _steps(results: Sequence[Result]) -> tuple[Timing, ...]:
    names = dict.fromkeys(name for result in results for name in result.episode.measured.timings)
    rows = (
        _timing(name, [t[name] for t in (r.episode.measured.timings for r in results) if name in t]) for name in names
    )
    return tuple(row for row in rows if row is not None)


def _timing(name: str, values: Sequence[float]) -> Timing | None:
    p50, p95 = percentile(values, 50), percentile(values, 95)
    if p50 is None or p95 is None or not any(values):
        return None
    return Timing(name=name, n=len(values), p50=p50, p95=p95, most=max(values))


def _spending(results: Sequence[Result]) -> Spending:
    episodes = [result.episode for result in results]
    return Spending(
        n=len(episodes),
        model_calls=sum(each.model_calls for each in episodes),
        input_tokens=sum(each.input_tokens for each in episodes),
        output_tokens=sum(each.output_tokens for each in episodes),
        cost_micros=sum(each.cost_micros for each in episodes),
    )
