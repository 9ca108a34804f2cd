"""Facts: does the reply say what the customer needs to know?"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import NOT_ASKED, Viewed, listed, share

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass(frozen=True, kw_only=True)
class Facts(Viewed):
    """The share of labelled facts of which one wording stands in the draft. No draft says none of them."""

    base: ClassVar[str] = "facts"
    labels: ClassVar[frozenset[str]] = frozenset({"facts"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing` (the first wording of each) and `said` (count)."""
        proposal = self.view.of(episode)
        if proposal is None:
            return self.none(NOT_ASKED)
        text = plain(proposal.reply.text) if proposal.reply else ""
        facts = sample.expected.facts
        missing = [fact[0] for fact in facts if not any(plain(wording) in text for wording in fact)]
        return self.mark(
            share(len(facts) - len(missing), len(missing)),
            f"not said: {listed(missing)}" if missing else "",
            missing=[*missing],
            said=len(facts) - len(missing),
        )


def plain(text: str) -> str:
    """A text as it is compared: no matter which spaces, quotes, dashes and capitals."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold().split())
