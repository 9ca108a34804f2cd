"""The figures against values known by hand, questions that cannot be asked, and the check set."""

from __future__ import annotations

import json
from datetime import date
from math import log2
from pathlib import Path
from typing import Any

import pytest

from evals.tasks.lines import UnusableInput
from evals.tasks.retrieval import Asked, Question, evaluate_retrieval, lines_of, read_questions
from knowledge.documents import DocumentKind, DocumentStatus, Passage, content_hash
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from tests.knowledge.conftest import NOW, passage

DATA = Path(__file__).parents[2] / "knowledge" / "data"


def question(text: str, *relevant: str, key: str = "q", style: str = "") -> tuple[str, Question]:
    return "q.jsonl:1", Question(id=key, text=text, relevant=relevant, style=style)


def asked(relevant: tuple[str, ...], *found: str) -> Asked:
    return Asked(question=Question(id="q", text="?", relevant=relevant), found=found)


def test_figures_by_hand() -> None:
    one = asked(("a", "b"), "x", "a", "y", "b")
    assert (one.recall(1), one.recall(3), one.recall(5)) == (0, 0.5, 1)
    assert one.rank == 2
    assert one.ndcg == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))
    assert asked(("a", "b"), "b", "a").ndcg == 1
    none = asked(("a",), *"bcdefghijk", "a")
    assert (none.rank, none.ndcg, none.recall(10)) == (0, 0, 0)


def index_of(*passages: Passage) -> InMemoryIndex:
    index = InMemoryIndex(HashingEmbedder())
    index.ingest(passages)
    return index


PASSAGES = (
    passage("Send it back within 30 days."),
    passage("We take back opened coffee, never.", anchor="coffee"),
    passage("A parcel to Canada takes eight days.", document="shipping", anchor="canada"),
    passage("Old rule about pianos.", document="pianos", until=date(2026, 2, 1)),
)


def test_documents_and_sections() -> None:
    questions = [
        question("days to send it back", "returns", style="plain"),
        question("opened coffee", "returns#coffee", key="s", style="plain"),
        question("zzz qqq", "shipping#canada", key="t"),
    ]
    report = evaluate_retrieval(index_of(*PASSAGES), PASSAGES, questions, NOW, "letters")
    by_document, by_section, _ = report.asked
    assert by_document.found[0] == "returns"
    assert len(by_document.found) == len({*by_document.found}) == 2
    assert by_section.found[0] == "returns#coffee"
    assert [(each.name, each.n) for each in report.styles] == [("plain", 2)]
    assert report.styles[0].mrr == 1
    assert report.overall.n == 3
    text = "\n".join(lines_of(report))
    assert "| plain | 2 | 1.000 |" in text


def test_what_is_not_found_is_listed() -> None:
    fillers = tuple(passage(f"About parcels and boxes {n}.", document=f"d{n}") for n in range(20))
    passages = (*fillers, passage("Ukuleles are tuned.", document="ukulele"))
    report = evaluate_retrieval(index_of(*passages), passages, [question("boxes and parcels", "ukulele")], NOW)
    assert [each.question.id for each in report.missed] == ["q"]
    assert report.overall.recall[10] == report.overall.mrr == report.overall.ndcg == 0
    assert "`q` wanted ukulele, found d" in "\n".join(lines_of(report))


@pytest.mark.parametrize("name", ["pianos", "returns#nowhere", "nothing"])
def test_a_question_whose_answer_is_not_in_force_is_refused(name: str) -> None:
    with pytest.raises(UnusableInput, match=rf"q\.jsonl:1: `{name}` is no document or section in force"):
        evaluate_retrieval(index_of(*PASSAGES), PASSAGES, [question("anything", name)], NOW)


def test_no_question_is_refused() -> None:
    with pytest.raises(UnusableInput, match="no question"):
        evaluate_retrieval(index_of(*PASSAGES), PASSAGES, [], NOW)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "q", "text": "x"}, "`relevant` is missing"),
        ({"id": "q", "text": "x", "relevant": []}, "`relevant`: Tuple should have at least 1 item"),
        ({"id": "q", "text": "", "relevant": ["a"]}, "`text`: String should have at least 1 character"),
        ({"id": "q", "text": "x", "relevant": ["a", "a#b"]}, "mixes documents and document#section"),
        ({"id": "q", "text": "x", "relevant": ["a", "a"]}, "names something twice"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_with_its_place(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "x", "relevant": ["a"]}) + "\n\n" + json.dumps(row))
    with pytest.raises(UnusableInput, match=rf"questions\.jsonl:3: .*{said}"):
        read_questions(path)


@pytest.mark.system("N8")
def test_the_check_set() -> None:
    """127 questions over 54 help articles, with an embedder that only compares letters: a floor, not the product."""
    rows = [json.loads(line) for line in (DATA / "faq.jsonl").read_text(encoding="utf-8").splitlines()]
    passages = [article(row["id"], row["title"], row["text"]) for row in rows]
    report = evaluate_retrieval(index_of(*passages), passages, read_questions(DATA / "questions.jsonl"), NOW)
    assert report.overall.n == 127
    assert report.overall.recall[10] >= 0.7
    assert {each.name for each in report.styles} >= {"paraphrase", "keyword", "exact"}


def article(key: str, title: str, text: str) -> Passage:
    return Passage(
        id=f"{key}@v1#text",
        document_id=key,
        version=1,
        anchor="text",
        title=title,
        text=text,
        sha256=content_hash(title, text),
        status=DocumentStatus.APPROVED,
        effective_from=date(2026, 1, 1),
        kind=DocumentKind.FAQ,
    )
