"""Patterns that are compiled when first used: importing the redactor stays cheap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from re import Match


@dataclass(frozen=True)
class Lazy:
    """A regular expression that behaves like a compiled one and is compiled at its first use."""

    source: str
    flags: int = 0

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.source, self.flags)

    def search(self, text: str, position: int = 0) -> Match[str] | None:
        """First match at or after `position`."""
        return self.compiled.search(text, position)

    def match(self, text: str, position: int = 0) -> Match[str] | None:
        """Match that begins at `position`."""
        return self.compiled.match(text, position)

    def fullmatch(self, text: str) -> Match[str] | None:
        """Match of the whole text."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[Match[str]]:
        """All matches, left to right."""
        return self.compiled.finditer(text)


def either(words: str) -> str:
    """A group that matches one of the words, which are separated by white space."""
    return f"(?:{'|'.join(words.split())})"
