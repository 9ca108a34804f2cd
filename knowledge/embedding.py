"""Turning text into vectors: the port, the fallback without a model, and the choice between them."""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from knowledge.errors import ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]

_WORD = re.compile(r"\w+")


class Embedder(Protocol):
    """Texts in, unit vectors out; the same text always gives the same vector, whatever stands beside it."""

    @property
    def name(self) -> str:
        """For people, such as `all-MiniLM-L6-v2 (int8)`."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hex hash of model and version; vectors of different fingerprints are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        ...

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """One row per text: float32 [len(texts), dimensions], each of length 1 (or 0 for a text without words)."""
        ...

    def ahead(self, texts: Sequence[str]) -> None:
        """These texts are asked for soon: work on them may begin beside other work. Changes no vector."""
        ...

    def knows(self, word: str) -> bool:
        """Whether a lower-case word has a meaning of its own to the model; the others may be typing mistakes."""
        ...


class HashingEmbedder:
    """Words and character 3- to 5-grams hashed into buckets: no model, no meaning, only spelling.

    Finds texts that share words with the question, misspelt ones too; paraphrases it does not find.
    """

    def __init__(self, dimensions: int = 512) -> None:
        self.dimensions = dimensions
        self.name = f"hashing-{dimensions} (no model: finds words, not meaning)"
        self.fingerprint = hashlib.sha256(f"hashing-v1-{dimensions}".encode()).hexdigest()

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """See `Embedder.embed`."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature, weight in _features(text).items():
                # crc32, not hash(): the built-in one differs in every process.
                code = zlib.crc32(feature.encode())
                vectors[row, (code >> 1) % self.dimensions] += weight if code & 1 else -weight
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    def ahead(self, texts: Sequence[str]) -> None:
        """Nothing: a vector is made faster than it is handed over."""

    def knows(self, word: str) -> bool:
        """Always: letters are compared anyway, so nothing needs mending."""
        return True


def choose_embedder(cache_dir: Path) -> tuple[Embedder, str | None]:
    """The local model, or the fallback together with the notice to show the user.

    Raises:
        ModelCorrupt: The installed weights are not the pinned ones; that is never papered over.
    """
    from knowledge.minilm import MiniLMEmbedder

    try:
        return MiniLMEmbedder(cache_dir), None
    except ModelMissing as error:
        fallback = HashingEmbedder()
        return fallback, f"{error} Until then search matches spelling only ({fallback.name})."


def _features(text: str) -> dict[str, float]:
    counts = Counter(feature for word in _WORD.findall(text.lower()) for feature in _ngrams(word))
    return {feature: 1.0 + 0.5 * (count - 1) / count for feature, count in counts.items()}


def _ngrams(word: str) -> Iterator[str]:
    yield word
    padded = f"<{word}>"
    for size in (3, 4, 5):
        for at in range(len(padded) - size + 1):
            yield padded[at : at + size]
