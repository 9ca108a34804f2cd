"""What shop words of six languages mean in English, so that examples in one language help messages in another.

The sentence encoder knows English well and little else; a message put word by word into English is clumsy and still
close to what English customers write. The table is `glossary.csv`: one meaning a row, `stem*` for word beginnings.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from agent.triage.ngrams import fold

FILE = Path(__file__).with_name("glossary.csv")
COMPOUNDING = frozenset({"de", "nl"})
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_SHORTEST_REST = 4


@dataclass(frozen=True)
class Glossary:
    """The words of one language and the beginnings of words, each with its English meaning."""

    language: str
    whole: dict[str, str]
    stems: dict[str, str]

    def meaning(self, word: str) -> str | None:
        """The English of a folded word; None when neither it nor its beginning is known."""
        if word in self.whole:
            return self.whole[word]
        stem = self._stem(word)
        if stem is None:
            return self._head(word)
        rest = word[len(stem) :]
        if self.language in COMPOUNDING and len(rest) >= _SHORTEST_REST:
            # Bestellungs|nummer: the letter that joins two words belongs to neither.
            second = self._part(rest) or self._part(rest[1:])
            return f"{self.stems[stem]} {second}" if second else self.stems[stem]
        return self.stems[stem]

    def _head(self, word: str) -> str | None:
        """Of a compound that begins with an unknown word, its known end: Studenten|rabatt."""
        if self.language not in COMPOUNDING:
            return None
        ends = (word[at:] for at in range(_SHORTEST_REST, len(word) - _SHORTEST_REST))
        return next((meaning for end in ends if (meaning := self._part(end))), None)

    def _part(self, word: str) -> str | None:
        stem = self._stem(word)
        return self.whole.get(word) or (self.stems[stem] if stem else None)

    def _stem(self, word: str) -> str | None:
        return next((word[:size] for size in range(len(word), 2, -1) if word[:size] in self.stems), None)


@cache
def glossaries() -> dict[str, Glossary]:
    """By language code: es, fr, de, it, pt, nl."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    languages = [name for name in rows[0] if name != "english"]
    return {language: _glossary(language, rows) for language in languages}


def _glossary(language: str, rows: list[dict[str, str]]) -> Glossary:
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    for row in rows:
        for word in row[language].split():
            # The first meaning in the file wins: the common ones stand at its top.
            bare = word.rstrip("*")
            whole.setdefault(bare, row["english"])
            if bare != word:
                stems.setdefault(bare, row["english"])
    return Glossary(language, whole, stems)


@cache
def english_words() -> frozenset[str]:
    """The words of the English column."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return frozenset(word for row in csv.DictReader(file) for word in row["english"].split())


@lru_cache(maxsize=4096)
def known_in(word: str) -> frozenset[str]:
    """The languages whose glossary has the folded word."""
    return frozenset(code for code, glossary in glossaries().items() if glossary.meaning(word) is not None)


def in_english(text: str, language: str) -> str:
    """A folded text word by word in English; unknown words stay as they are. English and others are returned folded."""
    folded = fold(text)
    glossary = glossaries().get(language)
    if glossary is None:
        return folded
    found = (token if len(token) > 30 else glossary.meaning(token) or token for token in _TOKEN.findall(folded))
    return " ".join(found)
