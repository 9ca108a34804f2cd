"""`redact`, `triage`, `knowledge` and `playbooks`: batches over a person's own files."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from server.settings import SOURCES
from tests.server.cli.conftest import Command, lines_of

POLICY = """---
id: returns
title: Returns
version: 1
status: approved
effective_from: 2026-01-01
---
## Window

You can return most items within 30 days of delivery.

## Shipping

A parcel travels three to five business days with the post.
"""


def test_redact_names_spans_and_bad_lines(countersign: Command, work: Path) -> None:
    (work / "t.jsonl").write_text('{"id": 1, "text": "write to ada@example.com"}\nnonsense\n{"id": "b", "text": ""}\n')
    done = countersign("redact", "--in", "t.jsonl", "--out", "s.jsonl")
    assert (done.code, done.err.startswith("t.jsonl:2: not JSON")) == (1, True)
    [first, second] = lines_of(work / "s.jsonl")
    assert [(span["start"], span["end"], span["type"]) for span in first["spans"]] == [(9, 24, "email")]
    assert second == {"id": "b", "spans": []}
    listed = countersign("redact", "--in", "t.jsonl", "--out", "s.jsonl", "--json")
    assert (listed.code, listed.err, listed.json["texts"], listed.json["bad_lines"]) == (1, "", 2, 1)


@pytest.mark.parametrize("command", [("redact",), ("triage",)])
@pytest.mark.parametrize(
    ("source", "out", "said"),
    [
        ("nowhere", "o", "nowhere"),
        (".", "o", "."),
        ("in", "in", "is the file that is read"),
        ("in", ".", "is a folder"),
        ("in", "no/o", "is not a folder"),
    ],
)
def test_files_that_cannot_be_used_are_said(
    countersign: Command, work: Path, command: tuple[str], source: str, out: str, said: str
) -> None:
    (work / "in").write_text("id,text\n1,hi\n")
    refused = countersign(*command, "--in", source, "--out", out)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert (work / "in").read_text() == "id,text\n1,hi\n"


def test_triage_learns_from_a_brands_own_labels(countersign: Command, work: Path) -> None:
    words = {"parcel": ["where is it", "not here yet", "lost in the post"], "money": ["refund me", "pay back", "cash"]}
    with (work / "own.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("text", "label"))
        rows.writerows((f"{text} {n}", label) for label, texts in words.items() for text in texts for n in range(4))
    (work / "m.csv").write_text("id,text\n1,where is it now\n2,please refund me\n")
    done = countersign("triage", "--examples", "own.csv", "--in", "m.csv", "--out", "l.jsonl", "--json")
    assert done.code == 0, done.err
    assert (done.json["messages"], done.json["labels"]) == (2, 2)
    lines = lines_of(work / "l.jsonl")
    assert [line["label"] for line in lines] == ["parcel", "money"]
    assert set(lines[0]) == {"id", "label", "confidence", "abstained", "ranked"}


def test_triage_says_that_it_reads_tables(countersign: Command, work: Path) -> None:
    (work / "m.jsonl").write_text('{"id": "1", "text": "hi"}\n')
    (work / "m.csv").write_text("id,text\n1,hi\n")
    refused = countersign("triage", "--in", "m.jsonl", "--out", "o.jsonl")
    assert (refused.code, refused.err) == (2, "m.jsonl holds JSON; save it as CSV with the columns id,text\n")
    refused = countersign("triage", "--examples", "m.jsonl", "--in", "m.csv", "--out", "o.jsonl")
    assert (refused.code, refused.err) == (2, "m.jsonl holds JSON; save it as CSV with the columns text,label\n")


def test_triage_without_examples_knows_our_own_intents(countersign: Command, work: Path) -> None:
    (work / "m.csv").write_text("id,text\n1,where is my parcel it should have been here on monday\n")
    done = countersign("triage", "--in", "m.csv", "--out", "l.jsonl")
    assert done.out.startswith("1 messages labelled")
    assert lines_of(work / "l.jsonl")[0]["label"] == "order_status"


def test_one_question_finds_the_passage_that_was_ingested(countersign: Command, work: Path) -> None:
    (work / "docs").mkdir()
    (work / "docs" / "returns.md").write_text(POLICY)
    done = countersign("knowledge", "ingest", "docs", "--json")
    assert (done.code, done.json["added"], done.json["problems"]) == (0, 2, [])
    assert countersign("knowledge", "ingest", "docs", "--json").json["unchanged"] == 2
    hits = countersign("knowledge", "search", "how many days to return an item", "-k", 1, "--json").json
    assert [hit["passage"] for hit in hits] == ["returns@v1#window"]
    assert "30 days" in countersign("knowledge", "search", "how long can I return").out


def test_a_bad_document_is_named_and_the_rest_is_taken(countersign: Command, work: Path) -> None:
    (work / "docs").mkdir()
    (work / "docs" / "returns.md").write_text(POLICY)
    (work / "docs" / "wrong.md").write_text("---\nid: x\n---\n")
    done = countersign("knowledge", "ingest", "docs")
    assert (done.code, "wrong.md:" in done.err) == (1, True)
    assert "Passages: 2 added" in done.out
    listed = countersign("knowledge", "list", "docs", "--json")
    assert (listed.code, len(listed.json["documents"]), len(listed.json["problems"])) == (1, 1, 1)


def test_texts_that_nobody_reads_are_named_with_what_to_do(countersign: Command, work: Path) -> None:
    docs = work / "docs"
    docs.mkdir()
    (docs / "returns.md").write_text(POLICY)
    for name in ("terms.PDF", "shipping.docx", "notes.txt", "README.md", "logo.png", ".draft.txt"):
        (docs / name).write_bytes(b"x")
    done = countersign("knowledge", "ingest", "docs")
    assert (done.code, done.err.splitlines()) == (
        0,
        [
            "docs/notes.txt is not read; save its text as Markdown, notes.md",
            "docs/shipping.docx is not read; save its text as Markdown, shipping.md",
            "docs/terms.PDF is not read; save its text as Markdown, terms.md",
        ],
    )
    assert len(countersign("knowledge", "ingest", "docs", "--json").json["notices"]) == 3
    assert "docs/notes.txt is not read" in countersign("knowledge", "list", "docs").err
    (docs / "returns.md").unlink()
    assert "docs/terms.PDF is not read" in countersign("knowledge", "ingest", "docs").err


def test_what_is_ingested_is_listed_and_cited_not_what_is_shipped(countersign: Command, work: Path) -> None:
    shipped = countersign("knowledge", "list")
    assert "These are the shipped documents, because none was ingested into" in " ".join(shipped.out.split())
    (work / "docs").mkdir()
    (work / "docs" / "returns.md").write_text(POLICY)
    countersign("knowledge", "ingest", "docs")
    (work / "docs" / "returns.md").unlink()
    listed = countersign("knowledge", "list", "--json").json
    assert [(each["id"], each["version"], each["title"], each["passages"]) for each in listed["documents"]] == [
        ("returns", 1, "Returns", 2)
    ]
    assert listed["read"] == f"the documents ingested into {work / 'data'}"
    checked = countersign("playbooks", "check")
    assert checked.code == 1
    assert "Citations were checked against the documents ingested into" in checked.out
    assert "shipping#" in checked.err
    assert countersign("playbooks", "check", "--policies", SOURCES / "policies").code == 0


def test_a_file_of_questions_is_answered_from_any_folder(countersign: Command, work: Path) -> None:
    (work / "texts").mkdir()
    texts = [
        {"id": "a", "title": "Returns", "text": "You can send items back for thirty days."},
        {"id": "b", "title": "Coffee", "text": "Our coffee is roasted every Tuesday."},
    ]
    (work / "texts" / "t.jsonl").write_text("\n".join(map(json.dumps, texts)))
    (work / "q.jsonl").write_text('{"id": "q1", "text": "when is the coffee roasted"}\nbroken\n')
    batch = ("knowledge", "search", "--source", "texts", "--questions", "q.jsonl", "--out", "h.jsonl", "--k", 2)
    done = countersign(*batch)
    assert (done.code, "q.jsonl:2" in done.err) == (1, True)
    [line] = lines_of(work / "h.jsonl")
    assert (line["id"], line["hits"][0]["id"]) == ("q1", "b")
    listed = countersign(*batch, "--json")
    assert (listed.code, listed.err, listed.json["bad_lines"], listed.json["documents"]) == (1, "", 1, 2)
    assert not (work / "data").exists()


@pytest.mark.parametrize("folder", ["nowhere", "file"])
def test_a_folder_that_is_none_is_said(countersign: Command, work: Path, folder: str) -> None:
    (work / "file").write_text("")
    for verb in ("ingest", "list"):
        refused = countersign("knowledge", verb, folder)
        assert (refused.code, refused.out, folder in refused.err) == (2, "", True)


def test_the_shipped_playbooks_have_no_problem(countersign: Command) -> None:
    done = countersign("playbooks", "check", "--json")
    assert (done.code, done.json) == (0, [])
    assert {playbook["intent"] for playbook in countersign("playbooks", "list", "--json").json} >= {"order_status"}


def test_a_mistake_in_a_playbook_is_named_with_its_line(countersign: Command, work: Path) -> None:
    shutil.copytree(SOURCES / "playbooks", work / "mine")
    path = work / "mine" / "thanks.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, 1) if line.startswith("lookups:"))
    lines[number - 1] = "lookups: [customer, nonsense]"
    path.write_text("\n".join(lines), encoding="utf-8")
    done = countersign("playbooks", "check", "--folder", "mine")
    assert done.code == 1
    assert [line for line in done.err.splitlines() if "nonsense" in line and f"thanks.md:{number}" in line]
    refused = countersign("playbooks", "check", "--folder", "nowhere")
    assert (refused.code, "nowhere is not a folder" in refused.err) == (2, True)


def test_what_a_macro_states_and_no_document_does_is_named_with_its_line(countersign: Command, work: Path) -> None:
    shutil.copytree(SOURCES / "macros", work / "mine")
    path = work / "mine" / "account.yaml"
    text = path.read_text(encoding="utf-8")
    added = (
        "  en: |\n    Call +1 212 555 0100.\n    You get $20 within 30 days of delivery, or mail help@other.example."
    )
    path.write_text(text.replace("  en: |", added, 1), encoding="utf-8")
    at = text.splitlines().index("  en: |") + 2
    done = countersign("playbooks", "check", "--macros", "mine")
    says = [
        line.partition("mine/")[2].partition(", which no approved document does")[0] for line in done.err.splitlines()
    ]
    assert (done.code, says) == (
        1,
        [
            f'account.yaml:{at}: macro verify_account (en) says "1 212 555 0100"',
            f'account.yaml:{at + 1}: macro verify_account (en) says "$20"',
            f'account.yaml:{at + 1}: macro verify_account (en) says "help@other.example"',
        ],
    )
