"""Triage: is the message understood? The main intent; the figures over many (F1, calibration) are metrics."""

from __future__ import annotations

from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker


class Triage(Marker):
    """1 when the main intent is the labelled one. An abstention counts as its best guess; the curve is a metric."""

    base: ClassVar[str] = "triage"
    labels: ClassVar[frozenset[str]] = frozenset({"intent"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `expected`, `found`, `confidence`, `abstained`."""
        said, expected = episode.classification, sample.expected.intent
        if said is None:
            return self.mark(0, "nothing was classified", expected=expected, found="", confidence=0.0, abstained=True)
        return self.mark(
            float(said.intent == expected),
            "" if said.intent == expected else f"{expected} was taken for {said.intent} ({said.confidence:.0%} sure)",
            expected=expected,
            found=said.intent,
            confidence=said.confidence,
            abstained=said.abstained,
        )
