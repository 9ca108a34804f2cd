"""Lookups: was looked up what the answer needs, and how much of it was for nothing?"""

from __future__ import annotations

from typing import ClassVar

from agent.case import ProposedResolution
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker, listed, share

FREE = frozenset({"policy", "queue", "sender", "estimate"})
"""Evidence that costs no lookup: it comes from the ticket and from limits.yaml."""


class Lookups(Marker):
    """The share of the needed kinds of evidence that was found. Waste is counted in the parts and costs nothing."""

    base: ClassVar[str] = "lookups"
    labels: ClassVar[frozenset[str]] = frozenset({"lookups"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing` and `wasted`, lists of kinds; `needed` and `found`, counts.

        Wasted is what was found, is not labelled as needed, and stands behind no word and no action of the proposal.
        """
        known = episode.investigation
        found = {item.kind for item in known.evidence} if known else set[str]()
        needed = set(sample.expected.lookups)
        missing = sorted(needed - found)
        used = _used(episode.proposal, {item.id: item.kind for item in known.evidence} if known else {})
        wasted = sorted(found - needed - used - FREE)
        return self.mark(
            share(len(needed) - len(missing), len(missing)),
            f"never looked up: {listed(missing)}" if missing else "",
            missing=[*missing],
            wasted=[*wasted],
            needed=len(needed),
            found=len(found),
        )


def _used(proposal: ProposedResolution | None, kinds: dict[str, str]) -> set[str]:
    spans = proposal.reply.spans if proposal and proposal.reply else ()
    return {kinds[source] for span in spans for source in span.sources if source in kinds}
