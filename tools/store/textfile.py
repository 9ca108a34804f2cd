"""Reads text files that strangers wrote: UTF-8 only, lines of bounded length, every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from tools.store.report import Problems

LONGEST_LINE = 4_000_000
"""Bytes. An order with ten thousand lines is shorter; a longer line is a broken or hostile file."""
LARGEST_FILE = 2_000_000_000
"""Bytes. A file is held in memory until all of it was understood."""
ReadLine = Callable[[int], bytes]
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def encoding_fault(start: bytes) -> str:
    """Why a file that begins with these bytes is not UTF-8 text; empty when nothing speaks against it."""
    if start.startswith(_WIDE) or b"\0" in start[:200]:
        return "the file is UTF-16 or binary; save it as UTF-8"
    return ""


def size_fault(path: Path) -> str:
    """Why a file is not even opened; empty when it may be. Raises OSError."""
    if not path.is_file():
        return "is not a regular file"
    if path.stat().st_size > LARGEST_FILE:
        return f"is larger than {LARGEST_FILE:,} bytes; split it"
    return ""


def lines_of(path: Path, problems: Problems, *, may_be_empty: bool = False) -> Generator[tuple[int, bytes]]:
    """Number and content of every line that is not blank. A file that cannot be read is a problem, not an exception."""
    name = path.name
    try:
        fault = size_fault(path)
        if fault:
            problems.add(name, 0, "", fault)
            return
        with path.open("rb") as file:
            fault = encoding_fault(file.read(200))
            if fault:
                problems.add(name, 1, "", fault)
                return
            file.seek(0)
            found = yield from _lines(path.name, file.readline, problems)
            if not (found or may_be_empty):
                problems.add(name, 0, "", "the file is empty")
    except OSError as error:
        problems.add(name, 0, "", f"cannot be read: {error.strerror}")


def _lines(name: str, readline: ReadLine, problems: Problems) -> Generator[tuple[int, bytes], None, bool]:
    number, found = 0, False
    while line := readline(LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            problems.add(name, number, "", f"the line is longer than {LONGEST_LINE:,} bytes")
            _skip_line(readline)
            found = True
        elif line.strip():
            found = True
            yield number, line.rstrip(b"\r\n")
    return found


def _skip_line(readline: ReadLine) -> None:
    while (rest := readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass
