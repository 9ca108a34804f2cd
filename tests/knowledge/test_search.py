"""The batch search: what it reads, what it writes, and how good it is."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.corpus import PART_CHARS, load_corpus, load_questions
from knowledge.embedding import HashingEmbedder
from knowledge.errors import SourceError
from knowledge.minilm import MiniLMEmbedder
from knowledge.search import SearchReport, search_batch

DATA = Path(__file__).parent / "data"

Hits = dict[str | int, list[str | int]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


@pytest.fixture
def run(source: Path, tmp_path: Path) -> Callable[..., tuple[SearchReport, Hits]]:
    def run(*questions: object, k: int = 10) -> tuple[SearchReport, Hits]:
        asked, out = tmp_path / "q.jsonl", tmp_path / "hits.jsonl"
        asked.write_text("".join(f"{q if isinstance(q, str) else json.dumps(q)}\n" for q in questions))
        report = search_batch(source, asked, out, k, HashingEmbedder())
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        return report, {line["id"]: [hit["id"] for hit in line["hits"]] for line in lines}

    return run


Run = Callable[..., tuple[SearchReport, Hits]]


def write_lines(path: Path, *lines: object) -> None:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def test_names_documents_best_first(source: Path, run: Run) -> None:
    write_lines(
        source / "faq.jsonl",
        {"id": "ship", "title": "Shipping", "text": "We ship to Canada."},
        {"id": "back", "title": "Returns", "text": "Send it back within 30 days."},
    )
    report, hits = run({"id": "q1", "text": "returns within 30 days"}, {"id": "q2", "text": "ship to Canada"}, k=1)
    assert hits == {"q1": ["back"], "q2": ["ship"]}
    assert (report.documents, report.passages, report.questions, report.problems) == (2, 2, 2, ())


def test_any_markdown_is_read(source: Path, run: Run) -> None:
    (source / "deep").mkdir()
    (source / "returns.md").write_text("# Sending back\nWithin 30 days.\n\n# Sending back\nTwice the same heading.\n")
    (source / "deep" / "canada.md").write_text("No heading, shipping to Canada.")
    (source / "rule.md").write_text("---\nA rule: not: front matter\n")
    (source / "head.md").write_text("---\nid: gift-card\ntitle: Gift cards\ntags: [a, b]\n---\n```\nnever closed\n")
    report, hits = run({"id": 1, "text": "shipping to Canada"}, {"id": 2, "text": "gift cards"})
    assert report.problems == ()
    assert hits[1][0] == "deep/canada"
    assert hits[2][0] == "gift-card"
    assert set(hits[1]) == {"deep/canada", "returns", "rule", "gift-card"}


def test_withdrawn_versions_are_left_out(source: Path, run: Run) -> None:
    head = "---\nid: returns\ntitle: Returns\nversion: {}\nstatus: {}\neffective_from: 2026-01-01\n---\nText {}.\n"
    for version, status in ((1, "superseded"), (2, "approved"), (3, "approved"), (4, "draft")):
        (source / f"{version}.md").write_text(head.format(version, status, version))
    report, hits = run({"id": "q", "text": "Text 2"})
    assert hits == {"q": ["returns"]}
    assert (report.documents, report.withdrawn) == (1, 3)


def test_long_documents_are_found_by_any_part(source: Path, run: Run) -> None:
    filler = "\n\n".join(f"Paragraph {number} speaks about carriers and boxes. " * 6 for number in range(30))
    write_lines(
        source / "faq.jsonl",
        {"id": "long", "title": "Everything", "text": f"{filler}\n\nPillows are filled with buckwheat."},
        {"id": "short", "title": "Boxes", "text": "Carriers and boxes."},
    )
    assert run({"id": "q", "text": "buckwheat pillows"})[1]["q"][0] == "long"


def test_codes_decide(source: Path, run: Run) -> None:
    write_lines(
        source / "lamps.jsonl",
        *(
            {"id": f"l{n}", "title": f"Lamp BK-{n}", "text": f"Lamp BK-{n} ships in two days."}
            for n in range(4000, 4999)
        ),
    )
    _, hits = run({"id": "q", "text": "how long does bk-4711 take to ship?"}, k=3)
    assert hits["q"][0] == "l4711"
    assert len(hits["q"]) == 3


def test_bad_lines_are_named_and_the_rest_goes_on(source: Path, run: Run) -> None:
    good = {"id": "a", "title": None, "text": "Good text.", "extra": 1}
    lines = [
        "not json",
        json.dumps(good),
        '{"id":"b"}',
        '{"id":"a","text":"again"}',
        "",
        '{"id":1.5,"text":"x"}',
        "[" * 9999,
    ]
    (source / "faq.jsonl").write_bytes("\n".join(lines).encode() + b'\n{"id":"c","text":"\xff"}\n')
    (source / "latin.md").write_bytes(b"Gr\xf6\xdfe")
    (source / "empty.md").write_bytes(b"")
    report, hits = run('{"id":"q","text":"good"}', "nonsense", '{"id":"q","text":"again"}', '{"id":"r","text":""}')
    assert hits == {"q": ["a"]}
    where = sorted((Path(problem.path).name, problem.line) for problem in report.problems)
    assert where == [
        *(("empty.md", 1), ("faq.jsonl", 1), ("faq.jsonl", 3), ("faq.jsonl", 4), ("faq.jsonl", 6), ("faq.jsonl", 7)),
        *(("faq.jsonl", 8), ("latin.md", 1), ("q.jsonl", 2), ("q.jsonl", 3), ("q.jsonl", 4)),
    ]


def test_equal_documents_are_ordered_by_id(source: Path, run: Run) -> None:
    write_lines(source / "faq.jsonl", *({"id": name, "text": "Same."} for name in ("b", "c", "a")))
    assert run({"id": "q", "text": "same"})[1]["q"] == ["a", "b", "c"]


def test_nothing_to_search_is_an_error_that_keeps_the_old_output(source: Path, tmp_path: Path) -> None:
    out, asked = tmp_path / "hits.jsonl", tmp_path / "q.jsonl"
    out.write_text("old")
    asked.write_text('{"id":"q","text":"x"}\n')
    embedder = HashingEmbedder()
    with pytest.raises(SourceError, match="no readable document"):
        search_batch(source, asked, out, 10, embedder)
    (source / "bad.jsonl").write_text("{}\n")
    with pytest.raises(SourceError, match=r"bad\.jsonl:1: id: is missing"):
        search_batch(source, asked, out, 10, embedder)
    (source / "good.md").write_text("Text.")
    for wrong, reason in ((tmp_path / "none.jsonl", "No such file"), (source / "bad.jsonl", "is missing")):
        with pytest.raises(SourceError, match=reason):
            search_batch(source, wrong, out, 10, embedder)
    with pytest.raises(SourceError, match=r"q.txt is neither a folder of documents nor a \.jsonl file"):
        search_batch(asked.rename(tmp_path / "q.txt"), asked, out, 10, embedder)
    with pytest.raises(SourceError, match="not a folder"):
        search_batch(tmp_path / "nowhere", asked, out, 10, embedder)
    with pytest.raises(SourceError, match="at least one"):
        search_batch(source, asked, out, 0, embedder)
    with pytest.raises(SourceError, match="existing folder"):
        search_batch(source, asked, tmp_path / "no" / "hits.jsonl", 10, embedder)
    assert out.read_text() == "old"


def test_questions_and_output_inside_the_source_are_no_documents(source: Path) -> None:
    (source / "good.md").write_text("Text.")
    write_lines(source / "q.jsonl", {"id": "q", "text": "text"})
    out = source / "hits.jsonl"
    for _ in range(2):
        report = search_batch(source, source / "q.jsonl", out, 10, HashingEmbedder())
        assert (report.documents, report.problems) == (1, ())


def test_progress_reaches_the_end(source: Path, tmp_path: Path) -> None:
    write_lines(source / "faq.jsonl", *({"id": number, "text": f"Text {number}."} for number in range(100)))
    write_lines(tmp_path / "q.jsonl", {"id": "q", "text": "text"})
    seen: list[tuple[int, int]] = []
    search_batch(
        source, tmp_path / "q.jsonl", tmp_path / "out", 1, HashingEmbedder(), lambda done, of: seen.append((done, of))
    )
    assert seen == [(64, 100), (100, 100)]


def gain(ranked: Sequence[object], relevant: Sequence[str]) -> float:
    """NDCG@10 with equal gains."""
    found = sum(1 / math.log2(place + 2) for place, each in enumerate(ranked[:10]) if each in relevant)
    return found / sum(1 / math.log2(place + 2) for place in range(len(relevant)))


@pytest.mark.system("N8")
def test_quality_on_the_check_set(source: Path, tmp_path: Path, minilm: MiniLMEmbedder) -> None:
    """54 help articles, 127 questions: see the README for all figures. One question is 0.008."""
    (source / "faq.jsonl").write_bytes((DATA / "faq.jsonl").read_bytes())
    out = tmp_path / "hits.jsonl"
    report = search_batch(source, DATA / "questions.jsonl", out, 10, minilm)
    assert (report.documents, report.questions, report.problems) == (54, 127, ())
    questions = [json.loads(line) for line in (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    ranked = [[hit["id"] for hit in json.loads(line)["hits"]] for line in out.read_text().splitlines()]
    pairs = list(zip(ranked, questions, strict=True))
    assert mean(gain(hits, question["relevant"]) for hits, question in pairs) >= 0.84
    assert mean(len({*hits} & {*question["relevant"]}) / len(question["relevant"]) for hits, question in pairs) >= 0.95
    assert all(hits[0] in question["relevant"] for hits, question in pairs if question["style"] == "exact")


def test_a_long_article_without_headings_is_compared_part_by_part(source: Path) -> None:
    told = " ".join(f"Sentence {number} of an article that has no heading says one thing." for number in range(60))
    (source / "long.jsonl").write_text(json.dumps({"id": "long", "title": "All", "text": told}), encoding="utf-8")
    (text,) = (each for each in load_corpus(source).texts if each.id == "long")
    assert len(text.passages) >= len(told) // PART_CHARS
    assert all(title == "All" and len(part) <= PART_CHARS <= 600 for title, part in text.passages)
    assert " ".join(part for _, part in text.passages).split() == told.split()


def test_of_texts_that_answer_as_well_the_one_in_the_language_of_the_question_comes_first(tmp_path: Path) -> None:
    source, asked, out = tmp_path / "texts.jsonl", tmp_path / "asked.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id":"a","text":"[es] paypal visa"}\n{"id":"b","text":"[de] paypal visa"}\n')
    asked.write_text('{"id":1,"text":"[de] paypal?"}\n{"id":2,"text":"[es] paypal?"}\n{"id":3,"text":"paypal?"}\n')

    def language(text: str) -> str:
        return text[1:3] if text.startswith("[") else "en"

    class Deaf(HashingEmbedder):
        """One that does not tell languages apart."""

        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().embed([text.replace("[de]", "").replace("[es]", "") for text in texts])

    search_batch(source, asked, out, 2, Deaf(), language=language)
    first = [json.loads(line)["hits"][0]["id"] for line in out.read_text().splitlines()]
    assert first == ["b", "a", "a"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("xx", "the line is not JSON; one object a line is needed"),
        ("[1]", "the line has to be an object with id and text"),
        ('{"id": "a", "text": ""}', "text: is empty"),
        ('{"id": "a", "text": 5}', "text: has to be text"),
        ('{"id": "a"}', "text: is missing"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_in_plain_words(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line + "\n")
    assert [str(problem) for problem in load_questions(path)[1]] == [f"{path}:1: {said}"]
