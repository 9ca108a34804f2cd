from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from evals.sample import DatasetError, Sample, Split, dataset_hash, load_samples

PLAIN: dict[str, JsonValue] = {
    "id": "s-1",
    "ticket": {"subject": "Hello", "messages": [{"text": "Where is #1042?", "sender": "mia@inbox.example"}]},
    "expected": {"intent": "order_status"},
}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "own.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def refused(folder: Path, *lines: object) -> str:
    with pytest.raises(DatasetError) as caught:
        load_samples(written(folder, *lines))
    return str(caught.value).removeprefix(str(folder))


def test_ids_and_times_that_are_left_out_are_filled_in(tmp_path: Path) -> None:
    two = {**PLAIN, "ticket": {"messages": [{"text": "Hello?"}, {"text": "Still there?"}]}}
    (sample,) = load_samples(written(tmp_path, two))
    assert sample.dataset == "own"
    assert sample.ticket.id == "s-1"
    assert [message.id for message in sample.ticket.messages] == ["s-1-m1", "s-1-m2"]
    assert [f"{message.at:%d %H:%M}" for message in sample.ticket.messages] == ["16 13:30", "16 14:30"]
    assert sample.text == "Still there?"
    assert Sample.model_validate_json(sample.model_dump_json()) == sample


@pytest.mark.system("N9")
def test_a_sample_that_expects_nothing_is_an_error_with_file_and_line(tmp_path: Path) -> None:
    said = refused(tmp_path, PLAIN, {**PLAIN, "id": "s-2", "expected": {}})
    assert (
        said
        == "/own.jsonl, line 2: `expected`: expects nothing: label at least one thing, or the sample can never fail"
    )


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"intent": "order_statsu"}, "no intent is called order_statsu"),
        ({"forbidden": ["refund"]}, "no action is called refund"),
        ({"effects": [{"kind": "refund_order", "arguments": {"sum": "1.00 USD"}}]}, "refund_order has no argument sum"),
        ({"effects": [{"kind": "cancel_order"}], "forbidden": ["cancel_order"]}, "both expected and forbidden"),
        ({"asked": "boss"}, "expected.asked"),
        ({"cites": ["returns"]}, "expected.cites.0"),
        ({"colour": "red"}, "expected.colour"),
    ],
)
def test_a_label_that_can_never_be_right_is_refused(tmp_path: Path, expected: dict[str, JsonValue], said: str) -> None:
    assert said in refused(tmp_path, {**PLAIN, "expected": expected})


def test_damaged_files_are_named_with_line_and_column(tmp_path: Path) -> None:
    assert "line 2, column 8: not JSON" in refused(tmp_path, PLAIN, '{"id": }')
    assert "line 1: the sample" in refused(tmp_path, "[]")
    assert "the id s-1 is there twice" in refused(tmp_path, PLAIN, PLAIN)
    assert "holds no samples" in refused(tmp_path, "")
    (tmp_path / "own.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(DatasetError, match="is not UTF-8 \\(byte 0\\)"):
        load_samples(tmp_path / "own.jsonl")
    with pytest.raises(DatasetError, match="cannot be read: No such file"):
        load_samples(tmp_path / "none.jsonl")


def test_a_split_can_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN, {**PLAIN, "id": "s-2", "split": "held_out"})
    assert [sample.id for sample in load_samples(path, Split.TUNE)] == ["s-1"]
    assert [sample.id for sample in load_samples(path, Split.HELD_OUT)] == ["s-2"]


def test_nothing_may_happen_is_a_label_and_not_labelled_is_none() -> None:
    silent = Sample.model_validate({**PLAIN, "expected": {"effects": [], "asked": ""}})
    assert silent.expected.labelled == {"effects", "asked"}
    assert Sample.model_validate(PLAIN).expected.labelled == {"intent"}


def test_the_hash_knows_every_label_and_no_order() -> None:
    one, two = (Sample.model_validate({**PLAIN, "id": name}) for name in ("s-1", "s-2"))
    assert dataset_hash([one, two]) == dataset_hash([two, one])
    other = one.model_copy(update={"expected": one.expected.model_copy(update={"intent": "refund_status"})})
    assert dataset_hash([one, two]) != dataset_hash([other, two])
