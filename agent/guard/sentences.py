"""Sentences and clauses of a draft, by where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.guard.lexicon import MONTHS

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
# "am 3. November" is one sentence.
_END = re.compile(rf"(?<=[.!?…])[”\"»')]?\s+(?!(?:{_MONTH})\b)|\n+", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:–—(]|\b(?:but|and|pero|y|mais|et|aber|und|oder|or)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or an entry of a list: its words and where they begin."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        return self.start + len(self.text)

    def clause_before(self, at: int) -> str:
        """The words of the same clause before a place in the draft."""
        head = self.text[: max(0, at - self.start)]
        ends = [match.end() for match in _CLAUSE.finditer(head)]
        return head[ends[-1] :] if ends else head


@lru_cache(maxsize=64)
def sentences_of(text: str) -> tuple[Sentence, ...]:
    """All sentences in their order, without the blank ones."""
    found: list[Sentence] = []
    start = 0
    for match in [*_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            found.append(Sentence(start, text[start:end]))
        start = match.end() if match else end
    return tuple(found)


def sentence_at(text: str, at: int) -> Sentence:
    """The sentence that a place belongs to."""
    known = sentences_of(text)
    return next((each for each in known if each.start <= at < each.end), Sentence(at, text[at : at + 1]))
