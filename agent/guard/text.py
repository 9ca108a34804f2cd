"""The text side of the guard: sources, promises, people, form and language of a reply, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from agent.case import CitedPassage, Draft, Investigation, SourcedSpan, Violation
from agent.guard.form import composed, form, too_long
from agent.guard.grounding import ground
from agent.guard.guard import TextCase, TextVerdict
from agent.guard.injection import repeated
from agent.guard.known import Known
from agent.guard.people import personal
from agent.guard.privacy import internal, of_customer, unverified, usable
from agent.guard.promise_words import WRITTEN
from agent.guard.promises import promises_of, scheduled
from agent.guard.rules import Rule, blocked
from agent.guard.states import states
from agent.limits import PolicyLimits
from tools.remembering import of_each

Detect = Callable[[str], str]
"""The language of a text; empty when nobody can tell."""


@dataclass(frozen=True, kw_only=True)
class TextGuard:
    """Judges the words of a reply. Pure: the same case gives the same verdict. `own` is what the shop calls itself."""

    zone: ZoneInfo
    detect: Detect
    own: tuple[str, ...] = ()

    @classmethod
    def for_shop(cls, limits: PolicyLimits, detect: Detect, own: Iterable[str]) -> TextGuard:
        """With the shop's time zone and what it calls itself: its brand and sign-offs."""
        return cls(zone=limits.business_hours.zone, detect=detect, own=tuple(own))

    def __call__(self, case: TextCase) -> TextVerdict:
        """The draft with every span that has a source, its promises, and what is wrong with it."""
        text = composed(case.draft.text)
        flood = too_long(text)
        if flood is not None:
            return TextVerdict(draft=case.draft, violations=(flood,))
        cited = [p for p in case.investigation.passages if p.passage_id in case.proposal.citations]
        known = self._known(case, cited)
        found = ground(text, case.draft.language, known, cited)
        named, strangers = personal(text, case.draft.language, known)
        promised = promises_of(case, text, cited, known)
        violations = (
            *self._told_apart((*found.violations, *strangers), text, case),
            *promised.violations,
            *states(text, case.investigation),
            *form(text, known),
            *repeated(text),
            *internal(text),
            *_citations(case),
            *self._language(case.draft, text, case.classification.language),
        )
        draft = case.draft.model_copy(update={"text": text, "spans": _ordered(found.spans, named, promised.spans)})
        return TextVerdict(draft=draft, promises=promised.distinct(), violations=_each_once(violations))

    def _known(self, case: TextCase, cited: Iterable[CitedPassage]) -> Known:
        known = self._grounds(case.investigation).at(case.now)
        for passage in cited:
            known.take_passage(passage)
        for action in case.effects:
            known.take_effect(action, case.given)
        for promise in scheduled(case)[0]:
            known.take_promise(promise)
        return known

    @cached_property
    def _grounds(self) -> Callable[[Investigation], Known]:
        """What every reply to a case may rest on: a person is offered several, and the evidence is read once."""
        return of_each(self._of_evidence, most=16)

    def _of_evidence(self, investigation: Investigation) -> Known:
        known = Known(self.zone)
        for text in self.own:
            known.take_own(text, "shop")
        for item in usable(investigation.evidence, verified=investigation.identity.verified):
            known.take_evidence(item)
        return known

    def _told_apart(self, violations: Iterable[Violation], text: str, case: TextCase) -> Iterable[Violation]:
        """Names what an unverified sender's reply took from a customer's record."""
        investigation = case.investigation
        hidden = [item for item in investigation.evidence if of_customer(item)]
        if investigation.identity.verified or not hidden:
            return violations
        withheld = Known(self.zone, case.now)
        for item in hidden:
            withheld.take_evidence(item)
        return unverified(violations, text, case.draft.language, withheld)

    def _language(self, draft: Draft, text: str, wanted: str) -> Iterator[Violation]:
        """The customer's language when we write it, else English (row U11)."""
        right = wanted if wanted in WRITTEN else "en"
        heard = self.detect(text)
        if draft.language != right or heard not in ("", right):
            message = f"the reply is in {heard or draft.language}, the customer writes {right}"
            yield blocked(Rule.LANGUAGE, message)


def _citations(case: TextCase) -> Iterator[Violation]:
    """A reply cites passages of this case, and no others (row A4)."""
    have = {passage.passage_id for passage in case.investigation.passages}
    for cite in case.proposal.citations:
        if cite not in have:
            yield blocked(Rule.CITATION, f'"{cite[:80]}" is no approved passage that was looked up for this case')


def _ordered(*spans: Iterable[SourcedSpan]) -> tuple[SourcedSpan, ...]:
    distinct = {(span.start, span.end, span.kind): span for each in spans for span in each}
    return tuple(distinct[key] for key in sorted(distinct))


def _each_once(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple({(v.rule, v.message, v.start): v for v in violations}.values())
