"""Finding passages: the port, the index on embedded Chroma, and one in memory that behaves the same.

Only passages of an approved version in force at `now` are ever found or cited. Passages that hold a code of the
question (SKU, order number) come first, the others by meaning.
"""

# The types of chromadb are partial.
# pyright: reportUnknownMemberType=false

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from knowledge.catalogue import Catalogue, Change, Shelf
from knowledge.documents import DocumentKind, Hit, IngestReport, Passage
from knowledge.errors import IndexBusy, IndexDamaged, KnowledgeError
from knowledge.neighbours import Exact, Neighbours
from knowledge.ranking import RECIPE
from knowledge.searching import ask, embed_new, find
from knowledge.turns import SharedTurns, Turns, fresh_spelling

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as Store

    from knowledge.embedding import Embedder, Vectors

T = TypeVar("T")

_PREFIX = "passages-"
_WRITES = "countersign-writes"
_BATCH = 1000


class KnowledgeIndex(Protocol):
    """What the brand has written down, as the rest of the product sees it."""

    def ingest(self, passages: Iterable[Passage]) -> IngestReport:
        """Hold exactly these passages from now on; only texts never seen before are embedded."""
        ...

    def search(self, question: str, k: int, now: datetime, kinds: Collection[DocumentKind] | None = None) -> list[Hit]:
        """At most `k` passages in force at `now` (aware), best first; ties by id. A blank question finds nothing."""
        ...

    def passage(self, passage_id: str) -> Passage | None:
        """Any passage by id, whatever its status: what an earlier reply cited. No part number: the whole section."""
        ...

    def cite(self, document_id: str, anchor: str, now: datetime) -> Passage | None:
        """The whole section `document#anchor` in the version in force at `now`, or None."""
        ...

    def cite_all(self, wanted: Iterable[tuple[str, str]], now: datetime) -> Sequence[Passage | None]:
        """The same for several (document, anchor), all at one moment of the index."""
        ...


class InMemoryIndex(Shelf):
    """Keeps nothing on disk; for tests and for trying things out."""

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
        return _report(change, len(fresh))

    def search(self, question: str, k: int, now: datetime, kinds: Collection[DocumentKind] | None = None) -> list[Hit]:
        """See `KnowledgeIndex.search`."""
        if not question.strip() or not self._vectors:
            return []
        passages = self._catalogue.passages
        neighbours = Exact(list(passages), [self._vectors[each.sha256] for each in passages.values()])
        asked = ask(question, self._catalogue, self._embedder)
        return find(asked, k, self._catalogue, neighbours, self._catalogue.usable(now, kinds))

    def _at_hand(self) -> AbstractContextManager[Catalogue]:
        return nullcontext(self._catalogue)


