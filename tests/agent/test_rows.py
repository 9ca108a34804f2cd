"""Rows of a CSV file: the line that an editor shows, any mark between columns, no row of a broken file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from agent.rows import LONGEST_CELL, Row, RowsUnreadable, header_of, read_rows


def known(name: str) -> bool:
    return name.strip().lower() in ("id", "text")


def rows(folder: Path, content: str | bytes) -> list[Row]:
    path = folder / "in.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, known))


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("id,text\n1,a\n2,b\n", [1, 2, 3]),
        ("id,text\r\n1,a\r\n2,b\r\n", [1, 2, 3]),
        ("id,text\r1,a\r2,b", [1, 2, 3]),
        ("\ufeff\n\nid,text\n\n1,a\n , \n2,b\n", [3, 5, 7]),
        ('id,text\n1,"a\nb\r\n\r\nc"\n2,b', [1, 2, 6]),
        ("id,text\n1,a\u2028b\x0bc\x85d\n2,b\n", [1, 2, 3]),
        ("sep=,\nid,text\n1,a\n2,b\n", [2, 3, 4]),
    ],
)
def test_a_row_has_the_line_in_which_it_begins(tmp_path: Path, content: str, lines: list[int]) -> None:
    found = rows(tmp_path, content)
    assert [line for line, _ in found] == lines
    assert [cells[0] for _, cells in found] == ["id", "1", "2"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("id,text", ["id", "text"]),
        ("id;text", ["id", "text"]),
        ("id\ttext", ["id", "text"]),
        ("id,text,size (s;m;l;xl)", ["id", "text", "size (s;m;l;xl)"]),
        ("id;text;first, middle, last, title", ["id", "text", "first, middle, last, title"]),
        ('"a;b;c;d",text', ["a;b;c;d", "text"]),
        ('id, "text, all of it"', ["id", "text, all of it"]),
        ("a;b;c,d", ["a", "b", "c,d"]),
        ("text", ["text"]),
    ],
)
def test_what_stands_between_columns_is_what_finds_them(tmp_path: Path, header: str, cells: list[str]) -> None:
    assert rows(tmp_path, header) == [(1, cells)]
    assert header_of(header.encode(), known) == cells
    assert header_of(header.encode("utf-16"), known) == cells


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"id,text\n1,a\n2,Gr\xfc\xdfe\n", 3, "not UTF-8"),
        ("id,text\n1,a\n".encode("utf-16"), 1, "not UTF-8"),
        (b"id,text\r\n1,a\x00\r\n", 2, "zero bytes"),
        ('id,text\n1,a\n2,"b\n3,c\n', 3, "unexpected end"),
        ('id,text\n1,"he said "no" to me"\n', 2, "quotation marks"),
        ("\n\nid,text\n1,a\n2," + "x" * (LONGEST_CELL + 1), 5, "larger than"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(tmp_path: Path, content: str | bytes, line: int, said: str) -> None:
    usual = 131_072
    csv.field_size_limit(usual)
    with pytest.raises(RowsUnreadable, match=said) as caught:
        rows(tmp_path, content)
    assert caught.value.line == line
    assert csv.field_size_limit() == usual


def test_a_mail_with_its_history_fits_in_a_cell(tmp_path: Path) -> None:
    text = "x" * 200_000
    assert rows(tmp_path, f"id,text\n1,{text}\n")[1] == (2, ["1", text])


def test_a_start_that_is_no_row_has_no_header() -> None:
    assert header_of(b"", known) == header_of(b"\n\n", known) == header_of(b'"never closed', known) == []
