"""The gate: figures held against the thresholds of a file. A gate that judges nothing does not open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError, model_validator

from evals.plainly import first_fault
from evals.sample import Sample, Split
from evals.score import Metric
from tools.commerce import Noun

if TYPE_CHECKING:
    from evals.log import EvalLog

SHIPPED = Path(__file__).parent / "thresholds.yaml"
APPROVER = "approve_all"
"""Who signs whatever is asked: what then happens is all the assistant's doing."""
OF_INTENT, OF_KIND = 2, 8
"""At least so many samples of every intent and of every kind are in the fast gate."""


class ThresholdsError(ValueError):
    """The thresholds cannot be used; the message names the file and the place."""


class Bar(Noun):
    """What a figure must reach, over at least `n` samples. Exactly one of `at_least` and `at_most`."""

    at_least: float | None = Field(default=None, allow_inf_nan=False)
    at_most: float | None = Field(default=None, allow_inf_nan=False)
    n: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one(self) -> Bar:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most, one of them")
        return self

    def holds(self, metric: Metric | None) -> bool:
        """Whether the figure is there, over enough samples, and on the right side."""
        if metric is None or metric.value is None or metric.n < self.n:
            return False
        return metric.value >= self.at_least if self.at_least is not None else metric.value <= (self.at_most or 0)

    def __str__(self) -> str:
        return f">= {self.at_least:g}" if self.at_least is not None else f"<= {self.at_most:g}"


class Stage(Noun):
    """One gate: which samples, and the bars by the name of the figure."""

    split: Split
    bars: dict[str, Bar] = Field(min_length=1)


class Thresholds(Noun):
    """thresholds.yaml: `full` runs everything of its split, `fast` a fixed sample."""

    full: Stage
    fast: Stage


def load_thresholds(path: Path = SHIPPED) -> Thresholds:
    """Raises ThresholdsError that names file, line and place; also for a bar that is given twice."""
    from knowledge.errors import DocumentError
    from knowledge.playbooks.yaml_tree import find, plain, read_tree

    try:
        tree = read_tree(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise ThresholdsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ThresholdsError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except DocumentError as error:
        raise ThresholdsError(f"{path}, line {error.line}: {error.reason}") from None
    data = plain(tree)
    if not isinstance(data, dict):
        raise ThresholdsError(f"{path} has no `full` and no `fast`: give both, each with a `split` and its `bars`")
    try:
        return Thresholds.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        _, line = find(tree, first["loc"])
        raise ThresholdsError(f"{path}, line {line}: {first_fault(error, 'the file')}") from None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One figure before its bar."""

    name: str
    bar: Bar
    metric: Metric | None

    @property
    def ok(self) -> bool:
        """Whether the bar is reached."""
        return self.bar.holds(self.metric)

    @property
    def said(self) -> str:
        """The figure in words, also when there is none."""
        if self.metric is None:
            return "no figure of this name"
        if self.metric.value is None:
            return "nothing was scored"
        few = f", {self.bar.n} are needed" if self.metric.n < self.bar.n else ""
        return f"{self.metric.value:g} (n={self.metric.n}{few})"


def judge(stage: Stage, metrics: Mapping[str, Metric]) -> list[Verdict]:
    """Every bar of a stage, in the order of the file."""
    return [Verdict(name=name, bar=bar, metric=metrics.get(name)) for name, bar in stage.bars.items()]


def unfit(stage: Stage, log: EvalLog) -> list[str]:
    """Why a log says nothing about a stage: it is over other samples, or somebody answered who would hide mistakes."""
    others = {result.sample.id for result in log.results if result.sample.split is not stage.split}
    found = [f"{len(others)} of its {log.header.samples} samples are not {stage.split.value}"] if others else []
    if log.header.approver != APPROVER:
        found.append(f"{log.header.approver} answered, and a gate is for what {APPROVER} would let happen")
    return found


def fast_sample(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """The same few of every intent and kind, as long as their ids are: those whose ids hash lowest.

    A set of its own beside those of the kinds (`datasets/strangers.jsonl`) is for tuning, not for a gate.
    """
    intents, kinds = Counter[str](), Counter[str]()
    chosen: list[Sample] = []
    gated = [sample for sample in samples if sample.dataset == sample.kind.value]
    for sample in shuffled(gated or samples):
        intent, kind = sample.expected.intent, sample.kind.value
        if intents[intent] < OF_INTENT or kinds[kind] < OF_KIND:
            chosen.append(sample)
            intents[intent] += 1
            kinds[kind] += 1
    return tuple(sorted(chosen, key=lambda sample: sample.id))


def shuffled(samples: Sequence[Sample]) -> list[Sample]:
    """In an order that has nothing to do with what they are about, the same every time: by the hash of their ids."""
    return sorted(samples, key=lambda sample: sha256(sample.id.encode()).hexdigest())
