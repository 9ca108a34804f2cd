"""Facts: does the reply say what the customer needs to know?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import NO_DRAFT, Viewed, listed, share

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass(frozen=True, kw_only=True)
class Facts(Viewed):
    """The share of labelled facts of which one wording stands in the draft. Without a draft `resolution` judges."""

    base: ClassVar[str] = "facts"
    revision: ClassVar[int] = 2
    labels: ClassVar[frozenset[str]] = frozenset({"facts"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing` (the first wording of each) and `said` (count)."""
        draft = self.view.draft(episode)
        if draft is None:
            return self.none(NO_DRAFT)
        text = plain(draft.text)
        facts = sample.expected.facts
        missing = [fact[0] for fact in facts if not any(says(text, plain(wording)) for wording in fact)]
        return self.mark(
            share(len(facts) - len(missing), len(missing)),
            f"not said: {listed(missing)}" if missing else "",
            missing=[*missing],
            said=len(facts) - len(missing),
        )


def says(text: str, wording: str) -> bool:
    """Whether the words stand in the text as they are: `15` is said by `15,00 USD`, and not by `115` or `15.50`."""
    before = r"(?<!\d)(?<!\d[.,])" if wording[:1].isdigit() else ""
    after = r"(?!\d)(?![.,](?!00?(?!\d))\d)" if wording[-1:].isdigit() else ""
    return re.search(f"{before}{re.escape(wording)}{after}", text) is not None


def plain(text: str) -> str:
    """A text as it is compared: no matter which spaces, quotes, dashes and capitals."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold().split())
