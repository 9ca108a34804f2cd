"""Where a message names options of a product: sizes, colours and whatever else its variants differ in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.investigation.vocabulary import BEHIND, OPTION_WORDS
from agent.reading.words import places, spelled, stem, tokens
from tools.commerce import Variant

_LONG = 3
_SIZE = re.compile(r"Gr(?:ö|oe)(?:ß|ss)e")
_WHICH = ("ander", "welch", "passend", "richtig", "falsch", "nachst")
# "M. Dupont" is no size M.
_INITIAL = re.compile(r"(?:^|[\n,.:]|\b[A-Z]\w+)\s?[A-Z]\.(?=\s?[A-Z])")
# "too large", "zu gross": what is wrong with it, not what is wanted.
_TOO = frozenset("too zu trop demasiado muy very bit slightly etwas peu poco quite rather".split())
# A bare number is a size only right behind one of these, and in front of one of those: "the 750 in cream".
_SIZED = frozenset("in en size taille talla grosse to for gegen auf statt contre por para".split())
_AFTER_SIZE = frozenset(
    "in en one ones please bitte svp instead available and or und oder et ou y o is ist est statt".split()
)


@dataclass(frozen=True, kw_only=True)
class Mention:
    """An option value in a message: which words, by their place (end exclusive)."""

    option: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """The words of a message as customers write them, and as the catalogue would."""

    words: Sequence[str]
    plain: Sequence[str]
    spelled: Sequence[str] = ()
    """The words as they stand in the message."""
    breaks: frozenset[int] = frozenset()
    """Places of words that stand behind a comma, a full stop or the like."""
    titled: frozenset[str] = frozenset()
    """Stems of the words of the titles."""

    @classmethod
    def of(cls, text: str, titles: Iterable[str] = ()) -> Message:
        """Of a text. Words of `titles` are blanked: in "the Fern Scarf in grey" fern is no colour."""
        shown = _INITIAL.sub(" ", text)
        said, (written, breaks) = tokens(shown), spelled(shown)
        titled = frozenset(stem(word) for title in titles for word in tokens(title))
        for title in titles:
            wanted = tokens(title)
            for at in places(said, wanted):
                said[at : at + len(wanted)] = [""] * len(wanted)
        plain = [_plain(said, at) for at in range(len(said))]
        return cls(words=said, plain=plain, spelled=written, breaks=breaks, titled=titled)

    def mentions(self, variants: Iterable[Variant]) -> list[Mention]:
        """Every option value of the variants that is named, in the order of the text."""
        values = values_of(variants)
        whole = [each for option, known in values.items() for value in known for each in self._of(option, value)]
        taken = {at for each in whole for at in range(each.start, each.end)}
        part = [each for option, known in values.items() for each in self._in_part(option, known, taken)]
        return sorted((*whole, *part), key=lambda each: (each.start, each.option))

    def broken(self, start: int, end: int) -> bool:
        """Whether a comma, a full stop or the like stands between the words of two places."""
        return any(at in self.breaks for at in range(start + 1, end + 1))

    def _of(self, option: str, value: str) -> list[Mention]:
        wanted = [*_words_of(value)]
        said = (at for at in places(list(self.plain), wanted) if at == 0 or self.words[at - 1] not in _TOO)
        found = (at for at in said if not self._says_size(at))
        return [Mention(option=option, value=value, start=at, end=at + len(wanted)) for at in found]

    def _says_size(self, at: int) -> bool:
        """Whether a word is "Größe", and not the large one: "in einer anderen Größe"."""
        other = at > 0 and self.words[at] == "grosse" and self.words[at - 1].startswith(_WHICH)
        return other or (at < len(self.spelled) and bool(_SIZE.fullmatch(self.spelled[at])))

    def _in_part(self, option: str, values: Sequence[str], taken: Collection[int]) -> list[Mention]:
        """`blue` names Harbor Blue, as long as no other value of the option is blue."""
        found: list[Mention] = []
        for at, word in enumerate(self.plain):
            telling = self.words[at] in OPTION_WORDS or len(word) > _LONG or (word.isdigit() and self._sizes(at))
            holding = [value for value in values if telling and word in _words_of(value)[:-1] + _words_of(value)[1:]]
            if len(holding) == 1 and at not in taken:
                found.append(Mention(option=option, value=holding[0], start=at, end=at + 1))
        return found

    def _sizes(self, at: int) -> bool:
        """Whether a bare number is a size, and no day, price or house number: "flask 750 in cream"."""
        before, after = self.words[at - 1] if at else None, self.words[at + 1] if at + 1 < len(self.words) else None
        named = before == "" or before in _SIZED or stem(before or "-") in self.titled
        goes_on = after is None or at + 1 in self.breaks or after in _AFTER_SIZE or after in OPTION_WORDS
        return named and goes_on


def values_of(variants: Iterable[Variant]) -> dict[str, list[str]]:
    """Option name to its values, in the order of the catalogue."""
    found: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options.items():
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def named_variant(text: str, variants: Sequence[Variant], titles: Iterable[str] = ()) -> Variant | None:
    """The one variant whose options are named in the text; None when none or several fit. A single one is the one.

    It has everything that is named: "750 ml in cream" is not the cream one of 500 ml.
    """
    if len(variants) == 1:
        return variants[0]
    named = {(each.option, each.value) for each in Message.of(text, titles).mentions(variants)}
    fits = [variant for variant in variants if named and named <= set(variant.options.items())]
    return fits[0] if len(fits) == 1 else None


@lru_cache(maxsize=4096)
def _words_of(value: str) -> tuple[str, ...]:
    said = tokens(value)
    return tuple(_plain(said, at) for at in range(len(said)))


def _plain(said: Sequence[str], at: int) -> str:
    """A word as the catalogue has it: `grande` and `large` both give `l`, `blauen` gives `blue`."""
    word = said[at]
    only_behind = BEHIND.get(word)
    if only_behind is not None:
        return only_behind.option if at and said[at - 1] in only_behind.words else word
    known = OPTION_WORDS.get(word, word)
    return stem(known) if len(known) > _LONG else known
