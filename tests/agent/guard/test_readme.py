"""Every rule is documented, and every documented rule exists."""

from __future__ import annotations

import re
from pathlib import Path

import agent.guard
from agent.guard.claims import ClaimKind
from agent.guard.rules import Rule

FOLDER = Path(agent.guard.__path__[0])
ID = re.compile(r"`((?:grounding|citation|promise|identity|privacy|draft|language|injection|case)\.(?!py`)[a-z_]+)`")


def test_the_readme_names_every_rule_once() -> None:
    rows = [line.split("|")[1] for line in (FOLDER / "README.md").read_text("utf-8").splitlines() if line[:2] == "| "]
    named = [found for row in rows for found in ID.findall(row)]
    assert sorted(named) == sorted(rule.value for rule in Rule)


def test_every_rule_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py") if path.name != "rules.py")
    claimed = {f"grounding.{kind.value}" for kind in ClaimKind}
    assert [rule.name for rule in Rule if f"Rule.{rule.name}" not in code and rule.value not in claimed] == []


def test_every_kind_of_claim_has_its_rule() -> None:
    assert {f"grounding.{kind.value}" for kind in ClaimKind} <= {rule.value for rule in Rule}
