"""The README is enough: every action, argument and refusal is in it, and its example works as printed."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

import tools
from tests.tools.preconditions.test_check import WRONG
from tests.tools.world import NOW
from tools.actions import ACTION, ACTIONS, ActionBase, kind_of
from tools.facts import load_facts
from tools.preconditions import Code, check
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.nouns import EVERY_NOUN

README = Path(tools.__file__).with_name("README.md").read_text(encoding="utf-8")
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)`.*\|$", README, re.MULTILINE)}


@pytest.mark.parametrize(("kind", "action"), ACTIONS.items(), ids=list(ACTIONS))
def test_every_action_is_there_with_its_arguments_and_gate(kind: str, action: type[ActionBase]) -> None:
    _, _, arguments, gate, undo, _, _ = ROWS[kind].split("|")
    expected = {f"{name}{'' if field.is_required() else '?'}" for name, field in action.model_fields.items()} - {
        "kind?"
    }
    assert not [name for name in expected if f"`{name}`" not in arguments]
    assert gate.strip() == str(action.gate)
    assert undo.strip() == ("yes" if action.reversible else "no")
    assert ("(value)" in ROWS[kind]) is action.gives_value


@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_is_named(code: Code) -> None:
    assert f"`{code}`" in README


@pytest.mark.parametrize(("code", "kind"), sorted({(code, kind) for code, kind, _ in WRONG}))
def test_a_refusal_is_named_at_its_action(code: str, kind: str) -> None:
    shared = ("unknown_order", "unknown_shipment", "unknown_customer", "unknown_ticket")
    assert code in shared or f"`{code}`" in ROWS[kind]


@pytest.mark.parametrize("noun", [noun.name for noun in EVERY_NOUN])
def test_every_snapshot_file_is_named(noun: str) -> None:
    assert f"`{noun}`" in README


def _example(folder: Path) -> Path:
    for name, lines in re.findall(r"^`(\w+\.jsonl)`\n```json\n(.*?)```$", README, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(lines, encoding="utf-8")
    return folder


def test_the_example_shop_loads_and_its_calls_are_fine(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    calls = re.findall(r'^{"id": "call-.*}$', README, re.MULTILINE)
    with LocalStore.open(f"sqlite:///{tmp_path / 's.db'}") as store:
        report = import_path(store, _example(tmp_path / "shop"))
        assert report.ok
        assert report.counts == {"customers": 1, "products": 1, "stock": 2, "orders": 2}
        for call in map(json.loads, calls):
            action = ACTION.validate_python({"kind": _kind(call["action"]), **call["arguments"]})
            facts = load_facts(action, store.readers(), NOW + timedelta(days=1))
            assert check(action, facts, call["customer"]) == []
    assert len(calls) == 3


def _kind(name: str) -> str:
    return name if name in ACTIONS else kind_of(name)
