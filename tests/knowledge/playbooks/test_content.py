"""The playbooks and macros that ship: they hold together, say the same in four languages, and sound like the brand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import knowledge
from knowledge.ingest import load_folder
from knowledge.playbooks import Engine, Voice, check_playbooks, check_voice, compose, load_playbooks, load_voice
from knowledge.playbooks.loader import Sources, read_sources
from knowledge.playbooks.schema import FollowUp
from tests.knowledge.playbooks.contract import INTENTS, MACROS, PLAYBOOKS, SOURCES, facts, vocabulary

LANGUAGES = ("en", "es", "fr", "de")


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources(PLAYBOOKS, MACROS)


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice(SOURCES / "voice.yaml")


def test_every_shipped_file_is_valid() -> None:
    passages = load_folder(SOURCES / "policies").passages
    anchors = frozenset(f"{p.document_id}#{p.section}" for p in passages if p.status == "approved")
    problems = check_playbooks(PLAYBOOKS, MACROS, vocabulary(anchors, INTENTS))
    assert not problems, "\n" + "\n".join(map(str, problems))


def macro_ids() -> list[tuple[str, str]]:
    return [(file, name) for file, group in read_sources(PLAYBOOKS, MACROS).macros.items() for name in group]


@pytest.mark.system("U11")
@pytest.mark.parametrize(("file", "name"), macro_ids())
def test_a_macro_states_the_same_facts_in_every_language_and_sounds_like_us(
    file: str, name: str, sources: Sources, voice: Voice
) -> None:
    engine = Engine("America/New_York")
    bodies = {
        language: engine.render(
            text, facts() | {"unknown_option": "navy"}, language, FollowUp(in_days=4, text="look again")
        )
        for language, text in sources.macros[file][name].macro.texts.items()
    }
    assert set(bodies) == set(LANGUAGES)
    assert len({tuple(sorted(numbers(body))) for body in bodies.values()}) == 1, bodies
    for language, body in bodies.items():
        letter = compose([body], language, "Mia", voice, "Mia Rossi")
        assert check_voice(letter, language, voice) == []


def numbers(text: str) -> list[str]:
    """Digits of every number, with the decimal sign and the clock taken out of the comparison."""
    return [re.sub(r"\D", "", found) for found in re.findall(r"\d+(?:[.,]\d+)?", text.replace("1er", "1"))]


def test_the_readme_lists_what_the_shipped_playbooks_cite() -> None:
    readme = (Path(knowledge.__file__).parent / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## What the shipped playbooks cite")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, re.MULTILINE)
    listed = {f"{document}#{section}" for document, row in rows for section in re.findall(r"`([a-z-]+)`", row)}
    book = load_playbooks(PLAYBOOKS, MACROS, vocabulary())
    assert listed == {
        place
        for playbook in book.playbooks.values()
        for branch in playbook.branches
        for place in playbook.citations(branch)
    }
