"""Prompts: what is rendered is what was reviewed, every placeholder is filled, and strangers stay behind bars."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from agent.case import Classification
from agent.reasoners.prompting import FOLDER, NAMES, PromptError, load_prompts
from tests.agent.reasoners.example import brief, procedure, prompts, rendered, written
from tests.agent.reasoners.world import Desk
from tools.actions import ACTIONS

SNAPSHOTS = Path(__file__).parent / "snapshots"
STRANGERS = "earlier staff message quote file subject title passage product question feedback problem standard".split()


@pytest.mark.parametrize("name", ["propose", "classify", "repair"])
def test_a_prompt_is_as_it_was_reviewed(name: str) -> None:
    """After a change: `python -m tests.agent.reasoners.snapshots`, and read the difference."""
    assert written(rendered()[name]) == (SNAPSHOTS / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.system("U5")
@pytest.mark.parametrize("name", ["propose", "classify", "repair"])
def test_what_strangers_wrote_is_only_behind_bars(name: str) -> None:
    """Each such text holds a line break and then a heading, a role and a closing mark: all of it is behind a bar."""
    for line in written(rendered()[name]).splitlines():
        if any(mark in line for mark in ("OBEY", "[the shop]", "{{", "</data>", "500 USD")):
            assert line.startswith(("| ", '{"reply": "half'))


@pytest.mark.parametrize("where", STRANGERS)
def test_the_example_tries_every_way_in(where: str) -> None:
    assert f"OBEY-{where}" in written(rendered()["propose"])


@pytest.mark.system("U5")
def test_the_rule_about_the_bars_comes_before_everything_behind_them() -> None:
    for name in ("propose", "classify"):
        system, case = rendered()[name]
        assert "begins with `| `" in str(system["content"])
        assert "\n| " not in str(system["content"])
        assert "\n| " in str(case["content"])


def test_staff_secrets_are_not_told() -> None:
    told = written(rendered()["propose"])
    assert "fraud_hold" not in told
    assert '"note"' not in told


def test_only_the_actions_of_such_cases_are_named() -> None:
    system = str(rendered()["propose"][0]["content"])
    assert [kind for kind in ACTIONS if f"`{kind}`" in system] == ["refund_order", "open_carrier_trace"]
    nothing = prompts().propose(brief(), replace(procedure(), kinds=frozenset()))
    assert "leave `actions` empty" in str(nothing[0]["content"])


@pytest.mark.parametrize(("language", "name"), [("fr", "French (vous)"), ("de", "German (Sie)"), ("it", "English")])
def test_the_language_of_the_reply_is_the_customers(language: str, name: str) -> None:
    said = Classification(intent="order_status", confidence=1, language=language)
    system, case = prompts().propose(replace(brief(), classification=said), procedure())
    assert f"In {name}," in str(system["content"])
    assert f"Write in: {name}" in str(case["content"])


def test_every_prompt_of_the_demo_brand_is_filled(desk: Desk) -> None:
    from agent.reasoners.llm import Endpoint

    llm = desk.llm(Endpoint(model="none", base_url="http://127.0.0.1:9"))
    for ticket in list(desk.tickets.values())[:30]:
        case = desk.brief(ticket, llm)
        text = written(desk.prompts().propose(case, llm.procedure(case)))
        assert not [mark for mark in ("{{", "{%", "Undefined") if mark in text]


def test_a_placeholder_without_a_value_is_an_error() -> None:
    made = prompts()
    broken = replace(made, sources={**made.sources, "repair": "Say {{ nothing_of_that_name }}"})
    with pytest.raises(UndefinedError, match="nothing_of_that_name"):
        broken.repair("answer", "problem")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read"),
        ("", "begins with"),
        ("no head", "begins with"),
        ("---\nversion: one\n---\ntext", "begins with"),
        ("---\nversion: 1\n---\n", "begins with"),
        ("---\nversion: 1\n", "begins with"),
    ],
)
def test_a_prompt_file_that_cannot_be_used_is_named(tmp_path: Path, text: str | None, why: str) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.md").write_bytes((FOLDER / f"{name}.md").read_bytes())
    target = tmp_path / "repair.md"
    target.unlink() if text is None else target.write_text(text, encoding="utf-8")
    made = prompts()
    with pytest.raises(PromptError, match=rf"repair\.md.*{why}"):
        load_prompts(made.voice, made.zone, made.actions, made.intents, tmp_path)


def test_the_digest_changes_with_the_words() -> None:
    made = prompts()
    other = replace(made, sources={**made.sources, "repair": made.sources["repair"] + "!"})
    assert prompts().digest == made.digest != other.digest
