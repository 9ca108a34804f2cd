"""Whose rules and voice are in force: a shop of its own must not sign with the name of the demo brand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from server.clock import FILE as DEMO_CLOCK
from server.settings import SOURCES, Settings

if TYPE_CHECKING:
    from tools.actions import Action

_FACTS = {
    "return labels are free": re.compile(r"\bfree (?:return |exchange )?label|\blabel\b[^.]*\bis free", re.IGNORECASE),
    "coffee and gift cards do not come back": re.compile(r"\bcoffee\b[^.]*\bcannot be returned", re.IGNORECASE),
    "there is a Coffee Club": re.compile(r"\bCoffee Club\b"),
    "there is no express delivery": re.compile(r"\bexpress\b", re.IGNORECASE),
    "there is no phone line": re.compile(r"\bno phone\b", re.IGNORECASE),
    "prices are in US dollars": re.compile(r"\bUS dollars\b"),
    "the code WELCOME10 is for new customers": re.compile(r"\bWELCOME10\b"),
}
"""What shipped macros say that is true of the demo brand and perhaps of no other shop."""


def is_demo(settings: Settings) -> bool:
    """Whether the data folder holds the demo brand."""
    return (settings.data / DEMO_CLOCK).is_file()


def borrowed(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """What this shop has from the demo brand: a name, what that means, what to do. Nothing in the demo itself.

    Raises KnowledgeError when the voice cannot be read.
    """
    from knowledge.playbooks import load_voice

    if is_demo(settings):
        return
    if _shipped(settings.limits):
        said = "these are the demo brand's: its people may sign here, and its times are promised"
        yield "Limits", said, _make_it_yours(settings, settings.limits)
    if _shipped(settings.voice):
        sign_off = next(iter(load_voice(settings.voice).sign_off.values()), "")
        said = f'it is the demo brand\'s: replies are signed "{sign_off}"'
        yield "Voice", said, _make_it_yours(settings, settings.voice)
    if facts := demo_facts(settings.macros):
        told = "; ".join(f"{fact} ({', '.join(names)})" for fact, names in facts.items())
        said = f"sentences of the demo brand are in use, and say of your shop: {told}"
        yield "Macros", said, f"copy {SOURCES / 'macros'} to {settings.data / 'macros'} and make them yours"


def demo_facts(folder: Path) -> dict[str, list[str]]:
    """Facts of the demo brand's shop that macros in force tell, each with the macros. One that was edited tells none.

    Raises KnowledgeError or OSError when a file cannot be read.
    """
    shipped = dict(_english(SOURCES / "macros"))
    same = sorted(name for name, text in _english(folder) if shipped.get(name) == text)
    found = {fact: [name for name in same if words.search(shipped[name])] for fact, words in _FACTS.items()}
    return {fact: names for fact, names in found.items() if names}


def _english(folder: Path) -> Iterator[tuple[str, str]]:
    """Every macro by its name: the file where it is one of an intent, and what it says in English."""
    from knowledge.ingest import read_text
    from knowledge.playbooks.yaml_tree import plain, read_tree

    for path in sorted(folder.glob("*.yaml")):
        tree = plain(read_tree(read_text(path), path))
        for name, texts in (cast("dict[str, object]", tree) if isinstance(tree, dict) else {}).items():
            said = cast("dict[str, object]", texts).get("en") if isinstance(texts, dict) else None
            if isinstance(said, str):
                yield f"{path.stem}/{name}", " ".join(said.split())


def moves_shop(action: Action) -> bool:
    """Whether an effect is on an order or a customer, which the shop's own platform knows nothing of."""
    from tools.actions import TICKET_ACTIONS

    return action.kind not in TICKET_ACTIONS and action.kind not in ("open_carrier_trace", "suppress_promotions")


def _shipped(path: Path) -> bool:
    return path.parent == SOURCES


def _make_it_yours(settings: Settings, path: Path) -> str:
    return f"copy {path} to {settings.data / path.name} and make it yours"
