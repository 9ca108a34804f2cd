"""A draft cut into pieces: what states a fact and where it comes from, and what a rule objects to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.case import Draft, SourcedSpan, Violation


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Adjoining text under one set of marks. `kind` is empty for plain words, `problem` names the rules that object."""

    text: str
    kind: str = ""
    sources: tuple[str, ...] = ()
    problem: str = ""


def pieces_of(draft: Draft, violations: Iterable[Violation] = ()) -> tuple[Piece, ...]:
    """The whole text in order; joined, the pieces are the text again. Marks beyond its end are cut off."""
    text = draft.text
    objections = [v for v in violations if v.start is not None and v.end is not None and v.start < v.end]
    borders = {0, len(text)}
    for span in draft.spans:
        borders |= {min(span.start, len(text)), min(span.end, len(text))}
    for violation in objections:
        borders |= {max(0, min(violation.start or 0, len(text))), max(0, min(violation.end or 0, len(text)))}
    ordered = sorted(borders)
    return tuple(_piece(text, start, end, draft.spans, objections) for start, end in pairwise(ordered))


def _piece(text: str, start: int, end: int, spans: Sequence[SourcedSpan], objections: Sequence[Violation]) -> Piece:
    over = [span for span in spans if span.start <= start and end <= span.end]
    against = [v.rule for v in objections if (v.start or 0) <= start and end <= (v.end or 0)]
    # The shortest span says most: a date inside a promise is a date.
    closest = min(over, key=lambda span: span.end - span.start, default=None)
    return Piece(
        text=text[start:end],
        kind=closest.kind.value if closest else "",
        sources=tuple(dict.fromkeys(source for span in over for source in span.sources)),
        problem=", ".join(dict.fromkeys(against)),
    )
