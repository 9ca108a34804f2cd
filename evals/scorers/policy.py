"""PolicyFit: is the rule applied that holds for this case, and nothing said about rules that no passage says?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from agent.case import ProposedResolution
from agent.guard.policies import policies
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Score
from evals.scorers.sources import cited_in
from evals.scorers.view import NOT_ASKED, Viewed, listed
from tools.actions import TICKET_ACTIONS


@dataclass(frozen=True, kw_only=True)
class PolicyFit(Viewed):
    """1 when the remedies are those that policy gives here, and no sentence about policy is without its passage.

    The remedies are the proposed actions beyond the helpdesk, by kind, against the labelled effects; a reply that is
    handed over proposes none and is judged by `resolution`. Where no effects are labelled, only the words count.
    """

    base: ClassVar[str] = "policy"

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `wrong` and `missing` (kinds of remedy), `unbacked` (sentences)."""
        proposal = self.view.of(episode)
        if proposal is None:
            return self.none(NOT_ASKED)
        wrong, missing = _remedies(sample, proposal)
        unbacked = _unbacked(proposal, episode)
        said = [
            *(f"policy gives no {kind} here" for kind in wrong),
            *(f"policy gives {kind} here" for kind in missing),
            *(f'no passage says "{sentence}"' for sentence in unbacked),
        ]
        return self.mark(float(not said), listed(said), wrong=[*wrong], missing=[*missing], unbacked=[*unbacked])


def _remedies(sample: Sample, proposal: ProposedResolution) -> tuple[list[str], list[str]]:
    expected = sample.expected.effects
    found = Counter(action.kind for action in proposal.actions if action.kind not in TICKET_ACTIONS)
    refused = [kind for kind in found if kind in sample.expected.forbidden]
    if expected is None:
        return sorted(refused), []
    due = Counter(effect.kind for effect in expected)
    wrong = [kind for kind in (found - due) if kind not in sample.expected.optional]
    missing = [] if proposal.escalate else [*(due - found)]
    return sorted({*wrong, *refused}), sorted(missing)


def _unbacked(proposal: ProposedResolution, episode: Episode) -> list[str]:
    if proposal.reply is None:
        return []
    text = proposal.reply.text
    _, unsaid = policies(text, proposal.reply.language, cited_in(proposal, episode.investigation))
    return [" ".join(text[item.start or 0 : item.end or 0].split())[:120] for item in unsaid]
