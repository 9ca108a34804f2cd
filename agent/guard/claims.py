"""What a draft states that can be checked: amounts, dates, durations, numbers, links and identifiers, in four languages.

Extraction is greedy from the most specific shape to the plainest: what one shape took, the next does not see again.
Every pattern repeats a bounded number of times or without overlap, so that hostile text takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from agent.guard import number_words, readings
from agent.guard.lexicon import COUNTED_OTHERWISE, CURRENCIES, MONTHS, RELATIVE_DAYS, SYMBOLS, TIME_UNITS
from agent.guard.lexicon import WEEKDAYS as DAY_NAMES
from agent.guard.quick import at_codes, first_words, matches, may_say, places
from knowledge.hints import may_hold


class ClaimKind(StrEnum):
    """What a claim says."""

    AMOUNT = "amount"
    PERCENT = "percent"
    DATE = "date"
    RELATIVE = "relative_date"
    MONTHDAY = "day_of_month"
    WEEKDAY = "weekday"
    TIME = "time"
    DURATION = "duration"
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


Values = Callable[[re.Match[str], str], Iterator[object]]


def _either(words: dict[str, object] | dict[str, int] | dict[str, str] | dict[str, tuple[str, ...]]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SPACE = r"[ \u00a0\u202f]"
_MONTH = _either(MONTHS)
# With a space only in capitals: `39 $ US` is a currency, `39 $ au total` is not.
_MARK = rf"(?:(?-i:\$[ \u00a0](?:US|AU|CA|NZ|HK|SG|MX)\b)|{_either(SYMBOLS)}|(?-i:{'|'.join(sorted(CURRENCIES))}))"
_DIGITS = r"(?:\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,4}(?!\d)(?:[.,]\d{1,3})?|\d{1,12}(?:[.,]\d{1,3})?)"
_ORDINAL = r"(?:\.|er|st|nd|rd|th|º)?"
_RANGE = rf"(?:{_SPACE}?(?:to|-|–|—|a|à|bis|y|and|or|o|u|ou|oder|et|und){_SPACE}?\d{{1,4}}(?:[.,]\d)?)?"
_MODIFIER = r"(?:(?:business|working|calendar|more|full|whole|weitere|weiteren|volle|vollen)[ -])?"
_UNIT = rf"(?={_RANGE}[\s\u00a0-]{{0,2}}{_MODIFIER}(?P<unit>{_either(TIME_UNITS)})\b)"
_YEAR = r"(?P<y>\d{4})"
_PERCENT = r"(?:%|percent\b|per cent\b|por ciento\b|pour cent\b|prozent\b)"
_UNIT_NEXT = re.compile(rf"[\s\u00a0-]{{0,2}}{_MODIFIER}(?P<unit>{_either(TIME_UNITS)})\b", re.I)
_MARK_NEXT = re.compile(rf"{_SPACE}?(?P<mark>{_MARK})(?!\w)", re.I)
_PERCENT_NEXT = re.compile(rf"{_SPACE}?{_PERCENT}", re.I)
_PLURAL_NEXT = re.compile(r" (?P<noun>[a-zà-ÿ]{2,20}s)\b", re.I)
_NOUN_NEXT = re.compile(r" (?P<noun>[A-ZÄÖÜ][a-zäöüß]{2,30})\b")

Look = Callable[[re.Pattern[str], str], Iterable[re.Match[str]]]
"""How the matches of a shape in a text are found; all give what `finditer` would."""


def _at_digits(shape: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """For what begins with a number."""
    return matches(shape, text, places(text).digits)


def _around_digits(shape: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """For what begins with a number, or with a short word before one."""
    return matches(shape, text, places(text).around)


def _marked(shape: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """For amounts: besides digits there is a sign, a code or a word for money."""
    return _around_digits(shape, text) if may_hold(text, _SIGNS) or any(code in text for code in CURRENCIES) else ()


def _dotted(shape: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    return shape.finditer(text) if _DOTTED.search(text) else ()


def _holding(*hints: str) -> Look:
    """For what holds one of these, in lower case."""
    return lambda shape, text: shape.finditer(text) if may_hold(text, hints) else ()


def _saying(words: Iterable[str], look: Look) -> Look:
    """For what holds one of these words whole, in lower case."""
    wanted = frozenset(words)
    return lambda shape, text: look(shape, text) if may_say(text, wanted) else ()


def _anywhere(shape: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    return shape.finditer(text)


_IDENTIFIER = re.compile(r"(?<![\w-])#?[\w-]*\d[\w-]*")
_LINK = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|(?:javascript|data|mailto|tel|sms|file):(?=\S))[^\s<>\"')\]]+", re.I
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}", re.I)
_DOTTED = re.compile(r"\.[^\W\d_]")
_SIGNS = tuple(sorted({sign for sign in SYMBOLS if "$" not in sign} | {"$"}))
_LINKS = _holding("://", "www.", "javascript:", "data:", "mailto:", "tel:", "sms:", "file:")
_MAILS = _holding("@")
_DAYS = _saying({*first_words(RELATIVE_DAYS), "week", "woche", "semana", "semaine"}, _anywhere)
_WEEKDAYS = _saying(DAY_NAMES, _anywhere)
_MONTH_NEXT, _MONTH_FIRST = _saying(MONTHS, _at_digits), _saying(MONTHS, _around_digits)
_ARTICLE_FIRST = _saying(("the", "el", "le", "am"), _around_digits)
_SHAPES: tuple[tuple[ClaimKind, Look, re.Pattern[str], Values], ...] = (
    (ClaimKind.LINK, _LINKS, _LINK, readings.word),
    (ClaimKind.EMAIL, _MAILS, _MAIL, readings.word),
    (ClaimKind.LINK, _dotted, re.compile(r"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24}\b(?:[/?#][^\s<>\"')\]]*)?", re.I), readings.domain),
    (ClaimKind.AMOUNT, _marked, re.compile(rf"(?<![\w.,])(?P<b>{_MARK}){_SPACE}?(?P<n>{_DIGITS})(?:[.,][-–])?(?!\w)|(?<![\w.,])(?P<m>{_DIGITS})(?:,[-–])?{_SPACE}?(?P<a>{_MARK})(?!\w)", re.I), readings.amounts),
    (ClaimKind.PERCENT, _at_digits, re.compile(rf"(?<![\w.,])(?P<n>\d{{1,3}}(?:[.,]\d{{1,2}})?){_SPACE}?{_PERCENT}", re.I), readings.numbers),
    (ClaimKind.DATE, _at_digits, re.compile(r"\b(?P<y>\d{4})[-/](?P<mo>\d{1,2})[-/](?P<d>\d{1,2})\b"), readings.dates),
    (ClaimKind.DATE, _MONTH_NEXT, re.compile(rf"\b(?P<d>\d{{1,2}}){_ORDINAL}[\s-]{{1,2}}(?:de\s|of\s)?(?P<name>{_MONTH})\b(?:\.?,?[\s-]{{1,2}}(?:de\s|del\s)?{_YEAR}\b)?", re.I), readings.dates),
    (ClaimKind.DATE, _MONTH_FIRST, re.compile(rf"\b(?P<name>{_MONTH})\.?\s{{1,2}}(?:the\s)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d)(?:,?\s{{1,2}}{_YEAR}\b)?", re.I), readings.dates),
    (ClaimKind.DATE, _at_digits, re.compile(r"(?<![\w.,/-])(?P<p>\d{1,2})(?P<s>[/.-])(?P<q>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})\b(?![.,/-]?\d)"), readings.dates),
    (ClaimKind.DATE, _at_digits, re.compile(r"(?<![\w.,/-])(?!24/7\b)(?P<p>\d{1,2})(?:\.(?P<q>\d{1,2})\.(?!\d)|/(?P<r>\d{1,2})(?![\w/]|[.,]\d))"), readings.dates),
    (ClaimKind.TIME, _at_digits, re.compile(r"\b(?P<h>\d{1,2})(?::|h)(?P<mi>\d{2})\b(?:\s?(?P<half>[ap])\.?m\b\.?)?|\b(?P<h2>\d{1,2})\s?(?:(?P<half2>[ap])\.?m\b|Uhr\b)", re.I), readings.times),
    (ClaimKind.DURATION, _at_digits, re.compile(rf"(?<![\w.,])(?P<n>\d{{1,4}}(?:[.,]\d)?){_UNIT}|(?<![\w.,])(?P<n2>\d{{1,3}}){_SPACE}?(?P<unit2>h)\b", re.I), readings.durations),
    (ClaimKind.NUMBER, _at_digits, re.compile(r"(?<![\w.,-])(?P<n>\d{1,6}(?:[.,]\d{1,3})?)(?:ml|cl|l|oz|cm|mm|kg|g|lbs?|x|in)\b", re.I), readings.numbers),
    (ClaimKind.IDENTIFIER, _at_digits, re.compile(r"(?<![\w.,-])\d{1,20}(?:[ \u00a0./-]\d{1,20}){2,12}(?![\w-])|(?<!\w)24/7(?!\w)"), readings.digit_groups),
    (ClaimKind.MONTHDAY, _ARTICLE_FIRST, re.compile(r"\b(?:the|el|le|am)\s(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.)?(?![\w%]|[.,]\d)", re.I), readings.monthdays),
    (ClaimKind.IDENTIFIER, at_codes, _IDENTIFIER, readings.identifier),
    (ClaimKind.NUMBER, _at_digits, re.compile(r"(?<![\w.,])(?P<n>\d+(?:[.,]\d+)*)"), readings.numbers),
    (ClaimKind.RELATIVE, _DAYS, re.compile(rf"(?<![\w-])(?:{_either(RELATIVE_DAYS)}|(?:next|last|this|nächste[nr]?|kommende[nr]?|letzte[nr]?|diese[nr]?)\s(?:week|woche)|(?:la\s)?(?:próxima|esta|pasada)\ssemana|la\ssemana\s(?:próxima|que\sviene|pasada)|(?:la\ssemaine\s(?:prochaine|dernière)|cette\ssemaine))(?![\w-])", re.I), readings.relative),
    (ClaimKind.WEEKDAY, _WEEKDAYS, re.compile(rf"\b(?:{_either(DAY_NAMES)})\b", re.I), readings.weekdays),
)  # fmt: skip
_TO_NEXT = re.compile(r" (?:to|or|and|bis|oder|und|a|o|y|à|ou|et) ", re.I)
_CODE = re.compile(r"#\d{1,20}|[a-z]{2,20}(?:_[a-z0-9]{1,20}){1,4}(?:-\d{1,3})?")
"""A number of an order or an id of the store as a whole text, as most of what is read: one identifier, or nothing."""
_COUNTING = re.compile(r"^[ \t]*(\d{1,2})[.)](?=[ \t])", re.MULTILINE)


@lru_cache(maxsize=4096)
def claims_of(text: str, language: str = "en") -> tuple[Claim, ...]:
    """Every claim of a text in its order; spans do not overlap. `language` is for number words and `tomorrow`."""
    whole = _whole(text, language) if " " not in text else None
    return whole if whole is not None else _searched(text, language)


def _searched(text: str, language: str) -> tuple[Claim, ...]:
    taken = bytearray(len(text))
    for start, end in _list_numbers(text):
        taken[start:end] = b"\x01" * (end - start)
    found: list[Claim] = []
    for kind, look, shape, values in _SHAPES:
        for match in look(shape, text):
            _take(found, taken, kind, match, tuple(values(match, language)))
    for said in dict.fromkeys((language, "en")):
        if said in number_words.LANGUAGES:
            _take_words(found, taken, text, said, own=said == language)
    return tuple(sorted(found, key=lambda claim: claim.start))


def _whole(text: str, language: str) -> tuple[Claim, ...] | None:
    """The claims of a text that is nothing but a code, a link or an address: one, or none. None for other texts."""
    if _CODE.fullmatch(text):
        shape, kind, values = _IDENTIFIER, ClaimKind.IDENTIFIER, readings.identifier
    elif _LINK.fullmatch(text):
        shape, kind, values = _LINK, ClaimKind.LINK, readings.word
    elif _MAIL.fullmatch(text) and ":" not in text and "www." not in text.lower():
        shape, kind, values = _MAIL, ClaimKind.EMAIL, readings.word
    else:
        return None
    found = shape.fullmatch(text)
    return (Claim(kind, 0, len(text), text, (*values(found, language),)),) if found else ()


def _take(
    found: list[Claim], taken: bytearray, kind: ClaimKind, match: re.Match[str], values: tuple[object, ...]
) -> None:
    start, end = match.span()
    if values and not any(taken[start:end]):
        taken[start:end] = b"\x01" * (end - start)
        found.append(Claim(kind, start, end, match[0], values))


def _list_numbers(text: str) -> Iterator[tuple[int, int]]:
    """The numbers of a list that counts from one: they state nothing."""
    expected = 1
    for match in _COUNTING.finditer(text):
        if int(match[1]) == expected:
            yield match.span()
            expected += 1


def _take_words(found: list[Claim], taken: bytearray, text: str, language: str, *, own: bool) -> None:
    for match in number_words.runs(text, language):
        kind, values = _spelt(match, language, own=own)
        _take(found, taken, kind, match, values)


def _spelt(match: re.Match[str], language: str, *, own: bool) -> tuple[ClaimKind, tuple[object, ...]]:
    """What a number in words counts; no values when it is no claim."""
    value, text, end = number_words.value_of(match[0], language), match.string, match.end()
    if unit := _UNIT_NEXT.match(text, _end_of_range(text, end, language)):
        return ClaimKind.DURATION, (readings.duration(value, unit["unit"]),)
    if mark := _MARK_NEXT.match(text, end):
        return ClaimKind.AMOUNT, tuple(readings.marked(str(value), mark["mark"]))
    if _PERCENT_NEXT.match(text, end):
        return ClaimKind.PERCENT, (readings.exact(value),)
    if number_words.needs_unit(match):
        return ClaimKind.NUMBER, ()
    noun = (_NOUN_NEXT if language == "de" else _PLURAL_NEXT).match(text, end)
    counts = noun is not None and noun["noun"].casefold() not in COUNTED_OTHERWISE
    said = number_words.compound(match, language) or (counts and own)
    return ClaimKind.NUMBER, (readings.exact(value),) if said else ()


def _end_of_range(text: str, end: int, language: str) -> int:
    """`five to ten days`: the unit of the first number stands behind the second."""
    to = _TO_NEXT.match(text, end)
    second = number_words.pattern(language).match(text, to.end()) if to else None
    return second.end() if second else end
