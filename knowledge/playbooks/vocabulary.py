"""Vocabulary: what playbooks may speak of. The agent hands it over, because it knows lookups, actions and facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

QUEUES = frozenset({"shipping", "returns", "billing", "product", "general"})
LANGUAGES = ("en", "es", "fr", "de")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name a playbook may use. An empty `intents` or `anchors` of None means: not checked."""

    lookups: frozenset[str]
    actions: Mapping[str, frozenset[str]]
    """Action kind -> the argument names it takes."""
    objects: Mapping[str, frozenset[str]]
    """Scope object -> its fields; a nested object has a dotted name (`swap.wanted`)."""
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Scope list of objects -> the fields of each member."""
    variables: frozenset[str] = frozenset()
    """Plain scope variables: texts, numbers, truth values, money, times, lists of text."""
    promises: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Promise kind -> the action kinds that make it true."""
    anchors: frozenset[str] | None = None
    """`document#anchor` of every approved passage."""
    intents: frozenset[str] = frozenset()
    languages: tuple[str, ...] = LANGUAGES
    queues: frozenset[str] = QUEUES
