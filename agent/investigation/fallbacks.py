"""What is wanted first: the part of a message before "if that is sold out", "otherwise", "sonst", "sinon"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from agent.reading.words import fold

_IF = re.compile(r"\b(?:if|in case|should|falls|wenn|sollte|si|s['’]il|se)\b")
_CLAUSE = re.compile(r"[^,.;!?\n]{0,80}")
_GONE = re.compile(
    r"\b(?:sold out|out of|gone|unavailable|r[ua]n out|ausverkauft|vergriffen|weg|agotad[oa]s?|epuise\w*|en rupture"
    r"|esgotad[oa]s?|esaurit[oaie])\b"
)
# "If it is not too late" is about time, not about stock.
_NOT = re.compile(
    r"(?:\bnot(?! too| yet| shipped| already| a )|n['’]t|\bno longer|\bno(?! es (?:demasiado|muy|tarde|mucha|molestia))"
    r"|\bnone|\bnicht(?! zu| schon)|\bkeine?[nsr]?|\bpas(?! trop)|\bplus|\bnao|\bnon)\b"
)
_HAVE = re.compile(
    r"\b(?:available|in stock|stock|have|got|left|possible|verfugbar|lieferbar|vorratig|lager|da|habt|haben|hast|gibt"
    r"|moglich|hay|hubiera|queda\w*|tiene\w*|disponible\w*|existencias|posible|dispo\w*|n['’]avez|avez|reste"
    r"|y (?:en )?a|houver|tiver\w*)\b"
)
_OTHERWISE = re.compile(
    r"\b(?:otherwise|or else|failing (?:that|which)|alternatively|as (?:a|an|my) (?:backup|back-up|fallback|plan b"
    r"|second choice|alternative)|second choice|plan b|worst case|sonst|ansonsten|andernfalls|ersatzweise|alternativ"
    r"|notfalls|zur not|falls nicht|wenn nicht|en su defecto|de lo contrario|en caso contrario|si no"
    r"|como (?:alternativa|segunda opcion)|sinon|a defaut|autrement|au pire|en second choix|dans le cas contraire"
    r"|altrimenti|in alternativa|caso contrario|senao)\b|\bif not\b(?=\s*[,:;]|\s+then\b)|, else\b"
)
# "M, or L if M is gone": the other choice stands before its condition.
_OR_THAT = re.compile(r"\b(?:or|o|ou|oder)\s[^,.;!?\n]{1,40}$")


class _Cut(NamedTuple):
    at: int
    condition: tuple[int, int]
    """Where the condition says what is wanted first: "if L navy" of "if L navy is sold out"."""
    about_stock: bool


def first_choice(text: str, names_wish: Callable[[str], bool]) -> str:
    """What a message says before what is to happen when that cannot be had; all of it when it has no such words.

    Args:
        text: The message.
        names_wish: Whether a part of it names something that is wanted. "If not, M please" goes on about something
            else than stock, so where nothing was named before, the whole message counts.
    """
    composed = unicodedata.normalize("NFC", text)
    cut = _cut(_aligned(composed))
    if cut is None:
        return text
    start, end = cut.condition
    first = f"{composed[: cut.at]} . {composed[start:end]}"
    return first if cut.about_stock or names_wish(first) else text


def _aligned(composed: str) -> str:
    """Folded letter by letter, so that places in it are places in the text."""
    return composed.lower() if composed.isascii() else "".join((fold(char) or " ")[0] for char in composed)


def _cut(plain: str) -> _Cut | None:
    cuts = [_Cut(hit.start(), (hit.end(), hit.end()), about_stock=False) for hit in _OTHERWISE.finditer(plain)]
    cuts += [cut for hit in _IF.finditer(plain) if (cut := _unless_had(plain, hit)) is not None]
    # "Si no hay": both begin at the same place, and what is known to be about stock counts.
    return min(cuts, key=lambda cut: (cut.at, not cut.about_stock), default=None)


def _unless_had(plain: str, hit: re.Match[str]) -> _Cut | None:
    clause = _CLAUSE.match(plain, hit.end())
    said = clause.group() if clause else ""
    gone, denied, had = _GONE.search(said), _NOT.search(said), _HAVE.search(said)
    if gone and not (denied and denied.start() < gone.start()):
        length = gone.start()
    elif denied and had:
        length = max(denied.end(), had.end())
    else:
        return None
    before = _OR_THAT.search(plain, max(0, hit.start() - 60), hit.start())
    return _Cut(before.start() if before else hit.start(), (hit.end(), hit.end() + length), about_stock=True)
