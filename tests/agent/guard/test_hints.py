"""Hints leave nothing out: one of them stands in everything that the expression behind it can match."""

# How `re` reads an expression carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _constants as signs
from re import _parser as reader
from typing import Any

import pytest

from agent.guard import policy_words, promise_words
from agent.reading import instructions
from knowledge.playbooks import promises

HOLE = "\0"
"""Where anything may stand, or nothing."""
CASES = [
    ("internal", policy_words.INTERNAL_HINTS, policy_words.INTERNAL),
    *(
        (f"injection {shape.pattern[:30]}", hints, shape)
        for groups, shape in instructions._SAYS  # pyright: ignore[reportPrivateUsage]
        for hints in groups
    ),
    *((f"extra {kind}", hints, shape) for kind, hints, shape in promise_words._EXTRA),  # pyright: ignore[reportPrivateUsage]
    *(
        (f"{language} {kind}", hints, shape)
        for language in ("en", "es", "fr", "de")
        for kind, hints, shape in promises._compiled(language)  # pyright: ignore[reportPrivateUsage]
    ),
]


def skeletons(parsed: Iterable[Any]) -> list[str]:  # Any: the tree of `re` has no types
    """Every way through an expression as the letters that must stand there, with holes for all else."""
    ways = [""]
    for sign, value in parsed:
        ways = list(dict.fromkeys(way + more for way in ways for more in _of(sign, value)))
    return ways


def _of(sign: object, value: Any) -> list[str]:  # Any: as above
    if sign is signs.LITERAL:
        return [chr(value).lower()]
    if sign is signs.SUBPATTERN:
        return skeletons(value[3])
    if sign is signs.BRANCH:
        return [way for branch in value[1] for way in skeletons(branch)]
    if sign is signs.IN and all(part is signs.LITERAL for part, _ in value):
        return [chr(letter).lower() for _, letter in value]
    if sign in (signs.AT, signs.ASSERT, signs.ASSERT_NOT):
        return [""]
    if sign in (signs.MAX_REPEAT, signs.MIN_REPEAT) and value[0] >= 1:
        return [way if value[1] == 1 else f"{way}{HOLE}" for way in skeletons(value[2])]
    return [HOLE]


@pytest.mark.parametrize(("hints", "shape"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_one_hint_stands_in_every_way_through(hints: Sequence[str], shape: re.Pattern[str]) -> None:
    ways = skeletons(reader.parse(shape.pattern, shape.flags & (re.IGNORECASE | re.MULTILINE)))
    assert [way for way in ways if not any(hint in way for hint in hints)] == []


def test_a_missing_hint_would_be_noticed() -> None:
    ways = skeletons(reader.parse(r"\bwe (?:have|will) (?:refund|pa(?:y|id)\b.{0,9}\bback)", 0))
    assert [way for way in ways if "refund" not in way] != []
    assert [way for way in ways if "refund" not in way and "back" not in way] == []
