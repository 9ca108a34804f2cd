"""What a draft states that can be checked: amounts, dates, times, numbers, links and identifiers, in four languages.

Extraction is greedy from the most specific shape to the plainest: what one shape took, the next does not see again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agent.guard.lexicon import MONTHS, NUMBER_WORDS, SYMBOLS, UNITS, WEEKDAYS


class ClaimKind(StrEnum):
    """What a claim says."""

    AMOUNT = "amount"
    DATE = "date"
    WEEKDAY = "weekday"
    TIME = "time"
    LINK = "link"
    EMAIL = "email"
    IDENTIFIER = "identifier"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement: where it stands, and what it says in every reading that its form allows."""

    kind: ClaimKind
    start: int
    end: int
    text: str
    values: tuple[object, ...]


_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(SYMBOLS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_COUNT = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))

_SHAPES: tuple[tuple[ClaimKind, re.Pattern[str]], ...] = (
    (ClaimKind.LINK, re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"')\]]+", re.I)),
    (ClaimKind.EMAIL, re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.I)),
    (ClaimKind.LINK, re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|shop|store|de|fr|es|uk|eu|info|biz|ru|xyz)\b(?:/\S*)?", re.I)),
    (ClaimKind.AMOUNT, re.compile(rf"(?<![\w.])(?P<b>{_SYMBOL})\s?(?P<n>{_DIGITS})(?![\d])|(?<![\w.,])(?P<m>{_DIGITS})\s?(?P<a>{_SYMBOL})(?![\w])", re.I)),
    (ClaimKind.DATE, re.compile(r"\b(?P<y>\d{4})-(?P<mo>\d{2})-(?P<d>\d{2})\b")),
    (ClaimKind.DATE, re.compile(rf"\b(?P<d>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?(?P<name>{_MONTH})\b\.?(?:,?\s+(?:de\s+|del\s+)?(?P<y>\d{{4}}))?", re.I)),
    (ClaimKind.DATE, re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?", re.I)),
    (ClaimKind.DATE, re.compile(r"\b(?P<p>\d{1,2})[/.](?P<q>\d{1,2})[/.](?P<y>\d{4}|\d{2})\b")),
    (ClaimKind.TIME, re.compile(r"\b(?P<h>\d{1,2})(?::|h)(?P<mi>\d{2})\b(?:\s?(?P<half>[ap])\.?m\b\.?)?|\b(?P<h2>\d{1,2})\s?(?P<half2>[ap])\.?m\b", re.I)),
    (ClaimKind.IDENTIFIER, re.compile(r"#\w[\w-]*|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w]+(?:-[\w]+)*\b|\b\d{5,}\b")),
    (ClaimKind.NUMBER, re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")),
    (ClaimKind.NUMBER, re.compile(rf"\b(?P<word>{_COUNT})\s+(?:\w+\s+)?(?:{_UNIT})\b", re.I)),
    (ClaimKind.WEEKDAY, re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b", re.I)),
)  # fmt: skip


def claims_of(text: str) -> list[Claim]:
    """Every claim of a text in its order; spans do not overlap."""
    taken = bytearray(len(text))
    found: list[Claim] = []
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Claim(kind, start, end, match[0], tuple(_values(kind, match))))
    return sorted(found, key=lambda claim: claim.start)


def _values(kind: ClaimKind, match: re.Match[str]) -> Iterator[object]:
    if kind is ClaimKind.AMOUNT:
        yield from _amounts(match["n"] or match["m"], (match["b"] or match["a"]).casefold())
    elif kind is ClaimKind.DATE:
        yield from _dates(match.groupdict())
    elif kind is ClaimKind.TIME:
        yield from _times(match)
    elif kind is ClaimKind.NUMBER:
        yield from _numbers(match)
    elif kind is ClaimKind.WEEKDAY:
        yield WEEKDAYS[match[0].casefold()]
    else:
        yield match[0].rstrip(".,;:!?").casefold()


def _amounts(digits: str, symbol: str) -> Iterator[tuple[int, str]]:
    """(hundredths, currency): every currency that the symbol may stand for."""
    for hundredths in hundredths_of(digits):
        for currency in SYMBOLS[symbol]:
            yield hundredths, currency


def hundredths_of(digits: str) -> list[int]:
    """A written number in hundredths; `1.234` is read both as a thousand and as a fraction."""
    compact = digits.replace(" ", "").replace("'", "")
    last = max(compact.rfind("."), compact.rfind(","))
    if last < 0:
        return [int(compact) * 100]
    whole, fraction = re.sub(r"[.,]", "", compact[:last]), compact[last + 1 :]
    if len(fraction) == 3:
        return [int(whole + fraction) * 100]
    return [int(whole or "0") * 100 + int(fraction.ljust(2, "0")[:2])]


def _dates(parts: dict[str, str | None]) -> Iterator[tuple[int | None, int, int]]:
    """(year or None, month, day); a numeric date is read both ways round."""
    year = _year(parts.get("y"))
    if parts.get("name"):
        yield year, MONTHS[str(parts["name"]).casefold()], int(str(parts["d"]))
    elif parts.get("mo"):
        yield year, int(str(parts["mo"])), int(str(parts["d"]))
    else:
        first, second = int(str(parts["p"])), int(str(parts["q"]))
        yield year, first, second
        yield year, second, first


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) + (2000 if len(text) == 2 else 0)


def _times(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    hour, minute = int(match["h"] or match["h2"]), int(match["mi"] or 0)
    half = (match["half"] or match["half2"] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    yield hour, minute


def _numbers(match: re.Match[str]) -> Iterator[int]:
    """The number in hundredths, so that 1.5 and 2 compare exactly."""
    word = match.groupdict().get("word")
    if word:
        yield NUMBER_WORDS[word.casefold()] * 100
    else:
        yield from hundredths_of(match[0])


def same_day(claimed: object, known: date) -> bool:
    """Whether a date claim means this day; without a year any year fits."""
    if not isinstance(claimed, tuple):
        return False
    year, month, day = claimed  # pyright: ignore[reportUnknownVariableType] - made by _dates
    return (month, day) == (known.month, known.day) and year in (None, known.year)
