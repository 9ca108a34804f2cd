"""A brand's own labels from a file, for a file of messages."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.triage import TriageError, triage_file
from agent.triage.examples import SHIPPED, read_examples, read_messages, shipped_examples
from agent.triage.intents import Intent
from knowledge.embedding import HashingEmbedder
from tests.agent.triage.conftest import SMALL

Write = Callable[[str, str | bytes], Path]
OWN = "text,label\n" + "".join(f"{text},{label}\n" for text, label in SMALL)


def test_labels_every_message_in_order(hashing: HashingEmbedder, write: Write, tmp_path: Path) -> None:
    messages = write("in.csv", 'id,text,when\nm2,"where is it, my order?",x\nm1,refund me,y\nm3,quantum zebra,z\n')
    out = tmp_path / "out.jsonl"
    report = triage_file(write("own.csv", OWN), messages, out, hashing, tmp_path / "models")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["label"]) for line in lines[:2]] == [("m2", "tracking"), ("m1", "refund")]
    assert lines[2]["id"] == "m3"
    assert lines[2]["abstained"]
    for line in lines:
        assert set(line) == {"id", "label", "confidence", "abstained", "ranked"}
        assert line["ranked"][0] == {"label": line["label"], "confidence": line["confidence"]}
        assert {ranked["label"] for ranked in line["ranked"]} == {"tracking", "refund", "payment"}
    assert (report.messages, report.examples, report.labels) == (3, len(SMALL), 3)
    assert report.abstained == sum(line["abstained"] for line in lines)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_reads_what_spreadsheets_of_other_countries_write(delimiter: str, write: Write) -> None:
    path = write(
        "own.csv", f'\ufefftext{delimiter}label\n"where is it, my order?"{delimiter}tracking\nhi{delimiter}hello\n'
    )
    assert read_examples(path) == (("where is it, my order?", "tracking"), ("hi", "hello"))
    assert read_messages(write("in.csv", f"id{delimiter}text\n1{delimiter}a, b\n")) == (("1", "a, b"),)


def test_says_what_is_odd_about_accepted_examples(hashing: HashingEmbedder, write: Write, tmp_path: Path) -> None:
    own = write("own.csv", f"{OWN}please refund me,refund\nplease refund me,payment\nhello,greeting\n")
    report = triage_file(own, write("in.csv", "id,text\n1,hi\n"), tmp_path / "o.jsonl", hashing, tmp_path)
    assert any("1 repeated" in note for note in report.notes)
    assert any("several labels" in note and "please refund me" in note for note in report.notes)
    assert any("greeting" in note for note in report.notes)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("text,label\n", "only a header"),
        ("text,category\nhi,x\n", "line 1: there is no column `label`"),
        ("text,text,label\nhi,hi,x\n", "several columns `text`"),
        ("text,label\nhi,x\n,y\n", "line 3, column `text`"),
        ("text,label\nhi,x\n\n\nho\n", "line 5, column `label`"),
        ('text,label\n"two\nlines",x\nho,\n', "line 4, column `label`"),
        ('text,label\nhi,x\n"never closed,y\n', "line 3: this is not a CSV row"),
        ("text,label\nhi,x\nGr\xfc\xdfe,y\n".encode("latin-1"), "line 3: not UTF-8"),
        ("text,label\nhi,x\n".encode("utf-16"), "not UTF-8"),
        (b"text,label\nhi\x00,x\n", "line 2: not a text file"),
        ("text,label\nhi,x\nho,x\n", "all examples are labelled `x`"),
    ],
)
def test_wrong_examples_are_named_with_file_line_and_column(
    content: str | bytes, told: str, hashing: HashingEmbedder, write: Write, tmp_path: Path
) -> None:
    own, messages, out = write("own.csv", content), write("in.csv", "id,text\n1,hi\n"), tmp_path / "out.jsonl"
    with pytest.raises(TriageError) as error:
        triage_file(own, messages, out, hashing, tmp_path)
    assert "own.csv" in str(error.value)
    assert told in str(error.value)
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id,message\n1,hi\n", "no column `text`"),
        ("id,text\n1,hi\n2,ho\n1,hu\n", "line 4, column `id`: `1` was already used in line 2"),
        ("id,text\n,hi\n", "line 2, column `id`"),
    ],
)
def test_wrong_messages_are_named_with_file_line_and_column(content: str, told: str, write: Write) -> None:
    with pytest.raises(TriageError, match=r"in\.csv") as error:
        read_messages(write("in.csv", content))
    assert told in str(error.value)


def test_a_message_without_text_abstains_and_stops_nothing(
    hashing: HashingEmbedder, write: Write, tmp_path: Path
) -> None:
    own, out = write("own.csv", OWN), tmp_path / "out.jsonl"
    report = triage_file(own, write("in.csv", 'id,text\n1,\n2,"  "\n3\n4,hi\n'), out, hashing, tmp_path)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["1", "2", "3", "4"]
    assert all(line["abstained"] for line in lines[:3])
    assert report.notes[-1] == "3 messages have no text and abstain: 1, 2, 3"


def test_missing_and_unwritable_files_are_named(hashing: HashingEmbedder, write: Write, tmp_path: Path) -> None:
    with pytest.raises(TriageError, match=r"nowhere\.csv: cannot be read"):
        read_messages(tmp_path / "nowhere.csv")
    own, messages = write("own.csv", OWN), write("in.csv", "id,text\n1,hi\n")
    with pytest.raises(TriageError, match="cannot be written"):
        triage_file(own, messages, tmp_path / "no" / "folder" / "out.jsonl", hashing, tmp_path)


def test_a_spreadsheets_byte_order_mark_and_line_ends_are_read(write: Write) -> None:
    found = read_examples(write("own.csv", '\ufeffText,Label\r\n"a, b",x\r\nc,y\r\n'))
    assert found == (("a, b", "x"), ("c", "y"))


def test_the_shipped_examples_are_in_order() -> None:
    found = shipped_examples()
    assert {path.stem for path in SHIPPED.glob("*.csv")} == {intent.value for intent in Intent}
    for intent in Intent:
        assert len({text for text, label in found if label == intent}) >= 50, intent
