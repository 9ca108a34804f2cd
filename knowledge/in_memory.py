"""The index that keeps nothing on disk: for tests, for evals, and for trying things out."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from knowledge.catalogue import Catalogue
from knowledge.documents import DocumentKind, Hit, IngestReport, Passage
from knowledge.neighbours import Exact
from knowledge.searching import ask, embed_new, expect, find, report_of

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors


class InMemoryIndex:
    """`knowledge.index.KnowledgeIndex` without a file."""

    def __init__(self, embedder: "Embedder") -> None:
        self._embedder = embedder
        self._catalogue = Catalogue(())
        self._vectors: dict[str, Vectors] = {}

    def ingest(self, passages: Iterable[Passage]) -> IngestReport:
        """See `KnowledgeIndex.ingest`."""
        wanted = {passage.id: passage for passage in passages}
        change = self._catalogue.change_to(wanted)
        fresh = embed_new(wanted, self._vectors.keys(), self._embedder)
        held = self._vectors | fresh
        self._vectors = {passage.sha256: held[passage.sha256] for passage in wanted.values()}
        self._catalogue = Catalogue(wanted.values())
        return report_of(change, len(fresh))

    def search(self, question: str, k: int, now: datetime, kinds: Collection[DocumentKind] | None = None) -> list[Hit]:
        """See `KnowledgeIndex.search`."""
        if not question.strip() or not self._vectors:
            return []
        passages = self._catalogue.passages
        neighbours = Exact(list(passages), [self._vectors[each.sha256] for each in passages.values()])
        asked = ask(question, self._catalogue, self._embedder)
        return find(asked, k, self._catalogue, neighbours, self._catalogue.usable(now, kinds))

    def expect(self, question: str) -> None:
        """See `KnowledgeIndex.expect`."""
        expect(question, self._catalogue, self._embedder)

    def passage(self, passage_id: str) -> Passage | None:
        """See `KnowledgeIndex.passage`."""
        return self._catalogue.passage(passage_id)

    def cite(self, document_id: str, anchor: str, now: datetime) -> Passage | None:
        """See `KnowledgeIndex.cite`."""
        return self._catalogue.cite(document_id, anchor, now)

    def passages(self) -> tuple[Passage, ...]:
        """All that was ingested, whatever its status."""
        return tuple(self._catalogue.passages.values())
