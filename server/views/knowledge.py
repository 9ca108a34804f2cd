"""What the API says about knowledge and playbooks: pure functions to documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from knowledge.catalogue import Held, held
from knowledge.documents import Hit, IngestReport, Passage
from knowledge.playbooks import Playbook


class Shelved(Held):
    """One version of a document. Only what is in force is ever quoted."""

    in_force_now: bool


class Shelf(BaseModel):
    """Every version of every document."""

    documents: list[Shelved]


class Found(BaseModel):
    """A passage that answers a question, and how well: about 0 to 1."""

    passage: Passage
    score: float


class Answers(BaseModel):
    """Passages in force, best first."""

    question: str
    hits: list[Found]


class NewDocument(BaseModel):
    """A document as its author wrote it: Markdown with front matter."""

    markdown: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500_000,
            examples=[
                "---\nid: gift-wrapping\ntitle: Gift wrapping\nversion: 1\nstatus: approved\n"
                "effective_from: 2026-01-01\n---\n## What it costs\nWrapping costs 4.00 USD for each parcel.\n"
            ],
        ),
    ]


class Kept(BaseModel):
    """What bringing a document in did; the numbers are of passages."""

    document: Annotated[str, Field(examples=["gift-wrapping@v1"])]
    added: int
    changed: int
    unchanged: int
    removed: int


class PlaybookPage(BaseModel):
    """Every playbook. `usable` is false when a mistake keeps all of them from being read."""

    playbooks: list[Playbook]
    usable: bool


class Mistake(BaseModel):
    """What is wrong, and where."""

    where: Annotated[str, Field(examples=["refund_request.md, line 12"])]
    says: str


class Validation(BaseModel):
    """Whether the files hold together."""

    ok: bool
    mistakes: list[Mistake]


def shelf(passages: Sequence[Passage], now: datetime) -> Shelf:
    """The documents that passages are of."""
    newest: dict[str, int] = {}
    listed = held(passages)
    for each in listed:
        if each.in_force(now):
            newest[each.id] = max(each.version, newest.get(each.id, 0))
    shown = [Shelved(**dict(each), in_force_now=newest.get(each.id) == each.version) for each in listed]
    return Shelf(documents=shown)


def answers(question: str, hits: Sequence[Hit]) -> Answers:
    """What was found."""
    return Answers(question=question, hits=[Found(passage=hit.passage, score=round(hit.score, 4)) for hit in hits])


def kept(reference: str, report: IngestReport) -> Kept:
    """What bringing one document in did."""
    counts = {name: len(getattr(report, name)) for name in ("added", "changed", "unchanged", "removed")}
    return Kept(document=reference, **counts)
