"""People by their names: what is stored about who did something is an id, and a page says whom it belongs to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache

_DONE = (
    *("took it over", "finished it", "flagged it", "refused the draft", "handed it on"),
    *("already approved", "already asked for changes", "already rejected", "already escalated"),
    *("stopped everything", r"stopped intent \w+", "stopped workflow"),
    *("threw the draft away", "changed much of the draft", r"\(\w+\) may not sign"),
)
_DID = re.compile(rf"\b[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}(?= (?:{'|'.join(_DONE)}))")
"""The id in a sentence that is stored or said whole."""


def _nobody() -> Mapping[str, str]:
    return {}


_KNOWN: ContextVar[Callable[[], Mapping[str, str]]] = ContextVar("people", default=_nobody)


def call_by_name(known: Callable[[], Mapping[str, str]]) -> None:
    """From now on, in this request, people are called by these names; `known` is asked once, and only when needed."""
    _KNOWN.set(cache(lambda: _told_apart(known())))


def _told_apart(names: Mapping[str, str]) -> Mapping[str, str]:
    many = Counter(names.values())
    return {key: f"{name} ({key})" if many[name] > 1 else name for key, name in names.items()}


def named(person: str) -> str:
    """`Dana Whitfield` of `dana`, with the id where two have that name; what is no id of somebody stays as it is."""
    return _KNOWN.get()().get(person) or person if person else ""


def named_in(text: str) -> str:
    """The sentence with the name of whoever it says did something."""
    return _DID.sub(lambda found: named(found[0]), text)
