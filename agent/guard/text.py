"""The text side of the guard: sources, promises, privacy, form and language of a reply, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from agent.case import Draft, Promise, SourcedSpan, SpanKind, Verdict, Violation
from agent.guard.grounding import ground
from agent.guard.guard import TextCase, TextVerdict
from agent.guard.known import Known
from agent.guard.lexicon import INTERNAL
from agent.guard.promise_kinds import PROMISES
from agent.limits import PolicyLimits
from knowledge.playbooks import find_promises

WRITTEN = ("en", "es", "fr", "de")
Detect = Callable[[str], str]
"""The language of a text; empty when nobody can tell."""

_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|\[[^\]]*\]\([^)]*\)|```|\{\{|\{%|^#{1,6} ", re.MULTILINE)
_GREETING = re.compile(
    r"\A(?:Hi|Hello|Dear|Hola|Bonjour|Guten Tag|Hallo|Liebe[r]?|Sehr geehrte[r]?),?\s+([^\n,:]{1,60})[,:]"
)


@dataclass(frozen=True, kw_only=True)
class TextGuard:
    """Judges the words of a reply. Pure: the same case gives the same verdict."""

    zone: ZoneInfo
    detect: Detect

    @classmethod
    def for_shop(cls, limits: PolicyLimits, detect: Detect) -> TextGuard:
        """With the shop's time zone."""
        return cls(zone=limits.business_hours.zone, detect=detect)

    def __call__(self, case: TextCase) -> TextVerdict:
        """The draft with every span that has a source, its promises, and what is wrong with it."""
        known = self._known(case)
        cited = [p for p in case.investigation.passages if p.passage_id in case.proposal.citations]
        text, language = case.draft.text, case.draft.language
        found = ground(text, language, known, cited)
        promises, broken, promised = promises_of(case)
        violations = (
            *found.violations,
            *broken,
            *form(text),
            *internal(text),
            *greeting(text, known),
            *self._language(case.draft, case.classification.language),
        )
        spans = tuple(sorted((*found.spans, *promised), key=lambda span: (span.start, span.end)))
        return TextVerdict(
            draft=case.draft.model_copy(update={"spans": spans}), promises=promises, violations=violations
        )

    def _known(self, case: TextCase) -> Known:
        known = Known(self.zone)
        for item in case.investigation.evidence:
            known.take_evidence(item)
        for passage in case.investigation.passages:
            if passage.passage_id in case.proposal.citations:
                known.take_passage(passage)
        for action in case.effects:
            if action.kind != "send_reply":
                known.take_effect(action)
        for promise in case.proposal.promises:
            known.take_promise(promise)
        return known

    def _language(self, draft: Draft, wanted: str) -> Iterator[Violation]:
        """The customer's language when we write it, else English (row U11)."""
        right = wanted if wanted in WRITTEN else "en"
        heard = self.detect(draft.text)
        if draft.language != right or heard not in ("", right):
            yield _block("language.mismatch", f"the reply is in {heard or draft.language}, the customer writes {right}")


def _block(rule: str, message: str, match: re.Match[str] | None = None) -> Violation:
    start, end = match.span() if match else (None, None)
    return Violation(rule=rule, verdict=Verdict.BLOCK, message=message, start=start, end=end)


def promises_of(case: TextCase) -> tuple[tuple[Promise, ...], list[Violation], list[SourcedSpan]]:
    """Every promise with the effect that makes it true, and those that nothing makes true (row U3)."""
    kept: list[Promise] = [promise for promise in case.proposal.promises if promise.kind == "follow_up"]
    broken: list[Violation] = []
    spans: list[SourcedSpan] = []
    for said in find_promises(case.draft.text, case.draft.language):
        end = said.start + len(said.words)
        behind = _behind(said.kind, case)
        if behind is None:
            message = f'"{" ".join(said.words.split())}" promises a {said.kind}, and no action here makes it true'
            violation = _block("promise.without_effect", message)
            broken.append(violation.model_copy(update={"start": said.start, "end": end}))
            continue
        spans.append(SourcedSpan(start=said.start, end=end, kind=SpanKind.PROMISE, sources=(behind or said.kind,)))
        if behind:
            kept.append(Promise(text=" ".join(said.words.split()), kind=said.kind, fingerprint=behind))
    return _distinct(kept), broken, spans


def _behind(kind: str, case: TextCase) -> str | None:
    """The fingerprint of the effect behind a promise; empty for a scheduled one; None when there is none."""
    for action in case.effects:
        if action.kind in PROMISES[kind]:
            return action.fingerprint()
    if kind == "follow_up" and any(promise.kind == "follow_up" for promise in case.proposal.promises):
        return ""
    handed = kind in ("follow_up", "handover") and case.proposal.escalate
    return "" if handed else None


def _distinct(promises: Sequence[Promise]) -> tuple[Promise, ...]:
    return tuple({(promise.kind, promise.fingerprint): promise for promise in promises}.values())


def form(text: str) -> Iterator[Violation]:
    """Plain text only: no markup, no invisible or reordering characters, nothing left to fill in."""
    for match in _UNSAFE.finditer(text):
        yield _block("draft.invisible", f"the character U+{ord(match[0]):04X} does not belong in a reply", match)
    for match in _MARKUP.finditer(text):
        yield _block("draft.markup", f'"{match[0]}" is markup; a reply is plain text', match)


def internal(text: str) -> Iterator[Violation]:
    """What only staff may read never reaches a customer."""
    for match in INTERNAL.finditer(text):
        yield _block("privacy.internal", f'"{match[0]}" is for staff only', match)


def greeting(text: str, known: Known) -> Iterator[Violation]:
    """The person greeted is the person who wrote."""
    match = _GREETING.search(text)
    if match is not None and not known.text_sources(match[1]):
        yield _block("grounding.name", f'"{match[1]}" is not the name of the person who wrote', match)
