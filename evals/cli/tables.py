"""Markdown whose tables are aligned: it reads well on a terminal, and is still Markdown in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RULE = re.compile(r":?-+:?")


def aligned(lines: Iterable[str]) -> Iterator[str]:
    """The lines, every column of a table as wide as its widest cell; figures (`--:`) to the right."""
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            rows.append(_cells(line))
            continue
        yield from _table(rows)
        rows = []
        yield line
    yield from _table(rows)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _table(rows: list[list[str]]) -> Iterator[str]:
    count = max((len(row) for row in rows), default=0)
    full = [row + [""] * (count - len(row)) for row in rows]
    nothing: list[str] = []
    rule = next((row for row in full if all(_RULE.fullmatch(cell) for cell in row)), nothing)
    widths = [max(3, *(len(row[at]) for row in full if row is not rule), 3) for at in range(count)]
    right = [bool(rule) and rule[at].endswith(":") for at in range(count)]
    for row in full:
        cells = (
            _ruled(cell, width) if row is rule else cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        yield f"| {' | '.join(cells)} |"


def _ruled(cell: str, width: int) -> str:
    return "-" * (width - 1) + ":" if cell.endswith(":") else "-" * width
