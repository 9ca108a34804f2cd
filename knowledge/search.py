"""Answering many questions from a folder of texts in one go: `countersign knowledge search --questions`."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from knowledge.corpus import Corpus, Key, Question, Text, load_corpus, load_questions
from knowledge.documents import Frozen, Problem
from knowledge.errors import SourceError
from knowledge.ranking import CodeBook, Spelling, candidate_count, content, passage_vectors, plain, score, spelling
from knowledge.speller import Speller

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

Progress = Callable[[int, int], None]
"""Called with passages embedded so far and in all."""
Language = Callable[[str], str]
"""The language of a text, as a code; `en` also where it tells too little."""

_BATCH = 64
_DIGITS = 6
_SAME_LANGUAGE = 0.05
"""Of texts that answer about as well, the one in the language of the question is meant; 0.15 does the same."""


class DocumentHit(BaseModel):
    """A document and how well its best passage answers; higher is better."""

    id: Key
    score: float


class QuestionHits(BaseModel):
    """One line of the output."""

    id: Key
    hits: list[DocumentHit]


class SearchReport(Frozen):
    """What a batch did; `problems` name the lines and files that were left out."""

    documents: int
    passages: int
    withdrawn: int
    questions: int
    embedder: str
    problems: tuple[Problem, ...]


class DocumentSearch:
    """Ranks documents by their best passage. All vectors are held in memory (15 MB for 10,000 passages)."""

    def __init__(
        self,
        texts: Sequence[Text],
        embedder: "Embedder",
        progress: Progress | None = None,
        language: Language | None = None,
    ) -> None:
        """Embed every passage; minutes for 10,000 long documents."""
        import numpy as np

        self._texts = texts
        self._embedder = embedder
        pairs = [pair for text in texts for pair in text.passages]
        self._starts = np.cumsum([0, *(len(text.passages) for text in texts)])
        self._vectors = np.concatenate(list(_embedded(pairs, embedder, progress)))
        self._contents = [content(*pair) for pair in pairs]
        self._codes = CodeBook(
            (at, passage) for at, text in enumerate(texts) for passage in (content(*pair) for pair in text.passages)
        )
        self._speller = Speller(self._contents)
        self._plain: dict[int, str] = {}
        self._language = language
        spoken = [each for text in texts for each in _spoken(text, language)] if language else []
        self._in_language = {each: np.array([one == each for one in spoken]) for each in sorted(set(spoken))}

    def rank(self, questions: Sequence[str], k: int) -> Iterator[list[DocumentHit]]:
        """For each question at most `k` documents, best first; ties by id."""
        import numpy as np

        for start in range(0, len(questions), _BATCH):
            batch = questions[start : start + _BATCH]
            meant = [self._speller.mend(question, self._embedder.knows) for question in batch]
            cosines = self._embedder.embed(meant) @ self._vectors.T
            for near, question in zip(cosines, batch, strict=True):
                self._prefer_its_language(near, question)
            best = np.maximum.reduceat(cosines, self._starts[:-1], axis=1)
            for at, question in enumerate(batch):
                yield self._closer(spelling(meant[at]), self._codes.holders(question), cosines[at], best[at], k)

    def _prefer_its_language(self, cosines: "Vectors", question: str) -> None:
        """Passages in the language of a question count as nearer to it; none do for English, the usual guess."""
        spoken = self._language(question) if self._language else "en"
        if spoken != "en" and spoken in self._in_language:
            cosines[self._in_language[spoken]] += _SAME_LANGUAGE

    def _closer(
        self, spelt: Spelling, codes: Mapping[int, int], cosines: "Vectors", documents: "Vectors", k: int
    ) -> list[DocumentHit]:
        """Look closely at the nearest documents and those that hold a code of the question."""
        import numpy as np

        count = min(candidate_count(k), len(documents))
        near = np.argpartition(-documents, count - 1)[:count].tolist()
        hits = [self._hit(at, cosines, spelt, codes.get(at, 0)) for at in {*near, *codes}]
        return heapq.nsmallest(k, hits, key=lambda hit: (-hit.score, str(hit.id)))

    def _hit(self, at: int, cosines: "Vectors", spelt: Spelling, codes: int) -> DocumentHit:
        rows = range(int(self._starts[at]), int(self._starts[at + 1]))
        best = max(score(float(cosines[row]), spelt(self._words(row)), codes) for row in rows)
        return DocumentHit(id=self._texts[at].id, score=round(best, _DIGITS))

    def _words(self, row: int) -> str:
        known = self._plain.get(row)
        if known is None:
            known = self._plain[row] = plain(self._contents[row])
        return known


def search_batch(
    source: Path,
    questions: Path,
    out: Path,
    k: int,
    embedder: "Embedder",
    progress: Progress | None = None,
    language: Language | None = None,
) -> SearchReport:
    """Rank the documents under `source` for every question and write `{"id","hits":[{"id","score"}]}` lines.

    `source` holds Markdown or `{"id","title","text"}` lines (see `load_corpus`); questions are `{"id","text"}` lines.
    The output appears when it is complete; lines stand in the order of the questions. With `language`, texts in the
    language of a question come before others that answer as well.

    Raises:
        SourceError: A path is wrong, `k` is not positive, or there is no readable document or question at all.
    """
    if k < 1:
        raise SourceError(f"k is {k}: ask for at least one hit")
    if not out.parent.is_dir() or out.is_dir():
        raise SourceError(f"{out} cannot be written: name a file in an existing folder")
    corpus = load_corpus(source, besides=(questions, out))
    asked, faults = load_questions(questions)
    problems = (*corpus.problems, *faults)
    _refuse_nothing(source, corpus.texts, problems, "document")
    _refuse_nothing(questions, asked, problems, "question")
    search = DocumentSearch(corpus.texts, embedder, progress, language)
    _write(out, asked, search.rank([question.text for question in asked], k))
    return _report(corpus, asked, embedder, problems)


def _spoken(text: Text, language: Language) -> list[str]:
    """For each passage of a text the language that the text begins in."""
    return [language("\n".join(content(*passage) for passage in text.passages[:2]))] * len(text.passages)


def _embedded(pairs: Sequence[tuple[str, str]], embedder: "Embedder", progress: Progress | None) -> "Iterator[Vectors]":
    for start in range(0, len(pairs), _BATCH):
        yield passage_vectors(embedder, pairs[start : start + _BATCH])
        if progress is not None:
            progress(min(start + _BATCH, len(pairs)), len(pairs))


def _refuse_nothing(path: Path, found: Sequence[object], problems: Sequence[Problem], noun: str) -> None:
    if not found:
        reasons = "".join(f"\n  {problem}" for problem in problems[:10])
        raise SourceError(f"{path} holds no readable {noun}{reasons}")


def _write(out: Path, questions: Sequence[Question], ranked: Iterator[list[DocumentHit]]) -> None:
    unfinished = out.with_name(f"{out.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            for question, hits in zip(questions, ranked, strict=True):
                file.write(QuestionHits(id=question.id, hits=hits).model_dump_json() + "\n")
        unfinished.replace(out)
    except OSError as error:
        raise SourceError(f"{out} cannot be written: {error.strerror}") from error


def _report(
    corpus: Corpus, questions: Sequence[Question], embedder: "Embedder", problems: tuple[Problem, ...]
) -> SearchReport:
    return SearchReport(
        documents=len(corpus.texts),
        passages=sum(len(text.passages) for text in corpus.texts),
        withdrawn=corpus.withdrawn,
        questions=len(questions),
        embedder=embedder.name,
        problems=problems,
    )
