"""Two runs of the same samples, held against each other: what moved beyond chance, and which tickets flipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from evals.figures import RESAMPLES, SEED
from evals.log import EvalLog, Header, Result
from evals.report.cards import GRADED
from evals.runner import differences
from evals.sample import Split
from evals.score import Score

LEAST_MOVED = 6
"""Five that all move one way do so by chance one time in sixteen, where a bootstrap already sees a clear difference."""


class NotComparable(Exception):
    """The scores of two runs do not mean the same; the message says why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"scores not comparable: {'; '.join(reasons)}")


@dataclass(frozen=True, kw_only=True)
class Delta:
    """How one scorer's mean moved, over the samples that both runs scored, with its 95 % paired bootstrap interval.

    `moved` of the n samples have another score than before: they alone say in which direction.
    """

    scorer: str
    n: int
    moved: int
    before: float
    after: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """Better or worse only when the interval leaves zero out, and enough samples moved for that not to be luck."""
        if self.low <= 0 <= self.high:
            return "no clear difference"
        if self.moved < LEAST_MOVED:
            return "too few moved"
        return "better" if self.low > 0 else "worse"


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A ticket that was right and is wrong, or the other way round, in one scorer and epoch, side by side."""

    sample_id: str
    epoch: int
    held_out: bool
    scorer: str
    fixed: bool
    text: str
    before: str
    after: str
    """The replies."""
    why: str
    """What the scorer says about the wrong one."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`changed` are the versions that differ: what the difference may come from."""

    before: Header
    after: Header
    changed: tuple[str, ...]
    deltas: tuple[Delta, ...]
    flips: tuple[Flip, ...]

    def shown(self, *, held_out: bool) -> list[Flip]:
        """The flips that may be looked at one by one."""
        return [flip for flip in self.flips if held_out or not flip.held_out]

    def as_json(self, *, held_out: bool = False) -> dict[str, object]:
        """For machines. Held-out flips only when asked for; `held_out_flips` says how many there are."""
        return {
            "changed": list(self.changed),
            "deltas": [
                {**asdict(each), "difference": each.difference, "verdict": each.verdict} for each in self.deltas
            ],
            "flips": [asdict(each) for each in self.shown(held_out=held_out)],
            "held_out_flips": sum(each.held_out for each in self.flips),
        }


def compare(before: EvalLog, after: EvalLog) -> Comparison:
    """Raises NotComparable when data set, approver or a scorer's meaning differ, or nothing was run in both."""
    reasons = list(_obstacles(before.header, after.header))
    both = sorted({result.key for result in before.results} & {result.key for result in after.results})
    if not both:
        reasons.append("they share no sample")
    if reasons:
        raise NotComparable(reasons)
    old, new = ({result.key: result for result in log.results} for log in (before, after))
    pairs = [(old[key], new[key]) for key in both]
    names = sorted({*before.header.versions.scorers} & {*after.header.versions.scorers})
    return Comparison(
        before=before.header,
        after=after.header,
        changed=tuple(differences(before.header, after.header)),
        deltas=tuple(delta for name in names if (delta := _delta(name, pairs)) is not None),
        flips=tuple(flip for name in names for flip in _flips(name, pairs)),
    )


def _obstacles(one: Header, other: Header) -> Iterator[str]:
    if one.versions.dataset != other.versions.dataset:
        yield "the samples are not the same"
    if one.approver != other.approver:
        yield f"{one.approver} answered the one and {other.approver} the other"
    if one.versions.solver.get("world") != other.versions.solver.get("world"):
        yield "they ran in other worlds"
    versions, others = one.versions.scorers, other.versions.scorers
    for name in sorted(versions.keys() & others.keys()):
        if versions[name] != others[name]:
            yield f"the scorer {name} had version {versions[name]} and has {others[name]}"


def _both(scorer: str, one: Result, other: Result) -> tuple[Score, Score] | None:
    """The two scores, where both runs scored it."""
    before, after = one.score(scorer), other.score(scorer)
    if before is None or after is None or before.value is None or after.value is None:
        return None
    return before, after


def _delta(scorer: str, pairs: Sequence[tuple[Result, Result]]) -> Delta | None:
    values: Mapping[str, list[tuple[float, float]]] = defaultdict(list)
    for one, other in pairs:
        found = _both(scorer, one, other)
        if found is not None:
            values[one.episode.sample_id].append((found[0].value or 0, found[1].value or 0))
    if not values:
        return None
    before = [sum(old for old, _ in each) / len(each) for each in values.values()]
    after = [sum(new for _, new in each) / len(each) for each in values.values()]
    low, high = paired_interval(before, after)
    n = len(before)
    moved = sum(old != new for old, new in zip(before, after, strict=True))
    return Delta(scorer=scorer, n=n, moved=moved, before=sum(before) / n, after=sum(after) / n, low=low, high=high)


def paired_interval(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean difference of pairs: each draw takes both values of a sample."""
    import numpy as np

    change = np.asarray(after) - np.asarray(before)
    drawn = np.random.default_rng(SEED).integers(len(change), size=(RESAMPLES, len(change)))
    low, high = (float(each) for each in np.quantile(change[drawn].mean(axis=1), (0.025, 0.975)))
    return low, high


def _flips(scorer: str, pairs: Sequence[tuple[Result, Result]]) -> Iterator[Flip]:
    if scorer in GRADED:
        return
    for one, other in pairs:
        found = _both(scorer, one, other)
        if found is None or found[0].passed == found[1].passed:
            continue
        fixed = found[1].passed
        yield Flip(
            sample_id=one.episode.sample_id,
            epoch=one.episode.epoch,
            held_out=one.sample.split is Split.HELD_OUT,
            scorer=scorer,
            fixed=fixed,
            text=one.sample.text,
            before=one.episode.reply,
            after=other.episode.reply,
            why=found[0 if fixed else 1].explanation,
        )
