"""Language: is the reply in the customer's language, where we write it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agent.guard.promise_words import WRITTEN
from agent.triage import language_of
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import NO_DRAFT, Viewed


@dataclass(frozen=True, kw_only=True)
class Language(Viewed):
    """1 when the words of the draft are in the labelled language, or in English where we do not write that one.

    The text is listened to; what the draft says about itself does not count.
    """

    base: ClassVar[str] = "language"
    labels: ClassVar[frozenset[str]] = frozenset({"language"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `expected` and `found`."""
        draft = self.view.draft(episode)
        if draft is None:
            return self.none(NO_DRAFT)
        wanted = sample.expected.language
        expected = wanted if wanted in WRITTEN else "en"
        found = language_of(draft.text, expected)
        return self.mark(
            float(found == expected),
            "" if found == expected else f"the reply is in {found}, and {expected} was due",
            expected=expected,
            found=found,
        )
