"""A draft cut into pieces: what rests on which source, and where a rule objects. The words themselves never change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from agent.case import Draft, SourcedSpan, SpanKind, Verdict, Violation
from server.ui.views.sources import Known, Source

WIDE = frozenset({SpanKind.POLICY, SpanKind.PROMISE})
"""Whole sentences: their sources stand as a mark behind them, so that the values inside can be looked up as well."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something of the draft that can be looked up. `id` is unique on the page."""

    id: str
    kind: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text. `mark`: its source; `risk`: what a rule says about it; `after`: marks of what ends here."""

    text: str
    mark: Mark | None = None
    risk: str = ""
    after: tuple[Mark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """A draft as it is read. The texts of `pieces`, joined, are the draft word for word."""

    pieces: tuple[Piece, ...]
    language: str
    sourced: int
    text: str

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark, in the order of the text."""
        inside = [(piece.mark, *piece.after) for piece in self.pieces]
        return tuple(mark for marks in inside for mark in marks if mark is not None)


def draft_view(draft: Draft, violations: Sequence[Violation], known: Known, name: str = "s") -> DraftView:
    """The draft with its sources and objections. `name` keeps the ids of two drafts on one page apart."""
    narrow = _apart([span for span in draft.spans if span.kind not in WIDE and span.sources])
    wide = [span for span in draft.spans if span.kind in WIDE and span.sources]
    risks = [v for v in violations if v.start is not None and v.end is not None and v.verdict is not Verdict.ALLOW]
    marks = {
        span: mark
        for number, span in enumerate(sorted([*narrow, *wide], key=lambda span: (span.start, span.end)), 1)
        if (mark := _mark(span, draft.text, known, f"{name}{number}"))
    }
    pieces = _pieces(draft.text, narrow, wide, risks, marks)
    return DraftView(pieces=pieces, language=draft.language, sourced=len(marks), text=draft.text)


def _apart(spans: Iterable[SourcedSpan]) -> list[SourcedSpan]:
    """Spans that do not overlap: of two that do, the longer one."""
    kept: list[SourcedSpan] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _mark(span: SourcedSpan, text: str, known: Known, identifier: str) -> Mark | None:
    words = text[span.start : span.end]
    found = [source for each in span.sources if (source := known.source(each, words))]
    # A field that says the very words comes before facts that only contain them somewhere.
    found.sort(key=lambda source: not source.rows and not source.text)
    return Mark(id=identifier, kind=span.kind.value, sources=tuple(found[:3])) if found else None


def _pieces(
    text: str,
    narrow: Sequence[SourcedSpan],
    wide: Sequence[SourcedSpan],
    risks: Sequence[Violation],
    marks: dict[SourcedSpan, Mark],
) -> tuple[Piece, ...]:
    cuts = {0, len(text), *(at for span in narrow for at in (span.start, span.end)), *(span.end for span in wide)}
    cuts |= {at for risk in risks for at in (risk.start or 0, risk.end or 0)}
    inside = sorted(at for at in cuts if 0 <= at <= len(text))
    return tuple(
        Piece(
            text=text[start:end],
            mark=next((marks.get(span) for span in narrow if span.start <= start and end <= span.end), None),
            risk="; ".join(dict.fromkeys(v.message for v in risks if _covers(v, start, end))),
            after=tuple(marks[span] for span in wide if span.end == end and span in marks),
        )
        for start, end in pairwise(inside)
    )


def _covers(violation: Violation, start: int, end: int) -> bool:
    return (violation.start or 0) <= start and end <= (violation.end or 0)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A stretch of an edit. `kind`: same, gone or new."""

    kind: str
    text: str


def changes(before: str, after: str) -> tuple[Change, ...]:
    """What an edit does, word by word: without the new words it reads as before, without the gone ones as after."""
    old, new = _words(before), _words(after)
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change(kind="same", text="".join(old[a:b])))
            continue
        found += [Change(kind="gone", text="".join(old[a:b]))] if b > a else []
        found += [Change(kind="new", text="".join(new[c:d]))] if d > c else []
    return tuple(found)


def _words(text: str) -> list[str]:
    """Words and the white space between them, so that joining gives the text again."""
    found: list[str] = []
    for char in text:
        if found and found[-1].isspace() == char.isspace() and char != "\n":
            found[-1] += char
        else:
            found.append(char)
    return found
