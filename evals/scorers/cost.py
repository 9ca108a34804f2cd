"""Spending: what a case took of a model. Time is never the same twice, so it is a metric and no score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.view import Marker


@dataclass(frozen=True, kw_only=True)
class Spending(Marker):
    """1 within the budget of one case, else 0."""

    base: ClassVar[str] = "cost"
    most_calls: int = 4
    most_micros: int = 50_000
    """Millionths of a US dollar: five cents."""

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `model_calls`, `tokens`, `cost_micros`."""
        calls, micros = episode.model_calls, episode.cost_micros
        within = calls <= self.most_calls and micros <= self.most_micros
        return self.mark(
            float(within),
            "" if within else f"{calls} model calls for {micros / 1_000_000:.4f} USD",
            model_calls=calls,
            tokens=episode.input_tokens + episode.output_tokens,
            cost_micros=micros,
        )
