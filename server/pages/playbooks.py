"""`/playbooks`: how each kind of message is handled, and what is wrong in the files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from agent.reasoners.vocabulary import vocabulary
from knowledge.playbooks import PlaybookBook, PlaybooksInvalid, check_playbooks, load_playbooks
from knowledge.playbooks.schema import Macro
from server.auth.principal import Scope
from server.deps import Insider, Parts
from server.pages.knowledge import passages_of
from server.pages.shell import page
from server.problems import unknown
from server.service import Service
from server.ui.views.playbooks import Fault, faults, playbook_view

router = APIRouter(prefix="/playbooks")


@router.get("", response_class=HTMLResponse)
def playbooks(request: Request, service: Parts, who: Insider) -> Response:
    """Every playbook, after the files were checked."""
    book, wrong = book_of(service)
    shown = [playbook_view(each, {}) for each in book.playbooks.values()] if book else []
    return page(
        request, "playbooks.html", "Playbooks", who, section="playbooks",
        playbooks=shown, faults=wrong, changed=_changed_since(service),
        # Paths of the machine are for those who run it.
        folder=str(service.settings.playbooks) if who.may(Scope.OPERATE) else "",
    )  # fmt: skip


@router.get("/{intent}", response_class=HTMLResponse)
def playbook(request: Request, intent: str, service: Parts, who: Insider) -> Response:
    """One playbook, to read."""
    book, _ = book_of(service)
    if book is None or intent not in book.playbooks:
        raise unknown("playbook", intent)
    found = book.playbooks[intent]
    macros: dict[str, Macro] = {**book.macros.get("shared", {}), **book.macros.get(intent, {})}
    return page(request, "playbook.html", found.title, who, section="playbooks", playbook=playbook_view(found, macros))


def book_of(service: Service) -> tuple[PlaybookBook | None, tuple[Fault, ...]]:
    """The book when it is whole, and every fault that there is."""
    settings = service.settings
    stamp = hash(tuple((each, *_state(each)) for each in _files(settings.playbooks, settings.macros)))
    anchors = frozenset(f"{p.document_id}#{p.section}" for p in passages_of(service) if p.status == "approved")
    return _checked(settings.playbooks, settings.macros, stamp, service.limits.digest, anchors, Limits(service))


def _files(*folders: Path) -> list[Path]:
    return sorted(each for folder in folders if folder.is_dir() for each in folder.iterdir() if each.is_file())


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_ctime_ns, found.st_size


def _changed_since(service: Service) -> bool:
    """Whether files were written, added or taken away since the service read them."""
    folders = [each for each in (service.settings.playbooks, service.settings.macros) if each.is_dir()]
    newest = max((each.stat().st_ctime for each in (*folders, *_files(*folders))), default=0.0)
    return newest > service.began.timestamp()


class Limits:
    """The limits of a service as one of the things a result depends on; `digest` beside it says when they differ."""

    def __init__(self, service: Service) -> None:
        self.limits = service.limits

    def __hash__(self) -> int:
        return hash(self.limits.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limits) and other.limits.digest == self.limits.digest


@lru_cache(maxsize=4)
def _checked(
    playbooks: Path, macros: Path, stamp: int, digest: str, anchors: frozenset[str], limits: Limits
) -> tuple[PlaybookBook | None, tuple[Fault, ...]]:
    """Read and checked once for each state of the files."""
    words = vocabulary(limits.limits, anchors or None)
    problems = check_playbooks(playbooks, macros, words)
    wrong = faults([(Path(each.file).name, each.line, each.message) for each in problems])
    try:
        return load_playbooks(playbooks, macros, vocabulary(limits.limits)), wrong
    except PlaybooksInvalid:
        return None, wrong
