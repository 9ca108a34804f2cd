"""View: what a scorer looks at. What left is what the product does; what was proposed is what the reasoner meant.

The guard turns most of what is wrong into a handover before anybody sees it, so a scorer of what left says how safe
the product is and nothing about the reasoner behind it. The same scorer over what was proposed names the reasoner's
mistake. The two have two names (`grounding`, `grounding_proposed`) and are never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import JsonValue

from agent.case import Draft, ProposedResolution
from evals.episode import Episode
from evals.score import Score


class View(StrEnum):
    """Whose words and actions are judged."""

    LEFT = "left"
    """What left `check`: the guard has mended or refused what it would not let through."""
    PROPOSED = "proposed"
    """What the reasoner said first, before anybody objected."""

    def named(self, base: str) -> str:
        """The name of a scorer in this view."""
        return base if self is View.LEFT else f"{base}_proposed"

    def of(self, episode: Episode) -> ProposedResolution | None:
        """The proposal to judge; None when there is none (the case was handed over before a reasoner was asked)."""
        if self is View.LEFT:
            return episode.proposal
        return episode.proposed[0] if episode.proposed else None

    def draft(self, episode: Episode) -> Draft | None:
        """The reply to judge; None when nothing was drafted."""
        proposal = self.of(episode)
        return proposal.reply if proposal else None


@dataclass(frozen=True, kw_only=True)
class Marker:
    """What all scorers share: a name, a version, what must be labelled, and how a mark is written."""

    base: ClassVar[str]
    revision: ClassVar[int] = 1
    labels: ClassVar[frozenset[str]] = frozenset()

    @property
    def name(self) -> str:
        """`evals.score.Scorer.name`."""
        return self.base

    @property
    def version(self) -> int:
        """`evals.score.Scorer.version`."""
        return self.revision

    @property
    def needs(self) -> frozenset[str]:
        """`evals.score.Scorer.needs`."""
        return self.labels

    def mark(self, value: float, explanation: str = "", **parts: JsonValue) -> Score:
        """A score with the counts behind it."""
        return Score(
            scorer=self.name, version=self.version, value=value, explanation=explanation or "right", parts=parts
        )

    def none(self, reason: str) -> Score:
        """Neither right nor wrong, and why."""
        return Score(scorer=self.name, version=self.version, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Viewed(Marker):
    """A scorer of a proposal, as it left or as it was proposed."""

    view: View = View.LEFT

    @property
    def name(self) -> str:
        """With the view in it."""
        return self.view.named(self.base)


NO_DRAFT = "no reply was drafted"
NOT_ASKED = "the case was handed over before the reasoner was asked"


def share(right: int, wrong: int) -> float:
    """The right ones among all; 1 when there was nothing to get wrong."""
    return right / (right + wrong) if right + wrong else 1.0


def listed(words: list[str], most: int = 5) -> str:
    """A few words for an explanation."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
