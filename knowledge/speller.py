"""Mends the question's typing mistakes, towards words that the texts really use.

Only words that neither the texts nor the model know are touched, and only by one letter added, lost, changed or
swapped: bolder mending turned `voucher` into `pouches`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST, _LONGEST = 4, 24
_MOST = 40
_REMEMBERED = 4096


class Speller:
    """Knows the words of some texts; they are counted when the first unknown word turns up."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        # The same unknown words, names above all, come again and again, and each costs hundreds of looks.
        self._nearest = lru_cache(maxsize=_REMEMBERED)(self._look_for)

    def mend(self, question: str, knows: Callable[[str], bool]) -> str:
        """The question with its unknown words replaced by the commonest word one letter away, if there is any.

        `knows` says whether the model knows a lower-case word. At most 40 different words are looked at.
        """
        words = dict.fromkeys(_words(question))
        unknown = [word for word in words if not knows(word)][:_MOST]
        mended = {word: better for word in unknown if (better := self._nearest(word))}
        if not mended:
            return question
        return _WORD.sub(lambda match: mended.get(match[0].lower(), match[0]), question)

    def _look_for(self, word: str) -> str | None:
        counts = self._counts
        if word in counts:
            return None
        return max((each for each in self._one_letter_away(word) if each in counts), key=self._commonest, default=None)

    def _commonest(self, word: str) -> tuple[int, str]:
        return self._counts[word], word

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for text in self._texts for word in set(_words(text)))

    @cached_property
    def _alphabet(self) -> str:
        return "".join(sorted({letter for word in self._counts for letter in word}))[:100]

    def _one_letter_away(self, word: str) -> Iterator[str]:
        for at in range(len(word) + 1):
            head, tail = word[:at], word[at:]
            yield from (head + letter + tail for letter in self._alphabet)
            if tail:
                yield head + tail[1:]
                yield from (head + letter + tail[1:] for letter in self._alphabet)
            if len(tail) > 1:
                yield head + tail[1] + tail[0] + tail[2:]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if _SHORTEST <= len(word) <= _LONGEST]
