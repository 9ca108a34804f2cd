"""`/api/v1/playbooks`: how each kind of message is handled, and what is wrong in the files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from knowledge.playbooks import Playbook
from server.deps import Insider, Parts
from server.pages.playbooks import book_of
from server.problems import unknown
from server.routes.errors import documented
from server.views import knowledge as view

router = APIRouter(prefix="/playbooks", tags=["playbooks"])


@router.get("", responses=documented(422))
def playbooks(service: Parts, who: Insider) -> view.PlaybookPage:
    """Every playbook."""
    book, _ = book_of(service)
    return view.PlaybookPage(playbooks=list(book.playbooks.values()) if book else [], usable=book is not None)


@router.get("/validation", responses=documented(422))
def validation(service: Parts, who: Insider) -> view.Validation:
    """What is wrong in the files that are in force, with file and line."""
    _, wrong = book_of(service)
    mistakes = [view.Mistake(where=each.where, says=each.says) for each in wrong]
    return view.Validation(ok=not mistakes, mistakes=mistakes)


@router.get("/{intent}", responses=documented(404, 422))
def playbook(
    service: Parts, who: Insider, intent: Annotated[str, Path(max_length=60, examples=["order_status"])]
) -> Playbook:
    """How one kind of message is handled."""
    book, _ = book_of(service)
    if book is None or intent not in book.playbooks:
        raise unknown("playbook", intent)
    return book.playbooks[intent]
