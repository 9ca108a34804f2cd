"""Where a text has digits, and which words it has: a shape is searched nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from knowledge.hints import lowered

REACH = 24
"""Characters before a digit in which something may begin that ends with it: `$ US`, `September the `."""
_DIGITS = re.compile(r"\d+")
_BEGINS = re.compile(r"(?<!\w)\S")
_WORD = re.compile(r"\w+")


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


def at_codes(shape: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """As `shape.finditer(text)`, for a run of letters, digits, `_` and `-` with a digit in it, and the `#` before."""
    end = 0
    for at in places(text).digits:
        if at < end:
            continue
        start = at
        while start > end and _of_code(text[start - 1]):
            start -= 1
        if start > end and text[start - 1] == "#" and not (start > 1 and _of_code(text[start - 2])):
            start -= 1
        if match := shape.match(text, start):
            yield match
            end = match.end()


def _of_code(sign: str) -> bool:
    return sign.isalnum() or sign in "_-"


def may_say(text: str, wanted: frozenset[str]) -> bool:
    """Whether one of these words (lower case) may stand in a text, whole and whatever its case."""
    said = _words(text)
    return said is None or not said.isdisjoint(wanted)


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str] | None:
    """None for a text whose letters an expression without case may compare otherwise."""
    lower = lowered(text)
    return frozenset(_WORD.findall(lower)) if lower or not text else None


def first_words(phrases: Iterable[str]) -> frozenset[str]:
    """What stands at the beginning of each: `dix` of `dix-sept`."""
    return frozenset(_WORD.findall(phrase)[0] for phrase in phrases)
