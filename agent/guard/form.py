"""The form of a draft: plain text of a sane length in one script, with nothing hidden and nothing left to fill in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from agent.case import Violation
from agent.guard.known import Known, words_of
from agent.guard.rules import Rule, blocked
from agent.reading.words import fold

LONGEST = 5_000
"""Characters. Our longest macro has about 1,500; what is longer than this nobody reads, and it is not checked."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_MARKUP = re.compile(
    r"<[a-zA-Z/!][^<>]{0,200}>|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});|\[[^\[\]\n]{0,200}\]\([^()\n]{0,200}\)|```"
    r"|^#{1,6} |\*\*\S|__\S",
    re.MULTILINE | re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{[a-z_.]{1,40}\}|\[[^\[\]\n]{1,60}\]|\b(?:TBD|TODO|XXX+|N/A|None|null|undefined|lorem ipsum)\b"
)
_OTHER_SCRIPT = re.compile(r"[^\W_a-zA-Z0-9ªµº²³¹\u00c0-\u024f\u1e00-\u1eff]+")


def composed(text: str) -> str:
    """The text with accents on their letters, as it is compared and sent."""
    return unicodedata.normalize("NFC", text)


def too_long(text: str) -> Violation | None:
    """A flood is refused before anything else looks at it."""
    if len(text) <= LONGEST:
        return None
    return blocked(Rule.TOO_LONG, f"a reply of {len(text)} characters; {LONGEST} are the most that is checked")


def form(text: str, known: Known) -> Iterator[Violation]:
    """No markup, no invisible or reordering characters, no letters of another alphabet, nothing left to fill in."""
    for match in _INVISIBLE.finditer(text):
        yield blocked(Rule.INVISIBLE, f"the character U+{ord(match[0]):04X} does not belong in a reply", *match.span())
    for match in _MARKUP.finditer(text):
        yield blocked(Rule.MARKUP, f'"{match[0][:60]}" is markup; a reply is plain text', *match.span())
    for match in _PLACEHOLDER.finditer(text):
        if not known.text_sources(match[0]):
            yield blocked(Rule.PLACEHOLDER, f'"{match[0]}" was left to fill in', *match.span())
    for match in _OTHER_SCRIPT.finditer(text):
        # Full-width and mathematical letters are no alphabet: they hide what they say.
        if fold(match[0]) != match[0].casefold() or not words_of(match[0]) <= known.vocabulary():
            yield blocked(Rule.SCRIPT, f'"{match[0][:60]}" is in another alphabet', *match.span())
