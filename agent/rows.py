"""The rows of a CSV file that somebody else wrote, each with its line as an editor counts. It is untrusted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

DELIMITERS = (",", ";", "\t")
"""Between columns: a comma, or what spreadsheets write in other countries."""
LONGEST_CELL = 4 * 1024 * 1024
"""Characters. A longer cell is a quotation mark that nobody closed."""
Row = tuple[int, list[str]]
"""The line in which a row begins, and its cells."""
Known = Callable[[str], object]
"""Whether a cell of the header is a column that is looked for: true or false of what it returns."""
_BEFORE_HEADER = re.compile(r"\s*(?:\"?sep=.?\"?\s*)?", re.IGNORECASE)
"""A blank line, or the hint to a spreadsheet that some exports begin with."""
_UNDECODED = re.compile("[\udc80-\udcff]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class RowsUnreadable(Exception):
    """The file cannot be read as CSV: the line, and a reason that says what to do."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


def read_rows(path: Path, known: Known) -> Iterator[Row]:
    """The rows that are not blank, the header first.

    Columns are separated by whichever of DELIMITERS gives the header most columns that are `known`.

    Raises:
        RowsUnreadable: A line is not UTF-8 or holds a zero byte, or a quotation mark stands where none may or is not
            closed. What follows it cannot be told apart, so the caller should use no row of the file.
        OSError: The file cannot be opened.
    """
    usual = csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
            yield from _rows(_checked(stream), known)
    finally:
        csv.field_size_limit(usual)


def header_of(start: bytes, known: Known) -> list[str]:
    """The first row of a file that begins so, whatever its encoding; empty when nothing there is a row."""
    text = start.decode("utf-16" if start.startswith(_WIDE) else "utf-8-sig", "replace")
    try:
        _, cells = next(_rows(io.StringIO(text, newline=""), known), (0, list[str]()))
    except RowsUnreadable:
        return []
    return cells


def _checked(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if _UNDECODED.search(line):
            raise RowsUnreadable(number, "not UTF-8; save the file as CSV UTF-8 and try again")
        if "\0" in line:
            raise RowsUnreadable(number, "not a text file (it holds zero bytes); save it as CSV UTF-8")
        yield line


def _rows(lines: Iterable[str], known: Known) -> Iterator[Row]:
    rest = iter(lines)
    numbered = ((number, line) for number, line in enumerate(rest) if not _BEFORE_HEADER.fullmatch(line))
    skipped, first = next(numbered, (0, ""))
    begin = skipped + 1
    try:
        mark = _delimiter(first, known)
        reader = csv.reader(chain((first,), rest), strict=True, skipinitialspace=True, delimiter=mark)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begin, cells
            begin = skipped + reader.line_num + 1
    except csv.Error as error:
        raise RowsUnreadable(begin, f"this is not a CSV row ({error}); check its quotation marks") from None


def _delimiter(header: str, known: Known) -> str:
    def found(mark: str) -> tuple[int, int]:
        cells = next(csv.reader((header,), delimiter=mark), list[str]())
        return sum(bool(known(cell)) for cell in cells), len(cells)

    return max(DELIMITERS, key=found)
