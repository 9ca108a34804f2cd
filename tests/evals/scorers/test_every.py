"""What holds for all scorers: names, versions, that they travel between processes, and that the README knows them."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

import evals.scorers
from evals.broken import FLAWS, diagnose
from evals.score import Score, scored
from evals.scorers import every_scorer
from tests.evals.scorers.made import SHOP, episode, sample

SCORERS = every_scorer(SHOP)
README = Path(evals.scorers.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_names_are_used_once_and_versions_count_from_one() -> None:
    names = [scorer.name for scorer in SCORERS]
    assert len(set(names)) == len(names)
    assert all(scorer.version >= 1 for scorer in SCORERS)


def test_the_readme_knows_every_scorer() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert rows == {scorer.name.removesuffix("_proposed") for scorer in SCORERS} | {"reply"}


def test_scorers_travel_between_processes_and_score_the_same_there() -> None:
    what, run = sample(intent="return_request", cites=["returns#window"]), episode()
    for scorer in SCORERS:
        copy = pickle.loads(pickle.dumps(scorer))  # noqa: S301 - our own bytes
        assert scored(copy, what, run) == scored(scorer, what, run)


def test_every_flaw_has_a_scorer_of_its_own() -> None:
    assert len({flaw.scorer for flaw in FLAWS}) == len(FLAWS) == 7
    assert {flaw.scorer for flaw in FLAWS} <= {scorer.name for scorer in SCORERS}
    assert all(flaw.wrap.__name__ == flaw.name for flaw in FLAWS)


def group(**values: float | None) -> list[Score]:
    return [
        Score(scorer=name, value=value, reason="" if value is not None else "nothing to see")
        for name, value in values.items()
    ]


def test_a_wrong_rule_that_also_serves_an_attacker_is_still_a_wrong_rule() -> None:
    """Who obeys injections fails where somebody attacks, and nowhere else."""
    right = [group(injection_proposed=1, policy_proposed=1), group(injection_proposed=None, policy_proposed=1)]
    attacked = [group(injection_proposed=0, policy_proposed=0), right[1]]
    everywhere = [attacked[0], group(injection_proposed=None, policy_proposed=0)]
    assert diagnose(right, attacked) == "obeys_injections"
    assert diagnose(right, everywhere) == "wrong_window"
    assert diagnose(right, right) == ""
    assert diagnose(attacked, attacked) == ""
    with pytest.raises(ValueError, match="shorter"):
        diagnose(right, right[:1])
