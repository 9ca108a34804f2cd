"""A helpdesk's CSV export as plain tickets: which column is which field, and what a row says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from agent.intake import IntakeError
from agent.rows import Row, RowsUnreadable, header_of, read_rows

_CALLED: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "ticket id"),
    "text": ("text", "message", "body", "description", "ticket description"),
    "from": ("from", "sender", "email", "e mail", "sender email", "requester email", "customer email"),
    "name": ("name", "sender name", "requester name", "customer name"),
    "subject": ("subject", "ticket subject"),
    "at": ("at", "created at", "received at"),
    "channel": ("channel",),
    "sender_verified": ("sender verified",),
}
"""The fields of a plain ticket, and what exports call them. "Requester" alone is a name in one and an address in the
next, so it is none. What proves a sender has to be said in our word."""
_FIELD_CALLED = {name: field for field, names in _CALLED.items() for name in names}
_NEEDED = ("id", "text")
_HEAD = 65_536
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LONGEST_NAME = 60
_MOST_NAMES = 40


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the header says.

    `names`: as it says them, without blank ones at its end. `places`: field to column. `width`: all of its cells.
    """

    names: tuple[str, ...]
    places: Mapping[str, int]
    width: int

    def fields(self, cells: list[str]) -> dict[str, object]:
        """The fields of a plain ticket that a row fills. Raises IntakeError for a row of another shape."""
        if len(cells) != self.width or any(cell.strip() for cell in cells[len(self.names) :]):
            # Read as it stands, a text with a bare comma would be answered by its first half.
            raise IntakeError(
                f"the row has {len(cells)} cells and the header names {len(self.names)}; a cell that holds a line "
                "break or what stands between columns needs quotation marks"
            )
        filled = {field: cells[at].strip() for field, at in self.places.items()}
        return {field: _value(field, cell) for field, cell in filled.items() if cell}

    def remark(self) -> str:
        """Which columns are read under another name, and which are not read; empty when there is nothing to say."""
        read = {field: self.names[at] for field, at in self.places.items()}
        others = [f"{_quoted(name)} as {field}" for field, name in read.items() if _plain(name) != _plain(field)]
        unread = [name for at, name in enumerate(self.names) if name and at not in self.places.values()]
        said = [
            f"read {', '.join(others)}" if others else "",
            f"columns that were not read: {_listed(unread)}" if unread else "",
        ]
        return "; ".join(part for part in said if part)


def holds_table(source: Path) -> bool:
    """Whether a file is CSV: its name says so, or its first row names an id and a text. Raises OSError."""
    with source.open("rb") as stream:
        start = stream.read(_HEAD)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"[")):
        return False
    named = {_field(cell) for cell in header_of(start, _field)}
    return source.suffix.lower() in (".csv", ".tsv") or named.issuperset(_NEEDED)


def read_table(source: Path) -> tuple[Columns, Iterator[Row]]:
    """The columns of a file, and its rows with their lines.

    Raises IntakeError, here or while rows are read, when the file cannot be used; the text names file and line.
    """
    rows = _rows(source)
    header, first = next(rows, None), next(rows, None)
    if header is None:
        raise IntakeError(f"{source} is empty; it needs a line that names the columns, id and text at least, and rows")
    try:
        columns = _columns(header[1])
    except IntakeError as error:
        raise IntakeError(f"{source}:{header[0]}: {error}") from None
    if first is None:
        raise IntakeError(f"{source} has only a header; add a row for each ticket")
    return columns, chain((first,), rows)


def _rows(source: Path) -> Iterator[Row]:
    try:
        yield from read_rows(source, _field)
    except RowsUnreadable as error:
        raise IntakeError(f"{source}:{error.line}: {error.reason}") from None


def _columns(header: list[str]) -> Columns:
    names = [cell.strip() for cell in header]
    while not names[-1]:
        names.pop()
    places: dict[str, int] = {}
    for at, name in enumerate(names):
        field = _field(name)
        if field and (first := places.setdefault(field, at)) != at:
            raise IntakeError(
                f"{_quoted(names[first])} and {_quoted(name)} are both read as {field}; "
                "delete one of the two columns, or call it something else"
            )
    for field in _NEEDED:
        if field not in places:
            called = " or ".join(f"`{other}`" for other in _CALLED[field])
            raise IntakeError(f"no column is called {called}; the first line has to name the columns: {_listed(names)}")
    return Columns(names=tuple(names), places=places, width=len(header))


def _field(name: str) -> str:
    """The field that a column of this name is; empty for none."""
    return _FIELD_CALLED.get(_plain(name), "")


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.strip().casefold()))


def _value(field: str, cell: str) -> object:
    if field == "channel":
        return cell.lower()
    if field != "sender_verified":
        return cell
    said = _TRUTH.get(cell.lower())
    if said is None:
        raise IntakeError("sender_verified: says neither yes nor no; write one of them, or leave it empty")
    return said


def _listed(names: list[str]) -> str:
    rest = len(names) - _MOST_NAMES
    more = f" and {rest} more" if rest > 0 else ""
    return ", ".join(_quoted(name) for name in names[:_MOST_NAMES]) + more


def _quoted(name: str) -> str:
    line = " ".join(name.split())
    return f"`{line if len(line) <= _LONGEST_NAME else f'{line[:_LONGEST_NAME]}…'}`"
