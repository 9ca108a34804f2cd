"""Reading examples and messages from CSV files, with the file, line and column of whatever is wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from agent.rows import Row, RowsUnreadable, read_rows
from agent.triage.errors import TriageError
from agent.triage.intents import Intent

SHIPPED = Path(__file__).parent / "examples"
LARGEST_FILE = 64 * 1024 * 1024


class Example(NamedTuple):
    """A message as customers write it, and what it is about."""

    text: str
    label: str


class Message(NamedTuple):
    """A message to be classified."""

    id: str
    text: str


def shipped_examples() -> tuple[Example, ...]:
    """The examples of our own intents: one file for each, named after it.

    Raises:
        TriageError: A file is missing or damaged, or holds another label than its name says.
    """
    found: list[Example] = []
    for intent in Intent:
        path = SHIPPED / f"{intent.value}.csv"
        for example in read_examples(path):
            if example.label != intent.value:
                raise TriageError(f"{path}: the label `{example.label}` does not belong in this file")
            found.append(example)
    return tuple(found)


def sha256_of_shipped() -> str:
    """The hash of the files of `shipped_examples`.

    Raises:
        TriageError: A file is missing.
    """
    found = hashlib.sha256()
    for intent in Intent:
        path = SHIPPED / f"{intent.value}.csv"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise TriageError(f"{path}: cannot be read ({error.strerror or error})") from None
        found.update(hashlib.sha256(content).digest())
    return found.hexdigest()


def read_examples(path: Path) -> tuple[Example, ...]:
    """The columns `text` and `label` of a CSV file in UTF-8 (commas, semicolons or tabs); further columns are ignored.

    Raises:
        TriageError: The file cannot be read, a column is missing, or a text or label is empty.
    """
    return tuple(Example(*cells) for _, cells in _rows(path, ("text", "label")))


def read_messages(path: Path) -> tuple[Message, ...]:
    """The columns `id` and `text` of a CSV file in UTF-8; further columns are ignored, and a text may be empty.

    Raises:
        TriageError: The file cannot be read, a column is missing, or an id is empty or used twice.
    """
    first: dict[str, int] = {}
    found: list[Message] = []
    for line, (identity, text) in _rows(path, ("id", "text"), may_be_empty=("text",)):
        if identity in first:
            raise TriageError(
                f"{path}, line {line}, column `id`: `{identity}` was already used in line {first[identity]}; "
                "every message needs its own"
            )
        first[identity] = line
        found.append(Message(identity, text))
    return tuple(found)


def _rows(path: Path, columns: tuple[str, ...], may_be_empty: tuple[str, ...] = ()) -> list[tuple[int, list[str]]]:
    """The named columns of every row, each filled but for those that may be empty, with the line the row begins in."""
    lines = _lines(path, columns)
    if not lines:
        raise TriageError(f"{path}: the file is empty; it needs a header with {_named(columns)}, and rows")
    places = _places(path, lines[0][1], columns)
    if len(lines) == 1:
        raise TriageError(f"{path}: there is only a header; add at least one row")
    found: list[tuple[int, list[str]]] = []
    for line, cells in lines[1:]:
        values = [cells[at].strip() if at < len(cells) else "" for at in places]
        for name in (name for name, value in zip(columns, values, strict=True) if not value):
            if name not in may_be_empty:
                raise TriageError(f"{path}, line {line}, column `{name}`: it is empty; fill it in or delete the row")
        found.append((line, values))
    return found


def _lines(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows that are not blank, counted as an editor counts lines."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TriageError(f"{path}: larger than {LARGEST_FILE // 1024 // 1024} MB; split the file")
        return list(read_rows(path, lambda name: name.strip().lower() in columns))
    except RowsUnreadable as error:
        raise TriageError(f"{path}, line {error.line}: {error.reason}") from None
    except OSError as error:
        raise TriageError(f"{path}: cannot be read ({error.strerror or error})") from None


def _places(path: Path, header: list[str], columns: tuple[str, ...]) -> tuple[int, ...]:
    names = [cell.strip().lower() for cell in header]
    for column in columns:
        if names.count(column) != 1:
            wrong = "there are several columns" if column in names else "there is no column"
            said = ", ".join(names)
            raise TriageError(f"{path}, line 1: {wrong} `{column}`; {_named(columns)} are needed, it says: {said}")
    return tuple(names.index(column) for column in columns)


def _named(columns: tuple[str, ...]) -> str:
    return " and ".join(f"`{column}`" for column in columns)
