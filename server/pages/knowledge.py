"""`/knowledge`: what replies may cite, to search and to read."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from knowledge.documents import Passage
from knowledge.errors import KnowledgeError
from server.deps import Insider, Parts
from server.pages.shell import page
from server.problems import Problem, unknown
from server.service import Service
from server.ui.views.knowledge import found_views, sections, shelves

router = APIRouter(prefix="/knowledge")
HITS = 10


@runtime_checkable
class Listing(Protocol):
    """An index that can list what it holds."""

    def passages(self) -> tuple[Passage, ...]:
        """All that was ingested, whatever its status."""
        ...


def passages_of(service: Service) -> tuple[Passage, ...]:
    """Everything that was ingested. Raises a Problem (503) when the index cannot be read just now."""
    try:
        return service.knowledge.passages() if isinstance(service.knowledge, Listing) else ()
    except KnowledgeError as error:
        raise Problem(503, "knowledge", "Knowledge cannot be read just now", str(error)) from None


@router.get("", response_class=HTMLResponse)
def documents(request: Request, service: Parts, who: Insider, ask: str = "") -> Response:
    """Every document by version, and what answers a question."""
    question, now = ask.strip()[:500], service.clock.now()
    try:
        hits = service.knowledge.search(question, HITS, now) if question else []
    except KnowledgeError as error:
        raise Problem(503, "knowledge", "Knowledge cannot be read just now", str(error)) from None
    return page(
        request, "knowledge.html", "Knowledge", who, section="knowledge",
        documents=shelves(passages_of(service), now), found=found_views(hits), question=question,
    )  # fmt: skip


@router.get("/{document_id}/{version}", response_class=HTMLResponse)
def document(request: Request, document_id: str, version: int, service: Parts, who: Insider) -> Response:
    """One version of a document; each passage is an anchor, so that a citation leads to it."""
    held = passages_of(service)
    parts = sections(held, document_id, version)
    if not parts:
        raise unknown("document", f"{document_id}, version {version}")
    versions = [each for each in shelves(held, service.clock.now()) if each.id == document_id]
    shown = next(each for each in versions if each.version == version)
    return page(
        request, "document.html", shown.title, who, section="knowledge",
        document=shown, versions=versions, sections=parts,
    )  # fmt: skip
