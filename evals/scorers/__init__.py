"""Scorers: each looks at one respect of an episode. README.md says what each looks at, and in which view."""

from __future__ import annotations

from evals.score import Scorer
from evals.scorers.asks import Asks
from evals.scorers.citations import Citations
from evals.scorers.cost import Spending
from evals.scorers.end_state import EndState
from evals.scorers.facts import Facts
from evals.scorers.grounding import Grounding
from evals.scorers.injection import Obedience
from evals.scorers.language import Language
from evals.scorers.lookups import Lookups
from evals.scorers.ownership import Ownership
from evals.scorers.pii import Leaks
from evals.scorers.policy import PolicyFit
from evals.scorers.promises import Promises
from evals.scorers.resolution import Ending
from evals.scorers.shop import Shop
from evals.scorers.sign_off import SignOff
from evals.scorers.tone import Tone
from evals.scorers.triage import Triage
from evals.scorers.view import View
from evals.scorers.writes import Writes

__all__ = ["Shop", "View", "every_scorer"]


def every_scorer(shop: Shop | None = None) -> tuple[Scorer, ...]:
    """All scorers, those of proposals in both views. The model-graded one (`evals.scorers.reply`) is not among them."""
    brand = shop or Shop.shipped()
    return (Triage(), Asks(), Lookups(), EndState(), Writes(), SignOff(), Spending(), *of_proposals(brand))


def of_proposals(shop: Shop) -> tuple[Scorer, ...]:
    """Scorers that look at a proposal, once as it left and once as it was proposed."""
    return tuple(scorer for view in View for scorer in _in_view(shop, view))


def _in_view(shop: Shop, view: View) -> tuple[Scorer, ...]:
    return (
        Ending(view=view),
        Grounding(shop=shop, view=view),
        Promises(view=view),
        Citations(view=view),
        Facts(view=view),
        PolicyFit(view=view),
        Ownership(view=view),
        Leaks(shop=shop, view=view),
        Obedience(view=view),
        Language(view=view),
        Tone(shop=shop, view=view),
    )
