"""Review calibration: a wrong draft that nobody can send, to measure what readers catch. Pure.

The fault is planted into a real draft, where it states something that has a source: a person who checks the sources
finds it. What is made here is words for a screen. It is no proposal and no request: nothing can carry it out.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from statistics import median

from pydantic import AwareDatetime

from agent.case import Draft, SourcedSpan, SpanKind
from agent.feedback import Share, share_of
from tools.commerce import Identifier, Noun


class Fault(StrEnum):
    """What is wrong with a seeded draft."""

    AMOUNT = "amount"
    DATE = "date"
    ORDER = "order"
    CONDITION = "condition"
    NAME = "name"


class Answer(StrEnum):
    """What a reader made of a seeded draft."""

    NONE = ""
    CAUGHT = "caught"
    MISSED = "missed"


class Seed(Noun):
    """A draft with one planted fault: `planted` stands at `start` in place of `truth`."""

    fault: Fault
    text: str
    start: int
    planted: str
    truth: str

    def explained(self) -> str:
        """What was wrong, in one sentence."""
        if self.fault is Fault.CONDITION:
            return f"The condition “{self.truth.strip(' ,')}” had been left out."
        return f"The {_CALLED[self.fault]} had been changed: “{self.planted}” stood where “{self.truth}” is true."


class Showing(Noun):
    """One request on one reviewer's screen. `seed` is None when the real draft was shown."""

    id: Identifier
    request_id: Identifier
    case_id: Identifier
    person: Identifier
    shown_at: AwareDatetime
    seed: Seed | None = None
    answered_at: AwareDatetime | None = None
    answer: Answer = Answer.NONE


class Reviewer(Noun):
    """What one reader caught, and how long they look. Seconds are medians from being shown to the answer."""

    person: str
    seeded: int
    caught: Share
    missed_faults: dict[Fault, int]
    seconds: float | None
    reviews: int
    """How many answers the median is of, those to real drafts included."""


PREFIX = "cal-"
_CALLED = {Fault.AMOUNT: "amount", Fault.DATE: "date", Fault.ORDER: "order number", Fault.NAME: "name"}
_OF_KIND = {
    SpanKind.AMOUNT: Fault.AMOUNT,
    SpanKind.DATE: Fault.DATE,
    SpanKind.IDENTIFIER: Fault.ORDER,
    SpanKind.NAME: Fault.NAME,
    SpanKind.POLICY: Fault.CONDITION,
}
_OTHERS = ("Sara", "Jonas", "Elena", "Marie", "Tom", "Ingrid")
_CONDITION = re.compile(
    r",?\s\b(?:if|unless|as long as|provided|wenn|sofern|solange|falls|si|sauf si|à condition|tant que|siempre que)\b"
    r"[^.,;!?\n]{4,160}",
    re.IGNORECASE,
)
_WITHIN = re.compile(r",?\s\b(?:within|innerhalb|dans les|dentro de)\b[^.,;!?\n]{2,80}", re.IGNORECASE)


def showing_id(request_id: str, person: str) -> str:
    """What stands in place of a request's id while a seeded draft is shown; no request has such an id."""
    return PREFIX + hashlib.sha256(f"{request_id}\n{person}".encode()).hexdigest()[:12]


def seeded(draft: Draft, choice: int) -> Seed | None:
    """The draft with one fault, chosen by any number; None when it states nothing that could be wrong."""
    found: dict[Fault, list[Seed]] = defaultdict(list)
    for seed in _seeds(draft):
        found[seed.fault].append(seed)
    if not found:
        return None
    faults = [found[fault] for fault in Fault if fault in found]
    one = faults[choice % len(faults)]
    return one[choice // len(faults) % len(one)]


def _seeds(draft: Draft) -> Iterator[Seed]:
    for span in draft.spans:
        fault = _OF_KIND.get(span.kind)
        changed = _changed(draft.text, span, fault) if fault and span.sources else None
        if fault is not None and changed is not None:
            start, truth, planted = changed
            text = f"{draft.text[:start]}{planted}{draft.text[start + len(truth) :]}"
            if text != draft.text:
                yield Seed(fault=fault, text=text, start=start, planted=planted, truth=truth)


def _changed(text: str, span: SourcedSpan, fault: Fault) -> tuple[int, str, str] | None:
    """Where, what stands there, and what is planted; None when this span has nothing to change."""
    said = text[span.start : span.end]
    match fault:
        case Fault.CONDITION:
            found = _CONDITION.search(said) or _WITHIN.search(said)
            return (span.start + found.start(), found[0], "") if found else None
        case Fault.NAME:
            return span.start, said, _other_name(said)
        case Fault.AMOUNT:
            return _digits(span.start, said, re.compile(r"\d"), lambda digit: str(int(digit) % 9 + 1))
        case Fault.DATE:
            return _digits(span.start, said, re.compile(r"(?<!\d)\d{1,2}(?![\d:])"), _other_day)
        case Fault.ORDER:
            return _digits(span.start, said, re.compile(r"\d(?!.*\d)"), lambda digit: str((int(digit) + 1) % 10))


def _digits(
    start: int, said: str, pattern: re.Pattern[str], change: Callable[[str], str]
) -> tuple[int, str, str] | None:
    found = pattern.search(said)
    if found is None:
        return None
    return start, said, f"{said[: found.start()]}{change(found[0])}{said[found.end() :]}"


def _other_day(day: str) -> str:
    number = int(day)
    return str(number + 2 if number <= 26 else number - 2)


def _other_name(said: str) -> str:
    first, space, rest = said.partition(" ")
    other = next(name for name in _OTHERS if name.casefold() != first.casefold())
    return f"{other}{space}{rest}"


def reviewers(showings: Iterable[Showing]) -> list[Reviewer]:
    """The report, who missed most first."""
    by_person: dict[str, list[Showing]] = defaultdict(list)
    for showing in showings:
        if showing.answered_at is not None:
            by_person[showing.person].append(showing)
    rows = [_reviewer(person, found) for person, found in by_person.items()]
    return sorted(rows, key=lambda row: (row.caught.share if row.seeded else 2.0, row.person))


def _reviewer(person: str, answered: list[Showing]) -> Reviewer:
    planted = [showing for showing in answered if showing.seed is not None]
    caught = sum(showing.answer is Answer.CAUGHT for showing in planted)
    missed: dict[Fault, int] = defaultdict(int)
    for showing in planted:
        if showing.answer is Answer.MISSED and showing.seed is not None:
            missed[showing.seed.fault] += 1
    seconds = [(each.answered_at - each.shown_at).total_seconds() for each in answered if each.answered_at]
    return Reviewer(
        person=person,
        seeded=len(planted),
        caught=share_of(caught, len(planted)),
        missed_faults=dict(missed),
        seconds=median(seconds) if seconds else None,
        reviews=len(answered),
    )
