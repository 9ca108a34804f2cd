"""Tone: does the draft sound like the brand, and can it be read?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.shop import Shop
from evals.scorers.view import NO_DRAFT, Viewed, listed
from knowledge.playbooks import check_voice
from knowledge.playbooks.voice_check import reading_grade, words

EACH = 0.2
"""What one broken rule of voice.yaml costs, however often it is broken."""
MOST_WORDS = 260
"""A letter that is longer is not read to its end."""


@dataclass(frozen=True, kw_only=True)
class Tone(Viewed):
    """1 less a fifth for each rule of voice.yaml that the letter breaks (greeting, length, banned words, ...)."""

    base: ClassVar[str] = "tone"
    shop: Shop

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `broken` (rules), `words`, `grade` (Flesch-Kincaid, English only)."""
        draft = self.view.draft(episode)
        if draft is None:
            return self.none(NO_DRAFT)
        problems = check_voice(draft.text, draft.language, self.shop.voice)
        length = len(words(draft.text))
        broken = sorted({problem.rule for problem in problems} | ({"too_long"} if length > MOST_WORDS else set[str]()))
        return self.mark(
            max(0.0, round(1 - EACH * len(broken), 6)),
            listed([f"{problem.rule}: {problem.message}" for problem in problems] or broken),
            broken=[*broken],
            words=length,
            grade=round(reading_grade(draft.text), 2) if draft.language == "en" else None,
        )
