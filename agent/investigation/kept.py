"""What a message names and leaves as it is: "the mug stays", "socks were in there", "the rest is fine".

Read clause by clause: a thing counts as left alone only when every clause that names it says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agent.investigation import clause_words as words
from agent.investigation.words import fold


class Care(Enum):
    """What a clause says about the things that it names."""

    MEANT = 0
    """They are what the message may be about: nothing else is said of them."""
    WHY = 6
    """They are what the message is about: something is wrong with them, or to be done about them."""
    ONLY = 1
    """They alone are."""
    ASIDE = 2
    """They are not: they are fine, asked about besides, or left for another time."""
    KEPT = 3
    """They stay with the customer; the others are what it is about."""
    THERE = 4
    """They are there; what is missing is something else."""
    ONLY_THERE = 5
    """They are all that is there."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message and what it says about its things."""

    text: str
    care: Care


def clauses(text: str, *, missing: bool, asides: bool, language: str = "en") -> list[Clause]:
    """The clauses of a message.

    Args:
        text: What the customer wrote.
        missing: The message is about something that did not come, so having got a thing speaks for it.
        language: Of the message; it decides which words join.
        asides: The message also asks for information, so a plain question names things only by the way.
    """
    found: list[Clause] = []
    for sentence in words.SENTENCE.split(text):
        if asides and sentence.rstrip().endswith("?") and words.ASKING.match(fold(sentence)):
            found.append(Clause(sentence, Care.ASIDE))
            continue
        for piece in _apart(sentence, language) if missing else _pieces(sentence, language):
            care = _care(fold(piece), missing=missing)
            # "The mug is cracked. And the socks": it goes on about the same.
            same = care is Care.MEANT and found and found[-1].care is Care.WHY and _goes_on(fold(piece))
            found.append(Clause(piece, Care.WHY if same else care))
    return found


def _goes_on(plain: str) -> bool:
    return bool(words.TOO.search(plain) or words.GOES_ON.match(plain))


def _apart(sentence: str, language: str) -> list[str]:
    """The pieces, what was not with something else apart from that."""
    found: list[str] = []
    for piece in _pieces(sentence, language):
        beside = words.BESIDE.match(fold(piece))
        # Folding may change lengths, so the folded words are read on.
        found += [f"{beside['there']} is there", beside["gone"]] if beside else [piece]
    return found


def _pieces(sentence: str, language: str) -> list[str]:
    """A name alone belongs to what is said behind it, or before a "but" and at the end to what was said before."""
    pieces, open_ = list[str](), ""
    parts = words.joint(language).split(sentence)
    for part, behind in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if open_ and (words.REST.match(fold(part)) or words.LEADING_NO.match(fold(part))):
            pieces.append(open_)
            open_ = ""
        open_ = f"{open_}, {part}" if open_ else part
        if _says(fold(part)):
            pieces.append(open_)
            open_ = ""
        elif pieces and words.BUT.match(behind):
            pieces[-1] += f", {open_}"
            open_ = ""
    if open_ and pieces:
        pieces[-1] += f", {open_}"
    return pieces or [open_]


_TELLING = (words.SAYS, words.WHY, words.THERE, words.KEPT, words.FINE, words.IN_USE)


def _says(plain: str) -> bool:
    return any(shape.search(plain) for shape in _TELLING)


def _care(plain: str, *, missing: bool) -> Care:
    only = words.ONLY.search(plain)
    there = _positive(words.THERE, plain)
    # "came without its handle": it is not all there.
    if missing and there and not words.WITHOUT.search(plain):
        return Care.ONLY_THERE if only else Care.THERE
    if _positive(words.KEPT, plain):
        return Care.KEPT
    why = bool(words.WHY.search(plain))
    if _fine(plain, why=why) or words.LATER.search(plain):
        return Care.ASIDE
    # "I just got it": no limit at all.
    if only and not there:
        return Care.ONLY
    return Care.WHY if why else Care.MEANT


def _fine(plain: str, *, why: bool) -> bool:
    return (
        bool(words.NO_FAULT.search(plain))
        or _positive(words.FINE, plain)
        or (not why and _positive(words.IN_USE, plain))
    )


def _positive(shape: re.Pattern[str], plain: str) -> bool:
    return any(not _denied(hit) for hit in shape.finditer(plain))


def _denied(hit: re.Match[str]) -> bool:
    before, within = words.BEFORE.search(hit.string[: hit.start()]), words.WITHIN.search(hit.group())
    return bool(before or within or words.BEHIND.match(hit.string, hit.end()))


def narrowed(named: Sequence[frozenset[str]], told: Sequence[Clause]) -> tuple[frozenset[str], bool] | None:
    """Which things are meant, of those that each clause names, and whether that is certain. None: nothing is set apart.

    The first value may be empty: all that is named stays or is there, so what is meant is the rest.
    """
    cares = [(clause.care, things) for clause, things in zip(told, named, strict=True) if things]
    every = frozenset[str]().union(*(things for _, things in cares))
    alone = _union(cares, Care.ONLY)
    rest = every - _only_in(cares, (Care.ASIDE, Care.KEPT, Care.THERE, Care.ONLY_THERE))
    if alone:
        return (alone, True) if alone < every else None
    # Of things that are only mentioned and things with a reason to write, the latter are meant.
    reason = _union(cares, Care.WHY) & rest
    rest = reason or rest
    if rest:
        return (rest, True) if rest < every else None
    kinds = {care for care, _ in cares}
    return (frozenset(), bool(kinds & {Care.KEPT, Care.ONLY_THERE})) if kinds - {Care.ASIDE} else None


def _union(cares: Sequence[tuple[Care, frozenset[str]]], care: Care) -> frozenset[str]:
    return frozenset[str]().union(*(things for each, things in cares if each is care))


def _only_in(cares: Sequence[tuple[Care, frozenset[str]]], kinds: Sequence[Care]) -> frozenset[str]:
    """Things that no clause of another kind names."""
    inside = (things for care, things in cares if care in kinds)
    outside = (things for care, things in cares if care not in kinds)
    return frozenset[str]().union(*inside) - frozenset[str]().union(*outside)
