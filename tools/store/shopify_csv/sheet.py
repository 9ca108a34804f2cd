"""A CSV file as rows with names: strict about encoding and shape, every fault with its line."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tools.store.report import Problems
from tools.store.textfile import encoding_fault, size_fault

_GUARDED = re.compile(r"'(?=[0-9+\-=@])")
"""Shopify puts an apostrophe before what a spreadsheet would read as a number or a formula."""

_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What some spreadsheets put between columns when they save a CSV file again."""


class Reader(Protocol):
    """What `csv.reader` returns."""

    @property
    def line_num(self) -> int: ...  # noqa: D102
    def __next__(self) -> list[str]: ...


class BadRow(ValueError):
    """A row (and whatever it belongs to) is left out."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        self.line, self.column, self.reason = line, column, reason
        super().__init__(reason)


class _BadFile(Exception):
    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(reason)


@dataclass(frozen=True)
class SheetRow:
    """One record. `line` is where it starts in the file; a column that is missing reads as empty."""

    line: int
    values: dict[str, str]
    fault: str = ""
    header: frozenset[str] = frozenset()

    def get(self, *columns: str) -> str:
        """The first value that is not empty under any of the names a column has had."""
        for column in columns:
            value = self.values.get(column.casefold())
            if value:
                return value
        return ""

    def need(self, *columns: str) -> str:
        """The same, but it has to be there. Raises BadRow."""
        value = self.get(*columns)
        if not value:
            raise self.bad(self.column(*columns), "is empty")
        return value

    def column(self, *columns: str) -> str:
        """The name, of those that a column has had, under which `get` found a value, else one that the header has."""
        filled = (column for column in columns if self.values.get(column.casefold()))
        there = (column for column in columns if column.casefold() in self.header)
        return next(filled, "") or next(there, columns[0])

    def bad(self, column: str, reason: str) -> BadRow:
        """A fault in one of this row's columns."""
        return BadRow(self.line, column, reason)


@dataclass(frozen=True)
class Sheet:
    """A CSV file that was read. `columns` and `header` are folded to lower case; `at` is the line of the header."""

    file: str
    columns: frozenset[str]
    rows: tuple[SheetRow, ...]
    at: int = 1
    header: tuple[str, ...] = ()


def read_sheet(path: Path, problems: Problems) -> Sheet | None:
    """All rows of a file, those with a fault included; None when it cannot be read (the problem is noted)."""
    try:
        fault = size_fault(path)
        if not fault:
            with path.open("rb") as file:
                return _read(path.name, file, problems)
        problems.add(path.name, 0, "", fault)
    except _BadFile as bad:
        problems.add(path.name, bad.line, "", bad.reason)
    except OSError as error:
        problems.add(path.name, 0, "", f"cannot be read: {error.strerror}")
    return None


def _read(name: str, lines: Iterable[bytes], problems: Problems) -> Sheet:
    reader = csv.reader(_decoded(lines), strict=True)
    header = _header(reader)
    at = reader.line_num
    other = next((name for mark, name in _OTHER_MARKS.items() if len(header) == 1 and header[0].count(mark) > 1), "")
    if other:
        raise _BadFile(at, f"its columns are separated by {other}; save it with commas, as Shopify exports it")
    repeated = sorted({column for column in header if column and header.count(column) > 1})
    if repeated:
        raise _BadFile(at, f"the column {repeated[0]} appears twice")
    return Sheet(name, frozenset(header), tuple(_rows(reader, header, name, problems)), at, tuple(header))


def _header(reader: Reader) -> list[str]:
    """The first line that is not blank and not `sep=;`, which Excel writes for itself."""
    try:
        for record in iter(lambda: next(reader, None), None):
            header = [column.strip().casefold() for column in record]
            if any(header) and not header[0].startswith("sep="):
                return header
    except csv.Error as error:
        raise _BadFile(reader.line_num, _told(error)) from error
    raise _BadFile(0, "the file is empty")


def _told(error: csv.Error) -> str:
    if "new-line character" in str(error):
        return "its lines end as on an old Macintosh; save it with the line ends of Windows or Unix"
    if "unexpected end" in str(error):
        return "is not CSV from here on: a quotation mark is opened and never closed"
    return f"is not CSV from here on: {error}"


def _decoded(lines: Iterable[bytes]) -> Generator[str]:
    for number, line in enumerate(lines, start=1):
        fault = encoding_fault(line) if number == 1 else ""
        if fault:
            raise _BadFile(1, fault)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            byte = line[error.start]
            raise _BadFile(number, f"is not UTF-8 (byte 0x{byte:02X}); export it again as CSV UTF-8") from error


def _rows(reader: Reader, header: list[str], name: str, problems: Problems) -> Generator[SheetRow]:
    line, columns = reader.line_num + 1, frozenset(header)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that never closes swallows the rest of the file: what came before it is still good.
            problems.add(name, line, "", _told(error))
            yield SheetRow(line, {}, "the record is broken")
            return
        if any(record):
            yield SheetRow(line, _named(header, record), _fault(record, header), columns)
        line = reader.line_num + 1


def _named(header: list[str], record: list[str]) -> dict[str, str]:
    """The values by column, without the empty ones: most are, in every row of an order but the first."""
    values = zip(header, map(_clean, record), strict=False)
    return {column: value for column, value in values if value} or {header[0]: ""}


def _fault(record: list[str], header: list[str]) -> str:
    if len(record) != len(header):
        return f"has {len(record)} fields, the header has {len(header)}"
    return "holds a NUL character" if any("\0" in value for value in record) else ""


def grouped(rows: Iterable[SheetRow], same: Callable[[SheetRow, SheetRow], bool]) -> Generator[list[SheetRow]]:
    """Runs of rows that are the `same` as the first of the run. A broken record belongs to the run before it."""
    group: list[SheetRow] = []
    for row in rows:
        if group and row.values and not same(group[0], row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _clean(value: str) -> str:
    value = value.strip()
    return value[1:] if _GUARDED.match(value) else value
