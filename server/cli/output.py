"""What commands print: calm on a terminal, plain when piped, JSON when asked."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import typer

from server.cli.listing import Listing

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDTH = 100
MOST = 50
JSON_OPTION = typer.Option(False, "--json", help="Print JSON and nothing else.")
# What a terminal obeys or what turns the direction of text: a customer's message must not move the cursor of a person
# who signs. Newline and tab stay.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with every character that a terminal would obey made visible, as `<U+001B>`."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text.replace("\r\n", "\n"))


@cache
def console() -> Console:
    """Standard output: colour only on a terminal, and at most 100 columns."""
    from rich.console import Console

    plain = Console(highlight=False)
    fits = plain.is_terminal and plain.width <= WIDTH
    return plain if fits else Console(highlight=False, width=WIDTH)


def show(*renderables: RenderableType) -> None:
    """Print things for people; long lines that must stay whole (a call as JSON) are not cut."""
    if console().is_terminal:
        console().print(*renderables, sep="\n", crop=False)
        return
    with console().capture() as captured:
        console().print(*renderables, sep="\n", crop=False)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def say(text: str, style: str = "") -> None:
    """Print one line for people, never cut or wrapped by us; `text` is never read as markup."""
    from rich.text import Text

    console().print(Text(visible(text), style=style), soft_wrap=True)


def complain(text: str) -> None:
    """One line on standard error."""
    try:
        sys.stderr.write(f"{visible(text)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        return


def complain_all(texts: Sequence[str]) -> None:
    """Lines on standard error, at most MOST of them: a wrong file has a problem on every line."""
    for text in texts[:MOST]:
        complain(text)
    if len(texts) > MOST:
        complain(f"and {len(texts) - MOST:,} more; --json names them all")


def emit(value: object) -> None:
    """Print one JSON document."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(_UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> Listing:
    """Rows under their columns; those named in `right` are figures. The first column is never broken: it is copied."""
    return Listing(columns, [[visible(cell) for cell in row] for row in rows], right)


def typed(command: str) -> str:
    """`countersign ...` as it has to be typed here: a program that is not on the PATH keeps its folder."""
    program = sys.argv[0] if sys.argv else ""
    folder, _, name = program.rpartition("/")
    if not folder or name != "countersign" or shutil.which(name) is not None:
        return command
    # Settings may stand before it, as in `COUNTERSIGN_DATA_DIR=./restored countersign restore FILE`.
    return re.sub(rf"(?<!\S){name}(?!\S)", lambda _: program, command, count=1)


def next_command(command: str) -> None:
    """The last line: what to type next, in full."""
    say(f"Next: {typed(command)}", "bold")
