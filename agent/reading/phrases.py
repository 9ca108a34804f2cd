"""Finding the phrases of a table in a text by how its words begin: of some 1,700 phrases a text begins a few dozen."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

_LITERAL = re.compile(r"[a-z0-9]+(?!\?)")
_WORD = re.compile(r" (\S+)")
_CHOICE = re.compile(r"\([^()]*\)\??")
_VARIES = re.compile(r".\?|[^a-z0-9 ]+")
_WHOLE = " "


@dataclass(frozen=True)
class Phrase:
    """One phrase of a table, in the language that `stated.py` describes."""

    of: str
    """What whoever says it states."""
    number: int
    """Its place in the table: of two phrases of one statement that begin at the same word the first one counts."""
    text: str

    @cached_property
    def always(self) -> str:
        """Letters that stand in whatever it matches: looking for them is quicker than making its pattern."""
        fixed, before = self.text, ""
        while fixed != before:
            fixed, before = _CHOICE.sub("*", fixed), fixed
        return max((each.strip() for each in _VARIES.sub("*", fixed).split("*")), key=len)

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """With the blank before its first word."""
        return re.compile(rf" {shape_of(self.text)}(?= |$)")


@dataclass(frozen=True)
class Phrases:
    """The phrases of a table by how they begin."""

    anywhere: Sequence[Phrase] = ()
    by_beginning: Mapping[str, Sequence[Phrase]] = field(default_factory=dict[str, Sequence[Phrase]])

    @cached_property
    def statements(self) -> frozenset[str]:
        """The names of what may be stated."""
        return frozenset(each.of for found in (self.anywhere, *self.by_beginning.values()) for each in found)

    def hits(self, plain: str, of: Collection[str]) -> Iterator[tuple[str, re.Match[str]]]:
        """What `of` these statements is said, as one search for all phrases of each would find it.

        Args:
            plain: Words with one blank between them, and one before the first.
            of: The statements that are looked for.
        """
        return (found for found in self._found(plain) if found[0] in of)

    @cached_property
    def _found(self) -> Callable[[str], Sequence[tuple[str, re.Match[str]]]]:
        """The hits of every statement: a text is asked about several times, each time for others."""
        return lru_cache(64)(self._every)

    def _every(self, plain: str) -> Sequence[tuple[str, re.Match[str]]]:
        ends, found = dict[str, int](), list[tuple[str, re.Match[str]]]()
        for word in _WORD.finditer(plain):
            at = word.start()
            for phrase in self._begun(word[1]):
                possible = phrase.always in plain and ends.get(phrase.of, 0) <= at
                if possible and (hit := phrase.shape.match(plain, at)):
                    ends[phrase.of] = hit.end()
                    found.append((phrase.of, hit))
        return found

    @cached_property
    def _begun(self) -> Callable[[str], Sequence[Phrase]]:
        """The same words come in every message."""
        return lru_cache(8192)(self._beginning)

    def _beginning(self, word: str) -> Sequence[Phrase]:
        found = [*self.anywhere, *self.by_beginning.get(f"{word}{_WHOLE}", ())]
        for length in range(1, len(word) + 1):
            found += self.by_beginning.get(word[:length], ())
        return sorted(found, key=_number) if len(found) > 1 else found


def _number(phrase: Phrase) -> int:
    return phrase.number


@cache
def phrases_of(file: Path) -> Phrases:
    """Those of a CSV file with the columns `statement`, `language` and `phrases`, which are parted by semicolons."""
    anywhere, known = list[Phrase](), dict[str, list[Phrase]]()
    for number, (statement, text) in enumerate(_rows(file)):
        phrase = Phrase(statement, number, text)
        begins = set(beginnings(text))
        if "" in begins:
            anywhere.append(phrase)
            continue
        for each in begins:
            known.setdefault(each, []).append(phrase)
    return Phrases(anywhere, known)


@cache
def shapes_of(file: Path) -> Mapping[str, re.Pattern[str]]:
    """The phrases of each statement in such a file, as one pattern; words have a blank on either side."""
    found: dict[str, list[str]] = {}
    for statement, text in _rows(file):
        found.setdefault(statement, []).append(shape_of(text))
    return {name: re.compile(rf" (?:{'|'.join(said)})(?= |$)") for name, said in found.items()}


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for phrase in row["phrases"].split(";"):
                yield row["statement"], phrase


def shape_of(phrase: str) -> str:
    """The pattern of one phrase; a choice that may be empty takes its blank with it."""
    plain = phrase.replace("#", r"#?\d+").replace("*", r"[\w#]*").replace("|) ", "|) ?")
    return plain.replace(" ~", r"(?: [\w#]+){0,4}?").replace(" _", r"(?: [\w#]+)*?")


def beginnings(phrase: str) -> Iterator[str]:
    """With what the first word of a phrase begins, and a blank where that is the whole word; empty for anything."""
    if not phrase.startswith("("):
        literal = _LITERAL.match(phrase)
        begins = literal.group() if literal else ""
        yield f"{begins}{_WHOLE}" if begins and phrase[len(begins) :][:1] in ("", " ") else begins
        return
    *options, rest = _options(phrase)
    for option in options:
        yield from beginnings(option + rest if option else rest.lstrip())


def _options(phrase: str) -> list[str]:
    """What the choice that a phrase begins with offers, and what stands behind it."""
    depth, parts, start = 0, list[str](), 1
    for at, char in enumerate(phrase):
        depth += (char == "(") - (char == ")")
        if (char == "|" and depth == 1) or not depth:
            parts.append(phrase[start:at])
            start = at + 1
        if not depth:
            break
    return [*parts, phrase[start:]]
