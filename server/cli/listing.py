"""Rows for people: a table where there is room for one, else each row as lines of its own, so that ids stay whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

ROOMY = 80
"""Columns from which a table is made however much it has to break its cells."""

_BETWEEN = 3
"""Blanks between two columns."""


@dataclass(frozen=True)
class Listing:
    """Cells are visible text already. Columns named in `right` are figures; the first is what people copy."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[str] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Rich asks this when it prints."""
        from rich.text import Text

        if options.max_width >= ROOMY or self._width() <= options.max_width:
            yield self._table()
            return
        for row in self.rows:
            yield Text(row[0], style="bold", overflow="fold")
            yield from (Text(f"  {line}", overflow="fold") for line in self._lines(row))

    def _width(self) -> int:
        """What the table would take if no cell were broken."""
        from rich.cells import cell_len

        widest = [max(map(cell_len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        return sum(widest) + _BETWEEN * (len(widest) - 1)

    def _lines(self, row: Sequence[str]) -> Iterator[str]:
        named = zip(self.columns[1:], row[1:], strict=True)
        return (f"{column}: {cell}" if column else cell for column, cell in named if cell)

    def _table(self) -> Table:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, column in enumerate(self.columns):
            figure = column in self.right
            justify = "right" if figure else "left"
            made.add_column(column, justify=justify, overflow="fold", no_wrap=figure or number == 0)
        for row in self.rows:
            made.add_row(*(Text(cell) for cell in row))
        return made
