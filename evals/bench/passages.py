"""Knowledge search over few and many passages, with the product's own index and encoder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from knowledge.documents import DocumentStatus, Passage
from knowledge.embedding import Embedder
from knowledge.index import ChromaIndex
from server.container import open_embedder
from server.settings import Settings

if TYPE_CHECKING:
    from knowledge.embedding import Vectors

FEW = 4
NOW = datetime(2026, 11, 16, tzinfo=UTC)
WORDS = (
    "parcel refund return label exchange size colour warranty courier invoice voucher address warehouse delivery "
    "payment receipt fabric handle mug kettle blanket coffee roast subscription account password order stock"
).split()


class FillerVectors:
    """The product's encoder for questions, and made-up vectors for the many passages, whose meaning does not matter."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._chance = np.random.default_rng(7)
        self.name, self.fingerprint, self.dimensions = embedder.name, embedder.fingerprint, embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Real for one or two texts (a question), made up for more (passages)."""
        if len(texts) <= FEW:
            return self._embedder.embed(texts)
        made = self._chance.standard_normal((len(texts), self.dimensions)).astype(np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    def ahead(self, texts: Sequence[str]) -> None:
        """As the real one."""
        self._embedder.ahead(texts)

    def knows(self, word: str) -> bool:
        """As the real one."""
        return self._embedder.knows(word)


def search_times(count: int, questions: int = 200) -> list[float]:
    """Milliseconds of each of `questions` searches over `count` passages of made-up text."""
    chance = Random(count)  # noqa: S311 - test data
    embedder, _ = open_embedder(Settings.read({}, None))
    with tempfile.TemporaryDirectory() as scratch:
        index = ChromaIndex(Path(scratch), FillerVectors(embedder))
        index.ingest(_passages(count, chance))
        times: list[float] = []
        for number in range(questions + 10):
            question = " ".join(chance.choices(WORDS, k=8)) + f" {number}"
            started = time.perf_counter()
            index.search(question, 5, NOW)
            times.append((time.perf_counter() - started) * 1000)
        index.close()
    return times[10:]


def _passages(count: int, chance: Random) -> list[Passage]:
    return [
        Passage(
            id=f"doc{number}@v1#a",
            document_id=f"doc{number}",
            version=1,
            anchor="a",
            title=" ".join(chance.choices(WORDS, k=4)),
            text=" ".join(chance.choices(WORDS, k=40)),
            status=DocumentStatus.APPROVED,
            effective_from=NOW.date(),
            sha256=f"{number:064x}",
        )
        for number in range(count)
    ]
