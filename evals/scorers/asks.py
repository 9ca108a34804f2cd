"""Asks: is everything that a message asks noticed?"""

from __future__ import annotations

from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker, listed


class Asks(Marker):
    """F1 between all intents that were labelled and all that were found, the main one included."""

    base: ClassVar[str] = "asks"
    labels: ClassVar[frozenset[str]] = frozenset({"intent", "secondary"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missed` and `imagined`, each a list of intents."""
        expected = {sample.expected.intent, *sample.expected.secondary}
        found = set(episode.classification.intents) if episode.classification else set[str]()
        missed, imagined = sorted(expected - found), sorted(found - expected)
        value = 2 * len(expected & found) / (len(expected) + len(found))
        wrong = [f"missed {intent}" for intent in missed] + [f"imagined {intent}" for intent in imagined]
        return self.mark(value, listed(wrong), missed=[*missed], imagined=[*imagined])
