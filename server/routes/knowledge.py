"""`/api/v1/knowledge`: what replies may cite: to search, to read, and for a lead to add to."""

from __future__ import annotations

import hashlib
from pathlib import Path as FilePath
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Path, Query

from agent.audit import AuditNote
from knowledge.documents import Document, Passage
from knowledge.errors import DocumentError
from knowledge.ingest import parse_document, split_document
from server.deps import Operator, Parts, Reader
from server.pages.knowledge import passages_of
from server.problems import Problem, unknown
from server.routes.errors import documented
from server.views import knowledge as view

router = APIRouter(prefix="/knowledge", tags=["knowledge"])
_NAME = FilePath("document.md")
_adding = Lock()
"""An index holds exactly what it was given last: two who add at once must not lose each other's document."""


@router.get("/search", responses=documented(422))
def search(
    service: Parts,
    who: Reader,
    q: Annotated[str, Query(max_length=500, description="A question, in the customer's words.")],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 5,
) -> view.Answers:
    """Passages of approved documents in force that answer a question, best first."""
    return view.answers(q, service.knowledge.search(q, k, service.clock.now()))


@router.get("/documents", responses=documented(422))
def documents(service: Parts, who: Reader) -> view.Shelf:
    """Every version of every document, drafts and superseded ones too."""
    return view.shelf(passages_of(service), service.clock.now())


@router.get("/passages/{passage_id}", responses=documented(404, 422))
def passage(
    service: Parts,
    who: Reader,
    passage_id: Annotated[str, Path(max_length=200, examples=["returns@v3#window"])],
) -> Passage:
    """A passage of any version: what an earlier reply cited stays readable. Send `#` as `%23`."""
    found = service.knowledge.passage(passage_id)
    if found is None:
        raise unknown("passage", passage_id)
    return found


@router.post("/documents", status_code=201, responses=documented(409, 413, 422))
def add(service: Parts, who: Operator, body: view.NewDocument) -> view.Kept:
    """Add a version of a document. One that is there with another text is not replaced: raise its version."""
    document, parts = _read(body.markdown)
    with _adding:
        there = passages_of(service)
        own = [each for each in there if (each.document_id, each.version) == (document.id, document.version)]
        if own and {each.id: each.sha256 for each in own} != {each.id: each.sha256 for each in parts}:
            raise Problem(
                409,
                "version-taken",
                "This version is there with another text",
                f"{document.reference} was quoted as it stands: raise `version` in the front matter.",
            )
        others = [each for each in there if each not in own]
        report = service.knowledge.ingest([*others, *parts])
    if report.added or report.changed:
        _note(service, who.id, document, body.markdown)
    return view.kept(document.reference, report.model_copy(update={"unchanged": () if not own else report.unchanged}))


def _read(text: str) -> tuple[Document, list[Passage]]:
    try:
        document = parse_document(text, _NAME, _NAME.name)
        return document, split_document(document, _NAME)
    except DocumentError as error:
        raise Problem(422, "invalid", "The document cannot be used", f"line {error.line}: {error.reason}") from None


def _note(service: Parts, by: str, document: Document, text: str) -> None:
    payload = {
        "document": document.reference,
        "status": document.status.value,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    note = AuditNote(at=service.clock.now(), actor=by, event="knowledge.added", payload={**payload})
    service.database.audit.append(note)
