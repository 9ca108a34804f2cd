"""What a message names and leaves as it is: "the mug stays", "socks were in there", "the rest is fine".

Read clause by clause: a thing counts as left alone only when every clause that names it says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from agent.investigation.numbers import came, some_of
from agent.reading import clause_words as words
from agent.reading.words import fold


class Care(Enum):
    """What a clause says about the things that it names."""

    MEANT = 0
    """They are what the message may be about: nothing else is said of them."""
    WHY = 6
    """They are what the message is about: something is wrong with them, or to be done about them."""
    WISHED = 7
    """Something is to be done about them in a message about a fault, and no fault of theirs is told."""
    DOUBTED = 8
    """Something is said of them beside a fault of others, and nobody can tell whether it is one."""
    FEW = 9
    """So many pieces came and no more: some are missing, or everything else is."""
    ONLY = 1
    """They alone are."""
    ASIDE = 2
    """They are not: they are fine, asked about besides, or left for another time."""
    PRAISED = 10
    """Nothing is wrong with them: they are not, unless nothing else is: "there is nothing wrong with the socks"."""
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
    goes_on: bool = False
    """It may go on about what was named before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a message is about, as far as it decides how its clauses are read."""

    missing: bool = False
    """Something that did not come: having got a thing speaks for it."""
    fault: bool = False
    """Something that is wrong with the goods: a wish alone does not say with which."""
    asides: bool = False
    """It also asks for information, so a plain question names things only by the way."""


def clauses(text: str, *, missing: bool, asides: bool, language: str = "en", fault: bool = False) -> list[Clause]:
    """The clauses of a message.

    Args:
        text: What the customer wrote.
        missing: The message is about something that did not come, so having got a thing speaks for it.
        language: Of the message; it decides which words join.
        asides: The message also asks for information, so a plain question names things only by the way.
        fault: The message is about something wrong with the goods, so a wish alone does not say with which.
    """
    found: list[Clause] = []
    about = About(missing=missing, fault=fault, asides=asides)
    for sentence in words.SENTENCE.split(words.IDIOM.sub(" ", text)):
        told, beside = _beside(sentence)
        if told:
            _read(found, told, about, language)
        if beside:
            found += _asked_beside(beside, about, language)
    return found


def _beside(sentence: str) -> tuple[str, str]:
    """A sentence up to where it asks something besides, and from there on."""
    plain = fold(sentence)
    asks = words.ASKS_BESIDE.search(plain)
    # Folding may change lengths, so the folded words are read on.
    return (plain[: asks.start()].strip(), plain[asks.start() :]) if asks else (sentence, "")


def _asked_beside(text: str, about: About, language: str) -> list[Clause]:
    """What is only asked about, but for pieces that tell a fault or ask for something to be done."""
    ask = words.GOOD if about.fault else words.WISH
    if words.NO_ASIDE.search(text) or ask.search(text) or _positive(words.DAMAGE, text):
        found: list[Clause] = []
        _read(found, text, about, language)
        return found
    return [Clause(text, Care.ASIDE)]


def _read(found: list[Clause], sentence: str, about: About, language: str) -> None:
    """Add the clauses of a sentence."""
    plain = fold(sentence)
    if (
        sentence.rstrip().endswith("?")
        and words.ASKING.match(plain)
        and (about.asides or _plain_question(plain, about))
    ):
        found.append(Clause(sentence, Care.ASIDE))
        return
    before = len(found)
    contrast = about.fault and not about.missing and words.CONTRAST.search(plain)
    for piece in _apart(sentence, language) if about.missing else _pieces(sentence, language):
        plain = fold(piece)
        care = Care.WHY if contrast and words.SENT.search(plain) else _care(plain, about)
        # "The mug is cracked. And the socks": it goes on about the same.
        same = care is Care.MEANT and found and found[-1].care is Care.WHY and _goes_on(plain)
        found.append(Clause(piece, Care.WHY if same else care, goes_on=_of_the_last(plain)))
    if about.fault and any(clause.care is Care.WHY for clause in found[before:]):
        found[before:] = [_doubted(clause) for clause in found[before:]]


def _of_the_last(plain: str) -> bool:
    return bool(words.PRONOUN.match(plain)) and _positive(words.DAMAGE, plain)


def _plain_question(plain: str, about: About) -> bool:
    """Whether it asks what a thing is like, in a message about the fault of something."""
    told = words.WHY.search(plain) or words.THERE.search(plain) or words.NO_ASIDE.search(plain)
    return about.fault and not about.missing and bool(words.SAYS.search(plain)) and not told


def _doubted(clause: Clause) -> Clause:
    """What is said of a thing in the sentence of another's fault may be one more."""
    doubt = clause.care is Care.MEANT and words.SUBJECT.match(fold(clause.text))
    return replace(clause, care=Care.DOUBTED) if doubt else clause