class ChromaIndex(Shelf):
    """The index on disk; safe to use from several threads and processes, one at a time (see `knowledge.turns`).

    Vectors of another embedder are never used: opening re-embeds what is stored. Every method may raise
    `IndexBusy` (another process kept the index) or `IndexDamaged` (delete the folder and ingest again).
    """

    def __init__(self, path: Path, embedder: "Embedder", wait_seconds: float = 10.0, exact_up_to: int = 20_000) -> None:
        """Nothing is opened or created before the first use.

        Up to `exact_up_to` passages the question is compared with each of them; beyond, Chroma's graph is asked. In
        4 of 150 builds with many near-equal versions that graph lost a passage, which nobody would have noticed.
        """
        self._exact_up_to = exact_up_to
        self._neighbours: Neighbours = Exact((), ())
        self._path = path
        self._embedder = embedder
        self._turns: Turns | SharedTurns = Turns(path / "index.lock", wait_seconds)
        self._client: Client | None = None
        self._store: Store | None = None
        self._catalogue = Catalogue(())
        self._seen = -1

    def close(self) -> None:
        """Release files and memory; a later call opens again."""
        self._disconnect()
        self._turns.close()

    def ingest(self, passages: Iterable[Passage]) -> IngestReport:
        """See `KnowledgeIndex.ingest`; a killed ingest is completed by the next one."""
        wanted = {passage.id: passage for passage in passages}
        with self._turn():
            known = self._catalogue.by_hash.keys()
        # Embedding takes minutes for large sets, so it happens outside the turn.
        fresh = embed_new(wanted, known, self._embedder)
        with self._turn() as store:
            change = self._catalogue.change_to(wanted)
            if change.added or change.changed or change.removed:
                self._seen = self._turns.count_write()
                self._write(store, wanted, change, fresh)
                self._load(store)
        return _report(change, len(fresh))

    def search(self, question: str, k: int, now: datetime, kinds: Collection[DocumentKind] | None = None) -> list[Hit]:
        """See `KnowledgeIndex.search`."""
        if not question.strip() or k < 1:
            return []
        with self._turn():
            catalogue = self._catalogue
        asked = ask(question, catalogue, self._embedder)
        with self._turn():
            return find(asked, k, self._catalogue, self._neighbours, self._catalogue.usable(now, kinds))

    @contextmanager
    def _at_hand(self) -> Generator[Catalogue]:
        with self._turn():
            yield self._catalogue

    @contextmanager
    def _turn(self) -> "Generator[Store]":
        from chromadb.errors import ChromaError

        with self._turns.turn():
            try:
                store = self._current()
            except (ChromaError, ValueError) as error:  # Chroma wraps some faults of its files in ValueError
                raise self._damaged(str(error)) from error
            try:
                yield store
            except ChromaError as error:
                raise self._damaged(str(error)) from error

    def _damaged(self, reason: str) -> KnowledgeError:
        self._disconnect()
        return IndexDamaged(
            f"The knowledge index in {self._path} cannot be read ({reason.partition(chr(10))[0]}). "
            "Delete that folder and run `countersign knowledge ingest DIR`; the documents are not affected."
        )

    def _current(self) -> "Store":
        """The store as of the latest write by any process."""
        counter = self._turns.counter()
        if self._store is None or self._seen != counter:
            self._disconnect()
            self._store = self._connect()
            self._load(self._store)
            self._seen = self._turns.counter()
        return self._store

    def _load(self, store: "Store") -> None:
        self._catalogue = Catalogue(_stored(store))
        ids = list(self._catalogue.passages)
        if len(ids) > self._exact_up_to:
            self._neighbours = _Approximate(store)
        else:
            vectors = _fetch(store, {each: each for each in ids})
            self._neighbours = Exact(ids, [vectors[each] for each in ids])

    def _open(self) -> "Client":
        import chromadb
        from chromadb.config import Settings

        spelling = fresh_spelling(self._path)
        # Declared as the interface, which cannot be closed.
        return cast("Client", chromadb.PersistentClient(spelling, settings=Settings(anonymized_telemetry=False)))

    def _connect(self) -> "Store":
        self._client = self._open()
        name = f"{_PREFIX}{RECIPE}-{self._embedder.fingerprint[:16]}"
        present = {collection.name for collection in self._client.list_collections()}
        if self._turns.counter() and not present:
            raise self._damaged("its content is gone")
        store = self._client.get_or_create_collection(
            name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 400, "max_neighbors": 64}},
            metadata={"embedder": self._embedder.name, "fingerprint": self._embedder.fingerprint},
        )
        for other in sorted(present - {name}):
            if other.startswith(_PREFIX):
                self._embed_again(self._client, other, store)
        return store

    def _embed_again(self, client: "Client", other: str, store: "Store") -> None:
        """Move what another embedder's collection holds into ours; killed halfway, it is simply done again."""
        passages = {passage.id: passage for passage in _stored(client.get_collection(other, embedding_function=None))}
        self._turns.count_write()
        self._catalogue = Catalogue(())
        self._write(store, passages, self._catalogue.change_to(passages), {})
        client.delete_collection(other)

    def _write(
        self, store: "Store", wanted: Mapping[str, Passage], change: Change, fresh: "Mapping[str, Vectors]"
    ) -> None:
        """Add before removing, so that no section is ever missing in between."""
        written = [wanted[each] for each in (*change.added, *change.changed)]
        # All vectors are in hand before the first write: a text may have moved to the id of another one.
        vectors = self._vectors_of(store, written, fresh)
        for batch in _batches(written):
            store.upsert(
                ids=[passage.id for passage in batch],
                embeddings=[vectors[passage.sha256] for passage in batch],
                metadatas=[{"passage": passage.model_dump_json()} for passage in batch],
            )
        for batch in _batches(change.removed):
            store.delete(ids=list(batch))

    def _vectors_of(
        self, store: "Store", passages: Sequence[Passage], fresh: "Mapping[str, Vectors]"
    ) -> "dict[str, Vectors]":
        """The vector of every text by its hash: just computed, else already stored, else computed now."""
        known = self._catalogue.by_hash
        stored = {passage.sha256: known[passage.sha256] for passage in passages if passage.sha256 in known}
        vectors = dict(fresh) | _fetch(store, stored)
        return vectors | embed_new({each.id: each for each in passages}, vectors.keys(), self._embedder)

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._store = None


