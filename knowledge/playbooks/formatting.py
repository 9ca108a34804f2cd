"""Money, dates, numbers and lists as a customer writes them, in each language. Pure, cached, offline (Babel)."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Protocol, runtime_checkable

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_currency_precision

from knowledge.playbooks.errors import ExpressionError

# A language alone has no country; these give the money and date forms we write.
_LOCALES = {"en": "en_US", "es": "es_ES", "fr": "fr_FR", "de": "de_DE"}
# American English puts a comma before "and"; our voice does not.
_LIST_LOCALES = {"en": "en_GB"}
# CLDR's skeletons shorten the month once a weekday or year joins it; these are the full forms in running text.
_DAY_PATTERNS = {
    "en": ("MMMM d", "EEEE, MMMM d", ", y"),
    "es": ("d 'de' MMMM", "EEEE d 'de' MMMM", " 'de' y"),
    "fr": ("d MMMM", "EEEE d MMMM", " y"),
    "de": ("d. MMMM", "EEEE, d. MMMM", " y"),
}
_ANY_SPACE = re.compile(r"[\u00a0\u202f\u2009]")
_SPANISH_I_SOUND = re.compile(r"h?i(?![ae])", re.IGNORECASE)


@runtime_checkable
class Amount(Protocol):
    """Money, whoever defines it: minor units of a currency."""

    @property
    def minor(self) -> int:
        """Cents, or whatever the smallest unit of the currency is."""
        ...

    @property
    def currency(self) -> str:
        """ISO 4217."""
        ...


def format_money(amount: Amount, language: str) -> str:
    """`$39.00`, `39,00 $`: exact, from minor units."""
    return _money(amount.minor, amount.currency, language)


def format_day(day: date, language: str, today: date | None = None, weekday: bool = False) -> str:
    """`November 3`, `3 de noviembre`; with its year when that is not today's."""
    return _day(day, language, weekday, today is None or today.year != day.year)


@lru_cache(maxsize=4096)
def format_clock(moment: datetime, language: str) -> str:
    """`9:00 AM`, `09:00`: the time in the zone that `moment` is in."""
    return _plain_spaces(format_time(moment, "short", locale=_locale(language)))


@lru_cache(maxsize=1024)
def format_number(number: int | Decimal, language: str) -> str:
    """`1,200`, `1.200`."""
    return _plain_spaces(format_decimal(number, locale=_locale(language)))


def format_listing(texts: Iterable[str], language: str) -> str:
    """`a, b and c`. Spanish `y` becomes `e` before an i sound."""
    items = list(texts)
    if language == "es" and len(items) > 1 and _SPANISH_I_SOUND.match(items[-1]):
        return f"{', '.join(items[:-1])} e {items[-1]}"
    return format_list(items, locale=_LIST_LOCALES.get(language) or _locale(language))


def format_country(code: str, language: str) -> str:
    """`FR` -> `France`, `Francia`.

    Raises:
        ExpressionError: It is no country code.
    """
    territories = _locale(language).territories
    if code.upper() not in territories:
        raise ExpressionError(f"{code!r} is not a country code")
    return str(territories[code.upper()])


@lru_cache(maxsize=256)
def format_city(zone: str, language: str) -> str:
    """The city that a time zone is called after: `America/New_York` -> `New York`, `Nueva York`.

    Raises:
        ExpressionError: It is no time zone.
    """
    try:
        found = get_timezone_location(zone, locale=_locale(language), return_city=True)
    except LookupError:
        raise ExpressionError(f"{zone!r} is not a time zone") from None
    return found.rpartition("/")[2]


@lru_cache(maxsize=256)
def city_words(zone: str) -> tuple[str, ...]:
    """What the zone's city is called in our languages, and the German adjective of it (`Berliner Zeit`)."""
    names = {language: format_city(zone, language) for language in _LOCALES}
    return tuple(dict.fromkeys((*names.values(), f"{names['de']}er")))


@lru_cache(maxsize=4096)
def _money(minor: int, currency: str, language: str) -> str:
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return _plain_spaces(format_currency(amount, currency, locale=_locale(language)))


@lru_cache(maxsize=4096)
def _day(day: date, language: str, weekday: bool, year: bool) -> str:
    if language not in _DAY_PATTERNS:
        return _plain_spaces(format_date(day, "full" if weekday else "long", locale=_locale(language)))
    short, long, with_year = _DAY_PATTERNS[language]
    pattern = (long if weekday else short) + (with_year if year else "")
    text = format_date(day, pattern, locale=_locale(language))
    # CLDR writes the first of a month in French as "1"; people write "1er".
    return re.sub(r"\b1 ", "1er ", text, count=1) if language == "fr" and day.day == 1 else text


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError) as error:
        raise ExpressionError(f"{language!r} is not a language we can write numbers and dates in") from error


def _plain_spaces(text: str) -> str:
    """Helpdesks and mail programs mangle non-breaking spaces, and nobody finds them by searching."""
    return _ANY_SPACE.sub(" ", text)
