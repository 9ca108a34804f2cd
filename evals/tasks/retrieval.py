"""Whether the written knowledge is found: recall@k, nDCG@10 and MRR over questions whose passages are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from evals.tasks.lines import Row, UnusableInput, read_rows

if TYPE_CHECKING:
    from knowledge.documents import Passage
    from knowledge.index import KnowledgeIndex

CUTS = (1, 3, 5, 10)
"""The k of recall@k."""
DEPTH = 10
"""Places that nDCG and MRR look at."""
_PASSAGES = 50
"""Passages asked for, so that ten different documents are among them."""


class Question(Row):
    """A question, and every document (`returns`) or section (`returns#window`) that answers it."""

    text: Annotated[str, Field(min_length=1)]
    relevant: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1, strict=False)]
    style: str = ""
    """What is hard about it; figures are also given by style."""

    @model_validator(mode="after")
    def _one_grain(self) -> Question:
        if len({"#" in name for name in self.relevant}) > 1:
            raise ValueError("`relevant` mixes documents and document#section; name only documents or only sections")
        if len(set(self.relevant)) != len(self.relevant):
            raise ValueError("`relevant` names something twice")
        return self

    @property
    def by_section(self) -> bool:
        """Whether sections are wanted rather than documents."""
        return "#" in self.relevant[0]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and what was found for it, best first, each document or section once."""

    question: Question
    found: tuple[str, ...]

    def recall(self, k: int) -> float:
        """The share of the relevant ones among the first k."""
        wanted = self.question.relevant
        return len({*self.found[:k]}.intersection(wanted)) / len(wanted)

    @property
    def rank(self) -> int:
        """The place of the first relevant one, from 1; 0 when it is not among the first ten."""
        places = (place for place, name in enumerate(self.found[:DEPTH], start=1) if name in self.question.relevant)
        return next(places, 0)

    @property
    def ndcg(self) -> float:
        """nDCG@10 with equal gains: 1 when all relevant ones stand first."""
        places = [place for place, name in enumerate(self.found[:DEPTH]) if name in self.question.relevant]
        best = min(DEPTH, len(self.question.relevant))
        return sum(1 / log2(place + 2) for place in places) / sum(1 / log2(place + 2) for place in range(best))


@dataclass(frozen=True, kw_only=True)
class RetrievalFigures:
    """Means over n questions; `recall` by k."""

    name: str
    n: int
    recall: dict[int, float]
    ndcg: float
    mrr: float


@dataclass(frozen=True, kw_only=True)
class RetrievalReport:
    """All figures, the same by style, and every question whose answer is not among the first ten."""

    embedder: str
    overall: RetrievalFigures
    styles: tuple[RetrievalFigures, ...]
    asked: tuple[Asked, ...]

    @property
    def missed(self) -> tuple[Asked, ...]:
        """Questions with no relevant document or section among the first ten."""
        return tuple(each for each in self.asked if not each.rank)


def read_questions(path: Path) -> list[tuple[str, Question]]:
    """`{"id", "text", "relevant": [...], "style"}` lines with their places. Raises UnusableInput."""
    return read_rows(path, Question)


def evaluate_retrieval(
    index: KnowledgeIndex,
    passages: Iterable[Passage],
    questions: Sequence[tuple[str, Question]],
    now: datetime,
    embedder: str = "",
) -> RetrievalReport:
    """Ask every question of an index that holds `passages`.

    Raises:
        UnusableInput: no question, or one whose answer is not among the passages in force at `now`: finding nothing
            would then be right.
    """
    if not questions:
        raise UnusableInput("there is no question to ask")
    _refuse_unknown(questions, _names([passage for passage in passages if passage.in_force(now)]))
    asked = tuple(Asked(question=question, found=_found(index, question, now)) for _, question in questions)
    styles = sorted({each.question.style for each in asked} - {""})
    by_style = (_figures(style, [each for each in asked if each.question.style == style]) for style in styles)
    return RetrievalReport(embedder=embedder, overall=_figures("all", asked), styles=tuple(by_style), asked=asked)


def _names(passages: Iterable[Passage]) -> set[str]:
    return {name for passage in passages for name in (passage.document_id, _section(passage))}


def _section(passage: Passage) -> str:
    return f"{passage.document_id}#{passage.section}"


def _refuse_unknown(questions: Iterable[tuple[str, Question]], known: Collection[str]) -> None:
    for where, question in questions:
        for name in question.relevant:
            if name not in known:
                raise UnusableInput(
                    f"{where}: `{name}` is no document or section in force; correct `relevant` or remove the question"
                )


def _found(index: KnowledgeIndex, question: Question, now: datetime) -> tuple[str, ...]:
    hits = index.search(question.text, _PASSAGES, now)
    names = (_section(hit.passage) if question.by_section else hit.passage.document_id for hit in hits)
    return tuple(dict.fromkeys(names))[: max(DEPTH, *CUTS)]


def _figures(name: str, asked: Sequence[Asked]) -> RetrievalFigures:
    count = len(asked)
    return RetrievalFigures(
        name=name,
        n=count,
        recall={k: sum(each.recall(k) for each in asked) / count for k in CUTS},
        ndcg=sum(each.ndcg for each in asked) / count,
        mrr=sum(1 / each.rank for each in asked if each.rank) / count,
    )


def lines_of(report: RetrievalReport) -> Iterator[str]:
    """The report as Markdown."""
    yield f"## Retrieval ({report.overall.n} questions, {report.embedder or 'embedder not named'})"
    yield ""
    yield f"| questions | n | {' | '.join(f'recall@{k}' for k in CUTS)} | nDCG@{DEPTH} | MRR |"
    yield f"|---|--:|{'--:|' * len(CUTS)}--:|--:|"
    for each in (report.overall, *report.styles):
        recalls = " | ".join(f"{each.recall[k]:.3f}" for k in CUTS)
        yield f"| {each.name} | {each.n} | {recalls} | {each.ndcg:.3f} | {each.mrr:.3f} |"
    if report.missed:
        yield ""
        yield f"Not among the first {DEPTH} ({len(report.missed)}):"
        yield ""
        for each in report.missed:
            wanted, found = ", ".join(each.question.relevant), ", ".join(each.found[:3]) or "nothing"
            yield f"- `{each.question.id}` wanted {wanted}, found {found}"
