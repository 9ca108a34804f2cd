"""The measure finds what the redactor lets through, and the redactor is measured as the product uses it."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from agent.redaction import KnownPeople, PiiType, Span, find_pii
from evals.tasks.lines import UnusableInput
from evals.tasks.pii import LabelledText, evaluate_pii, lines_of, read_labelled_texts

DATA = Path(__file__).parents[2] / "agent" / "redaction" / "data.jsonl"
TEXT = "Hi, I am Ana Ruiz, call 415-555-2671 or write ana@example.com."


def labelled(*spans: tuple[str, str], text: str = TEXT, known: dict[str, list[str]] | None = None) -> LabelledText:
    labels = [{"start": text.index(word), "end": text.index(word) + len(word), "type": kind} for word, kind in spans]
    return LabelledText.model_validate({"id": "t", "text": text, "spans": labels, "known": known or {}})


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_counts_by_type() -> None:
    row = labelled(("Ana Ruiz", "person_name"), ("415-555-2671", "phone"), ("ana@example.com", "email"))

    def find(text: str, known: KnownPeople | None) -> list[Span]:
        at = text.find("415")
        if at < 0:
            return []
        return [Span(at, at + 5, PiiType.PHONE), Span(0, 2, PiiType.PERSON_NAME), Span(9, 17, PiiType.ADDRESS)]

    report = evaluate_pii([row, labelled(text="Nothing here.")], find)
    assert (report.texts, report.clean) == (2, 1)
    by_name = {each.name: each for each in (*report.groups, *report.types)}
    phone, name, mail = by_name["phone"], by_name["person_name"], by_name["email"]
    assert (phone.found, phone.missed, phone.in_vain, phone.exact) == (1, 0, 0, 0)
    assert (name.found, name.missed, name.in_vain) == (0, 1, 1)
    assert (mail.recall.value, mail.precision.value) == (0, None)
    assert by_name["structured"].recall.value == 0.5
    assert [(miss.type, miss.masked) for miss in report.missed] == [("person_name", True), ("email", False)]
    assert [miss.type for miss in report.leaked] == ["email"]


def test_a_name_of_the_record_that_stays_is_told_even_when_nobody_labelled_it() -> None:
    known = {"names": ["Ana Ruiz"], "emails": ["ana@example.com"]}
    unlabelled, clear = labelled(known=known), labelled(("Ana Ruiz", "person_name"), known=known)
    for row in (unlabelled, clear):
        blind = evaluate_pii([row], lambda text, known: [])
        assert sorted(miss.type for miss in blind.missed_known) == ["email", "person_name"]
        seeing = evaluate_pii([row])
        assert seeing.missed_known == ()
        assert [each.in_vain for each in seeing.types if each.name in ("person_name", "email")] in ([], [0], [0, 0])
        assert "Named by the customer record and missed: 2." in "\n".join(lines_of(blind))


def test_a_report_never_repeats_what_was_missed() -> None:
    report = evaluate_pii([labelled(("Ana Ruiz", "person_name"))], lambda text, known: [])
    said = "\n".join(lines_of(report))
    assert "characters 9 to 17" in said
    assert "Ruiz" not in said


def test_the_redactor_on_labelled_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """379 texts, 314 labels; no connection is opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the redactor opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    report = evaluate_pii(read_labelled_texts(DATA))
    every, structured, free = report.groups
    assert (report.texts, every.recall.n) == (379, 314)
    assert (structured.recall.value or 0) >= 0.97
    assert (structured.precision.value or 0) >= 0.99
    assert (free.recall.value or 0) >= 0.95


@pytest.mark.parametrize("name", ["Mia Keller", "Søren Ødegård", "O'Brien Kate", "Jean-Luc Marchand", "Li Wei"])
@pytest.mark.parametrize("text", ["{} wrote again", "thanks, {}", "I am {}. Where is it", "send it to {}, please"])
def test_known_names_are_found_always(name: str, text: str) -> None:
    said = text.format(name)
    row = labelled((name, "person_name"), text=said, known={"names": [name]})
    report = evaluate_pii([row], find_pii)
    assert report.missed == ()


SPAN = {"start": 0, "end": 2, "type": "email"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", r"pii\.jsonl:2: not JSON"),
        ({"id": 1, "text": "Hi there"}, r"pii\.jsonl:2: `spans` is missing; a line needs `id`, `text`, `spans`"),
        ({"id": 1, "text": "Hi", "spans": [SPAN], "span": []}, "`span` means nothing here"),
        ({"id": 1, "text": "Hi", "spans": [{**SPAN, "type": "mail"}]}, "labelled `mail`; the types are address,"),
        ({"id": 1, "text": "Hi", "spans": [{**SPAN, "type": "mail"}]}, "url, username; a line needs `id`"),
        ({"id": 1, "text": "Hi", "spans": [{**SPAN, "end": 9}]}, "does not lie in the text, which has 2 characters"),
        ({"id": 1, "text": "Hi", "spans": [{**SPAN, "text": "Ho"}]}, "is 'Hi', the label says 'Ho'"),
        ({"id": 1, "text": "Hi!", "spans": [SPAN, {**SPAN, "start": 1}]}, "overlaps another label"),
        ({"id": "good", "text": "Hi", "spans": []}, r"the id 'good' stands in .*pii\.jsonl:1 already"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(tmp_path: Path, row: object, said: str) -> None:
    path = write(tmp_path / "pii.jsonl", {"id": "good", "text": "Hi", "spans": []}, row)
    with pytest.raises(UnusableInput, match=said):
        read_labelled_texts(path)


def test_files_that_hold_nothing_or_no_text(tmp_path: Path) -> None:
    empty, latin = tmp_path / "empty.jsonl", tmp_path / "latin.jsonl"
    empty.write_text("\n\n")
    latin.write_bytes(b'{"id": "Gr\xf6\xdfe"}\n')
    with pytest.raises(UnusableInput, match="there is no line in it"):
        read_labelled_texts(empty)
    with pytest.raises(UnusableInput, match=r"latin\.jsonl:1: not UTF-8"):
        read_labelled_texts(latin)
    with pytest.raises(UnusableInput, match="cannot be read"):
        read_labelled_texts(tmp_path / "none.jsonl")
