"""Policy sentences: what a reply says about rules has to stand in an approved passage that it cites (row A4)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from agent.case import CitedPassage, SourcedSpan, SpanKind, Violation
from agent.guard.claims import ClaimKind, claims_of
from agent.guard.known import read
from agent.guard.policy_words import FUNCTION_WORDS, POLICY, strong_words, topics_of
from agent.guard.rules import Rule, blocked
from agent.guard.sentences import sentences_of
from agent.reading.words import content_stems

SHARED_WORDS = 2
"""How many telling words an English policy sentence must share with the passage it rests on."""


def policies(text: str, language: str, passages: Sequence[CitedPassage]) -> tuple[list[SourcedSpan], list[Violation]]:
    """The policy sentences of a draft with the passages behind them, and those that no cited passage supports."""
    spans: list[SourcedSpan] = []
    violations: list[Violation] = []
    for sentence in sentences_of(text):
        if not _states_policy(sentence.text):
            continue
        behind = [passage.passage_id for passage in passages if supports(passage, sentence.text, language)]
        if behind:
            kind = SpanKind.POLICY
            spans.append(SourcedSpan(start=sentence.start, end=sentence.end, kind=kind, sources=tuple(behind)))
        else:
            message = f'no cited passage says "{" ".join(sentence.text.split())[:120]}"'
            violations.append(blocked(Rule.POLICY, message, sentence.start, sentence.end))
    return spans, violations


@lru_cache(maxsize=4096)
def _states_policy(sentence: str) -> bool:
    """Most sentences of a reply are those of a macro, and come again with every case."""
    return POLICY.search(sentence) is not None


def supports(passage: CitedPassage, sentence: str, language: str) -> bool:
    """Whether a passage says what a sentence says: its lengths of time, and its telling words or its topic."""
    content = f"{passage.title}\n{passage.text}"
    have = {value for claim in read(content).claims for value in claim.values}
    said = [claim for claim in claims_of(sentence, language) if claim.kind in (ClaimKind.DURATION, ClaimKind.PERCENT)]
    if any(not have.intersection(claim.values) for claim in said):
        return False
    if not strong_words(sentence) <= strong_words(content):
        return False
    about = topics_of(sentence)
    if language == "en":
        shared = len(telling(sentence) & telling(content))
        return shared >= SHARED_WORDS or (shared > 0 and bool(about) and about <= topics_of(content))
    # Our passages are in English: in other languages the numbers and the topic have to carry it.
    return not about or bool(about & topics_of(content))


@lru_cache(maxsize=4096)
def telling(text: str) -> frozenset[str]:
    """Stems of the words that say what a rule is about."""
    return content_stems(text) - FUNCTION_WORDS
