"""Grading: a language model's marks for the drafts of a finished run, held against those of people. It gates nothing.

The log stays as it is: marks are written beside it, and say which model gave them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

from evals.log import EvalLog, Result
from evals.score import Score
from evals.scorers.reply import Audit, ReplyGrade
from tools.commerce import Noun


class Graded(Noun):
    """One draft: whose it is, and what the model says of it."""

    id: str
    epoch: int
    score: Score

    @property
    def mark(self) -> int | None:
        """1 to 5; None when the model gave none."""
        mark = self.score.parts.get("mark")
        return mark if isinstance(mark, int) else None


def gradable(log: EvalLog, wanted: Collection[str] | None = None) -> list[Result]:
    """The first run of each sample that has a draft; of `wanted` samples alone when they are named."""
    drafted = (result for result in log.results if result.key[1] == 1 and result.episode.reply)
    return [result for result in drafted if wanted is None or result.key[0] in wanted]


def grades(results: Iterable[Result], grader: ReplyGrade) -> Iterator[Graded]:
    """A mark for each draft. Each is a model call."""
    for result in results:
        name, epoch = result.key
        yield Graded(id=name, epoch=epoch, score=grader.score(result.sample, result.episode))


def lines_of(found: Sequence[Graded], audited: Audit | None, model: str) -> Iterator[str]:
    """What came of it, for people: never a ticket, and never without the word of the audit."""
    marks = [each.mark for each in found if each.mark is not None]
    mean = f"mean mark {fmean(marks):.2f} of 5" if marks else "no mark"
    yield f"{model}: {mean}, n={len(marks)}, {len(found) - len(marks)} drafts without a mark"
    if marks:
        yield "  ".join(f"{mark}: {marks.count(mark)}" for mark in range(5, 0, -1))
    if audited is None:
        yield "Not held against people: --people FILE does, and without it these marks are one model's opinion."
        return
    yield audited.line()
    if audited.kinder is not None:
        how = "kinder" if audited.kinder > 0 else "stricter"
        yield f"The model is {abs(audited.kinder):.2f} marks {how} on average."
    if audited.unmarked:
        yield f"{audited.unmarked} drafts that people marked have no mark of the model."


def write_grades(found: Sequence[Graded], path: Path) -> None:
    """A line a draft. Raises OSError."""
    path.write_text("".join(f"{each.model_dump_json()}\n" for each in found), encoding="utf-8", newline="\n")
