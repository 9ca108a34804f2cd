"""The README lists every variable that a playbook may use, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import agent.investigation
from agent.reasoners.vocabulary import vocabulary
from tests.agent.investigation.world import LIMITS

README = Path(agent.investigation.__file__).with_name("README.md")
ROW = re.compile(r"^\| (?P<names>`[^|]*`) \|(?P<what>[^|]*)\|(?P<fields>[^|]*)\|$", re.MULTILINE)
NAME = re.compile(r"`([a-z0-9_]+)`")


def listed() -> dict[str, frozenset[str]]:
    """Variable to its fields, as the table says."""
    scope = README.read_text(encoding="utf-8").partition("## Scope")[2].partition("## Decisions")[0]
    rows = {name: row for row in ROW.finditer(scope) for name in NAME.findall(row["names"])}
    found = {name: frozenset(NAME.findall(row["fields"])) for name, row in rows.items()}
    return {**found, "item": found["items"]}


def test_every_variable_and_field_is_listed() -> None:
    known = vocabulary(LIMITS)
    there = {**known.objects, **known.lists, **dict.fromkeys(known.variables, frozenset[str]())}
    assert listed() == there


def test_every_file_is_listed() -> None:
    text = README.read_text(encoding="utf-8")
    files = {file.name for file in README.parent.iterdir() if file.suffix in (".py", ".csv")} - {"__init__.py"}
    assert [name for name in sorted(files) if f"`{name}`" not in text] == []
