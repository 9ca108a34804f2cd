"""Resolution: did the case end the way it should: an answer, a signature, a person, or silence?"""

from __future__ import annotations

from typing import ClassVar

from agent.case import CaseStatus
from evals.episode import Episode
from evals.sample import Resolution, Sample
from evals.score import Score
from evals.scorers.view import NOT_ASKED, View, Viewed
from tools.actions import TICKET_ACTIONS, ActionBase, Gate

NOTHING, FAILED = "nothing", "failed"
"""The case ended and nobody was answered, asked or told; or what was signed did not go through."""


class Ending(Viewed):
    """1 when the case ends as labelled. Handing over what could be answered is as wrong as the other way round."""

    base: ClassVar[str] = "resolution"
    labels: ClassVar[frozenset[str]] = frozenset({"resolution"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `expected` and `found`."""
        expected = sample.expected.resolution
        if expected is None or (self.view is View.PROPOSED and not episode.proposed):
            return self.none(NOT_ASKED)
        found = ending(episode) if self.view is View.LEFT else meant(episode)
        right = found == expected.value
        return self.mark(
            float(right),
            "" if right else f"{expected.value} was due and it came to {found}",
            expected=expected.value,
            found=found,
        )


def ending(episode: Episode) -> str:
    """How a case ended. What a person takes over is an escalation, whatever they were asked to sign besides."""
    proposal = episode.proposal
    if episode.status is CaseStatus.FAILED:
        return FAILED
    if episode.status is CaseStatus.IGNORED or (proposal and proposal.ignore):
        return Resolution.IGNORE.value
    if proposal and proposal.escalate:
        return Resolution.ESCALATE.value
    if episode.signatures:
        return Resolution.SIGN.value
    return Resolution.REPLY_ONLY.value if episode.reply else NOTHING


def meant(episode: Episode) -> str:
    """How the reasoner wanted it to end. Whether somebody signs is the limits' matter: gated actions stand for it."""
    proposal = View.PROPOSED.of(episode)
    if proposal is None:
        return NOTHING
    if proposal.ignore:
        return Resolution.IGNORE.value
    if proposal.escalate:
        return Resolution.ESCALATE.value
    if any(_signed(type(action)) for action in proposal.actions):
        return Resolution.SIGN.value
    return Resolution.REPLY_ONLY.value if proposal.reply else NOTHING


def _signed(action: type[ActionBase]) -> bool:
    return action.gate is Gate.SIGN and action.model_fields["kind"].default not in TICKET_ACTIONS
