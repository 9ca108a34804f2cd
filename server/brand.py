"""Whose rules and voice are in force: a shop of its own must not sign with the name of the demo brand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from server.clock import FILE as DEMO_CLOCK
from server.settings import SOURCES, Settings


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


def _shipped(path: Path) -> bool:
    return path.parent == SOURCES


def _make_it_yours(settings: Settings, path: Path) -> str:
    return f"copy {path} to {settings.data / path.name} and make it yours"
