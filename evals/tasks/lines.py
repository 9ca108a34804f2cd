"""Reading labelled data, one JSON object a line: whatever is wrong is named with its file, line and field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.plainly import first_fault

LARGEST_FILE = 64 * 1024 * 1024
_MOST_CHARACTERS = 500


class UnusableInput(ValueError):
    """Labelled data that cannot be measured against; the message names the place and what to do."""


class Row(BaseModel):
    """What every line has: an id that no other line has. A field it does not know is a mistake, not a remark."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    id: str | int


Shape = TypeVar("Shape", bound=Row)


def read_rows(path: Path, shape: type[Shape]) -> list[tuple[str, Shape]]:
    """All lines, each with its place as `file:line`; blank lines are skipped.

    Raises:
        UnusableInput: the file cannot be read or is empty, a line has another shape, or an id is used twice.
    """
    first: dict[str | int, str] = {}
    found: list[tuple[str, Shape]] = []
    for where, line in numbered_lines(path):
        row = _row(where, line, shape)
        if row.id in first:
            raise UnusableInput(f"{where}: the id {row.id!r} stands in {first[row.id]} already; give it another")
        first[row.id] = where
        found.append((where, row))
    if not found:
        raise UnusableInput(f"{path}: there is no line in it; one JSON object a line is needed")
    return found


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that are not blank, each with its place as `file:line`. Raises UnusableInput."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnusableInput(f"{path}: larger than {LARGEST_FILE // 1024 // 1024} MB; split the file")
        data = path.read_bytes()
    except OSError as error:
        raise UnusableInput(f"{path}: cannot be read ({error.strerror or error})") from None
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if raw.strip():
            yield f"{path}:{number}", _decoded(f"{path}:{number}", raw)


def _decoded(where: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableInput(f"{where}: not UTF-8 (byte {error.start + 1}); save the file as UTF-8") from None


def _row(where: str, line: str, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate_json(line)
    except ValidationError as error:
        wanted = ", ".join(f"`{name}`" for name, field in shape.model_fields.items() if field.is_required())
        raise UnusableInput(f"{where}: {first_fault(error, '', _MOST_CHARACTERS)}; a line needs {wanted}") from None
