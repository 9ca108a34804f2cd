"""Promises: is what a reply says was or will be done really done, or proposed?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from agent.case import Investigation, ProposedResolution
from agent.guard.promise_kinds import PROMISES
from agent.guard.promise_words import Said, hypothetical, negated, promises_in
from agent.guard.sentences import sentence_at
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import NO_DRAFT, View, Viewed, listed, share

_DONE_BEFORE = {
    "refund": ("refund", "id"),
    "cancel": ("order", "cancelled"),
    "trace": ("shipment", "trace_open"),
    "label": ("return_", "id"),
    "exchange": ("return_", "is_exchange"),
    "replacement": ("order", "is_replacement"),
    "goods": ("order", "is_replacement"),
}
"""A kind of promise -> the evidence and its field that show that it was kept before this reply."""

_WE = r"\b(?:I|we)(?:['’]ve| have|['’]ll| will)\b[^.?!\n]{0,40}?"
_NEW = r"\b(?:new|fresh) one\b[^.?!\n]{0,25}"
_BACK = r"(?:returned|heading|coming back|given back|sent back)"
_MONEY = r"\b(?:money|cash|funds|sum|payment)\b[^.?!\n]{0,25}"
PLAIN = {
    kind: re.compile(shape, re.IGNORECASE)
    for kind, shape in {
        "cancel": rf"{_WE}\b(?:cancelled|canceled|called off)\b",
        "refund": rf"{_WE}\b(?:refunded|reimbursed|credited|paid back)\b"
        rf"|(?:{_WE}|\bconsider (?:the |your )?|\byour ){_MONEY}\b{_BACK}\b",
        "replacement": rf"{_WE}\b(?:replaced|reshipped)\b|{_NEW}\b(?:on the truck|on its way|out to you)\b",
    }.items()
}
"""A second ruler, plain on purpose and in English alone: what we did or will do, whichever words stand between."""
_OPEN = re.compile(
    r"\b(?:if|once|when|after|unless|until|would|could|can|may|might|not|never|cannot)\b|n['’]t\b", re.IGNORECASE
)
"""What makes a sentence no plain promise: it hangs on something, or says no."""


@dataclass(frozen=True, kw_only=True)
class Promises(Viewed):
    """The share of promises that something makes true; wholly right only when none is empty.

    As proposed, an action of the proposal backs a promise. As it left, a reply that reached the customer is only as
    good as the effects in the ledger, so here what was signed and then failed is an empty promise.

    Two rulers: the phrases that the guard knows, and a few plain shapes that know nothing of them.
    """

    base: ClassVar[str] = "promises"
    revision: ClassVar[int] = 2

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `kept` (count) and `empty` (the words)."""
        proposal = self.view.of(episode)
        if proposal is None or proposal.reply is None:
            return self.none(NO_DRAFT)
        language = proposal.reply.language
        sent = self.view is View.LEFT and bool(episode.replies)
        kinds = {entry.action.kind for entry in episode.effects} if sent else {a.kind for a in proposal.actions}
        texts = episode.replies if sent else [proposal.reply.text]
        said = [promise for text in texts for promise in _unconditional(text, language)]
        empty = [" ".join(p.words.split()) for p in said if not _backed(p, kinds, proposal, episode.investigation)]
        return self.mark(
            share(len(said) - len(empty), len(empty)),
            f"nothing makes it true: {listed(empty)}" if empty else "",
            kept=len(said) - len(empty),
            empty=[*empty],
        )


def _unconditional(text: str, language: str) -> Iterable[Said]:
    known = promises_in(text, language)
    heard = {(said.kind, sentence_at(text, said.start).start) for said in known}
    plain = _plain(text) if language == "en" else ()
    for said in (*known, *(each for each in plain if (each.kind, sentence_at(text, each.start).start) not in heard)):
        sentence = sentence_at(text, said.start)
        if not negated(said, sentence) and not hypothetical(said, sentence):
            yield said


def _plain(text: str) -> Iterator[Said]:
    for kind, shape in PLAIN.items():
        for match in shape.finditer(text):
            if not _OPEN.search(sentence_at(text, match.start()).text):
                yield Said(kind, match[0], match.start())


def _backed(said: Said, kinds: set[str], proposal: ProposedResolution, known: Investigation | None) -> bool:
    if PROMISES[said.kind] & kinds:
        return True
    if said.kind == "follow_up":
        return "escalate_to_human" in kinds or any(promise.due_at for promise in proposal.promises)
    kind, name = _DONE_BEFORE.get(said.kind, ("", ""))
    evidence = known.find(kind) if known and kind else None
    return said.done and evidence is not None and bool(evidence.fields.get(name))
