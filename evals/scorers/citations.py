"""Citations: are the passages cited that must be, and none for show?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from agent.case import CitedPassage, ProposedResolution
from agent.guard.claims import ClaimKind, claims_of
from agent.guard.policies import supports
from agent.guard.policy_words import POLICY, topics_of
from agent.guard.sentences import sentences_of
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.sources import cited_in
from evals.scorers.view import NO_DRAFT, Viewed, listed

_EDITION = re.compile(r"@v\d+")
_REACH = re.compile(r"\bphone|téléphon|tel[eé]f|telefon", re.I)
"""By which ways we are reached: a word that all four languages share, and no topic of the guard's."""
_PART = re.compile(r"~\d+$")


@dataclass(frozen=True, kw_only=True)
class Citations(Viewed):
    """The harmonic mean of recall (labelled passages that are cited) and precision (cited passages with a use).

    A cited passage has a use when it is labelled, or when a sentence of a draft rests on it. Versions are left out: a
    label names `document#anchor`, and only editions in force can be looked up at all.
    """

    base: ClassVar[str] = "citations"
    revision: ClassVar[int] = 2
    labels: ClassVar[frozenset[str]] = frozenset({"cites"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing`, `useless` (lists), and the counts `required`, `hit`, `cited`, `used` for micro averages."""
        proposal = self.view.of(episode)
        if proposal is None or proposal.reply is None:
            return self.none(NO_DRAFT)
        required = {place(cite) for cite in sample.expected.cites}
        cited = {place(cite) for cite in proposal.citations}
        missing, useless = sorted(required - cited), sorted(cited - required - _used(proposal, episode))
        recall = 1 - len(missing) / len(required)
        precision = 1 - len(useless) / len(cited) if cited else 0.0
        wrong = [f"{cite} is not cited" for cite in missing] + [f"{cite} is cited for nothing" for cite in useless]
        return self.mark(
            2 * recall * precision / (recall + precision) if recall + precision else 0.0,
            listed(wrong),
            missing=[*missing],
            useless=[*useless],
            required=len(required),
            hit=len(required) - len(missing),
            cited=len(cited),
            used=len(cited) - len(useless),
        )


def place(cite: str) -> str:
    """`returns@v4#window~2` -> `returns#window`: the section, in whichever edition and part."""
    return _PART.sub("", _EDITION.sub("", cite))


def _used(proposal: ProposedResolution, episode: Episode) -> set[str]:
    passages = cited_in(proposal, episode.investigation)
    return {place(passage.passage_id) for passage in passages if _said(passage, proposal)}


def _said(passage: CitedPassage, proposal: ProposedResolution) -> bool:
    """Whether a sentence of a draft rests on the passage. The replies of alternatives rest on the citations too."""
    replies = [proposal.reply, *(option.reply for option in proposal.alternatives)]
    told = ((sentence.text, reply.language) for reply in replies if reply for sentence in sentences_of(reply.text))
    return any(_rests(each, spoken, passage) for each, spoken in told)


def _rests(sentence: str, language: str, passage: CitedPassage) -> bool:
    """Whether a sentence says what a passage says, or states a rule about the same topic.

    In other languages than that of our passages topics can tell, lengths of time, and how somebody is reached.
    """
    about = topics_of(sentence)
    content = f"{passage.title}\n{passage.text}"
    if POLICY.search(sentence) and about & topics_of(content):
        return True
    if not supports(passage, sentence, language):
        return False
    timed = any(claim.kind is ClaimKind.DURATION for claim in claims_of(sentence, language))
    return language == "en" or bool(about) or timed or bool(_REACH.search(sentence) and _REACH.search(content))
