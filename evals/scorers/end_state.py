"""EndState: is the world as it should be after the approver answered? First of all scorers, as in tau2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from pydantic import JsonValue

from agent.ledger import LedgerEntry
from evals.episode import Episode
from evals.sample import ExpectedEffect, Sample
from evals.score import Score
from evals.scorers.touches import HELPDESK, invisible, unexplained
from evals.scorers.view import Marker, listed
from tools.actions import TICKET_ACTIONS


class EndState(Marker):
    """1 when exactly the labelled effects happened, each once, and the world shows them and nothing else."""

    base: ClassVar[str] = "end_state"
    labels: ClassVar[frozenset[str]] = frozenset({"effects"})

    def score(self, sample: Sample, episode: Episode) -> Score:
        """Parts: `missing`, `surplus` (kinds), `unexplained` and `invisible`: how ledger and world disagree."""
        done = [entry for entry in episode.effects if entry.action.kind not in TICKET_ACTIONS]
        missing, surplus = _matched(sample.expected.effects or (), done)
        surplus = [kind for kind in surplus if kind not in sample.expected.optional]
        business = [change for change in episode.diff if change.noun not in HELPDESK]
        kinds = [entry.action.kind for entry in done]
        odd, unseen = unexplained(business, kinds), invisible(business, kinds)
        wrong = [
            *(f"{kind} did not happen" for kind in missing),
            *(f"{kind} happened and should not have" for kind in surplus),
            *(f"{name} changed and no effect says so" for name in odd),
            *(f"{kind} is recorded and the world does not show it" for kind in unseen),
        ]
        return self.mark(
            float(not wrong),
            listed(wrong),
            missing=[*missing],
            surplus=[*surplus],
            unexplained=[*odd],
            invisible=[*unseen],
        )


def _matched(expected: Sequence[ExpectedEffect], done: Sequence[LedgerEntry]) -> tuple[list[str], list[str]]:
    """What did not happen and what happened besides: one effect meets one expectation, the most precise one first."""
    left = list(done)
    missing: list[str] = []
    for effect in sorted(expected, key=lambda each: -len(each.arguments)):
        fit = next((entry for entry in left if meets(entry, effect)), None)
        if fit is None:
            missing.append(effect.kind)
        else:
            left.remove(fit)
    return sorted(missing), sorted(entry.action.kind for entry in left)


def meets(entry: LedgerEntry, effect: ExpectedEffect) -> bool:
    """Whether what happened is what was expected, in those arguments that are labelled."""
    return entry.action.kind == effect.kind and holds(entry.action.model_dump(mode="json"), effect.arguments)


def holds(found: object, expected: JsonValue) -> bool:
    """Whether `found` says all that `expected` says: objects by their named fields, lists in any order."""
    if isinstance(expected, Mapping):
        fields = cast("Mapping[str, JsonValue]", expected)
        return isinstance(found, Mapping) and all(
            name in found and holds(cast("Mapping[str, object]", found)[name], value) for name, value in fields.items()
        )
    if isinstance(expected, list):
        return isinstance(found, list | tuple) and _each_once(list(cast("Sequence[object]", found)), expected)
    return found == expected


def _each_once(found: list[object], expected: list[JsonValue]) -> bool:
    if len(found) != len(expected):
        return False
    for wanted in expected:
        fit = next((index for index, item in enumerate(found) if holds(item, wanted)), None)
        if fit is None:
            return False
        del found[fit]
    return True
