"""Citations: are the passages cited that must be, and none for show?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from agent.case import ProposedResolution
from agent.guard.grounding import ground
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.shop import Shop
from evals.scorers.sources import cited_in, known_to
from evals.scorers.view import NOT_ASKED, Viewed, listed

_EDITION = re.compile(r"@v\d+")
_PART = re.compile(r"~\d+$")


@dataclass(frozen=True, kw_only=True)
class Citations(Viewed):
    """The harmonic mean of recall (labelled passages that are cited) and precision (cited passages with a use).

    A cited passage has a use when it is labelled or when a span of the draft rests on it. Versions are left out: a
    label names `document#anchor`, and only editions in force can be looked up at all.
    """

    base: ClassVar[str] = "citations"
    labels: ClassVar[frozenset[str]] = frozenset({"cites"})
    shop: Shop

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing`, `useless` (lists), and the counts `required`, `hit`, `cited`, `used` for micro averages."""
        proposal = self.view.of(episode)
        if proposal is None:
            return self.none(NOT_ASKED)
        required = {place(cite) for cite in sample.expected.cites}
        cited = {place(cite) for cite in proposal.citations}
        missing, useless = sorted(required - cited), sorted(cited - required - self._resting(sample, episode, proposal))
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

    def _resting(self, sample: Sample, episode: Episode, proposal: ProposedResolution) -> set[str]:
        """Passages that a claim or a policy sentence of the draft rests on."""
        if proposal.reply is None:
            return set()
        text, language = proposal.reply.text, proposal.reply.language
        passages = cited_in(proposal, episode.investigation)
        found = ground(text, language, known_to(sample, episode, proposal, self.shop), passages)
        return {place(source) for span in found.spans for source in span.sources}


def place(cite: str) -> str:
    """`returns@v4#window~2` -> `returns#window`: the section, in whichever edition and part."""
    return _PART.sub("", _EDITION.sub("", cite))
