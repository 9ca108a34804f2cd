"""Importing: a brand's own labelled tickets as samples, from CSV or JSONL.

A line that cannot be used is named with its file, line, column and what to do about it; the rest loads. JSONL lines are
samples as in our own data sets, or flat rows with the columns of the CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import JsonValue, ValidationError

from agent.receiving import address_and_name, new_and_quoted
from evals.sample import DatasetError, Sample

LARGEST_FILE = 64 * 1024 * 1024
LABELS = ("intent", "secondary", "language", "resolution", "forbidden", "asked", "facts", "absent", "cites", "order_id")
TICKET = ("subject", "channel")
SENDER = ("sender", "sender_name", "sender_verified", "quoted")
OWN = ("id", "split", "kind", "tags", "note")
COLUMNS = ("text", *OWN, *TICKET, *SENDER, *LABELS)
"""What a row may have: `text` and a label at least. Of further columns, one that could be a misspelt label is refused,
and those of an export that mean something else are named and not read."""
SAME = {
    "label": "intent",
    "from": "sender",
    "name": "sender_name",
    "ticket id": "id",
    "ticket subject": "subject",
    "description": "text",
    "ticket description": "text",
    "message body": "text",
    "message": "text",
    "body": "text",
    "requester email": "sender",
    "requester name": "sender_name",
    "customer email": "sender",
    "customer name": "sender_name",
    "sender email": "sender",
    "sender name": "sender_name",
}
"""As the files of `countersign triage` and `process` call them, and exports of helpdesks."""
SEVERAL = frozenset({"secondary", "forbidden", "facts", "absent", "cites", "tags"})
"""Columns with several values, separated by `;`; wordings of one fact by `|`."""
_MOST_NAMED = 300
"""Characters of a header that a message repeats."""
NOBODY = "nobody"
"""In `asked`: nobody has to sign. An empty cell labels nothing."""
DELIMITERS = (",", ";", "\t")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was left out: where it stands and why. `column` is empty when the whole line is wrong."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f", column `{self.column}`" if self.column else ""
        return f"{self.file}, line {self.line}{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave: the samples that load, and a problem for every line that does not."""

    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...] = ()
    """Columns of a CSV file that mean nothing here."""


class _Wrong(ValueError):
    """One value of a row is wrong."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def import_samples(path: Path) -> Imported:
    """The labelled tickets of a `.csv` or `.jsonl` file.

    Raises DatasetError when nothing of it can be read: no such file, too large, not UTF-8, a header without `text` or
    with a column that could be a misspelt label, another kind of file.
    """
    rows = {".csv": _csv_rows, ".jsonl": _json_rows}.get(path.suffix.lower())
    if rows is None:
        raise DatasetError(f"{path}: give a .csv or a .jsonl file, not `{path.suffix}`")
    found: dict[str, Sample] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for number, row in rows(path, _text(path)):
        try:
            sample = _sample(path, number, row)
        except _Wrong as wrong:
            problems.append(Problem(path.name, number, wrong.column, str(wrong)))
            continue
        if sample.id in found:
            taken = f"`{sample.id}` stands in line {lines[sample.id]} already; give it another"
            problems.append(Problem(path.name, number, "id", taken))
        else:
            found[sample.id], lines[sample.id] = sample, number
    return Imported(tuple(found.values()), tuple(problems), _unread(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DatasetError(f"{path}: larger than {LARGEST_FILE // 1024 // 1024} MB; split the file")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: not UTF-8 (byte {error.start + 1}); save the file as UTF-8") from None


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, JsonValue] | _Wrong]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    header = [_column_of(name) for name in next(reader, list[str]())]
    _check_header(path, header)
    first = reader.line_num + 1
    usual = csv.field_size_limit(LARGEST_FILE)  # of the process; a mail with its history is longer than 128 KB
    try:
        for cells in reader:
            number, first = first, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                yield number, _cells(header, cells)
    except csv.Error as error:
        yield first, _Wrong("", f"not CSV from here on ({error}); check the quotes")
    finally:
        csv.field_size_limit(usual)


def _column_of(name: str) -> str:
    """A column by its own name, in whatever case it is written, or as our other files call it."""
    lower = name.strip().lower()
    return SAME.get(lower, lower)


def _delimiter(text: str) -> str:
    """What stands between the columns: a comma, or what spreadsheets write in other countries."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)


def _check_header(path: Path, header: list[str]) -> None:
    known = ", ".join(COLUMNS)
    if "text" not in header:
        said = f"there is no column `text`; {_has(header)}, and may name {known}"
        raise DatasetError(f"{path}, line 1: {said}")
    for name in header:
        if name not in COLUMNS and (meant := get_close_matches(name, COLUMNS, n=1, cutoff=0.75)):
            said = f"means nothing here; did you mean `{meant[0]}`? Rename it or take it out (there may be {known})"
            raise DatasetError(f"{path}, line 1, column `{name}`: {said}")
        if name in COLUMNS and header.count(name) > 1:
            raise DatasetError(f"{path}, line 1, column `{name}`: is there twice")


