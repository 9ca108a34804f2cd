"""What a matched shape may mean: one value for each reading that its form allows. Exact, never a float."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.guard.lexicon import CURRENCIES, MONTHS, OF_LANGUAGE, RELATIVE_DAYS, SYMBOLS, THREE_DIGITS, TIME_UNITS
from agent.guard.lexicon import WEEKDAYS as DAY_NAMES
from agent.reading.words import fold

Match = re.Match[str]
_ABBREVIATION = re.compile(r"(?:\w\.){1,3}\w{1,3}", re.I)
_USUAL_ENDINGS = frozenset("com net org io shop store de fr es uk eu us info biz ru cn xyz top app dev co me".split())
_NEXT = re.compile(r"next|nächste|kommende|próxima|viene|prochaine", re.I)
_LAST = re.compile(r"last|letzte|pasada|dernière", re.I)


def _word(said: str) -> str:
    """As the word lists spell it: a pattern that ignores case also finds the dotted capital of Turkish keyboards."""
    return said.casefold().replace("\u0307", "")


def exact(value: int | str) -> Decimal:
    """A number that compares exactly: 39 equals 39.00."""
    return Decimal(value)


def word(match: Match, language: str) -> Iterator[object]:
    """The text itself, folded, without the punctuation behind it."""
    yield match[0].rstrip(".,;:!?").casefold()


def domain(match: Match, language: str) -> Iterator[object]:
    """A web address without its scheme; `e.g.`, `z.B.` and a missing space after a full stop are none."""
    name = re.split(r"[/?#]", match[0])[0]
    ending = name.rpartition(".")[2]
    lower = ending.islower() or name.isupper() or ending.casefold() in _USUAL_ENDINGS
    if lower and not _ABBREVIATION.fullmatch(name):
        yield match[0].rstrip(".,;:!?").casefold()


def amounts(match: Match, language: str) -> Iterator[tuple[Decimal, str]]:
    """(amount, currency) for every currency that the symbol may stand for."""
    yield from marked(match["n"] or match["m"], match["b"] or match["a"])


def marked(digits: str, mark: str) -> Iterator[tuple[Decimal, str]]:
    """An amount and its symbol or code."""
    currencies = (mark,) if mark in CURRENCIES else SYMBOLS[_word(re.sub(r"\s", "", mark))]
    for currency in currencies:
        for value in values_of(digits, fraction_of_three=currency in THREE_DIGITS):
            yield value, currency


def values_of(digits: str, *, fraction_of_three: bool = False) -> Iterator[Decimal]:
    """A written number: the last separator starts a fraction, unless three digits follow it."""
    compact = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    last = max(compact.rfind("."), compact.rfind(","))
    whole, fraction = re.sub(r"[.,]", "", compact[: max(last, 0)]), re.sub(r"[.,]", "", compact[last + 1 :])
    if last < 0:
        yield Decimal(compact)
    elif len(fraction) == 3:
        yield Decimal(whole + fraction)
        if fraction_of_three:
            yield Decimal(f"{whole}.{fraction}")
    else:
        yield Decimal(f"{whole or 0}.{fraction or 0}")


def numbers(match: Match, language: str) -> Iterator[Decimal]:
    """A plain number."""
    yield from values_of(match["n"])


def durations(match: Match, language: str) -> Iterator[tuple[Decimal, str]]:
    """(number, unit)."""
    digits = match["n"] or match["n2"]
    unit = TIME_UNITS[_word(match["unit"])] if match["unit"] else "hour"
    for value in values_of(digits):
        yield value, unit


def duration(value: int, unit: str) -> tuple[Decimal, str]:
    """A number in words and the word for its unit."""
    return Decimal(value), TIME_UNITS[_word(unit)]


def dates(match: Match, language: str) -> Iterator[tuple[int | None, int, int]]:
    """(year or None, month, day); a numeric date is read both ways round."""
    parts = match.groupdict()
    year = _year(parts.get("y"))
    if parts.get("name"):
        yield year, MONTHS[_word(str(parts["name"]))], int(str(parts["d"]))
    elif parts.get("mo"):
        yield year, int(str(parts["mo"])), int(str(parts["d"]))
    else:
        yield from _either_way(year, int(match["p"]), int(parts.get("q") or parts.get("r") or "0"))


def _either_way(year: int | None, first: int, second: int) -> Iterator[tuple[int | None, int, int]]:
    for month, day in {(first, second), (second, first)}:
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield year, month, day


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) + (2000 if len(text) == 2 else 0)


def times(match: Match, language: str) -> Iterator[tuple[int, int]]:
    """(hour, minute)."""
    hour, minute = int(match["h"] or match["h2"]), int(match["mi"] or 0)
    half = (match["half"] or match["half2"] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    yield hour, minute


def digit_groups(match: Match, language: str) -> Iterator[str]:
    """`1 0 4 2`, `555-010-44`: a number written apart is the same number."""
    digits = re.sub(r"\D", "", match[0])
    if len(digits) >= 4 or match[0] == "24/7":
        yield digits


def identifier(match: Match, language: str) -> Iterator[str]:
    """Order numbers, SKUs, codes: digits with letters, a hyphen or `#`, or five digits and more."""
    text = match[0].lstrip("#").strip("-_")
    digits = sum(char.isdigit() for char in text)
    if digits >= 5 or digits < len(text) or match[0].startswith("#"):
        yield fold(text)


def monthdays(match: Match, language: str) -> Iterator[int]:
    """`the 19th`, `el 19`, `am 19.`: a day of some month near now."""
    if 1 <= int(match["d"]) <= 31:
        yield int(match["d"])


def weekdays(match: Match, language: str) -> Iterator[int]:
    """0 (Monday) to 6."""
    yield DAY_NAMES[_word(match[0])]


def relative(match: Match, language: str) -> Iterator[tuple[int, bool]]:
    """(days from today, False), or (days to the Monday of a week counted from this one, True)."""
    said = match[0].casefold()
    if said not in RELATIVE_DAYS:
        yield 7 * (1 if _NEXT.search(said) else -1 if _LAST.search(said) else 0), True
    elif OF_LANGUAGE.get(said, language) == language and not _part_of_day(match):
        yield RELATIVE_DAYS[said], False


def _part_of_day(match: Match) -> bool:
    """`Guten Morgen`, `por la mañana`."""
    before = match.string[max(0, match.start() - 7) : match.start()].casefold()
    return before.endswith(("guten ", "am ", "la ", "jeden "))
