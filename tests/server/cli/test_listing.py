"""Rows for people: a table where there is room, else lines; what people copy is never cut."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from server.cli.output import table

COLUMNS = ("Case", "Intent", "Status", "Value", "")
ROWS = [
    ("local-t-79683851ad3d", "damaged item", "awaiting approval", "39.78 USD", "returns"),
    ("local-mail-998de3a9e57c", "", "escalated", "", ""),
]


def printed(width: int, rows: list[tuple[str, ...]] = ROWS) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(table(COLUMNS, rows, right=("Value",)))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_narrow_terminal_gets_each_row_as_lines_of_its_own() -> None:
    assert printed(60) == [
        "local-t-79683851ad3d",
        "  Intent: damaged item",
        "  Status: awaiting approval",
        "  Value: 39.78 USD",
        "  returns",
        "local-mail-998de3a9e57c",
        "  Status: escalated",
    ]


@pytest.mark.parametrize("width", [80, 100])
def test_a_wide_one_gets_a_table(width: int) -> None:
    header, rule, first, *_ = printed(width)
    assert header.split() == ["Case", "Intent", "Status", "Value"]
    assert set(rule) == {"─"}
    assert first.split()[:3] == ["local-t-79683851ad3d", "damaged", "item"]


def test_a_table_that_fits_stays_one_however_narrow_the_terminal() -> None:
    assert printed(40, [("c-1", "thanks", "answered", "", "")])[0].split() == ["Case", "Intent", "Status", "Value"]
    assert printed(40, [])[0].split() == ["Case", "Intent", "Status", "Value"]


@pytest.mark.parametrize("width", [12, 24])
def test_even_in_a_sliver_no_letter_of_an_id_is_lost(width: int) -> None:
    assert "local-mail-998de3a9e57c" in "".join(line.strip() for line in printed(width))
