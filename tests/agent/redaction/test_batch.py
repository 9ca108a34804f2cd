"""The batch: one line in, one line out, bad lines reported by place."""

import json
from pathlib import Path

import pytest

from agent.redaction import redact_file


def _run(tmp_path: Path, content: bytes) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    source, target = tmp_path / "texts.jsonl", tmp_path / "spans.jsonl"
    source.write_bytes(content)
    report = redact_file(source, target)
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert report.texts == len(rows)
    return rows, tuple(problem.replace(str(source), "texts.jsonl") for problem in report.problems)


def test_spans_by_line(tmp_path: Path) -> None:
    rows, problems = _run(tmp_path, '{"id":"a","text":"é a@b.example"}\n\n{"id":7,"text":"nothing"}\n'.encode())
    assert rows == [
        {"id": "a", "spans": [{"start": 2, "end": 13, "type": "email", "text": "a@b.example"}]},
        {"id": 7, "spans": []},
    ]
    assert problems == ()


def test_bad_lines_are_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = [
        b'{"id":"a","text":"ok"}',
        b"{",
        b"[1]",
        b'{"text":"x"}',
        b'{"id":"b"}',
        b'{"id":"c","text":3}',
        b"\xff\xfe",
        b'{"id":true,"text":"x"}',
        b"[" * 5000,
        b'{"id":"z","text":"+1 415 555 2671"}',
    ]
    rows, problems = _run(tmp_path, b"\n".join(lines))
    assert [row["id"] for row in rows] == ["a", "z"]
    assert [problem.split(": ")[0] for problem in problems] == [f"texts.jsonl:{n}" for n in range(2, 10)]
    assert "not JSON" in problems[0]
    assert '"id" is missing' in problems[2]
    assert '"text" is missing' in problems[3]
    assert "not UTF-8" in problems[5]


def test_byte_order_mark(tmp_path: Path) -> None:
    rows, problems = _run(tmp_path, b'\xef\xbb\xbf{"id":"a","text":""}\n')
    assert (rows, problems) == ([{"id": "a", "spans": []}], ())


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        redact_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_what_comes_twice_is_looked_at_and_named(tmp_path: Path) -> None:
    lines = [
        b'{"id":"a","text":"x"}',
        b'{"id":"a","text":"mail a@b.example"}',
        b'{"id":"b","text":"c@d.example","text":"x"}',
        b'{"id":"e","text":"x","note":1,"note":2}',
    ]
    rows, problems = _run(tmp_path, b"\n".join(lines))
    assert [(row["id"], bool(row["spans"])) for row in rows] == [("a", False), ("a", True), ("e", False)]
    assert [problem.replace(str(tmp_path) + "/", "") for problem in problems] == [
        'texts.jsonl:2: the id "a" is in texts.jsonl:1 already; both lines are answered',
        'texts.jsonl:3: "text" is there twice; keep one',
    ]


def test_what_is_no_json_is_told_in_plain_words(tmp_path: Path) -> None:
    problems = _run(tmp_path, b'{"id":"a" "text":"x"}\n' + b"[" * 5000)[1]
    assert "not JSON from character 11 on; expected" in problems[0]
    assert "nested deeper than any text is" in problems[1]
