"""Search in seven languages with an encoder that knows one: questions and passages are read word by word in English."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from agent.triage import glossary, language
from agent.triage.glossary import glossaries, in_english
from agent.triage.language import language_of

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

RECIPE: Final = "read-in-english-1"  # raise it when texts are read otherwise: every index is then embedded anew


class EnglishReading:
    """`knowledge.embedding.Embedder` for search: es, fr, de, it, pt and nl reach the encoder in English.

    Without it a German question finds nothing among English texts, and hardly more among German ones. Vectors of
    English texts are those of the encoder. Triage reads messages by itself and is given the encoder as it is.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.fingerprint = hashlib.sha256(f"{embedder.fingerprint} {RECIPE} {_words_sha256()}".encode()).hexdigest()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        return self._embedder.embed([read_in_english(text) for text in texts])

    def ahead(self, texts: Sequence[str]) -> None:
        """See `Embedder.ahead`."""
        self._embedder.ahead([read_in_english(text) for text in texts])

    def knows(self, word: str) -> bool:
        """See `Embedder.knows`."""
        return self._embedder.knows(word)


@lru_cache(maxsize=256)
def read_in_english(text: str) -> str:
    """A text of the six languages word by word in English (see `glossary`); any other as it is."""
    spoken = language_of(text)
    return in_english(text, spoken) if spoken in glossaries() else text


@cache
def _words_sha256() -> str:
    """Of the word lists that decide what is read."""
    return hashlib.sha256(glossary.FILE.read_bytes() + language.FUNCTION_WORDS.read_bytes()).hexdigest()
