"""Dates in a message: written out, in digits, and relative to a given day; English, German, French, Spanish."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from re import Match

from agent.intake.mentions import Mention

_MONTHS = (
    "january jan januar janv janvier enero ene",
    "february feb februar febr février fevrier févr fév febrero",
    "march mar märz maerz mrz mars marzo",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre set",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre déc decembre diciembre dic",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_WEEKDAYS = (
    "monday mon montag lundi lunes",
    "tuesday tue tues dienstag mardi martes",
    "wednesday wed mittwoch mercredi miércoles miercoles",
    "thursday thu thurs donnerstag jeudi jueves",
    "friday fri freitag vendredi viernes",
    "saturday sat samstag sonnabend samedi sábado sabado",
    "sunday sun sonntag dimanche domingo",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_COUNT = {
    word: number
    for number, words in enumerate(
        (
            "a an one ein einem einer un une una",
            "two zwei deux dos couple",
            "three drei trois tres",
            "four vier quatre cuatro",
            "five fünf cinq cinco",
            "six sechs seis",
            "seven sieben sept siete",
            "eight acht huit ocho",
            "nine neun neuf nueve",
            "ten zehn dix diez",
        ),
        start=1,
    )
    for word in words.split()
}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_ISO = re.compile(r"(?<![\d-])(?P<y>(?:19|20)\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)(?!-\d)")
_DIGITS = re.compile(
    r"(?<![\w./-])(?P<a>\d{1,2})(?P<s>[./-])(?P<b>\d{1,2})(?P=s)(?P<y>(?:19|20)\d\d|\d\d)(?![\w/-]|\.\d)"
)
_DAY_FIRST = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s(?:of\s"
    rf"|de\s)?(?P<m>{_any(_MONTH)})\b\.?(?:,?\s(?:de[l]?\s)?(?P<y>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<m>{_any(_MONTH)})\b\.?\s(?:the\s)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?[:.]\d|\s?(?:%|€"
    r"|x\b))(?:,?\s(?P<y>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
# "may 5 items go back": written small and before the number, these are words.
_ALSO_WORDS = frozenset({"may", "march", "mar", "set", "ago", "jun", "dec", "sep"})
_DAYS = {
    "today": 0,
    "heute": 0,
    "hoy": 0,
    "aujourd'hui": 0,
    "aujourd’hui": 0,
    "tonight": 0,
    "this morning": 0,
    "yesterday": -1,
    "gestern": -1,
    "ayer": -1,
    "hier": -1,
    "last night": -1,
    "day before yesterday": -2,
    "vorgestern": -2,
    "anteayer": -2,
    "antes de ayer": -2,
    "avant-hier": -2,
    "avant hier": -2,
    "tomorrow": 1,
    "demain": 1,
    "day after tomorrow": 2,
    "übermorgen": 2,
    "pasado mañana": 2,
    "après-demain": 2,
}
_NAMED_DAY = re.compile(rf"\b(?:{_any(_DAYS)})\b", re.IGNORECASE)
# "hier" is yesterday in French and "here" in German; "morgen" and "mañana" are also the morning and are left out.
_GERMAN = re.compile(r"\b(?:ich|ist|und|nicht|der|die|das|wir|bitte|mein\w*)\b", re.IGNORECASE)
_AGO = re.compile(
    rf"\b(?P<n>\d{{1,3}}|{_any(_COUNT)})(?:\s(?:full\s|of\s)?)(?P<u>days?|weeks?)\sago\b"
    rf"|\bvor\s(?P<n2>\d{{1,3}}|{_any(_COUNT)})\s(?P<u2>tag(?:en)?|wochen?)\b|\bil\sy\sa\s(?P<n3>\d{{1,3}}"
    rf"|{_any(_COUNT)})\s(?P<u3>jours?|semaines?)\b"
    rf"|\bhace\s(?P<n4>\d{{1,3}}|{_any(_COUNT)})\s(?P<u4>d[ií]as?|semanas?)\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    rf"\b(?:last|letzte[nmr]?|vergangene[nmr]?|el\spasado|el)\s(?P<w>{_any(_WEEKDAY)})\b(?P<after>\s(?:pasado))?"
    rf"|\b(?P<w2>{_any(_WEEKDAY)})\s(?:dernier|pasado)\b",
    re.IGNORECASE,
)


def dates(text: str, today: date | None = None, *, day_first: bool | None = None) -> Iterator[Mention[date]]:
    """Yield the dates in a text.

    Args:
        text: any text.
        today: the customer's day; without it neither "yesterday" nor "3 March" without a year can be told.
        day_first: how to read 03/04/2025; None leaves such a date out rather than guess.
    """
    yield from _found(_ISO, text, lambda m: _date(m["y"], m["m"], m["d"]))
    yield from _found(_DIGITS, text, lambda m: _in_digits(m, day_first))
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        yield from _found(pattern, text, lambda m: _named(m, today))
    if today is not None:
        yield from _relative(text, today)


def _found(pattern: re.Pattern[str], text: str, read: Callable[[Match[str]], date | None]) -> Iterator[Mention[date]]:
    for match in pattern.finditer(text):
        if (value := read(match)) is not None:
            yield Mention(value, match.start(), match.end())


def _date(year: str, month: str | int, day: str) -> date | None:
    """A day of the calendar; two digits of the year mean this century."""
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def _in_digits(match: Match[str], day_first: bool | None) -> date | None:
    """Dots put the day first; with a slash or a dash the reader must know, unless one of the two is no month."""
    first, second = int(match["a"]), int(match["b"])
    if match["s"] == "." or first > 12:
        day_first = True
    elif second > 12:
        day_first = False
    elif first == second:
        day_first = True
    if day_first is None:
        return None
    day, month = (match["a"], match["b"]) if day_first else (match["b"], match["a"])
    return _date(match["y"], month, day)


def _named(match: Match[str], today: date | None) -> date | None:
    """A date with the name of its month; without a year the nearest one to today."""
    month = _MONTH[match["m"].lower()]
    if match["m"] in _ALSO_WORDS and not match["y"] and match.start("m") == match.start():
        return None
    if match["y"]:
        return _date(match["y"], month, match["d"])
    if today is None:
        return None
    near = [_date(str(today.year + shift), month, match["d"]) for shift in (-1, 0, 1)]
    return min((day for day in near if day), key=lambda day: abs(day - today), default=None)


def _relative(text: str, today: date) -> Iterator[Mention[date]]:
    yield from _found(_NAMED_DAY, text, lambda m: _named_day(m, today))
    yield from _found(_AGO, text, lambda m: _ago(m, today))
    yield from _found(_LAST, text, lambda m: _last(m, today))


def _named_day(match: Match[str], today: date) -> date | None:
    word = match.group().lower()
    if word == "hier" and _GERMAN.search(match.string):
        return None
    return today + timedelta(days=_DAYS[word])


def _ago(match: Match[str], today: date) -> date:
    number = next(value for name in ("n", "n2", "n3", "n4") if (value := match[name]))
    unit = next(value for name in ("u", "u2", "u3", "u4") if (value := match[name])).lower()
    count = int(number) if number.isdigit() else _COUNT[number.lower()]
    return today - timedelta(days=count * (7 if unit.startswith(("w", "s")) else 1))


def _last(match: Match[str], today: date) -> date | None:
    """The most recent such weekday before today; Spanish `el lunes` alone may also be the next one."""
    if re.match(r"el (?!pasado)", match.group(), re.IGNORECASE) and not match["after"]:
        return None
    weekday = _WEEKDAY[(match["w"] or match["w2"]).lower()]
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
