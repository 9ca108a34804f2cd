"""Words of a message and of a product, folded so that `Größe`, `grosse` and `GROESSE` meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Longer texts are not remembered: they are messages.
_WORD_LENGTH = 40
_WORD = re.compile(r"[^\W_]+")
# "it's" is no size S, "j'ai l'autre" no size L; "750ml" is 750 and ml.
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
# Between words that say nothing of one another: "if not, M please". A colon introduces.
_BREAK = re.compile(r"[,;.!?()\u2026]|\n\s*\n|\s[-\u2013\u2014]+\s|\u2014")
_SHORT = 3
# Too common in any message to say which product is meant.
_IDLE = frozenset(
    "the a an and or of in on for with to my your is it this that i me order item product new set one size color "
    "colour two three le la les un une de du des et mon ma mes el los las una mi der die das dem den ein eine und mein "
    "meine".split()
)


def fold(text: str) -> str:
    """Lower case, without accents."""
    return _fold_word(text) if len(text) <= _WORD_LENGTH else _fold(text)


@lru_cache(maxsize=20_000)
def _fold_word(text: str) -> str:
    return _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def tokens(text: str) -> list[str]:
    """The folded words of a text in order, contractions in one piece and digits apart from letters."""
    return _TOKEN.findall(fold(text))


def spelled(text: str) -> tuple[list[str], frozenset[int]]:
    """The `tokens` of a text as it spells them, and the places of those that stand behind a comma or the like."""
    composed = unicodedata.normalize("NFC", text)
    found = list(_TOKEN.finditer(composed))
    folded = tokens(text)
    if len(found) != len(folded):
        # A letter that folds to none, or to several: the folded words will do.
        composed = _fold(text)
        found = list(_TOKEN.finditer(composed))
    ends = (0, *(each.end() for each in found))
    gaps = (composed[end : each.start()] for end, each in zip(ends, found, strict=False))
    return [each.group() for each in found], frozenset(at for at, gap in enumerate(gaps) if at and _BREAK.search(gap))


def stem(word: str) -> str:
    """A crude stem, good enough to match `mugs` with `mug` and `crossbodies` with `crossbody`."""
    for ending in ("es", "s", "n", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    # Of the singular too: `cookies` and `cookie` both give `cooky`.
    return f"{word[:-1]}y" if word.endswith("i") and len(word) > _SHORT else word


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that say something."""
    return frozenset(stem(word) for word in words(text) if word not in _IDLE and len(word) > 1)


@lru_cache(maxsize=4096)
def title_stems(title: str) -> frozenset[str]:
    """`content_stems` of a title; the same titles come again and again."""
    return content_stems(title)


def mentions(text: str, phrase: str) -> bool:
    """Whether all words of `phrase` stand in `text` one after the other."""
    return bool(places(words(text), words(phrase)))


def places(have: list[str], wanted: list[str]) -> list[int]:
    """Where `wanted` begins in `have`, each time."""
    size = len(wanted)
    return [at for at in range(len(have) - size + 1) if size and have[at : at + size] == wanted]
