"""Words of a message and of a product, folded so that `Größe`, `grosse` and `GROESSE` meet."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
# Too common in any message to say which product is meant.
_IDLE = frozenset(
    "the a an and or of in on for with to my your is it this that i me order item product new set one size color "
    "colour le la les un une de du des et mon ma mes el los las una mi der die das ein eine und mein meine".split()
)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def stem(word: str) -> str:
    """A crude stem, good enough to match `mugs` with `mug`."""
    for ending in ("es", "s", "n", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that say something."""
    return frozenset(stem(word) for word in words(text) if word not in _IDLE and len(word) > 1)


def mentions(text: str, phrase: str) -> bool:
    """Whether all words of `phrase` stand in `text` one after the other."""
    wanted, have = words(phrase), words(text)
    return bool(wanted) and any(have[i : i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))
