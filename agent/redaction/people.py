"""The people a record names: their names, addresses, e-mails and phones are found however they are written."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.redaction.lexicon import words as word_list
from agent.redaction.patterns import Lazy
from agent.redaction.spans import PiiType, Span

_WORD = Lazy(r"[^\W_]+")
_GAP = 4
_SENTENCE_VERB = Lazy(r"\s(?:i|you|we|they|he|she|it|my|the|this|that|there|not|be)\b", re.I)
_SHORT = {
    "st": "street",
    "ave": "avenue",
    "rd": "road",
    "blvd": "boulevard bd",
    "ln": "lane",
    "dr": "drive",
    "ct": "court",
    "pl": "place plaza",
    "sq": "square",
    "ter": "terrace",
    "apt": "apartment",
    "ste": "suite",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "c": "calle",
    "av": "avenida avda",
}
_SAME = {word: short for short, long in _SHORT.items() for word in long.split()}


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """What the customer record says; every occurrence is found, whatever its case, accents, spacing and punctuation.

    Attributes:
        names: full names as recorded. Parts of three letters or more count too, words like `mark` only with a capital.
        addresses: whole addresses, parts separated by commas or line ends. The street part alone counts too.
        emails: addresses.
        phones: numbers in any format; the last nine digits (all, if fewer) must match.
    """

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    keys: tuple[str, ...]


@lru_cache(maxsize=4096)
def _keys(word: str) -> tuple[str, ...]:
    """Spellings under which a word is looked up: `Müller` as muller and mueller."""
    lower = word.casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    german = lower.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    german = "".join(c for c in unicodedata.normalize("NFKD", german) if not unicodedata.combining(c))
    spelt = plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return tuple(dict.fromkeys(_street_key(key) for key in (plain, german, spelt)))


def _street_key(word: str) -> str:
    """Street words in one spelling: `Street` and `St`, `Hauptstrasse` and `Hauptstr`."""
    return _SAME.get(word, word.removesuffix("asse") if word.endswith("strasse") else word)


def _tokens(text: str) -> list[_Word]:
    return [_Word(m.start(), m.end(), _keys(m.group())) for m in _WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words in order, and what they are; `single` marks one part of a name."""

    words: tuple[str, ...]
    type: PiiType
    single: bool = False


def _sequence(text: str) -> tuple[str, ...]:
    return tuple(_keys(m.group())[0] for m in _WORD.finditer(text))


def _name_phrases(name: str) -> Iterator[_Phrase]:
    words = _sequence(name)
    if len(words) > 1:
        yield _Phrase(words, PiiType.PERSON_NAME)
        yield _Phrase((*words[-1:], *words[:-1]), PiiType.PERSON_NAME)
        yield _Phrase((words[0], words[-1]), PiiType.PERSON_NAME)
        yield _Phrase(("".join(words),), PiiType.PERSON_NAME)
    for left, right in pairwise(words):
        yield _Phrase((left + right,), PiiType.PERSON_NAME)
        if len(left) == 1:
            yield _Phrase((left, right), PiiType.PERSON_NAME)
    for word in words:
        if len(word) >= 3 and word not in word_list("particles") and not word.isdigit():
            yield _Phrase((word,), PiiType.PERSON_NAME, single=True)


def _address_phrases(address: str) -> Iterator[_Phrase]:
    parts = [part for part in re.split(r"[,;\n]", address) if part.strip()]
    for count in range(1, len(parts) + 1):
        words = _sequence(" ".join(parts[:count]))
        if len(words) >= 2 and any(c.isdigit() for word in words for c in word):
            yield _Phrase(words, PiiType.ADDRESS)
    for start in range(1, len(parts)):
        words = _sequence(" ".join(parts[start:]))
        if len(words) >= 2 and any(c.isdigit() for word in words for c in word):
            yield _Phrase(words, PiiType.ADDRESS)


@lru_cache(maxsize=512)
def _lookup(known: KnownPeople) -> dict[str, tuple[_Phrase, ...]]:
    """First word -> the phrases that begin with it, longest first."""
    phrases = [phrase for name in known.names for phrase in _name_phrases(name)]
    phrases += [phrase for address in known.addresses for phrase in _address_phrases(address)]
    table: dict[str, list[_Phrase]] = {}
    for phrase in dict.fromkeys(phrases):
        table.setdefault(phrase.words[0], []).append(phrase)
    return {first: tuple(sorted(found, key=lambda p: -len(p.words))) for first, found in table.items()}


def _runs(words: list[_Word], at: int, phrase: _Phrase, text: str) -> bool:
    """Do the words from `at` on spell the phrase, with nothing but a little punctuation between them?"""
    if at + len(phrase.words) > len(words):
        return False
    for offset, wanted in enumerate(phrase.words):
        word = words[at + offset]
        if wanted not in word.keys:
            return False
        if offset and word.start - words[at + offset - 1].end > _GAP:
            return False
    return True


def _counts(phrase: _Phrase, word: _Word, text: str) -> bool:
    """A single part that is also a word counts only with a capital, and not as the verb that opens a sentence."""
    if not phrase.single or phrase.words[0] not in word_list("also_words"):
        return True
    return text[word.start].isupper() and not _SENTENCE_VERB.match(text, word.end)


def _phrases_in(text: str, known: KnownPeople) -> Iterator[Span]:
    table = _lookup(known)
    words = _tokens(text) if table else []
    for at, word in enumerate(words):
        for phrase in (phrase for key in word.keys for phrase in table.get(key, ())):
            if _runs(words, at, phrase, text) and _counts(phrase, word, text):
                yield Span(word.start, words[at + len(phrase.words) - 1].end, phrase.type)
                break


def _spaced(characters: Iterable[str], gap: str) -> str:
    return gap.join(re.escape(char) for char in characters)


@lru_cache(maxsize=512)
def _patterns(known: KnownPeople) -> tuple[tuple[PiiType, re.Pattern[str]], ...]:
    """One pattern per recorded e-mail and phone."""
    mails = [re.sub(r"\s", "", mail) for mail in known.emails if "@" in mail]
    found = [
        (PiiType.EMAIL, re.compile(rf"(?<!\w)(?i:{_spaced(re.split(r'([@.])', mail), ' ?')})(?!\w)")) for mail in mails
    ]
    for phone in known.phones:
        digits = re.sub(r"\D", "", phone)[-9:]
        if len(digits) >= 6:
            body = _spaced(digits, r"[ ().\-/]{0,3}")
            found.append(
                (PiiType.PHONE, re.compile(rf"(?<![\d.,])(?:[(+]{{0,2}}\d{{1,5}}[ ().\-/]{{0,3}}){{0,3}}{body}(?!\d)"))
            )
    return tuple(found)


def find(text: str, known: KnownPeople) -> Iterator[Span]:
    """Yield what the record names, wherever it stands in the (folded) text."""
    yield from _phrases_in(text, known)
    for kind, pattern in _patterns(known):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), kind)
