"""What things in shops are called in seven languages: nouns.csv, one thing a row, folded words.

A word with `~` is a loose one: customers may say it for the thing, but a title that has it is another thing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from agent.reading.words import fold, words
from agent.triage import glossary as shop_words

FILE = Path(__file__).with_name("nouns.csv")
LANGUAGES = ("en", "es", "fr", "de")
"""Those that a catalogue is written in."""
OTHERS = ("it", "pt", "nl")
"""Those that customers write in besides: words of a neighbour are read there as well."""
_SHORTEST = 3
_CAPITALISED = re.compile(r"\b[A-ZÄÖÜ][a-zäöüß]{6,40}\b")
Things = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Words of one language and the things they stand for; `said` counts the loose words too."""

    exact: Mapping[str, Things]
    said: Mapping[str, Things]


def things_said(text: str, language: str) -> dict[str, Things]:
    """Word by word, the things that a message of this language names.

    One of another language is read in all four, and by what triage knows of its shop words.
    """
    readable = [name for name in LANGUAGES if language not in LANGUAGES or name in (language, "en")]
    found = _compounds(text) if "de" in readable else {}
    own: Mapping[str, Things] = glossaries()[language].said if language in OTHERS else {}
    for word in words(text):
        things = own.get(word) or frozenset[str]().union(
            *(glossaries()[name].said.get(word, frozenset()) for name in readable)
        )
        if things := things or _by_english(word, language):
            found[word] = things
    return found


@lru_cache(maxsize=4096)
def _by_english(word: str, language: str) -> Things:
    """What a word of a language without a column of its own stands for, by its English meaning."""
    spoken = shop_words.glossaries().get(language) if language not in LANGUAGES else None
    meaning = spoken.meaning(word) if spoken is not None else None
    named = glossaries()["en"].said
    return frozenset[str]().union(*(named.get(each, frozenset()) for each in (meaning or "").split()))


@lru_cache(maxsize=4096)
def things_titled(title: str) -> Things:
    """The things that a product's title or category names, in whatever language the shop writes."""
    exact = [glossaries()[name].exact.get(word, frozenset()) for name in LANGUAGES for word in words(title)]
    return frozenset[str]().union(*exact, *_compounds(title).values())


def in_english(things: Iterable[str]) -> frozenset[str]:
    """The usual English words for things, for a search in the catalogue."""
    wanted = frozenset(things)
    return frozenset(word for word, named in glossaries()["en"].exact.items() if named & wanted)


def _compounds(text: str) -> dict[str, Things]:
    """A German compound is the thing it ends with. Only nouns: Lieblingsbecher is a Becher, `praktisch` is no Tisch."""
    found = {word: _head(word) for word in map(fold, _CAPITALISED.findall(text))}
    return {word: things for word, things in found.items() if things}


def _head(word: str) -> Things:
    known = glossaries()["de"].exact
    heads = (word[at:] for at in range(_SHORTEST, len(word) - _SHORTEST))
    return next((known[head] for head in heads if head in known), frozenset[str]())


@cache
def glossaries() -> Mapping[str, Glossary]:
    """By language code."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        language: _glossary([(row["concept"], row[language].split()) for row in rows])
        for language in (*LANGUAGES, *OTHERS)
    }


def _glossary(rows: Iterable[tuple[str, list[str]]]) -> Glossary:
    exact: dict[str, Things] = {}
    said: dict[str, Things] = {}
    for thing, listed in rows:
        for word in listed:
            plain = word.rstrip("~")
            said[plain] = said.get(plain, frozenset()) | {thing}
            if plain == word:
                exact[plain] = exact.get(plain, frozenset()) | {thing}
    return Glossary(exact=exact, said=said)
