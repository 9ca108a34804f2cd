"""Leaks: texts that a sample shares with what something was trained or tuned on, or with another sample.

An evaluation on phrases that the classifier has learnt flatters it. Two texts are too near when they are the same
without capitals, accents, numbers and placeholders, or when most of their words in a row, or of their letters, are.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WORDS_IN_A_ROW, LETTERS_IN_A_ROW = 3, 5
SAME_WORDS, SAME_LETTERS = 0.55, 0.6
FEW_WORDS = 5
"""Below so many words in a row a text is too short to be told by them, and letters decide alone."""
EXAMPLES = Path(__file__).parent.parent / "agent" / "triage" / "examples"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_NUMBER = re.compile(r"#?\d[\d.,:/-]*")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """Two texts that are too near: where each stands, and how much they share (1 is the same)."""

    one: str
    other: str
    share: float

    def __str__(self) -> str:
        return f"{self.one} and {self.other} share {self.share:.0%}"


def normal(text: str) -> str:
    """A text without capitals, accents, punctuation, numbers and placeholders."""
    plain = _NUMBER.sub(" ", _PLACEHOLDER.sub(" ", text))
    folded = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join(_WORD.findall("".join(letter for letter in folded if not unicodedata.combining(letter))))


def leaks(texts: Mapping[str, str], known: Mapping[str, str]) -> list[Leak]:
    """Every pair of a text of `texts` and one of `known` that is too near; a key is where a text stands."""
    library = _Library({key: normal(text) for key, text in known.items()})
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for key, text in texts.items():
        alike[normal(text)].append(key)
    return sorted(
        (
            Leak(key, other, share)
            for text, keys in alike.items()
            for other, share in library.near(text)
            for key in keys
            if key != other
        ),
        key=lambda leak: (-leak.share, leak.one, leak.other),
    )


def twins(texts: Mapping[str, str]) -> list[Leak]:
    """Every pair of different texts of one set that is too near."""
    return [leak for leak in leaks(texts, texts) if leak.one < leak.other]


def training_texts(folder: Path = EXAMPLES) -> dict[str, str]:
    """Every phrase that the shipped classifier is trained on, by file and line."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                found[f"{path.name} row {number}"] = row["text"]
    return found


def inbox_texts() -> dict[str, str]:
    """Every message of the demo brand's inbox as it was written, with its earlier turns."""
    from tools.connectors.demo.messages import scripts

    found: dict[str, str] = {}
    for at, script in enumerate(scripts()):
        found[f"demo {script.file} {at}"] = script.message.text
        for turn, earlier in enumerate(script.message.earlier, 1):
            found[f"demo {script.file} {at}.{turn}"] = earlier.text
    return found


class _Library:
    """Texts by the pieces they have, so that only those that can be near are compared."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._letters = {key: _letters(text) for key, text in texts.items()}
        self._words = {key: _words(text) for key, text in texts.items()}
        self._having: defaultdict[str, list[str]] = defaultdict(list)
        for pieces in (self._letters, self._words):
            for key, own in pieces.items():
                for piece in own:
                    self._having[piece].append(key)

    def near(self, text: str) -> Iterator[tuple[str, float]]:
        """What is too near to a text, and how much they share."""
        letters, words = _letters(text), _words(text)
        for other in self._candidates(letters, words):
            share = self._share(other, text, letters, words)
            if share:
                yield other, share

    def _candidates(self, letters: frozenset[str], words: frozenset[str]) -> set[str]:
        """All that can be near: two sets that share `SAME_LETTERS` also share one of the rarest of either."""
        rarest = sorted(letters, key=lambda piece: (len(self._having.get(piece, ())), piece))
        enough = len(letters) - math.ceil(SAME_LETTERS * len(letters)) + 1
        return {other for piece in (*rarest[:enough], *words) for other in self._having.get(piece, ())}

    def _share(self, other: str, text: str, letters: frozenset[str], words: frozenset[str]) -> float:
        if text == self._texts[other]:
            return 1.0
        own, theirs = self._letters[other], self._words[other]
        same = _same(letters, own) if SAME_LETTERS * len(own) <= len(letters) <= len(own) / SAME_LETTERS else 0.0
        least = min(len(words), len(theirs))
        rows = len(words & theirs) / least if least >= FEW_WORDS else 0.0
        return max(same if same >= SAME_LETTERS else 0.0, rows if rows >= SAME_WORDS else 0.0)


def _same(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of all that two sets hold which both hold; no set of that size is made for it."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def _letters(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[at : at + LETTERS_IN_A_ROW] for at in range(max(1, len(padded) - LETTERS_IN_A_ROW + 1)))


def _words(text: str) -> frozenset[str]:
    words: Sequence[str] = text.split()
    return frozenset(" ".join(words[at : at + WORDS_IN_A_ROW]) for at in range(max(0, len(words) - WORDS_IN_A_ROW + 1)))


def brought_texts(path: Path) -> dict[str, str]:
    """The `text` column of a brand's own training file, by file and row.

    Raises TriageError when the file cannot be read, or has not the columns `text` and `label`.
    """
    from agent.triage.examples import read_examples

    return {f"{path.name} row {number}": each.text for number, each in enumerate(read_examples(path), 2)}
