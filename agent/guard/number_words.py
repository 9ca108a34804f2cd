"""Numbers written in words, in en, es, fr and de: `twenty-one`, `veintiuno`, `quatre-vingt-dix`, `fünfundzwanzig`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from agent.guard.quick import first_words, may_say

_UNITS = {
    "en": (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen"
    ),
    "es": (
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
        "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis "
        "veintisiete veintiocho veintinueve"
    ),
    "fr": (
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
        "dix-huit dix-neuf"
    ),
    "de": (
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn"
    ),
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "vingt trente quarante cinquante soixante septante quatre-vingt nonante",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
}
_MORE = {
    "en": {"oh": 0, "hundred": 100, "thousand": 1000},
    "es": {"un": 1, "una": 1, "veintiún": 21, "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300,
           "quinientos": 500, "mil": 1000},
    "fr": {"une": 1, "quatre-vingts": 80, "cent": 100, "cents": 100, "mille": 1000},
    "de": {"eins": 1, "eine": 1, "zwo": 2, "dreissig": 30, "hundert": 100, "tausend": 1000},
}  # fmt: skip
LANGUAGES = tuple(_UNITS)
_AND = {"en": "and", "es": "y", "fr": "et", "de": "und"}
_ARTICLES = frozenset({"un", "une", "una", "uno", "ein", "eine", "eins", "one", "oh"})
_ALSO_WORDS = frozenset({"once", "neuf", "acht"})
"""Also another word of the language (`neuf` is also `new`): numbers only with a unit of time or money behind."""


@cache
def _values(language: str) -> dict[str, int]:
    """Every number word of a language, with and without accents -> its value."""
    found = dict(_MORE[language])
    found |= {word: value for value, word in enumerate(_UNITS[language].split())}
    found |= {word: value for value, word in zip(range(20, 100, 10), _TENS[language].split(), strict=True)}
    return found | {plain(word): value for word, value in found.items()}


def plain(word: str) -> str:
    """Without accents, as people in a hurry write."""
    return word.translate(str.maketrans("áéíóúüöäèß", "aeiouuoaes"))


@cache
def pattern(language: str) -> re.Pattern[str]:
    """A run of number words. German writes them as one word, the others with spaces, hyphens and an `and`."""
    words = "|".join(sorted((re.escape(word) for word in _values(language)), key=len, reverse=True))
    if language == "de":
        return re.compile(rf"\b(?:{words})(?:(?:und)?(?:{words}))*\b", re.IGNORECASE)
    glue = rf"(?:[ \u00a0-]{{1,2}}(?:{_AND[language]}[ \u00a0-])?)"
    return re.compile(rf"\b(?:{words})(?:{glue}(?:{words})\b){{0,12}}\b", re.IGNORECASE)


def runs(text: str, language: str) -> Iterator[re.Match[str]]:
    """Runs of number words that say a number; a lone `one` is an article."""
    for match in pattern(language).finditer(text) if _may_begin(text, language) else ():
        if match[0].casefold() not in _ARTICLES:
            yield match


def _may_begin(text: str, language: str) -> bool:
    """Whether a word of the text may begin a run. German writes runs as one word, so any may."""
    return language == "de" or may_say(text, _first_words(language))


@cache
def _first_words(language: str) -> frozenset[str]:
    return first_words(_values(language))


def needs_unit(match: re.Match[str]) -> bool:
    """Whether the word is a number only before a unit of time or money."""
    return match[0].casefold() in _ALSO_WORDS


def compound(match: re.Match[str], language: str) -> bool:
    """Whether several words say the number: then nothing has to follow for it to be a claim."""
    return len(_tokens(match[0], language)) > 1


def value_of(words: str, language: str) -> int:
    """What a run says: `two hundred and fifty` is 250; digits one by one (`one zero four two`) are 1042."""
    values = [_values(language)[token] for token in _tokens(words, language)]
    if len(values) > 1 and max(values) < 10:
        return int("".join(str(value) for value in values))
    whole = part = 0
    for value in values:
        if value == 1000:
            whole, part = whole + max(part, 1) * 1000, 0
        else:
            part = max(part, 1) * 100 if value == 100 else part + value
    return whole + part


def _tokens(words: str, language: str) -> list[str]:
    return _each(language).findall(words.casefold())


@cache
def _each(language: str) -> re.Pattern[str]:
    words = sorted((re.escape(word) for word in _values(language)), key=len, reverse=True)
    edge = "" if language == "de" else r"\b"
    return re.compile(rf"{edge}(?:{'|'.join(words)}){edge}")
