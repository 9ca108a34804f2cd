"""What the knowledge tests share: a clock that stands still, and passages made by hand."""

import socket
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

import httpx
import pytest

from knowledge.documents import DocumentKind, DocumentStatus, Passage, content_hash
from knowledge.embedding import HashingEmbedder
from knowledge.index import ChromaIndex, InMemoryIndex, KnowledgeIndex, SharedChromaIndex
from knowledge.minilm import MiniLMEmbedder

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors

    MakeIndex: TypeAlias = Callable[[Embedder], KnowledgeIndex]

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class CountingEmbedder(HashingEmbedder):
    """Counts the texts it had to embed."""

    def __init__(self, dimensions: int = 512) -> None:
        super().__init__(dimensions)
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> "Vectors":
        self.texts += texts
        return super().embed(texts)


def passage(
    text: str,
    *,
    document: str = "returns",
    version: int = 1,
    anchor: str = "window",
    status: DocumentStatus = DocumentStatus.APPROVED,
    since: date = date(2026, 1, 1),
    until: date | None = None,
    kind: DocumentKind = DocumentKind.POLICY,
) -> Passage:
    title = f"About {document}"
    return Passage(
        id=f"{document}@v{version}#{anchor}",
        document_id=document,
        version=version,
        anchor=anchor,
        title=title,
        text=text,
        sha256=content_hash(title, text),
        status=status,
        effective_from=since,
        effective_to=until,
        kind=kind,
    )


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


def shared_index(url: str, embedder: "Embedder") -> SharedChromaIndex:
    """An empty index on that server."""
    every = f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    for collection in httpx.get(every).raise_for_status().json():
        httpx.delete(f"{every}/{collection['name']}").raise_for_status()
    return SharedChromaIndex(url, embedder)


@contextmanager
def line_to(url: str) -> "Generator[tuple[str, threading.Event]]":
    """An address behind which that server answers until the event is set: then it is silent, and hangs up on nobody."""
    cut, there = threading.Event(), urlsplit(url)

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while (heard := source.recv(65536)) and not cut.is_set():
                target.sendall(heard)

    def answer(listening: socket.socket) -> None:
        while True:
            with suppress(OSError):
                near = listening.accept()[0]
                far = socket.create_connection((there.hostname or "", there.port or 0))
                held.extend((near, far))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()
                continue
            return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = [listening]
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", cut
        for each in held:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@pytest.fixture(params=["memory", "chroma", "chroma-approximate", "chroma-server"])
def make_index(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[MakeIndex]":
    """Builds every index: one suite holds them to the same behaviour."""
    opened: list[ChromaIndex] = []

    def make(embedder: "Embedder") -> KnowledgeIndex:
        if request.param == "memory":
            return InMemoryIndex(embedder)
        if request.param == "chroma-server":
            opened.append(shared_index(request.getfixturevalue("chroma_server"), embedder))
            return opened[-1]
        exact_up_to = 0 if request.param == "chroma-approximate" else 20_000
        opened.append(ChromaIndex(tmp_path / "index", embedder, exact_up_to=exact_up_to))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


@pytest.fixture
def index(make_index: "MakeIndex", embedder: CountingEmbedder) -> KnowledgeIndex:
    return make_index(embedder)


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """Where `make setup` has built the encoder for this environment; built here when it has not."""
    from server.settings import Settings

    return Settings.read(env_file=None).prepared


@pytest.fixture(scope="session")
def minilm(model_cache: Path) -> MiniLMEmbedder:
    return MiniLMEmbedder(model_cache)
