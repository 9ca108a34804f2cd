"""What was found where: the kinds of personal data, spans over a text, and which span wins when two overlap."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from re import Match
from typing import TypeAlias

from agent.redaction import lexicon
from agent.redaction.patterns import Lazy


class PiiType(StrEnum):
    """The kinds of personal data that are found and masked; the value is what stands in the mask."""

    PRIVATE_KEY = "private_key"
    SECRET = "secret"  # noqa: S105 - a kind, not a secret
    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    URL = "url"
    EMAIL = "email"
    CREDIT_CARD = "credit_card"
    IBAN = "iban"
    CRYPTO_WALLET = "crypto_wallet"
    SSN = "ssn"
    PASSPORT = "passport"
    DRIVER_LICENSE = "driver_license"
    NATIONAL_ID = "national_id"
    TAX_ID = "tax_id"
    BANK_ACCOUNT = "bank_account"
    DATE_OF_BIRTH = "date_of_birth"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    GEO_COORDINATES = "geo_coordinates"
    PHONE = "phone"
    USERNAME = "username"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    PERSON_NAME = "person_name"


# When two spans of equal length overlap, the kind named first wins: it was proved by more (a prefix, a check digit).
_RANK = {kind: rank for rank, kind in enumerate(PiiType)}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of personal data: character offsets into the text as given, `end` exclusive."""

    start: int
    end: int
    type: PiiType
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with every span replaced by `[type]`, and the spans (offsets into the original)."""

    text: str
    spans: tuple[Span, ...]


@cache
def _each(hints: str) -> tuple[str, ...]:
    return tuple(hint.replace("_", " ") for hint in hints.split())


def _holds(text: str, hints: str) -> bool:
    # A plain loop: with a generator it takes three times as long, eighty times a text.
    for hint in _each(hints):  # noqa: SIM110
        if hint in text:
            return True
    return False


Accept: TypeAlias = Callable[[Match[str]], bool]


def _always(_: Match[str]) -> bool:
    return True


_GAP = 4
_DIGIT = re.compile(r"\d")
_UNBROKEN = re.compile(r"\S+")
_WORD = re.compile(r"\w+")
# Letters that an expression without case takes for an s and an i.
_ALIKE = {ord("\u017f"): "s", ord("\u0131"): "i", ord("\u0307"): None}


@dataclass(frozen=True, slots=True)
class Measures:
    """What tells at a glance that a text holds nothing of a kind."""

    lower: str
    chain: int
    """The digits of the longest chain with at most four other characters between two of them."""
    run: int
    """The length of the longest run without a space."""
    words: frozenset[str]


@lru_cache(maxsize=2)
def measures(text: str) -> Measures:
    """Of a text, once for all rules."""
    lower = text.lower() if text.isascii() else text.lower().translate(_ALIKE)
    run = max((len(found) for found in _UNBROKEN.findall(text)), default=0)
    return Measures(lower, _chain(text), run, frozenset(_WORD.findall(lower)))


def _chain(text: str) -> int:
    longest = chain = 0
    last = -_GAP - 2
    for match in _DIGIT.finditer(text):
        at = match.start()
        chain = chain + 1 if at - last <= _GAP + 1 else 1
        longest, last = max(longest, chain), at
    return longest


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that finds one kind; what the group `v` matched is the span, without that group everything is.

    Every pattern repeats a bounded number of times, so that trying again one character later stays linear.
    A text that holds none of the `hints` (lower case, `_` for a space) is not searched. Nor is one without a chain of
    so many `digits`, with at most four other characters between two of them, without so long a `run` of characters
    without a space, without any word of the list `words`, or without what the quicker expression `first` finds.
    """

    type: PiiType
    pattern: Lazy
    accept: Accept = _always
    hints: str = ""
    digits: int = 0
    run: int = 0
    words: str = ""
    first: Lazy | None = None

    def find(self, text: str) -> Iterator[Span]:
        """Yield the accepted matches; a refused match hides nothing that starts inside it."""
        return self.matches(text) if self.may_hold(text, measures(text)) else iter(())

    def matches(self, text: str) -> Iterator[Span]:
        """The same in a text that may hold some."""
        pattern = self.pattern.compiled
        match = pattern.search(text)  # nearly always nothing
        while match is not None:
            group = "v" if "v" in pattern.groupindex else 0
            if match.end(group) > match.start(group) and self.accept(match):
                yield Span(match.start(group), match.end(group), self.type)
                position = max(match.end(group), match.start() + 1)
            else:
                position = match.start() + 1
            match = pattern.search(text, position)

    def may_hold(self, text: str, known: Measures) -> bool:
        """Whether a text of these measures has to be searched at all."""
        return (
            known.chain >= self.digits
            and known.run >= self.run
            and (not self.hints or _holds(known.lower, self.hints))
            and (not self.words or not lexicon.words(self.words).isdisjoint(known.words))
            and (self.first is None or self.first.search(text) is not None)
        )


def found_by(rules: Iterable[Rule], text: str) -> Iterator[Span]:
    """Yield what these rules find."""
    known = measures(text)
    for rule in rules:
        if rule.may_hold(text, known):
            yield from rule.matches(text)


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Sorted, non-overlapping: the longest span wins, then the more specific kind, then the earlier one."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda s: (s.start - s.end, _RANK[s.type], s.start)):
        places = range(span.start, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def mask(text: str, spans: Iterable[Span]) -> str:
    """Replace each of the sorted, non-overlapping `spans` by its type in square brackets."""
    pieces: list[str] = []
    position = 0
    for span in spans:
        pieces += [text[position : span.start], f"[{span.type}]"]
        position = span.end
    return "".join([*pieces, text[position:]])
