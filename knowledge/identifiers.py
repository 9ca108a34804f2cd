"""Codes in a text: SKUs, order numbers, article numbers.

Dense search cannot tell `BK-4711` from `BK-4712` (of 999 it finds the right one one time in five),
so they are matched exactly.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

_TOKEN = re.compile(r"#?\w+(?:[-_/.]\w+)*")
# "30-day", "2kg" and "4x" measure something; they name nothing.
_MEASURE = re.compile(r"\d+[-.,/]?\d*-?(?:[a-z]{1,2}|[a-z]+s?)(?:-[a-z]+)*", re.IGNORECASE)
_WITH_DIGITS = re.compile(r"(?=.*[A-Za-z])(?=(?:.*\d){2})[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+)*")
_CAPITALS = re.compile(r"[A-Z]{2,}[A-Z0-9]*(?:[-_][A-Z0-9]+)+")
_BETWEEN = re.compile(r"[-_/.]")
_NUMBER = re.compile(r"#\d{3,}|\d{5,}")
MAX_CHARS = 10_000
_MAX_CODE = 64  # the patterns need quadratic time for one endless word


def identifiers(text: str) -> set[str]:
    """The codes in a text, lower-cased and without `#`; the first 10,000 characters are read."""
    return {token.lstrip("#").lower() for token in _codes(text[:MAX_CHARS])}


def unbroken(code: str) -> str:
    """A code without what stands between its parts: `bk4711` for `bk-4711`."""
    return _BETWEEN.sub("", code)


def loosely(text: str) -> set[str]:
    """What may be a code, `unbroken`, however it is written: `err5521`, and `err 5521` as two words."""
    words = [token.lstrip("#").lower() for token in _TOKEN.findall(text[:MAX_CHARS]) if len(token) <= _MAX_CODE]
    pairs = (f"{first}{second}" for first, second in pairwise(words) if second[0].isdigit() and first.isalpha())
    return {unbroken(each) for each in (*words, *pairs) if not _MEASURE.fullmatch(each)}


def _codes(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        if len(token) > _MAX_CODE or _MEASURE.fullmatch(token):
            continue
        if _NUMBER.fullmatch(token) or _CAPITALS.fullmatch(token) or _WITH_DIGITS.fullmatch(token):
            yield token
