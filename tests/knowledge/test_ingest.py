"""Reading documents: good ones become passages, bad ones are named with their line, the rest loads."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.documents import DocumentKind, DocumentStatus
from knowledge.errors import SourceError
from knowledge.index import InMemoryIndex
from knowledge.ingest import ingest_folder, load_folder
from tests.knowledge.conftest import NOW, CountingEmbedder

HEAD = """---
id: {id}
title: Returns
version: {version}
status: approved
effective_from: 2026-01-01
---
"""
BODY = """# Returns

## How long you have {#window}
You can send an item back within 30 days.

## Who pays
You do.
"""
GOOD = HEAD.format(id="returns", version=3) + BODY

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_reads_a_document_and_its_passages(write: Write, tmp_path: Path) -> None:
    write(
        "a/returns.md",
        "---\nid: returns\ntitle: Returns\nversion: 3\nstatus: superseded\neffective_from: 2026-01-01\n"
        f"effective_to: 2026-06-30\nlanguage: de\nkind: faq\n---\n{BODY}",
    )
    library = load_folder(tmp_path)
    (document,) = library.documents
    assert (document.reference, document.path, document.language) == ("returns@v3", "a/returns.md", "de")
    assert [passage.id for passage in library.passages] == ["returns@v3#window", "returns@v3#who-pays"]
    window = library.passages[0]
    assert window.title == "Returns › How long you have"
    assert window.text == "You can send an item back within 30 days."
    assert (window.status, window.kind) == (DocumentStatus.SUPERSEDED, DocumentKind.FAQ)
    assert (window.effective_from, window.effective_to) == (date(2026, 1, 1), date(2026, 6, 30))
    assert library.problems == ()


def test_text_before_the_first_heading_is_the_overview(write: Write, tmp_path: Path) -> None:
    write("returns.md", HEAD.format(id="returns", version=1) + "Thirty days.\n\n## Who pays\nYou do.\n")
    assert [(each.anchor, each.title) for each in load_folder(tmp_path).passages] == [
        ("overview", "Returns"),
        ("who-pays", "Returns › Who pays"),
    ]


def test_headings_in_code_and_comments_are_not_headings(write: Write, tmp_path: Path) -> None:
    body = "## One\nText.\n```\n# not a heading\n```\n<!-- secret\n## hidden\n-->\nEnd.\n"
    write("one.md", HEAD.format(id="one", version=1) + body)
    (passage,) = load_folder(tmp_path).passages
    assert passage.anchor == "one"
    assert "# not a heading" in passage.text
    assert "secret" not in passage.text


def test_long_sections_are_cut_at_paragraphs_and_lose_nothing(write: Write, tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {number} says something about parcel {number}. " * 8 for number in range(12)]
    write("long.md", HEAD.format(id="long", version=1) + "## All\n" + "\n\n".join(paragraphs) + "\n\n" + "x" * 5000)
    passages = load_folder(tmp_path).passages
    assert [passage.anchor for passage in passages] == [f"all~{number}" for number in range(1, len(passages) + 1)]
    assert all(len(passage.text) <= 1000 for passage in passages)
    words = " ".join(passage.text for passage in passages).split()
    assert [word for word in words if "x" not in word] == " ".join(paragraphs).split()
    assert "".join(word for word in words if "x" in word) == "x" * 5000


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 1, "empty"),
        ("  \n\n", 1, "empty"),
        ("# Returns\nNo head.\n", 1, "no front matter"),
        ("---\nid: one\n---\n# A\ntext\n", 1, "lacks version, status, effective_from, title"),
        (
            HEAD.format(id="one", version=1).replace("version:", "versoin:") + "# A\ntext\n",
            1,
            "lacks version; it has versoin, which is no key",
        ),
        ("---\nid: returns\n", 1, "truncated"),
        (GOOD.replace("2026-01-01", "soon"), 6, "effective_from: has to be a date such as 2026-03-01"),
        (GOOD.replace("approved", "live"), 5, "status: has to be draft, approved or superseded"),
        (GOOD.replace("version: 3", "version: three"), 4, "version: has to be a whole number"),
        (
            GOOD.replace("version", "owner: me\nversion", 1),
            4,
            "owner: is no key here; take it out, or correct its name",
        ),
        (HEAD.format(id="returns", version=1), 8, "truncated"),
        (HEAD.format(id="returns", version=1) + "## A\n```\ncode\n", 9, "never closed"),
        (GOOD + "Text <!-- internal\n", 15, "comment is never closed"),
        (HEAD.format(id="returns", version="two") + BODY, 4, "version"),
        (HEAD.format(id="returns", version=0) + BODY, 4, "version"),
        (HEAD.format(id="Returns & More", version=1) + BODY, 2, "id"),
        (GOOD.replace("approved", "aproved"), 5, "status"),
        (GOOD.replace("2026-01-01", "2026-13-01"), 6, "effective_from is not a possible"),
        (GOOD.replace("2026-01-01", "soon"), 6, "effective_from"),
        (GOOD.replace("---\n# R", "effective_to: 2025-01-01\n---\n# R"), 7, "before effective_from"),
        (GOOD.replace("title: Returns\n", ""), 1, "title"),
        (GOOD.replace("title: Returns\n", "title: Returns\nowner: me\n"), 4, "owner"),
        (GOOD.replace("title: Returns\n", "title: Returns\nid: other\n"), 4, "given twice"),
        (GOOD.replace("title: Returns\n", "title: [Returns\n"), 4, "not valid YAML"),
        (GOOD.replace("title: Returns\n", "title: &a Returns\nkind: *a\n"), 1, "alias"),
        (GOOD.replace("title: Returns\n", "title: " + "[" * 2500 + "\n"), 1, "front matter"),
        (GOOD.replace("title: Returns\n", "title: " + "x" * 20000 + "\n"), 1, "longer than"),
        (GOOD.replace("id: returns", "- id"), 3, "YAML"),
        ("---\n- a\n- b\n---\ntext", 2, "key: value"),
        (GOOD + "\n## Other {#window}\nText.\n", 16, "already used in line 10"),
        (GOOD + "\n## Who pays\nText.\n", 16, "already used"),
        (GOOD + "\n## Other {#a b}\nText.\n", 16, "anchor"),
        (GOOD.encode("utf-16"), 1, "UTF-8"),
        (GOOD.replace("You do", "Größe").encode("latin-1"), 14, "UTF-8"),
        (GOOD.replace("You do", "a\0b"), 14, "UTF-8"),
        (HEAD.format(id="returns", version=1).encode() + b"a " * 2_600_000, 1, "too large"),
    ],
)
def test_bad_document_is_named_with_its_line_and_the_rest_loads(
    write: Write, tmp_path: Path, content: str | bytes, line: int, reason: str
) -> None:
    path = write("bad.md", content)
    write("good.md", HEAD.format(id="good", version=1) + BODY)
    library = load_folder(tmp_path)
    assert [document.id for document in library.documents] == ["good"]
    (problem,) = library.problems
    assert problem.path == str(path)
    assert reason in problem.message
    assert problem.line == line


@pytest.mark.parametrize("piece", ["# {#", "<!--", "<!-- -->", "# a ", "\n \n", "`", "~", "1-", "word "])
def test_hostile_repetition_is_read_in_reasonable_time(write: Write, tmp_path: Path, piece: str) -> None:
    write("bad.md", HEAD.format(id="bad", version=1) + "Text.\n" + piece * (1_000_000 // len(piece)))
    started = time.process_time()
    load_folder(tmp_path)
    assert time.process_time() - started < 10


def test_second_file_with_the_same_version_is_refused(write: Write, tmp_path: Path) -> None:
    write("a.md", GOOD)
    second = write("b.md", GOOD.replace("30 days", "90 days"))
    library = load_folder(tmp_path)
    assert "30 days" in library.passages[0].text
    assert len(library.passages) == 2
    (problem,) = library.problems
    assert str(problem).startswith(f"{second}:2: returns@v3 is already defined by a.md")


def test_readme_hidden_files_and_other_types_are_no_documents(write: Write, tmp_path: Path) -> None:
    write("README.md", "How to write documents.")
    write(".git/x.md", "x")
    write("limits.yaml", "a: 1")
    write("good.md", GOOD.replace("\n", "\r\n"))
    library = load_folder(tmp_path)
    assert [document.path for document in library.documents] == ["good.md"]
    assert library.problems == ()


def test_byte_order_mark_is_no_error(write: Write, tmp_path: Path) -> None:
    write("good.md", b"\xef\xbb\xbf" + GOOD.encode())
    assert load_folder(tmp_path).problems == ()


@pytest.mark.system("N8")
def test_ingest_says_what_it_did_and_second_run_embeds_nothing(write: Write, tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    index = InMemoryIndex(embedder)
    write("returns.md", GOOD)
    bad = write("bad.md", "no head")
    first = ingest_folder(tmp_path, index)
    assert first.added == ("returns@v3#who-pays", "returns@v3#window")
    assert [problem.path for problem in first.problems] == [str(bad)]
    embedder.texts.clear()
    assert ingest_folder(tmp_path, index).unchanged == first.added
    assert embedder.texts == []


@pytest.mark.system("A4")
def test_document_that_became_unreadable_is_no_longer_offered(write: Write, tmp_path: Path) -> None:
    index = InMemoryIndex(CountingEmbedder())
    write("returns.md", GOOD)
    write("other.md", HEAD.format(id="other", version=1) + "We ship to Canada.")
    ingest_folder(tmp_path, index)
    write("returns.md", GOOD.replace("version: 3", "version: three"))
    report = ingest_folder(tmp_path, index)
    assert report.removed == ("returns@v3#who-pays", "returns@v3#window")
    assert index.cite("returns", "window", NOW) is None


def test_folder_without_documents_leaves_the_index_alone(write: Write, tmp_path: Path) -> None:
    index = InMemoryIndex(CountingEmbedder())
    write("docs/returns.md", GOOD)
    ingest_folder(tmp_path / "docs", index)
    write("docs/returns.md", "")
    with pytest.raises(SourceError, match=r"no readable document(?s:.*)the file is empty"):
        ingest_folder(tmp_path / "docs", index)
    with pytest.raises(SourceError, match="not a folder"):
        ingest_folder(tmp_path / "nowhere", index)
    assert index.cite("returns", "window", NOW) is not None


def test_a_text_that_nothing_took_the_place_of_is_said(write: Write, tmp_path: Path) -> None:
    write("a.md", GOOD.replace("approved", "superseded"))
    write("b.md", HEAD.format(id="shipping", version=1).replace("approved", "superseded") + BODY)
    write("c.md", HEAD.format(id="shipping", version=2) + BODY)
    assert load_folder(tmp_path).notices == (
        "returns was superseded and has no newer version here, so nothing of it is cited",
    )
