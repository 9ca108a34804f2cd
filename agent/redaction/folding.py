"""Bring a text into one alphabet for the patterns without losing the way back to its offsets."""

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
}

# Characters of which each stays one: Latin letters, signs, and what stands in the table above.
_ONE_FOR_ONE = re.compile(f"[\0-\u00ac\u00ae-\u024f\u2026\u20ac{''.join(_PLAIN)}]*")
_TABLE = str.maketrans(_PLAIN)


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what the patterns see; character i of it came from `original[starts[i]:ends[i]]`.

    Zero-width and direction marks are gone, full-width and other digits are ASCII, accents are composed.
    `starts` and `ends` are None when nothing moved.
    """

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the folded text -> offsets in the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def _plain(char: str) -> str:
    """One character as the patterns know it; empty when it is invisible."""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    wide = "\uff00" <= char <= "\uffef" or "\U0001d400" <= char <= "\U0001d7ff"
    folded = unicodedata.normalize("NFKC", char) if wide else char
    return folded if len(folded) == 1 else char


def fold(text: str) -> Folded:
    """Fold a text; ASCII comes back as it is."""
    if text.isascii():
        return Folded(text)
    if _ONE_FOR_ONE.fullmatch(text):
        return Folded(text.translate(_TABLE))
    return _one_by_one(text)


def _one_by_one(text: str) -> Folded:
    known = dict(_PLAIN)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, char in enumerate(text):
        plain = char if char < "\x7f" else known.get(char)
        if plain is None:
            plain = known[char] = _plain(char)
        if plain and chars and unicodedata.combining(plain):
            composed = unicodedata.normalize("NFC", chars[-1] + plain)
            if len(composed) == 1:
                chars[-1], ends[-1] = composed, index + 1
                continue
        if plain:
            chars.append(plain)
            starts.append(index)
            ends.append(index + 1)
    return Folded("".join(chars), starts, ends)
