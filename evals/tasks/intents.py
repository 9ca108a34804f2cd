"""How well messages are told apart by a brand's own labels: precision, recall, confusion, calibration, abstention."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.triage import Example, TriageError
from evals.metrics import (
    AbstentionPoint,
    Calibration,
    Confusion,
    Share,
    abstention_curve,
    calibration,
    confusion,
    share,
    thinned,
)
from evals.tasks.lines import UnusableInput

if TYPE_CHECKING:
    from agent.triage.model import Prediction
    from knowledge.embedding import Embedder

FOLDS = 5
_LONGEST = 90
POINTS = 8
"""Of the abstention curve: as many as are read."""


class Predictor(Protocol):
    """A trained model: `agent.triage.model.IntentModel`, or anything that answers like it."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What it can say."""
        ...

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction a text."""
        ...


@dataclass(frozen=True, kw_only=True)
class Told:
    """One message: what it is about, what the model said, how sure it was."""

    text: str
    label: str
    said: str
    confidence: float
    abstained: bool

    @property
    def right(self) -> bool:
        """Whether the best label is the right one, also when the model abstained."""
        return self.said == self.label


@dataclass(frozen=True, kw_only=True)
class IntentReport:
    """Everything counted over `told`; the model has seen none of these messages.

    `answered` is the share of right ones among those where the model did not abstain.
    """

    how: str
    told: tuple[Told, ...]
    accuracy: Share
    answered: Share
    confusion: Confusion
    calibration: Calibration | None
    abstention: tuple[AbstentionPoint, ...]

    @property
    def abstained(self) -> Share:
        """How often the model left it to a person."""
        return share(sum(each.abstained for each in self.told), len(self.told))

    @property
    def mistakes(self) -> tuple[Told, ...]:
        """Wrong and not abstained, the surest first."""
        wrong = (each for each in self.told if not each.right and not each.abstained)
        return tuple(sorted(wrong, key=lambda each: -each.confidence))


def read_labelled(path: Path) -> tuple[Example, ...]:
    """The columns `text` and `label` of a CSV file in UTF-8. Raises UnusableInput with file, line and column."""
    from agent.triage.examples import read_examples

    try:
        return read_examples(path)
    except TriageError as error:
        raise UnusableInput(str(error)) from None


def evaluate_intents(model: Predictor, test: Sequence[Example], train: Sequence[Example] = ()) -> IntentReport:
    """Held-out messages against a model that was trained on `train`.

    Raises:
        UnusableInput: no message, a label that the model cannot say, or a message it was trained on.
    """
    if not test:
        raise UnusableInput("there is no labelled message to test with")
    _refuse_unknown(test, model.labels)
    _refuse_seen(test, train)
    return _report(f"a held-out file, {len(model.labels)} labels", _told(test, model))


def cross_validate(examples: Sequence[Example], embedder: Embedder, folds: int = FOLDS) -> IntentReport:
    """Every message judged by a model trained on the other folds; the same text never stands on both sides.

    Trains `folds` times: about 10 s each for 2,000 messages on two cores.

    Raises:
        UnusableInput: fewer than two folds, a label with too few messages, or examples that cannot be learned from.
    """
    from agent.triage.model import train

    assigned = _folds(examples, folds)
    told: list[Told] = []
    try:
        for fold in range(folds):
            held = [example for example, at in zip(examples, assigned, strict=True) if at == fold]
            rest = [example for example, at in zip(examples, assigned, strict=True) if at != fold]
            told += _told(held, train(rest, embedder))
    except TriageError as error:
        raise UnusableInput(str(error)) from None
    return _report(f"{folds}-fold cross-validation", told)


def _folds(examples: Sequence[Example], folds: int) -> list[int]:
    """A fold for each example, every label spread evenly, equal texts together; no chance is involved."""
    if folds < 2:
        raise UnusableInput(f"{folds} folds: at least 2 are needed")
    few = sorted(label for label, texts in _texts_by_label(examples).items() if len(texts) < 2)
    if few:
        raise UnusableInput(f"only one message is labelled {', '.join(few)}: add more, or leave the label out")
    place: dict[str, int] = {}
    counted: Counter[str] = Counter()
    for example in examples:
        if (text := _plain(example.text)) not in place:
            place[text] = counted[example.label] % folds
            counted[example.label] += 1
    return [place[_plain(example.text)] for example in examples]


def _texts_by_label(examples: Sequence[Example]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for example in examples:
        found.setdefault(example.label, set()).add(_plain(example.text))
    return found


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold() or text


def _refuse_unknown(test: Sequence[Example], labels: Sequence[str]) -> None:
    for number, example in enumerate(test, start=1):
        if example.label not in labels:
            raise UnusableInput(
                f"message {number} is labelled `{example.label}`, which the model was never taught; "
                f"it knows {', '.join(labels)}"
            )


def _refuse_seen(test: Sequence[Example], train: Sequence[Example]) -> None:
    seen = {_plain(example.text) for example in train}
    for number, example in enumerate(test, start=1):
        if _plain(example.text) in seen:
            raise UnusableInput(
                f"message {number} is among those the model was trained on ({_short(example.text)}); "
                "take it out of one of the two files, or the figures would flatter"
            )


def _told(examples: Sequence[Example], model: Predictor) -> list[Told]:
    predictions = model.predict([example.text for example in examples])
    return [
        Told(
            text=example.text,
            label=example.label,
            said=prediction.label,
            confidence=min(1.0, prediction.confidence),
            abstained=prediction.abstained,
        )
        for example, prediction in zip(examples, predictions, strict=True)
    ]


def _report(how: str, told: Sequence[Told]) -> IntentReport:
    sure = [each for each in told if not each.abstained]
    answers = [(each.confidence, each.right) for each in told]
    return IntentReport(
        how=how,
        told=tuple(told),
        accuracy=share(sum(each.right for each in told), len(told)),
        answered=share(sum(each.right for each in sure), len(sure)),
        confusion=confusion((each.label, each.said) for each in told),
        calibration=calibration(answers),
        abstention=abstention_curve(answers),
    )


def lines_of(report: IntentReport, most: int = 20) -> Iterator[str]:
    """The report as Markdown, with the `most` surest mistakes."""
    yield f"## Intents ({len(report.told)} messages, {report.how})"
    yield ""
    yield from _summary(report)
    yield ""
    yield "| intent | n | precision | recall | F1 |"
    yield "|---|--:|--:|--:|--:|"
    for each in report.confusion.reports():
        figures = f"{_figure(each.precision)} | {_figure(each.recall)} | {each.f1:.3f}"
        yield f"| {each.label} | {each.support} | {figures} |"
    yield ""
    yield "| left to a person below | answered | right of those |"
    yield "|--:|--:|--:|"
    for point in thinned(report.abstention, POINTS):
        yield f"| {point.bar:.3f} | {point.coverage:.3f} | {point.accuracy:.3f} |"
    if report.mistakes:
        yield ""
        yield f"Wrong and sure of it ({len(report.mistakes)}, at most {most} shown):"
        yield ""
        for each in report.mistakes[:most]:
            yield f"- {each.label}, said {each.said} ({each.confidence:.2f}): {_short(each.text)}"


def _summary(report: IntentReport) -> Iterator[str]:
    macro = report.confusion.macro_f1()
    yield "| figure | value | 95 % interval |"
    yield "|---|--:|---|"
    yield f"| macro-F1 | {_figure(macro)} | |"
    for name, each in (("accuracy", report.accuracy), ("accuracy when sure", report.answered)):
        yield f"| {name} | {_figure(each.value)} | {each.low:.3f} to {each.high:.3f} |"
    yield f"| left to a person | {_figure(report.abstained.value)} | |"
    if report.calibration:
        yield f"| calibration error (ECE) | {report.calibration.ece:.3f} | |"


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _short(text: str) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