def _unread(path: Path) -> tuple[str, ...]:
    if path.suffix.lower() != ".csv":
        return ()
    text = _text(path)
    header = next(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text)), list[str]())
    return tuple(name.strip() for name in header if name.strip() and _column_of(name) not in COLUMNS)


def _has(header: list[str]) -> str:
    named = ", ".join(name for name in header if name)[:_MOST_NAMED]
    return f"the first line names {named}" if named else "the first line names none"


def _cells(header: list[str], cells: list[str]) -> dict[str, JsonValue] | _Wrong:
    if len(cells) != len(header):
        return _Wrong("", f"{len(cells)} cells, and the header has {len(header)}; quote texts that hold commas")
    named = zip(header, cells, strict=True)
    return {name: cell.strip() for name, cell in named if name in COLUMNS and cell.strip()}


def _value(name: str, cell: JsonValue) -> JsonValue:
    if name not in SEVERAL or not isinstance(cell, str):
        return cell
    parts = [part.strip() for part in cell.split(";") if part.strip()]
    return [[*map(str.strip, part.split("|"))] for part in parts] if name == "facts" else [*parts]


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, JsonValue] | _Wrong]]:
    # Not splitlines: a customer's text may hold line separators that JSON leaves as they are.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> dict[str, JsonValue] | _Wrong:
    try:
        data: JsonValue = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return _Wrong("", f"not JSON{place}; one object a line is needed")
    if not isinstance(data, dict):
        return _Wrong("", "not an object; one object a line is needed")
    return data if "ticket" in data else _flat(data)


def _flat(data: dict[str, JsonValue]) -> dict[str, JsonValue] | _Wrong:
    row = {_column_of(name): value for name, value in data.items()}
    return row if len(row) == len(data) else _Wrong("", "two of its names mean the same column; keep one")


def _sample(path: Path, number: int, row: dict[str, JsonValue] | _Wrong) -> Sample:
    if isinstance(row, _Wrong):
        raise row
    whole = row if "ticket" in row else _whole(row, f"{path.stem}-{number}")
    try:
        return Sample.model_validate_json(json.dumps({"id": f"{path.stem}-{number}", "dataset": path.stem, **whole}))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = next((str(part) for part in reversed(first["loc"]) if part in COLUMNS), _column(first["msg"]))
        if "ticket" in row:
            column = ".".join(str(part) for part in first["loc"])
        raise _Wrong(column, _reason(first["msg"])) from None


def _column(message: str) -> str:
    """Of an intent that does not exist: the sample says so as a whole."""
    return "intent" if "no intent is called" in message else ""


def _reason(message: str) -> str:
    said = message.removeprefix("Value error, ")
    return said.replace("expects nothing:", "has no label:") if "expects nothing" in said else said


def _whole(row: Mapping[str, JsonValue], name: str) -> dict[str, JsonValue]:
    """A flat row as a sample."""
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise _Wrong(unknown[0], f"means nothing here; the columns are {', '.join(COLUMNS)}")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _Wrong("text", "is empty; a ticket needs what the customer wrote")
    message, own = _message(row, text), _named(row)
    if "sender_verified" in message:
        message["sender_verified"] = _truth(message["sender_verified"])
    ticket: dict[str, JsonValue] = {"id": own.get("id", name), "messages": [message], **_some(row, TICKET)}
    labels = _some(row, LABELS)
    if labels.get("asked") == NOBODY:
        labels["asked"] = ""
    return {**own, "ticket": ticket, "expected": labels}


def _message(row: Mapping[str, JsonValue], text: str) -> dict[str, JsonValue]:
    """Read as the product reads what a helpdesk exported: quoted mails apart, `Ann <ann@example.com>` in two."""
    message: dict[str, JsonValue] = {"text": text, **_some(row, SENDER)}
    if row.get("channel", "email") == "email" and "quoted" not in row:
        new, quoted = new_and_quoted(text)
        message |= {"text": new, **({"quoted": quoted} if quoted else {})}
    if isinstance(sender := row.get("sender"), str):
        address, called = address_and_name(sender)
        message |= {"sender": address, **({"sender_name": called} if called and "sender_name" not in row else {})}
    return message


def _named(row: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The columns of the sample itself; exports number their tickets."""
    own = _some(row, OWN)
    number = own.get("id")
    return own | {"id": str(number)} if isinstance(number, int) and not isinstance(number, bool) else own


def _some(row: Mapping[str, JsonValue], names: tuple[str, ...]) -> dict[str, JsonValue]:
    return {name: _value(name, row[name]) for name in names if name in row}


def _truth(value: JsonValue) -> bool:
    if isinstance(value, bool):
        return value
    said = _TRUTH.get(str(value).lower())
    if said is None:
        raise _Wrong("sender_verified", f"`{value}` is neither yes nor no")
    return said


def write_samples(samples: Iterable[Sample], path: Path) -> None:
    """The samples as a data set, one a line, under its name when it is complete."""
    partial = path.with_name(f"{path.name}.partial")
    lines = [sample.model_dump_json(exclude_defaults=True, exclude={"dataset"}) for sample in samples]
    partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    partial.replace(path)
