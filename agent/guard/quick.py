"""A quick look before a slow search: where a text has digits, and whether it holds a word at all.

Nothing here decides. It only leaves out searches that cannot find anything, so it has to err towards searching.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

REACH = 24
"""Characters before a digit in which something may begin that ends with it: `$ US`, `September the `."""
_DIGITS = re.compile(r"\d+")
_BEGINS = re.compile(r"(?<!\w)\S")
# Others have letters that an expression without case takes for these: the Kelvin sign, the long s, the dotless i.
_USUAL = re.compile("[\x00-\xff\u2010-\u2026\u202f\u20ac]*")


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


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """Lower case; empty for a text whose letters an expression without case may compare otherwise."""
    return text.lower() if _USUAL.fullmatch(text) else ""


def may_hold(text: str, hints: Iterable[str]) -> bool:
    """Whether one of the hints (lower case) stands in a text, whatever its case. A strange text may hold any."""
    lower = lowered(text)
    if not lower:
        return bool(text)
    # A plain loop: a generator takes three times as long.
    for hint in hints:  # noqa: SIM110
        if hint in lower:
            return True
    return False