class SharedChromaIndex(ChromaIndex):
    """The index on a Chroma server (`http://host:8000`), for any number of processes.

    What one of them brings in, the others find within a second or two. Bring in from one process at a time. A server
    that does not answer is `IndexBusy`: try again.
    """

    def __init__(self, url: str, embedder: "Embedder", exact_up_to: int = 20_000, patience: float = 15.0) -> None:
        """`patience` is in seconds, for each thing that is asked of the server: Chroma's client waits for ever."""
        super().__init__(Path(), embedder, exact_up_to=exact_up_to)
        self._url = url
        self._patience = patience
        self._turns = SharedTurns(self._writes, self._count)
        self._server: Client | None = None

    def close(self) -> None:
        """Close every connection; a later call opens again."""
        super().close()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            _hang_up(server)

    def _open(self) -> "Client":
        import chromadb
        from chromadb.config import Settings

        if self._server is None:
            parts = urlsplit(self._url)
            port = parts.port or (443 if parts.scheme == "https" else 8000)
            plain, safe = Settings(anonymized_telemetry=False), parts.scheme == "https"
            _must_answer(self._url, self._patience)  # Chroma's client asks as soon as it is made
            self._server = cast("Client", chromadb.HttpClient(parts.hostname or "", port, safe, settings=plain))
            for session in _sessions(self._server):
                session.timeout = self._patience
        return self._server

    def _disconnect(self) -> None:
        self._client = self._store = None  # the connection itself stays: only what was read is old

    def _counted(self) -> "Store":
        return self._open().get_or_create_collection(_WRITES, embedding_function=None, metadata={"writes": 0})

    def _writes(self) -> int:
        return int((self._counted().metadata or {}).get("writes", 0))

    def _count(self, writes: int) -> None:
        self._counted().modify(metadata={"writes": writes})

    def _write(
        self, store: "Store", wanted: Mapping[str, Passage], change: Change, fresh: "Mapping[str, Vectors]"
    ) -> None:
        super()._write(store, wanted, change, fresh)
        self._turns.count_write()  # whoever has read it half written reads it again

    @contextmanager
    def _turn(self) -> "Generator[Store]":
        import httpx

        try:
            with super()._turn() as store:
                yield store
        except httpx.HTTPError as error:
            raise self._damaged(type(error).__name__) from error

    def _damaged(self, reason: str) -> KnowledgeError:
        self._disconnect()
        return IndexBusy(f"The Chroma server {self._url} does not answer as it should ({reason}); is it running?")


def _must_answer(url: str, patience: float) -> None:
    """Raises httpx.HTTPError."""
    import httpx

    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=patience)


def _sessions(client: "Client") -> "Generator[httpx.Client]":
    import httpx

    for each in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(each, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            yield session


def _hang_up(client: "Client") -> None:
    """Close the connections that Chroma forgets when its client is closed."""
    for session in _sessions(client):
        session.close()


class _Approximate:
    """Chroma's own search, for sets too large to hold in memory; now and then it misses a passage."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def nearest(self, asked: "Vectors", usable: Collection[str], count: int) -> dict[str, float]:
        """See `Neighbours.nearest`.

        A filter inside Chroma costs 75 ms at 10,000 passages, against 3 ms for asking for twice as many and dropping
        what may not be used; only when too few remain is the search confined to the usable ids.
        """
        enough = min(count, len(usable))
        if not enough:
            return {}
        near = {each: cosine for each, cosine in self._query(asked, 2 * count).items() if each in usable}
        return near if len(near) >= enough else self._query(asked, enough, list(usable))

    def of(self, asked: "Vectors", ids: Iterable[str]) -> dict[str, float]:
        """See `Neighbours.of`."""
        vectors = _fetch(self._store, {each: each for each in ids})
        return {each: float(vector @ asked) for each, vector in vectors.items()}

    def _query(self, asked: "Vectors", count: int, ids: list[str] | None = None) -> dict[str, float]:
        found = self._store.query(query_embeddings=asked, n_results=count, ids=ids, include=["distances"])
        distances = found["distances"] or [[]]
        return {each: 1.0 - distance for each, distance in zip(found["ids"][0], distances[0], strict=True)}


def _stored(store: "Store") -> Iterable[Passage]:
    for metadata in store.get(include=["metadatas"])["metadatas"] or ():
        yield Passage.model_validate_json(str(metadata["passage"]))


def _fetch(store: "Store", ids: Mapping[str, str]) -> "dict[str, Vectors]":
    """Stored vectors under the names given to passage ids."""
    names = {passage_id: name for name, passage_id in ids.items()}
    found: dict[str, Vectors] = {}
    for batch in _batches(list(names)):
        got = store.get(ids=list(batch), include=["embeddings"])
        found |= zip((names[each] for each in got["ids"]), cast("Vectors", got["embeddings"]), strict=True)
    return found


def _report(change: Change, embedded: int) -> IngestReport:
    return IngestReport(**change.model_dump(), embedded=embedded)


def _batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