def tells_damage(plain: str) -> bool:
    """Whether a folded text says that something is damaged, and not only what it came in."""
    return _positive(words.DAMAGE, words.PACKING.sub(" ", plain))


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


def _care(plain: str, about: About) -> Care:
    only = words.ONLY.search(plain)
    there = _positive(words.THERE, plain)
    # "came without its handle": it is not all there.
    if about.missing and (found := _there(plain, there=there and not words.WITHOUT.search(plain), only=bool(only))):
        return found
    if _positive(words.KEPT, plain) or (not about.missing and words.NOT_THE.match(plain)):
        return Care.KEPT
    if not about.fault and words.NO_FAULT.search(plain):
        return Care.PRAISED
    why = bool(words.WHY.search(plain))
    if _fine(plain, why=why) or words.LATER.search(plain) or words.PAID.search(plain):
        return Care.ASIDE
    # "I just got it": no limit at all.
    if only and not there:
        return Care.ONLY
    if about.fault and why and not words.WHY.search(words.WISH.sub(" ", plain)):
        return Care.WISHED
    return Care.WHY if why else Care.MEANT


def _there(plain: str, *, there: bool, only: bool) -> Care | None:
    """What a message about something missing says of what came."""
    if there and (some_of(plain) or tells_damage(plain)):
        return Care.WHY
    if came(plain):
        return Care.FEW
    if there:
        return Care.ONLY_THERE if only else Care.THERE
    return None


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
    cares = [(clause.care, things) for clause, things in zip(told, carried(named, told), strict=True) if things]
    every = frozenset[str]().union(*(things for _, things in cares))
    alone = _union(cares, Care.ONLY)
    apart = (Care.ASIDE, Care.KEPT, Care.THERE, Care.ONLY_THERE)
    rest = every - _only_in(cares, (*apart, Care.PRAISED)) or every - _only_in(cares, apart)
    reason, wished = _union(cares, Care.WHY) & rest, _union(cares, Care.WISHED) & rest
    if alone:
        # "The cover isn't there. Mug only": all that is missing, or all that came?
        certain = not reason or bool(reason & alone)
        return (alone if certain else alone | reason, certain) if alone < every else None
    # Of things that are only mentioned and things with a reason to write, the latter are meant.
    unsure = (wished | _union(cares, Care.DOUBTED)) & rest
    if unsure - reason and (reason or unsure < rest):
        return reason | unsure if reason else rest, False
    rest = reason or rest
    if rest:
        return (rest, True) if rest < every else None
    kinds = {care for care, _ in cares}
    return (frozenset(), bool(kinds & {Care.KEPT, Care.ONLY_THERE})) if kinds - {Care.ASIDE} else None


def carried(named: Sequence[frozenset[str]], told: Sequence[Clause]) -> list[frozenset[str]]:
    """What each clause is about: one that says why and names nothing is about what was named last: "it has a crack"."""
    found, last = list[frozenset[str]](), frozenset[str]()
    for things, clause in zip(named, told, strict=True):
        found.append(last if not things and clause.goes_on and clause.care is Care.WHY else things)
        if things:
            last = things if clause.care in (Care.MEANT, Care.WISHED, Care.WHY) else frozenset[str]()
    return found


def _union(cares: Sequence[tuple[Care, frozenset[str]]], care: Care) -> frozenset[str]:
    return frozenset[str]().union(*(things for each, things in cares if each is care))


def _only_in(cares: Sequence[tuple[Care, frozenset[str]]], kinds: Sequence[Care]) -> frozenset[str]:
    """Things that no clause of another kind names."""
    inside = (things for care, things in cares if care in kinds)
    outside = (things for care, things in cares if care not in kinds)
    return frozenset[str]().union(*inside) - frozenset[str]().union(*outside)
