"""Whether personal data is found and nothing else: precision and recall by type through the product's own redactor.

Texts are redacted in this process; nothing is sent anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evals.metrics import Share, share
from evals.tasks.lines import Row, read_rows

if TYPE_CHECKING:
    from agent.redaction import KnownPeople, Span

FREE_FORM = frozenset({"person_name", "address", "postal_code"})
"""Types without a fixed shape: without a customer record they are found by pattern alone."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Label(_Strict):
    """Personal data in a text: character offsets (`end` exclusive), its type, and the text itself as a check."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    type: str
    text: str = ""


class Record(_Strict):
    """What the customer record says; whatever it names has to be found always."""

    names: Annotated[tuple[str, ...], Field(strict=False)] = ()
    addresses: Annotated[tuple[str, ...], Field(strict=False)] = ()
    emails: Annotated[tuple[str, ...], Field(strict=False)] = ()
    phones: Annotated[tuple[str, ...], Field(strict=False)] = ()


class LabelledText(Row):
    """A text with all personal data in it labelled, and the customer record when there is one."""

    text: Annotated[str, Field(min_length=1)]
    spans: Annotated[tuple[Label, ...], Field(strict=False)]
    known: Record = Record()

    @model_validator(mode="after")
    def _sound(self) -> LabelledText:
        from agent.redaction import PiiType

        kinds = {kind.value for kind in PiiType}
        last = 0
        for span in sorted(self.spans, key=lambda each: each.start):
            _refuse_wrong(span, self.text, kinds, last)
            last = span.end
        return self


def _refuse_wrong(span: Label, text: str, kinds: set[str], free_from: int) -> None:
    place = f"the span {span.start} to {span.end}"
    if span.type not in kinds:
        raise ValueError(f"{place} is labelled `{span.type}`; the types are {', '.join(sorted(kinds))}")
    if not span.start < span.end <= len(text):
        raise ValueError(f"{place} does not lie in the text, which has {len(text)} characters")
    if span.text and span.text != text[span.start : span.end]:
        raise ValueError(f"{place} is {text[span.start : span.end]!r}, the label says {span.text!r}")
    if span.start < free_from:
        raise ValueError(f"{place} overlaps another label")


@dataclass(frozen=True, kw_only=True)
class TypeFigures:
    """One type or group of types: labels that were found, those that were missed, and what was found in vain."""

    name: str
    found: int
    missed: int
    in_vain: int
    exact: int
    """Found with exactly the labelled borders."""

    @property
    def precision(self) -> Share:
        """Of what was found as this type, how much is."""
        return share(self.found, self.found + self.in_vain)

    @property
    def recall(self) -> Share:
        """Of what is this type, how much was found."""
        return share(self.found, self.found + self.missed)


@dataclass(frozen=True, kw_only=True)
class Miss:
    """Personal data that stayed: where it stands and its type. The text is left out: reports are passed on."""

    text_id: str
    start: int
    end: int
    type: str
    known: bool
    """The customer record named it, so that nothing excuses the miss."""
    masked: bool
    """It was masked all the same, as another type."""


@dataclass(frozen=True, kw_only=True)
class PiiReport:
    """Counts by type and group over n texts, and everything that was missed."""

    texts: int
    clean: int
    """Texts with nothing in them; they keep the precision honest."""
    groups: tuple[TypeFigures, ...]
    types: tuple[TypeFigures, ...]
    missed: tuple[Miss, ...]

    @property
    def missed_known(self) -> tuple[Miss, ...]:
        """What the record named and the redactor did not mask as such; it has to be empty."""
        return tuple(miss for miss in self.missed if miss.known)

    @property
    def leaked(self) -> tuple[Miss, ...]:
        """What was not masked at all, as no type."""
        return tuple(miss for miss in self.missed if not miss.masked)


Find = Callable[[str, "KnownPeople | None"], "Sequence[Span]"]


def read_labelled_texts(path: Path) -> list[LabelledText]:
    """`{"id", "text", "spans": [{"start", "end", "type"}], "known": {...}}` lines. Raises UnusableInput."""
    return [row for _, row in read_rows(path, LabelledText)]


def evaluate_pii(texts: Iterable[LabelledText], find: Find | None = None) -> PiiReport:
    """Run the redactor (or another `find`) over labelled texts. A find counts when it overlaps and the type agrees."""
    from agent.redaction import find_pii

    judged = [_judged(each, find or find_pii) for each in texts]
    hits = [hit for each in judged for hit in each.hits]
    missed = [miss for each in judged for miss in each.missed]
    in_vain = [kind for each in judged for kind in each.in_vain]
    kinds = sorted({kind for kind, _ in hits} | {miss.type for miss in missed} | set(in_vain))

    def figures(name: str, group: frozenset[str]) -> TypeFigures:
        return TypeFigures(
            name=name,
            found=sum(kind in group for kind, _ in hits),
            missed=sum(miss.type in group for miss in missed),
            in_vain=sum(kind in group for kind in in_vain),
            exact=sum(exact and kind in group for kind, exact in hits),
        )

    every = frozenset(kinds)
    groups = {"all": every, "structured": every - FREE_FORM, "names and addresses": every & FREE_FORM}
    return PiiReport(
        texts=len(judged),
        clean=sum(each.clean for each in judged),
        groups=tuple(figures(name, group) for name, group in groups.items()),
        types=tuple(figures(kind, frozenset({kind})) for kind in kinds),
        missed=tuple(missed),
    )


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """One text: found types with whether the borders are exact, what was missed, types found in vain."""

    clean: bool
    hits: list[tuple[str, bool]]
    missed: list[Miss]
    in_vain: list[str]


def _judged(labelled: LabelledText, find: Find) -> _Judged:
    found = find(labelled.text, _people(labelled.known))
    hits: list[tuple[str, bool]] = []
    missed: list[Miss] = []
    for label in labelled.spans:
        touching = [span for span in found if span.start < label.end and label.start < span.end]
        same = [span for span in touching if span.type.value == label.type]
        if same:
            hits.append((label.type, any((span.start, span.end) == (label.start, label.end) for span in same)))
        else:
            missed.append(_miss(labelled, label, masked=bool(touching)))
    missed += _left_of_record(labelled, found)
    in_vain = [span.type.value for span in found if not _due(span, labelled)]
    return _Judged(clean=not labelled.spans, hits=hits, missed=missed, in_vain=in_vain)


def _due(span: Span, labelled: LabelledText) -> bool:
    """Whether a find is labelled, or named by the record: what has to be found is not found in vain."""
    named = any(span.start < end and start < span.end for start, end, _ in _mentions(labelled))
    return named or any(_agree(span, label) for label in labelled.spans)


def _agree(span: Span, label: Label) -> bool:
    return span.type.value == label.type and span.start < label.end and label.start < span.end


def _miss(labelled: LabelledText, label: Label, *, masked: bool) -> Miss:
    in_record = any(start <= label.start and label.end <= end for start, end, _ in _mentions(labelled))
    return Miss(
        text_id=str(labelled.id), start=label.start, end=label.end, type=label.type, known=in_record, masked=masked
    )


def _left_of_record(labelled: LabelledText, found: Sequence[Span]) -> Iterator[Miss]:
    """What the record names and the text says word for word, unmasked, though nobody labelled it."""
    for start, end, kind in _mentions(labelled):
        labels = any(label.start < end and start < label.end for label in labelled.spans)
        if not labels and not any(span.start <= start and end <= span.end for span in found):
            yield Miss(text_id=str(labelled.id), start=start, end=end, type=kind, known=True, masked=False)


_KINDS = {"names": "person_name", "addresses": "address", "emails": "email", "phones": "phone"}


def _mentions(labelled: LabelledText) -> Iterator[tuple[int, int, str]]:
    """Where the text says word for word what the record names: start, end, type."""
    for field, kind in _KINDS.items():
        for value in filter(str.strip, getattr(labelled.known, field)):
            for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", labelled.text, re.IGNORECASE):
                yield match.start(), match.end(), kind


def _people(known: Record) -> KnownPeople | None:
    from agent.redaction import KnownPeople

    if known == Record():
        return None
    return KnownPeople(names=known.names, addresses=known.addresses, emails=known.emails, phones=known.phones)


def lines_of(report: PiiReport) -> Iterator[str]:
    """The report as Markdown. Names where something was missed, never what."""
    yield f"## Personal data ({report.texts} texts, {report.clean} of them without any)"
    yield ""
    yield "| type | n | precision | recall | 95 % interval of recall | exact borders |"
    yield "|---|--:|--:|--:|---|--:|"
    for each in (*report.groups, *report.types):
        recall = each.recall
        yield (
            f"| {each.name} | {recall.n} | {_figure(each.precision)} | {_figure(recall)} "
            f"| {recall.low:.3f} to {recall.high:.3f} | {each.exact} |"
        )
    yield ""
    yield f"Named by the customer record and missed: {len(report.missed_known)}."
    for miss in report.missed:
        how = "masked as another type" if miss.masked else "not masked"
        yield f"- `{miss.text_id}`, characters {miss.start} to {miss.end}: {miss.type}, {how}"


def _figure(of: Share) -> str:
    return "none" if of.value is None else f"{of.value:.3f}"
