"""How well a passage answers a question: meaning first, spelling a little, codes above all.

The weights were chosen on 54 help articles and 127 questions (README, "Figures"); nearby values do as well.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from knowledge.identifiers import MAX_CHARS, identifiers, loosely, unbroken

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

Name = TypeVar("Name", bound=Hashable)
Pair: TypeAlias = tuple[str, str]
"""Title and text."""
Spelling: TypeAlias = Callable[[str], float]
"""From a `plain` text to the share of a question's letter pieces that it holds."""

TITLE_SHARE = 0.3
SPELLING_SHARE = 0.15
RECIPE = "title-0.3"  # what a stored vector is made of; raise it with `passage_vectors`

_WORD = re.compile(r"\w+")
_GRAM = 4


def passage_vectors(embedder: "Embedder", passages: Sequence[Pair]) -> "Vectors":
    """Unit vectors, one row per (title, text): 0.7 of title and text together, 0.3 of the title alone."""
    import numpy as np

    both = embedder.embed([content(title, text) for title, text in passages])
    titles = embedder.embed([title or text for title, text in passages])
    mixed = (1 - TITLE_SHARE) * both + TITLE_SHARE * titles
    lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.divide(mixed, lengths, out=mixed, where=lengths > 0)


def content(title: str, text: str) -> str:
    """Title and text as they are embedded and compared: the title says what the text is about."""
    return f"{title}\n{text}" if title else text


def candidate_count(k: int) -> int:
    """How many of the nearest passages are looked at more closely for `k` hits."""
    return max(50, 4 * k)


def spelling(question: str) -> Spelling:
    """A function from a `plain` text to the share (0 to 1) of the question's 4-letter pieces that it holds.

    Catches misspelt and rare words, which the embedding blurs; needs no statistics of the other passages.
    """
    pieces = tuple(dict.fromkeys(_pieces(question)))
    return lambda text: sum(map(text.__contains__, pieces)) / len(pieces) if pieces else 0.0


def plain(text: str) -> str:
    """The words of a text in lower case with two spaces between: what `spelling` looks into."""
    return f" {'  '.join(_words(text))} "


def score(meaning: float, spelt: float, codes: int) -> float:
    """One number to sort by: the cosine, a little for spelling, and one for each code of the question it holds."""
    return meaning + SPELLING_SHARE * spelt + codes


class CodeBook(Generic[Name]):
    """Which texts hold which identifiers."""

    def __init__(self, texts: Iterable[tuple[Name, str]]) -> None:
        """From pairs of name and text."""
        self._holders: dict[str, set[Name]] = {}
        self._spelt: dict[str, set[str]] = {}
        for name, text in texts:
            for code in identifiers(text):
                self._holders.setdefault(code, set()).add(name)
                self._spelt.setdefault(unbroken(code), set()).add(code)

    def holders(self, question: str) -> Mapping[Name, int]:
        """Names of the texts that hold codes of the question, with how many.

        A code that no text spells so is looked for without its hyphens and spaces: `err5521` and `err 5521` for
        `ERR-5521`.
        """
        found: dict[Name, int] = {}
        for code in self._meant(question):
            for name in self._holders.get(code, ()):
                found[name] = found.get(name, 0) + 1
        return found

    def _meant(self, question: str) -> set[str]:
        exact = {code for code in identifiers(question) if code in self._holders}
        closed = {unbroken(code) for code in exact}
        loose = {each for each in loosely(question) if each in self._spelt and each not in closed}
        return exact.union(*(self._spelt[each] for each in loose))


def _pieces(question: str) -> Iterator[str]:
    for word in _words(question):
        padded = f" {word} "
        yield from (padded[at : at + _GRAM] for at in range(max(len(padded) - _GRAM + 1, 1)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text[:MAX_CHARS].lower())
