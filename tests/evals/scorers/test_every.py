"""What holds for all scorers: names, versions, that they travel between processes, and that the README knows them."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import evals.scorers
from evals.broken import FLAWS
from evals.score import scored
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
