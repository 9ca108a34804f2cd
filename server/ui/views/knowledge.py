"""What replies may cite: documents with their versions, and the passages of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge.catalogue import held
from knowledge.documents import Hit, Passage
from server.ui.views.sources import passage_href
from server.ui.words import dated, flowing


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One version of a document. `state`: in force, draft, superseded, not yet or ended."""

    id: str
    title: str
    version: int
    state: str
    since: str
    until: str
    passages: int
    language: str
    kind: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A passage to read."""

    anchor: str
    reference: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """A passage that answers a question."""

    title: str
    reference: str
    href: str
    text: str
    score: str


def shelves(passages: Iterable[Passage], now: datetime) -> tuple[Shelf, ...]:
    """Every version of every document; of each the newest first."""
    found = sorted(held(passages), key=lambda each: (each.kind.value, each.id, -each.version))
    return tuple(
        Shelf(
            id=each.id,
            title=each.title,
            version=each.version,
            state=_state(each.status.value, each.in_force(now), each.effective_from.isoformat(), now),
            since=dated(each.effective_from),
            until=dated(each.effective_to) if each.effective_to else "",
            passages=each.passages,
            language=each.language,
            kind=each.kind.value,
            href=f"/knowledge/{each.id}/{each.version}",
        )
        for each in found
    )


def _state(status: str, in_force: bool, since: str, now: datetime) -> str:
    if in_force:
        return "in force"
    if status != "approved":
        return status
    return "not yet" if since > f"{now:%Y-%m-%d}" else "ended"


def sections(passages: Iterable[Passage], document_id: str, version: int) -> tuple[Section, ...]:
    """The passages of one version, in the order of the document."""
    return tuple(
        Section(
            anchor=each.anchor,
            reference=f"{each.document_id}#{each.section}",
            title=each.title.partition(" › ")[2] or each.title,
            text=flowing(each.text),
        )
        for each in passages
        if each.document_id == document_id and each.version == version
    )


def found_views(hits: Sequence[Hit]) -> tuple[Found, ...]:
    """What a search found, best first."""
    return tuple(
        Found(
            title=hit.passage.title,
            reference=f"{hit.passage.document_id}#{hit.passage.section}, version {hit.passage.version}",
            href=passage_href(hit.passage.document_id, hit.passage.version, hit.passage.anchor),
            text=flowing(hit.passage.text),
            score=f"{hit.score:.2f}",
        )
        for hit in hits
    )
