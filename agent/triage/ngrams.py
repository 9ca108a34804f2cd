"""Words and pieces of words as weighted sparse features, on numpy alone: 0.3 ms a message, 8 bytes a feature.

An n-gram is known by a 64-bit hash, so a vocabulary is one sorted array: it loads at once, and many
messages are counted in a few array operations. Two n-grams of a vocabulary share a hash about once in 10^9 brands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]
    Whole = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

MOST_CHARACTERS = 6000  # of one message; what follows is signatures and quoted threads
_LONGEST_PIECE = 5
_MULTIPLIER = 0x9E3779B97F4A7C15
_MIXER = 0xFF51AFD7ED558CCD
_BIGRAM = 0xC2B2AE3D27D4EB4F
_SPACE = 32

_LINK = re.compile(r"https?://\S+|www\.\S+")
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Lower case without accents; links, addresses and numbers each become one sign."""
    text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold().replace("\u2019", "'")
    text = _ADDRESS.sub(" mailaddress ", _LINK.sub(" weblink ", text))
    decomposed = unicodedata.normalize("NFD", text)
    return _DIGITS.sub("0", "".join(c for c in decomposed if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """The words of a folded text, in order."""
    return _WORD.findall(text)


@dataclass(frozen=True)
class Rows:
    """A sparse matrix in compressed rows: `values[starts[i]:starts[i + 1]]` belong to row i."""

    starts: Whole
    columns: Whole
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def times(self, factor: float) -> Rows:
        """The same rows, each `factor` as long."""
        import numpy as np

        return Rows(self.starts, self.columns, self.values * np.float32(factor))


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams of the examples, sorted by hash, each with its inverse document frequency."""

    hashes: Hashes
    idf: Floats
    unseen_idf: float

    @classmethod
    def of(cls, documents: Whole, hashes: Hashes, count: int) -> Vocabulary:
        """Learn from n-grams found in `count` documents (`documents[i]` is where `hashes[i]` stands)."""
        import numpy as np

        known, at = np.unique(hashes, return_inverse=True)
        # Asked for counts too, it sorts: several times faster here than the hash table it uses otherwise.
        pairs, _ = np.unique(documents * max(1, len(known)) + at, return_counts=True)
        frequency = np.bincount(pairs % max(1, len(known)), minlength=len(known))
        idf = np.log((1 + count) / (1 + frequency)) + 1
        return cls(known, idf.astype(np.float32), float(np.log((1 + count) / 2) + 1))

    def weigh(self, documents: Whole, hashes: Hashes, count: int) -> Rows:
        """Rows of length 1: sublinear counts times inverse document frequency.

        N-grams that are not known take their share of the length and nothing else, so a message
        of unknown words scores low instead of being judged by the few words that are known.
        """
        import numpy as np

        found, at = np.unique(hashes, return_inverse=True)
        pairs, times = np.unique(documents * max(1, len(found)) + at, return_counts=True)
        row, found_at = np.divmod(pairs, max(1, len(found)))
        place, known = self.places(found)
        idf = np.where(known, self.idf[place], self.unseen_idf) if len(self.idf) else np.full(len(found), 1.0)
        weight = (1 + np.log(times)) * idf[found_at]
        length = np.sqrt(np.bincount(row, weight**2, minlength=count))
        keep = known[found_at]
        row, weight = row[keep], (weight / length[row])[keep]
        starts = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=count))))
        return Rows(starts.astype(np.int64), place[found_at[keep]], weight.astype(np.float32))

    def seen_in(self, least: int, count: int) -> Vocabulary:
        """Only the n-grams found in at least `least` of the `count` documents it was learned from."""
        import numpy as np

        common = self.idf <= np.float32(np.log((1 + count) / (1 + least)) + 1) + np.float32(1e-5)
        return Vocabulary(self.hashes[common], self.idf[common], self.unseen_idf)

    def places(self, hashes: Hashes) -> tuple[Whole, NDArray[np.bool_]]:
        """Where each n-gram stands, and whether it is known; the place of an unknown one means nothing."""
        import numpy as np

        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), bool)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return place, self.hashes[place] == hashes


def word_grams(folded: Sequence[str]) -> tuple[Whole, Hashes]:
    """Words and pairs of neighbouring words, as (document, hash)."""
    import numpy as np

    found = [[word_hash(word) for word in words(text)] for text in folded]
    counts = np.array([len(row) for row in found], dtype=np.int64)
    hashes = np.array([code for row in found for code in row], dtype=np.uint64)
    documents = np.repeat(np.arange(len(folded)), counts)
    neighbours = documents[1:] == documents[:-1]
    pairs = hashes[:-1] * np.uint64(_BIGRAM) + hashes[1:]
    return np.concatenate((documents, documents[1:][neighbours])), np.concatenate((hashes, pairs[neighbours]))


@lru_cache(maxsize=20_000)
def word_hash(word: str) -> int:
    """The hash of a word in a `word_grams` vocabulary."""
    code = 1
    for byte in word.encode():
        code = (code * _MULTIPLIER + byte) & 0xFFFFFFFFFFFFFFFF
    return (code ^ (code >> 32)) * _MIXER & 0xFFFFFFFFFFFFFFFF


def piece_grams(folded: Sequence[str]) -> tuple[Whole, Hashes]:
    """Pieces of 2 to 5 characters of each word with the space around it, as (document, hash)."""
    import numpy as np

    texts = [f" {' '.join(text.split())} " for text in folded]
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    documents = np.repeat(np.arange(len(texts)), lengths)
    blank = codes == _SPACE
    within = np.ones(len(codes), dtype=bool)
    found_in: list[Whole] = []
    found: list[Hashes] = []
    rolling = codes
    for size in range(2, _LONGEST_PIECE + 1):
        rolling = rolling[:-1] * np.uint64(_MULTIPLIER) + codes[size - 1 :]
        # A piece may begin or end with a space, never run across one.
        within = ~(blank[:-1] & blank[1:]) if size == 2 else within[:-1] & ~blank[size - 2 : -1]
        found_in.append(documents[: len(rolling)][within])
        found.append(_mixed(rolling[within] + np.uint64(size)))
    return np.concatenate(found_in), np.concatenate(found)


def _mixed(codes: Hashes) -> Hashes:
    import numpy as np

    codes = (codes ^ (codes >> np.uint64(33))) * np.uint64(_MIXER)
    return codes ^ (codes >> np.uint64(29))
