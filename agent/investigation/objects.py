"""What a message asks something to be done with, where that is nothing of its order, or nobody can tell what of it.

"Cancel the teapot" in an order of mugs is no cancellation of the mugs. Read clause by clause: the thing nearest behind
the word for the ask is its object, else the one nearest before it; what is only a reason to write is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from agent.investigation import object_words as known
from agent.investigation.naming import Said, lines_named
from agent.investigation.nouns import things_titled
from agent.reading.words import places, stem, title_stems, words
from tools.commerce import LineItem, Order, Product

ALIKE = 0.8
"""How alike a word and one of a title are when the one may be the other with a slip."""
_SHORTEST, _PHRASE = 4, 4
Find = Callable[[str], Sequence[Product]]


class Kind(Enum):
    """What a word of a clause stands for."""

    WHOLE = "whole"
    SAME = "same"
    """What was said before."""
    PLACE = "place"
    """The order, as that which something is in."""
    LINE = "line"
    ELSEWHERE = "elsewhere"
    """A thing that no line of the order is."""
    TITLE = "title"
    """The title of a product that no line of the order is."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mark:
    """A word that stands for something."""

    at: int
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the clauses of one message about one order."""

    order: Order
    said: Said
    language: str
    find: Find

    def object_of(self, clause: Sequence[str], family: str, verb: int) -> Kind | None:
        """What the ask of a clause is about; None when it names nothing."""
        marks = [each for each in self._marks(clause, verb) if not _aside(clause, each, family)]
        behind, before = [m for m in marks if m.at > verb], [m for m in marks if m.at < verb]
        real = [each for each in (*behind, *reversed(before)) if each.kind is not Kind.PLACE]
        if not (real and real[0] in behind) and _names_something(clause, verb, family, marks):
            return Kind.UNKNOWN
        return self._of_order(clause, real) if real else None

    def _of_order(self, clause: Sequence[str], marks: Sequence[Mark]) -> Kind:
        """What the first mark stands for; "the order for the teapot" is the teapot unless the order has a number."""
        first, nexts = marks[0], marks[1:2]
        if first.kind is not Kind.WHOLE or not nexts or nexts[0].kind is not Kind.ELSEWHERE:
            return first.kind
        between = clause[first.at + 1 : nexts[0].at]
        numbered = self._number in clause and len(self.order.lines) == 1
        linked = len(between) <= _PHRASE and bool(between) and between[0] in known.LINKS
        return Kind.ELSEWHERE if linked and not numbered else first.kind

    @property
    def _number(self) -> str:
        return "".join(words(self.order.number))

    def _marks(self, clause: Sequence[str], verb: int) -> list[Mark]:
        titled = self._titles(clause)
        kinds = [(at, Kind.TITLE if at in titled else self._kind(clause, at, verb)) for at in range(len(clause))]
        found = [Mark(at, kind) for at, kind in kinds if kind is not None and at != verb]
        return [each for number, each in enumerate(found) if not _part_of_name(clause, each, found[number + 1 :])]

    def _kind(self, clause: Sequence[str], at: int, verb: int) -> Kind | None:
        word = clause[at]
        if word in known.WHOLE or word == self._number:
            return Kind.PLACE if _is_place(clause, at, verb) else Kind.WHOLE
        if word in known.SAME or self.is_line(word):
            return Kind.SAME if word in known.SAME else Kind.LINE
        return Kind.ELSEWHERE if word in self.said.things else None

    def is_line(self, word: str) -> bool:
        """Whether a word may stand for a line: by title, by option, by what it is, or with a slip."""
        things = self.said.things.get(word, frozenset[str]())
        stems = frozenset[str]().union(*(_stems(line) for line in self.order.lines))
        if stem(word) in stems or any(things & _is_a(line) for line in self.order.lines):
            return True
        slip = len(word) >= _SHORTEST and not things and word not in known.GENERIC
        return slip and bool(get_close_matches(stem(word), stems, 1, ALIKE))

    def _titles(self, clause: Sequence[str]) -> frozenset[int]:
        """Where the title of another product stands. Nothing is looked up for a clause without a word for a thing."""
        if not any(word in self.said.things or self.is_line(word) for word in clause):
            return frozenset()
        own = {line.product_id for line in self.order.lines}
        others = [each for each in self.find(" ".join(clause)) if each.id not in own and not self._covered(each.title)]
        stems = [stem(word) for word in clause]
        spans = [(at, len(words(each.title))) for each in others for at in places(stems, _stemmed(each.title))]
        return frozenset(at for start, size in spans for at in range(start, start + size))

    def _covered(self, title: str) -> bool:
        return any(title_stems(title) <= title_stems(line.title) for line in self.order.lines)


def _stems(line: LineItem) -> frozenset[str]:
    return title_stems(line.title) | title_stems(" ".join(line.options.values()))


def _stemmed(title: str) -> list[str]:
    return [stem(word) for word in words(title)]


def _is_a(line: LineItem) -> frozenset[str]:
    return things_titled(line.title) | things_titled(line.category)


def _is_place(clause: Sequence[str], at: int, verb: int) -> bool:
    """Whether an order is where something is: "the mug in my order". In "the cancellation of my order" nothing is."""
    before = at - 1
    while before >= 0 and (clause[before] in known.ARTICLES - known.INSIDE or clause[before] in known.WHOLE):
        before -= 1
    if before >= 0 and clause[before] in known.OUT:
        return True
    named = clause[verb + 1 : before] if verb < before else ()
    return before >= 0 and clause[before] in known.INSIDE and any(_says(word) for word in named)


def _says(word: str) -> bool:
    return word not in known.FILLERS | known.ARTICLES | known.GENERIC | known.BESIDE and len(word) > 1


def _part_of_name(clause: Sequence[str], mark: Mark, behind: Sequence[Mark]) -> bool:
    """Whether a thing only says which line is meant: the coffee of "coffee mug", the cover of "housse de coussin"."""
    if mark.kind is not Kind.ELSEWHERE or not behind or behind[0].kind is not Kind.LINE:
        return False
    between = clause[mark.at + 1 : behind[0].at]
    return len(between) <= 2 and all(word in known.LINKS | known.ARTICLES | {"a"} for word in between)


def _aside(clause: Sequence[str], mark: Mark, family: str) -> bool:
    """Whether a thing is named beside the ask: where it goes, what it is like, what is wanted instead."""
    if mark.kind not in (Kind.ELSEWHERE, Kind.TITLE):
        return False
    before = [word for word in clause[max(mark.at - 4, 0) : mark.at] if word not in known.ARTICLES - known.BESIDE]
    instead = known.FOR if family == known.SWAPS else frozenset[str]()
    return bool(before) and before[-1] in known.BESIDE | instead


def _names_something(clause: Sequence[str], verb: int, family: str, marks: Sequence[Mark]) -> bool:
    """Whether an order is to end but for a name that says nothing to us: "cancel the gizmo", "gizmo from my order"."""
    if family not in (known.ENDS, known.TAKES_OUT):
        return False
    phrase = _phrase([word for word in clause[verb + 1 :] if word not in known.FILLERS])
    place = any(each.kind is Kind.PLACE for each in marks)
    return any(_says(word) for word in phrase) or (place and not any(each.kind is not Kind.PLACE for each in marks))


def _phrase(rest: Sequence[str]) -> Sequence[str]:
    """The words of a name behind its article."""
    if not rest or rest[0] not in known.ARTICLES:
        return ()
    stops = known.BESIDE | known.INSIDE | known.OUT | known.FOR | known.LINKS
    end = next((at for at, word in enumerate(rest[1:], 1) if word in stops), len(rest))
    return rest[1 : min(end, 1 + _PHRASE)]


def unclear(text: str, language: str, intents: Iterable[str], order: Order, find: Find) -> bool:
    """Whether a message means something that is nothing of its order, or a part of it that nobody can make out.

    Args:
        text: What the customer wrote.
        language: Of the message.
        intents: What it asks.
        order: The order that it is about.
        find: Products whose title shares words with a text.
    """
    said = Said.of(text, language)
    named = lines_named(order.lines, said)
    if said.whole:
        return said.excepting and not named
    reader = Reader(order=order, said=said, language=language, find=find)
    objects = _objects(reader, text, frozenset(intents))
    kinds = {kind for kind, _ in objects}
    if any(kind is Kind.WHOLE and family != known.ORDERED for kind, family in objects):
        return False
    if Kind.TITLE in kinds or (not named and known.REST.search(said.plain)):
        return bool(objects)
    return _of_things(objects, reader, bool(named))


def _of_things(objects: Sequence[tuple[Kind, str]], reader: Reader, named: bool) -> bool:
    ends = {kind for kind, family in objects if family in (known.ENDS, known.TAKES_OUT)}
    if Kind.ELSEWHERE in ends and Kind.LINE not in ends:
        return True
    if named:
        return False
    several = len(reader.order.lines) > 1
    part = several or bool(known.ALONE & set(words(reader.said.plain)))
    # A line that only a slip or an option names: which one it is nobody can tell.
    guessed = (Kind.UNKNOWN in ends and part) or (Kind.LINE in ends and several)
    return guessed or any(kind is Kind.ELSEWHERE for kind, _ in objects)


def _objects(reader: Reader, text: str, intents: frozenset[str]) -> list[tuple[Kind, str]]:
    """What each ask of the message is about, with the kind of ask."""
    found: list[tuple[Kind, str]] = []
    for clause in (words(piece) for piece in known.APART.split(text) if piece):
        plain = " ".join(clause)
        asks = (
            (family, shape.search(plain)) for family, shape in known.ASKS.items() if intents & known.READ_FOR[family]
        )
        family, hit = next(((family, hit) for family, hit in asks if hit), ("", None))
        if hit is not None:
            kind = reader.object_of(clause, family, len(plain[: hit.end()].split()) - 1)
            found += [(kind, family)] if kind is not None else []
    return found
