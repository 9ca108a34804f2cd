"""Promises: what a reply says was or will be done has to be done by an effect, or have been done before (row U3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from agent.case import CitedPassage, Evidence, Promise, SourcedSpan, SpanKind, Violation
from agent.guard.claims import Claim, ClaimKind, claims_of
from agent.guard.grounding import sources_of
from agent.guard.guard import TextCase
from agent.guard.known import Known
from agent.guard.policies import supports
from agent.guard.promise_kinds import PROMISES
from agent.guard.promise_words import Said, hypothetical, negated, promises_in
from agent.guard.rules import Rule, blocked
from agent.guard.sentences import Sentence, sentence_at
from tools.actions import Action

OF_VALUE = frozenset({"refund", "replacement", "goods", "exchange", "credit", "code"})
FURTHEST_FOLLOW_UP = timedelta(days=60)
MOST_WORDS = 300
_DONE_BEFORE = {
    "refund": ("refund", ""),
    "cancel": ("order", "cancelled"),
    "trace": ("shipment", "trace_open"),
    "label": ("return_", "label_url"),
    "replacement": ("order", "is_replacement"),
    "goods": ("order", "is_replacement"),
}
"""A kind of promise -> the evidence (and its field) that shows it was kept before this reply."""


@dataclass
class Promises:
    """What the reply promises, where, and what is wrong with it."""

    kept: list[Promise] = field(default_factory=list[Promise])
    spans: list[SourcedSpan] = field(default_factory=list[SourcedSpan])
    violations: list[Violation] = field(default_factory=list[Violation])

    def distinct(self) -> tuple[Promise, ...]:
        """Each promise once."""
        return tuple({(promise.kind, promise.fingerprint): promise for promise in self.kept}.values())


@dataclass(frozen=True, kw_only=True)
class Backing:
    """What makes a promise true: an effect by its fingerprint, a schedule, or evidence of what was done before."""

    source: str
    terms: Known
    fingerprint: str = ""


def scheduled(case: TextCase) -> tuple[list[Promise], list[Violation]]:
    """The follow-ups that can be kept. A reasoner may name a day to write again; it may not back it with an effect."""
    good: list[Promise] = []
    wrong: list[Violation] = []
    for promise in case.proposal.promises:
        due = promise.due_at
        if promise.kind != "follow_up":
            continue
        if due is not None and case.now < due <= case.now + FURTHEST_FOLLOW_UP:
            good.append(promise.model_copy(update={"fingerprint": "", "text": promise.text[:MOST_WORDS]}))
        else:
            when = due.isoformat() if due else "no day"
            wrong.append(blocked(Rule.FOLLOW_UP, f"a follow-up is due within {FURTHEST_FOLLOW_UP.days} days: {when}"))
    return good, wrong


def promises_of(case: TextCase, text: str, cited: Sequence[CitedPassage], known: Known) -> Promises:
    """Every promise with what makes it true, and those that nothing makes true."""
    follow_ups, wrong = scheduled(case)
    found = Promises(kept=list(follow_ups), violations=wrong)
    for said in promises_in(text, case.draft.language):
        sentence = sentence_at(text, said.start)
        backing = _backing(said, case, follow_ups, known)
        if backing is not None:
            _keep(found, said, backing)
            found.violations += _disagreements(said, sentence, backing, text, case.draft.language)
        else:
            found.violations += _unkept(said, sentence, cited, case.draft.language)
    return found


def _keep(found: Promises, said: Said, backing: Backing) -> None:
    end = said.start + len(said.words)
    found.spans.append(SourcedSpan(start=said.start, end=end, kind=SpanKind.PROMISE, sources=(backing.source,)))
    if backing.fingerprint:
        words = " ".join(said.words.split())[:MOST_WORDS]
        found.kept.append(Promise(text=words, kind=said.kind, fingerprint=backing.fingerprint))


def _backing(said: Said, case: TextCase, follow_ups: Sequence[Promise], known: Known) -> Backing | None:
    for action in case.effects:
        if action.kind in PROMISES[said.kind]:
            return _of_effect(action, known)
    if said.kind == "follow_up":
        return _of_schedule(case, follow_ups, known)
    return _of_past(said, case, known)


def _of_effect(action: Action, known: Known) -> Backing:
    terms = Known(known.zone, known.now)
    terms.take_effect(action)
    return Backing(source=f"effect:{action.fingerprint()[:12]}", terms=terms, fingerprint=action.fingerprint())


def _of_schedule(case: TextCase, follow_ups: Sequence[Promise], known: Known) -> Backing | None:
    terms = Known(known.zone, known.now)
    if follow_ups:
        for promise in follow_ups:
            terms.take_promise(promise)
        terms.days = terms.scheduled
        return Backing(source="follow_up", terms=terms)
    handed = next((action for action in case.effects if action.kind == "escalate_to_human"), None)
    return Backing(source="handover", terms=terms) if handed else None


def _of_past(said: Said, case: TextCase, known: Known) -> Backing | None:
    kind, name = _DONE_BEFORE.get(said.kind, ("", ""))
    evidence = case.investigation.find(kind) if kind and said.done else None
    if evidence is None or (name and not evidence.fields.get(name)) or not case.investigation.identity.verified:
        return None
    return _of_evidence(evidence, known)


def _of_evidence(evidence: Evidence, known: Known) -> Backing:
    terms = Known(known.zone, known.now)
    terms.take_evidence(evidence)
    return Backing(source=evidence.id, terms=terms)


def _unkept(said: Said, sentence: Sentence, cited: Sequence[CitedPassage], language: str) -> Iterator[Violation]:
    end = said.start + len(said.words)
    words = " ".join(said.words.split())
    if negated(said, sentence):
        return
    if not hypothetical(said, sentence):
        message = f'"{words}" promises a {said.kind}, and no action here makes it true'
        yield blocked(Rule.PROMISE, message, said.start, end)
    elif (
        said.kind in OF_VALUE
        and not said.done
        and not any(supports(passage, sentence.text, language) for passage in cited)
    ):
        message = f'"{words}" promises a {said.kind} under a condition that no cited passage states'
        yield blocked(Rule.PROMISE_IF, message, said.start, end)


def _disagreements(said: Said, sentence: Sentence, backing: Backing, text: str, language: str) -> Iterator[Violation]:
    """The amount and the day that a promise names are those of what makes it true."""
    claims = [c for c in claims_of(text, language) if sentence.start <= c.start < sentence.end]
    amount = _nearest(said, [c for c in claims if c.kind is ClaimKind.AMOUNT])
    if amount is not None and backing.terms.amounts and not sources_of(amount, backing.terms):
        real = ", ".join(f"{value} {currency}" for value, currency in _written(backing.terms))
        message = f'"{amount.text}" is promised, and the {said.kind} is about {real}'
        yield blocked(Rule.PROMISE_AMOUNT, message, amount.start, amount.end)
    after = [c for c in claims if c.kind is ClaimKind.DATE and c.start >= said.start]
    if after and backing.terms.days and not sources_of(after[0], backing.terms):
        message = f'"{after[0].text}" is promised, and the {said.kind} is about another day'
        yield blocked(Rule.PROMISE_DATE, message, after[0].start, after[0].end)


def _written(terms: Known) -> list[tuple[object, object]]:
    return [value for value in terms.amounts if isinstance(value, tuple)]


def _nearest(said: Said, claims: Sequence[Claim]) -> Claim | None:
    """The claim inside the promise, else the first behind it, else the last before it."""
    behind = [claim for claim in claims if claim.start >= said.start]
    return behind[0] if behind else (claims[-1] if claims else None)
