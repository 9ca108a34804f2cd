"""Where a text has digits: a shape with digits is searched nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

REACH = 24
"""Characters before a digit in which something may begin that ends with it: `$ US`, `September the `."""
_DIGITS = re.compile(r"\d+")
_BEGINS = re.compile(r"(?<!\w)\S")


class Places(NamedTuple):
    """Where digits begin, and every place before them (or there) at which a word or sign begins. In order."""

    digits: tuple[int, ...]
    around: tuple[int, ...]


_NOWHERE = Places((), ())


@lru_cache(maxsize=64)
def places(text: str) -> Places:
    """The places of a text from which a shape with digits may begin."""
    digits = tuple(match.start() for match in _DIGITS.finditer(text))
    if not digits:
        return _NOWHERE
    around = set(digits)
    for at in digits:
        around.update(match.start() for match in _BEGINS.finditer(text, max(0, at - REACH), at))
    return Places(digits, tuple(sorted(around)))


def matches(shape: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """As `shape.finditer(text)`, for a shape that matches nowhere else than at `starts`."""
    end = 0
    for at in starts:
        if at >= end and (match := shape.match(text, at)):
            yield match
            end = match.end()
