"""Grounding: every claim of a draft is traced to what it rests on, or it is a violation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from agent.case import CitedPassage, SourcedSpan, SpanKind, Verdict, Violation
from agent.guard.claims import Claim, ClaimKind, claims_of, same_day
from agent.guard.known import Known
from agent.guard.lexicon import POLICY
from agent.investigation.words import content_stems

_SPAN = {
    ClaimKind.AMOUNT: SpanKind.AMOUNT,
    ClaimKind.DATE: SpanKind.DATE,
    ClaimKind.WEEKDAY: SpanKind.DATE,
    ClaimKind.TIME: SpanKind.DATE,
    ClaimKind.LINK: SpanKind.LINK,
    ClaimKind.EMAIL: SpanKind.EMAIL,
    ClaimKind.IDENTIFIER: SpanKind.IDENTIFIER,
    ClaimKind.NUMBER: SpanKind.NUMBER,
}
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*")
SHARED_WORDS = 2
"""How many telling words an English policy sentence must share with the passage it rests on."""


@dataclass(frozen=True)
class Grounding:
    """The sourced spans of a draft and what could not be sourced."""

    spans: tuple[SourcedSpan, ...]
    violations: tuple[Violation, ...]


def ground(text: str, language: str, known: Known, passages: Sequence[CitedPassage]) -> Grounding:
    """Trace every claim of `text`. `passages` are those that the reply cites."""
    spans: list[SourcedSpan] = []
    violations: list[Violation] = []
    for claim in claims_of(text):
        sources = sources_of(claim, known)
        if sources:
            kind = _SPAN[claim.kind]
            spans.append(SourcedSpan(start=claim.start, end=claim.end, kind=kind, sources=tuple(sorted(sources)[:4])))
        else:
            violations.append(_unsourced(claim))
    for span, problem in _policies(text, language, passages):
        spans.extend(span)
        violations.extend(problem)
    return Grounding(tuple(sorted(spans, key=lambda s: (s.start, s.end))), tuple(violations))


def sources_of(claim: Claim, known: Known) -> set[str]:
    """The ids of everything that says the same."""
    if claim.kind is ClaimKind.DATE:
        found = (
            known.days[day] for day in list(known.days) for value in claim.values if same_day(value, cast(date, day))
        )
        return set[str]().union(*found)
    store = {
        ClaimKind.AMOUNT: known.amounts,
        ClaimKind.NUMBER: known.numbers,
        ClaimKind.TIME: known.times,
        ClaimKind.WEEKDAY: known.weekdays,
        ClaimKind.LINK: known.links,
        ClaimKind.EMAIL: known.links,
    }.get(claim.kind)
    if store is None:
        return known.text_sources(claim.text.lstrip("#")) | known.text_sources(claim.text)
    return set[str]().union(*(store[value] for value in claim.values if value in store))


def _unsourced(claim: Claim) -> Violation:
    return Violation(
        rule=f"grounding.{claim.kind.value}",
        verdict=Verdict.BLOCK,
        message=f'"{claim.text}" is in no evidence and no cited passage',
        start=claim.start,
        end=claim.end,
    )


def _policies(
    text: str, language: str, passages: Sequence[CitedPassage]
) -> Iterator[tuple[list[SourcedSpan], list[Violation]]]:
    for sentence in _SENTENCE.finditer(text):
        if POLICY.search(sentence[0]):
            yield _policy(sentence, language, passages)


def _policy(
    sentence: re.Match[str], language: str, passages: Sequence[CitedPassage]
) -> tuple[list[SourcedSpan], list[Violation]]:
    behind = [passage.passage_id for passage in passages if supports(passage, sentence[0], language)]
    if behind:
        span = SourcedSpan(start=sentence.start(), end=sentence.end(), kind=SpanKind.POLICY, sources=tuple(behind))
        return [span], []
    message = f'no cited passage says "{" ".join(sentence[0].split())[:120]}"'
    violation = Violation(
        rule="grounding.policy_without_passage",
        verdict=Verdict.BLOCK,
        message=message,
        start=sentence.start(),
        end=sentence.end(),
    )
    return [], [violation]


def supports(passage: CitedPassage, sentence: str, language: str) -> bool:
    """Whether a passage says what a sentence says: its numbers, and in English its telling words."""
    have = {value for claim in claims_of(f"{passage.title}\n{passage.text}") for value in claim.values}
    said = [c for c in claims_of(sentence) if c.kind is ClaimKind.NUMBER and _counts_days(c, sentence)]
    if any(not have.intersection(claim.values) for claim in said):
        return False
    # Our passages are in English: in other languages the citation and the numbers have to carry it.
    shared = content_stems(sentence) & content_stems(f"{passage.title} {passage.text}")
    return language != "en" or len(shared) >= SHARED_WORDS


def _counts_days(claim: Claim, sentence: str) -> bool:
    """A number of days states the rule itself; other numbers (quantities, order facts) are grounded elsewhere."""
    after = sentence[claim.end : claim.end + 24].casefold()
    return any(word in after for word in ("day", "día", "jour", "tag"))
