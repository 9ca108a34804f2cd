"""Which language a customer writes: words that only one language has, letters that only one language uses."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from agent.triage.glossary import english_words, known_in
from agent.triage.ngrams import fold

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "nl")
OTHER = "other"
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\b[^\W\d]*\d\w*(?:[-/.]\w+)*|\b[A-Z]+(?:-[A-Z]+)+\b")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_LETTERS: dict[str, dict[str, float]] = {
    "ñ": {"es": 2},
    "¿": {"es": 3},
    "¡": {"es": 3},
    "ß": {"de": 3},
    "ä": {"de": 1.5},
    "ö": {"de": 1.5},
    "ü": {"de": 1.2, "es": 0.1},
    "ã": {"pt": 2},
    "õ": {"pt": 2},
    "ç": {"fr": 1, "pt": 1},
    "œ": {"fr": 2},
    "é": {"fr": 0.8, "es": 0.3, "pt": 0.3, "it": 0.1},
    "è": {"fr": 1, "it": 0.8},
    "ê": {"fr": 1, "pt": 0.6},
    "à": {"fr": 0.8, "it": 0.8},
    "ù": {"fr": 0.8, "it": 0.8},
    "ò": {"it": 1.5},
    "ì": {"it": 1.5},
    "î": {"fr": 1},
    "ô": {"fr": 0.8, "pt": 0.5},
    "û": {"fr": 1},
    "á": {"es": 0.8, "pt": 0.6},
    "í": {"es": 0.8, "pt": 0.6},
    "ó": {"es": 0.8, "pt": 0.4},
    "ú": {"es": 0.6, "pt": 0.5},
    "â": {"fr": 0.8, "pt": 0.5},
    "«": {"fr": 0.5},
    "„": {"de": 1},
}
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("cion", "es"), ("ciones", "es"), ("dad", "es"), ("mente", "es"), ("ando", "es"), ("iendo", "es"), ("illa", "es"),
    ("tion", "en"), ("ing", "en"), ("ness", "en"), ("ful", "en"), ("ght", "en"), ("ould", "en"), ("ed", "en"),
    ("ement", "fr"), ("euse", "fr"), ("eux", "fr"), ("aient", "fr"), ("ais", "fr"), ("ez", "fr"), ("eur", "fr"),
    ("ung", "de"), ("ungen", "de"), ("keit", "de"), ("lich", "de"), ("isch", "de"), ("cht", "de"), ("schen", "de"),
    ("zione", "it"), ("zioni", "it"), ("etto", "it"), ("ato", "it"), ("ata", "it"), ("cao", "pt"), ("coes", "pt"),
    ("agem", "pt"), ("ijk", "nl"), ("heid", "nl"), ("aat", "nl"), ("oek", "nl"), ("een", "nl"), ("tje", "nl"),
)  # fmt: skip
_FOREIGN = re.compile("[ăýåøæłşğıćčěřůżșțđńśźąęħőűžšžāēīū]")
_LEAST = 0.3
_KEPT = 400  # characters of a sentence whose votes are remembered
_STRANGE = 0.3  # votes a word: a text with foreign letters and fewer than these is in none of our languages
_PRIOR = {"it": 0.8, "pt": 0.8, "nl": 0.8}  # rarer among our customers, and close to a more usual neighbour
FUNCTION_WORDS = Path(__file__).with_name("function_words.csv")


@lru_cache(maxsize=1024)
def language_of(text: str, hint: str = "") -> str:
    """The language most of a message is written in: en, es, fr, de, it, pt, nl, or `other`.

    Order numbers, links and addresses do not count. A text that tells too little is in the language of
    `hint` (what the customer's record says), else in English.
    """
    if _other_script(text):
        return OTHER
    fallback = hint if hint in LANGUAGES else "en"
    total: defaultdict[str, float] = defaultdict(float)
    told = _NOISE.sub(" ", text)
    for sentence in _SENTENCE.split(told):
        votes = _kept_votes(sentence) if len(sentence) <= _KEPT else _votes(sentence)
        if votes:
            # The longest part decides, however many short greetings in another language stand around it.
            best = max(votes, key=lambda code: (votes[code], code == fallback))
            total[best] += votes[best]
            for code, vote in votes.items():
                total[code] += vote / 2
    if _unknown(told, total):
        return OTHER
    if not total:
        return fallback
    best = max(total, key=lambda code: (total[code], code == fallback))
    return best if total[best] >= _LEAST and total[best] > 1.05 * total[fallback] else fallback


def _unknown(text: str, votes: dict[str, float]) -> bool:
    words = len(_WORD.findall(text))
    strange = _FOREIGN.search(text.casefold()) is not None
    return words > 2 and strange and max(votes.values(), default=0.0) < words * _STRANGE * 1.5


def _votes(sentence: str) -> Mapping[str, float]:
    votes: defaultdict[str, float] = defaultdict(float)
    # The telling letters are none of ASCII.
    for letter in () if sentence.isascii() else sentence.casefold():
        for code, weight in _LETTERS.get(letter, {}).items():
            votes[code] += weight / 2
    for word in _WORD.findall(fold(sentence)):
        for code, weight in _word_votes(word):
            votes[code] += weight
    return {code: vote * _PRIOR.get(code, 1.0) for code, vote in votes.items()}


# Our own sentences, those of macros, come again with every draft.
_kept_votes = lru_cache(maxsize=2048)(_votes)


@lru_cache(maxsize=4096)
def _word_votes(word: str) -> tuple[tuple[str, float], ...]:
    """A word that several languages have says little about each of them."""
    spoken = [code for code in LANGUAGES if word in _words()[code]]
    spoken += ["en"] if word in _words()["en-shop"] else []
    known = {*spoken, *known_in(word)} if len(word) > 2 else set(spoken)
    if word in english_words() and len(word) > 3:
        known.add("en")
    if known:
        share = len(known) ** -1.5
        # In one order, or two processes would settle a draw differently.
        return tuple((code, share * (1.2 if code in spoken else 1.0)) for code in LANGUAGES if code in known)
    endings = dict.fromkeys(code for ending, code in _ENDINGS if len(word) > len(ending) + 1 and word.endswith(ending))
    return tuple((code, 0.3 / len(endings)) for code in endings)


def is_function_word(word: str) -> bool:
    """Whether a folded word only holds sentences together in one of our languages."""
    return any(word in _words()[code] for code in LANGUAGES)


@cache
def _words() -> dict[str, frozenset[str]]:
    with FUNCTION_WORDS.open(encoding="utf-8", newline="") as file:
        return {row["language"]: frozenset(row["words"].split()) for row in csv.DictReader(file)}


def _other_script(text: str) -> bool:
    """Whether most letters are not Latin ones."""
    if text.isascii():
        return False
    letters = [c for c in text[:2000] if c.isalpha()]
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return bool(letters) and latin < len(letters) / 2
