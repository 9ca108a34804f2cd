"""How a model does on a brand's own labels; files and splits that would flatter are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.triage import Example
from agent.triage.model import Prediction, Ranked
from evals.tasks.intents import cross_validate, evaluate_intents, lines_of, read_labelled
from evals.tasks.lines import UnusableInput
from knowledge.embedding import HashingEmbedder


@dataclass(frozen=True)
class Rule:
    """Says what a function says, as sure as it is."""

    tell: Callable[[str], tuple[str, float]]
    labels: tuple[str, ...] = ("late", "money", "size")

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._one(*self.tell(text)) for text in texts]

    def _one(self, label: str, sure: float) -> Prediction:
        return Prediction((Ranked(label, sure),), sure, sure < 0.5, Example("like it", label), 1.0)


TEST = [
    Example("where is it", "late"),
    Example("where is my parcel", "late"),
    Example("i want my money", "money"),
    Example("money or parcel?", "money"),
]


def by_word(text: str) -> tuple[str, float]:
    return ("late", 0.9) if "parcel" in text else ("money", 0.8) if "money" in text else ("size", 0.4)


def test_figures_by_hand() -> None:
    report = evaluate_intents(Rule(by_word), TEST)
    late, money, size = report.confusion.reports()
    assert (late.label, late.precision, late.recall) == ("late", 0.5, 0.5)
    assert (money.precision, money.recall) == (1, 0.5)
    assert (size.support, size.f1) == (0, 0)
    assert (report.accuracy.value, report.accuracy.n) == (0.5, 4)
    assert (report.answered.count, report.answered.n) == (2, 3)
    assert report.abstained.value == 0.25
    assert report.calibration is not None
    assert report.calibration.ece == pytest.approx((2 * 0.4 + 0.2 + 0.4) / 4)
    assert [each.text for each in report.mistakes] == ["money or parcel?"]
    assert report.abstention[-1].coverage == 1
    text = "\n".join(lines_of(report))
    assert "| late | 2 | 0.500 | 0.500 | 0.500 |" in text
    assert "| left to a person below | answered | right of those |" in text
    assert f"| {report.abstention[-1].bar:.3f} | 1.000 | 0.500 |" in text
    assert "money, said late (0.90): money or parcel?" in text


def test_a_label_that_the_model_cannot_say_is_refused() -> None:
    with pytest.raises(UnusableInput, match="message 2 is labelled `warranty`, which the model was never taught"):
        evaluate_intents(Rule(by_word), [TEST[0], Example("x", "warranty")])


def test_a_message_that_was_trained_on_is_refused() -> None:
    with pytest.raises(UnusableInput, match="message 3 is among those the model was trained on"):
        evaluate_intents(Rule(by_word), TEST, [Example("I want my MONEY!", "money")])
    with pytest.raises(UnusableInput, match="no labelled message"):
        evaluate_intents(Rule(by_word), [])


def test_cross_validation_never_shows_a_message_to_the_model_that_judges_it() -> None:
    late = [Example(f"where is parcel {n}, it is late", "late") for n in range(10)]
    money = [Example(f"give me the money {n} back", "money") for n in range(10)]
    # Known by heart these could be told; by anything else they cannot.
    noise = [Example("q" * n, "late" if n % 2 else "money") for n in range(4, 10)]
    report = cross_validate([*late, *money, *late, *noise], HashingEmbedder())
    assert len(report.told) == 36
    plain = [each for each in report.told if not each.text.startswith("q")]
    assert all(each.right for each in plain)
    assert report.how == "5-fold cross-validation"


def test_what_cannot_be_cross_validated() -> None:
    with pytest.raises(UnusableInput, match="only one message is labelled size"):
        cross_validate([*TEST, Example("too small", "size"), Example("Too small!", "size")], HashingEmbedder())
    with pytest.raises(UnusableInput, match="at least 2"):
        cross_validate(TEST, HashingEmbedder(), folds=1)
    with pytest.raises(UnusableInput, match="at least two labels"):
        cross_validate(TEST[:2], HashingEmbedder())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"text,intent\nhi,x\n", "line 1: there is no column `label`"),
        (b"text,label\nhi,\n", "line 2, column `label`: it is empty"),
        (b"text,label\n", "only a header"),
        (b"text,label\ngr\xf6\xdfe,size\n", "line 2: not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableInput, match=rf"own\.csv.*{said}"):
        read_labelled(path)


def test_a_brands_own_file(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('label,note,text\nlate,,Where is it?\nmoney,x,"Money, now"\n', encoding="utf-8")
    assert read_labelled(path) == (Example("Where is it?", "late"), Example("Money, now", "money"))
