"""Grounding: every claim of a draft is traced to what it rests on, or it is a violation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from agent.case import CitedPassage, SourcedSpan, SpanKind, Violation
from agent.guard.claims import Claim, ClaimKind, claims_of
from agent.guard.known import NOWHERE, Known, days_away, equal_durations
from agent.guard.policies import policies
from agent.guard.rules import Rule, blocked
from agent.guard.sentences import sentence_at
from agent.reading.words import fold

_SPAN = {
    ClaimKind.AMOUNT: SpanKind.AMOUNT,
    ClaimKind.DATE: SpanKind.DATE,
    ClaimKind.RELATIVE: SpanKind.DATE,
    ClaimKind.MONTHDAY: SpanKind.DATE,
    ClaimKind.WEEKDAY: SpanKind.DATE,
    ClaimKind.TIME: SpanKind.DATE,
    ClaimKind.LINK: SpanKind.LINK,
    ClaimKind.EMAIL: SpanKind.EMAIL,
    ClaimKind.IDENTIFIER: SpanKind.IDENTIFIER,
}
MOST_SOURCES = 4
DAYS_WITHOUT_YEAR = 200
"""A date without its year means the one nearest to today; a fact further away has to be written with its year."""
DAYS_OF_WEEKDAY = 14
"""`Thursday` means one of the days so near to today."""
DAYS_OF_MONTHDAY = 45
"""`the 19th` means one of the days so near to today."""
_WRITES_AGAIN = re.compile(
    r"\b(?:writ|get back|in touch|let you know|updat|tell you|repl|answer|contact|hear|expect|follow up|e-?mail|check|"
    r"escrib|avis|inform|contest|respon|compro|écri|reven|revien|tiendr|prév|répon|vérif|meld|schreib|bescheid|"
    r"antwort|schau|sehen|(?:re)?open|closed|abr|abierto|r?ouvr|ferm|öffn|offen|"
    r"noticias|respuesta|nouvelle|hör|nachricht)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\b(?:in|en|dans|vor|hace|il y a|dentro de)\s*\Z", re.IGNORECASE)
_AWAY_AFTER = re.compile(r"\W*\w+(?:\W+\w+)?\s+(?:ago|from now|later)\b", re.IGNORECASE)
_DIGITS_OF_CODE = 3


@dataclass(frozen=True)
class Grounding:
    """The sourced spans of a draft and what could not be sourced."""

    spans: tuple[SourcedSpan, ...]
    violations: tuple[Violation, ...]


def ground(text: str, language: str, known: Known, passages: Sequence[CitedPassage]) -> Grounding:
    """Trace every claim and every policy sentence of `text`. `passages` are those that the reply cites."""
    spans: list[SourcedSpan] = []
    violations: list[Violation] = []
    claims = claims_of(text, language)
    for claim in claims:
        sources = _beside_date(claim, claims, text, known)
        if sources is None:
            sources = sources_of(claim, known) or _scheduled(claim, text, known)
        if sources:
            spans.append(_span(claim, sources))
        else:
            violations.append(_unsourced(claim))
    told, unsaid = policies(text, language, passages)
    found = sorted((*spans, *told), key=lambda span: (span.start, span.end))
    return Grounding(tuple(found), (*violations, *unsaid))


def _span(claim: Claim, sources: Iterable[str]) -> SourcedSpan:
    kind = _SPAN.get(claim.kind, SpanKind.NUMBER)
    return SourcedSpan(start=claim.start, end=claim.end, kind=kind, sources=tuple(sorted(sources)[:MOST_SOURCES]))


def _unsourced(claim: Claim) -> Violation:
    message = f'"{claim.text}" is in no evidence and no cited passage'
    return blocked(Rule(f"grounding.{claim.kind.value}"), message, claim.start, claim.end)


def sources_of(claim: Claim, known: Known) -> set[str]:
    """The ids of everything that says the same."""
    found: set[str] = set()
    for value in claim.values:
        for sources in _FINDERS[claim.kind](value, claim, known):
            found |= sources
    return found


def _amount(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.amounts.get(value, NOWHERE)


def _percent(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.percents.get(value, NOWHERE)


def _number(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.numbers.get(value, NOWHERE)
    yield known.codes(fold(claim.text))
    digits = re.sub(r"\D", "", claim.text)
    if len(digits) >= _DIGITS_OF_CODE:
        yield known.codes(digits)


def _identifier(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.codes(str(value))


def _link(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.links.get(value, NOWHERE)
    yield known.domains.get(value, NOWHERE)


def _mail(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.mails.get(value, NOWHERE)


def _time(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.times.get(value, NOWHERE)


def _duration(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    length, unit = cast("tuple[Decimal, str]", value)
    for same in equal_durations(length, unit):
        yield known.durations.get(same, NOWHERE)
    if unit == "hour":
        yield known.times.get((int(length), 0), NOWHERE)


def _date(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    year, month, day = cast("tuple[int | None, int, int]", value)
    yield known.said_dates.get(value, NOWHERE)
    yield known.said_dates.get((None, month, day), NOWHERE)
    for when, sources in known.days.items():
        if (month, day) == (when.month, when.day) and _year_fits(year, when, known.today()):
            yield sources


def _year_fits(year: int | None, when: date, today: date | None) -> bool:
    if year is not None or today is None:
        return year in (None, when.year)
    return when.year == today.year or abs((when - today).days) <= DAYS_WITHOUT_YEAR


def _relative(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    offset, week = cast("tuple[int, bool]", value)
    today = known.today()
    if offset == 0 and not week:
        yield {"clock"}
    if today is None:
        return
    first = today + timedelta(days=offset - today.weekday() if week else offset)
    last = first + timedelta(days=6) if week else first
    yield from (sources for when, sources in known.days.items() if first <= when <= last)


def _monthday(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.numbers.get(Decimal(cast("int", value)), NOWHERE)
    yield from _near(known, DAYS_OF_MONTHDAY, lambda when: when.day == value)


def _weekday(value: object, claim: Claim, known: Known) -> Iterator[AbstractSet[str]]:
    yield known.weekdays.get(value, NOWHERE)
    yield from _near(known, DAYS_OF_WEEKDAY, lambda when: when.weekday() == value)


def _near(known: Known, days: int, wanted: Callable[[date], bool]) -> Iterator[AbstractSet[str]]:
    today = known.today()
    for when, sources in known.days.items():
        if wanted(when) and (today is None or abs((when - today).days) <= days):
            yield sources


Finder = Callable[[object, Claim, Known], Iterator[AbstractSet[str]]]
_FINDERS: dict[ClaimKind, Finder] = {
    ClaimKind.AMOUNT: _amount,
    ClaimKind.PERCENT: _percent,
    ClaimKind.NUMBER: _number,
    ClaimKind.IDENTIFIER: _identifier,
    ClaimKind.LINK: _link,
    ClaimKind.EMAIL: _mail,
    ClaimKind.TIME: _time,
    ClaimKind.DURATION: _duration,
    ClaimKind.DATE: _date,
    ClaimKind.RELATIVE: _relative,
    ClaimKind.MONTHDAY: _monthday,
    ClaimKind.WEEKDAY: _weekday,
}


def _scheduled(claim: Claim, text: str, known: Known) -> set[str]:
    """A claim about the day of a follow-up, where the reply says that we write again; or `in 2 days` of a known day."""
    if claim.kind is ClaimKind.DURATION:
        return _days_from_now(claim, text, known)
    if claim.kind not in (ClaimKind.DATE, ClaimKind.RELATIVE, ClaimKind.WEEKDAY, ClaimKind.MONTHDAY):
        return set()
    if not known.scheduled or not _WRITES_AGAIN.search(sentence_at(text, claim.start).text):
        return set()
    return sources_of(claim, Known(known.zone, known.now, days=known.scheduled))


def _days_from_now(claim: Claim, text: str, known: Known) -> set[str]:
    today = known.today()
    away = _AWAY.search(text, max(0, claim.start - 12), claim.start) or _AWAY_AFTER.match(text, claim.end)
    if today is None or not away:
        return set()
    length, unit = cast("tuple[Decimal, str]", claim.values[0])
    return set[str]().union(*(known.days.get(day, NOWHERE) for day in days_away(length, unit, today)))


def _beside_date(claim: Claim, claims: Sequence[Claim], text: str, known: Known) -> set[str] | None:
    """`Thursday, November 19`: the weekday has to be that of the date beside it. None when it stands alone."""
    if claim.kind is not ClaimKind.WEEKDAY:
        return None
    beside = next((c for c in claims if c.kind is ClaimKind.DATE and _beside(claim, c, text)), None)
    if beside is None:
        return None
    days = {**known.days, **known.scheduled}
    meant = [when for when in days if _means(beside, when, known)]
    return set[str]().union(*(days[when] for when in meant if when.weekday() in claim.values))


def _beside(weekday: Claim, other: Claim, text: str) -> bool:
    between = text[weekday.end : other.start] if weekday.end <= other.start <= weekday.end + 6 else "-"
    return between.strip(", ") in ("", "the", "el", "le", "den", "der")


def _means(claim: Claim, when: date, known: Known) -> bool:
    dates = cast("tuple[tuple[int | None, int, int], ...]", claim.values)
    return any((m, d) == (when.month, when.day) and _year_fits(y, when, known.today()) for y, m, d in dates)
