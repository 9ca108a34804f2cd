"""What commands print: calm on a terminal, plain when piped, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

WIDTH = 100
JSON_OPTION = typer.Option(False, "--json", help="Print JSON and nothing else.")


@cache
def console() -> Console:
    """Standard output. Colour only on a terminal; at most 100 columns, so that nothing wraps in a split window."""
    from rich.console import Console

    plain = Console(highlight=False, soft_wrap=False)
    return plain if not plain.is_terminal or plain.width <= WIDTH else Console(highlight=False, width=WIDTH)


def show(*renderables: RenderableType) -> None:
    """Print things for people."""
    for renderable in renderables:
        console().print(renderable)


def say(text: str, style: str = "") -> None:
    """Print one line for people; `text` is never read as markup."""
    from rich.text import Text

    console().print(Text(text, style=style))


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{text}\n")


def emit(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def emit_lines(values: Iterable[object]) -> None:
    """Print JSON lines."""
    for value in values:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> Table:
    """A plain table; columns named in `right` are figures."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def next_command(command: str) -> None:
    """The last line: what to type next, in full."""
    say(f"Next: {command}", "bold")
