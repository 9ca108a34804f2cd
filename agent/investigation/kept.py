"""What a message names and leaves as it is: "the mug stays", "socks were in there", "the rest is fine".

Read clause by clause: a thing counts as left alone only when every clause that names it says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agent.investigation.words import fold

_SENTENCE = re.compile(r"(?<=[.!?\n])\s+|\n+|;\s*")
_JOINT = re.compile(
    r",\s+|\s+[-–—=/]\s+|\s+(?:but|though|while|whereas|aber|jedoch|pero|mais|ma|mas|maar)\s+"
    r"|\s+(?:and|und|y|et|e|en|&|\+)\s+"
)
_NO = r"(?:\bnot|n['’]t|\bnever|\bno|\bnicht|\bkein\w*|\bpas|\bsin|\bsans|\bnon|\bniet|\bnao)\b"
_BEFORE = re.compile(rf"{_NO}\W+(?:\w+\W+){{0,2}}$")
_WITHIN = re.compile(_NO)
# German and French deny behind the verb: "passt nicht", "convient pas".
_BEHIND = re.compile(r"\W+(?:\w+\W+)?(?:nicht|pas|niet)\b")
_FINE = re.compile(
    r"\b(?:fine|ok|okay|perfect|(?:is|are|was|were|all) (?:right|good|correct|great)|happy with|love the|as (?:it )?is"
    r"|unchanged"
    r"|in ordnung|gut|passt|passen|perfekt|stimmen|stimmt|esta\w* bien|bien|perfect[oa]s?|correct[oa]s?"
    r"|va bene|vanno bene|tudo bem|estao bem|goed|in orde|parfaite?s?|convien(?:t|nent))\b"
)
_KEPT = re.compile(
    r"\b(?:stays?|staying|keep|keeping|kept|remains?|leave (?:the|it|them)|bleib\w*|behalte\w*|se quedan?|me quedo"
    r"|conservo|garde|gardons|reste(?:nt)?|tengo|tenere|rimane|fica|fico com|houd|hou ik|blijft|blijven)\b"
)
_THERE = re.compile(
    r"\b(?:(?:was|were|is|are|had|has|found)\b.{0,60}\b(?:in|inside|there|included|present|here)\b|got|received|arrived|came"
    r"|contained|dabei|drin|darin|enthalten|angekommen|erhalten|bekommen|gekommen|estaban?|venian?|llego|llegaron|recibi"
    r"|etai(?:t|ent)|recue?s?|arrivee?s?|c'era|c'erano|arrivat[oaie]|ricevut\w+|vinha|vieram|recebi|chegou|chegaram"
    r"|zat|zaten|ontvangen|gekregen)\b"
)
_ONLY = re.compile(
    r"\b(?:only|just|nothing but|nur|bloss|solo|solamente|unicamente|seulement|uniquement|apenas|alleen)\b"
)
_LATER = re.compile(
    r"\b(?:(?:write|ask|come back|return|get back) (?:again|later|next)|later|next time|another time|spater"
    r"|nachstes mal|mas tarde|luego|despues|plus tard|prochaine fois|piu tardi|mais tarde|depois)\b"
)
_ASKING = re.compile(
    r"\W*(?:(?:and|also|plus|ps|p\.s\.|oh|by the way|btw|y|et|und|e|en)\W+)*"
    r"(?:what|how|which|when|is|are|does|do|wie|was|welche\w*|wann|ist|sind|que|como|cuanto|cual|cuando|hay|quel\w*|comment"
    r"|combien|quand|est|sont|qual\w*|quando|quanto|hoe|wat|wanneer|welke)\b"
)
# A piece with none of these is a name in a list and belongs to the piece behind it: "mug and cushion are fine".
_SAYS = re.compile(
    r"\b(?:is|are|was|were|isn|aren|wasn|weren|didn|doesn|has|have|had|be|been|not|no|never|missing|broken|wrong|torn|damaged|came|got"
    r"|arrived|received|refund\w*|return\w*|exchange\w*|replace\w*|send|sent|swap|change|cancel|want|need|needs|keep|short|stays?"
    r"|ist|sind|war|waren|fehl\w*|kaputt|nicht|kein\w*|mochte|bitte|es|esta|estan|era|eran|falta\w*|quiero|llego|llegaron|rot[oa]s?"
    r"|est|sont|etai(?:t|ent)|manque\w*|cass\w+|veux|voudrais|manca\w*|sono|faltou|faltava\w*|sao|zijn|ontbre\w*|mist|zat|zaten"
    r"|fine|ok|okay|dabei|drin|recue?s?|livree?s?|recibid\w*|erhalten|angekommen|without|ohne|sin|sans|senza|sem|zonder)\b"
)
_WITHOUT = re.compile(r"\b(?:without|ohne|sin|sans|senza|sem|zonder)\b")
# "mug to size M, rest stays": what is said of the rest is not said of what was named before.
_REST = re.compile(
    r"\W*(?:(?:the|all|das|die|der|el|lo|los|le|les|o|os|de|il) )?(?:rest|others?|everything else|all else"
    r"|ubrig\w*|andere[nr]?|resto|demas|otros|reste|autres?|altro|overige|andere)\b"
)


class Care(Enum):
    """What a clause says about the things that it names."""

    MEANT = 0
    """They are what the message is about."""
    ONLY = 1
    """They alone are."""
    ASIDE = 2
    """They are not: they are fine, asked about besides, or left for another time."""
    KEPT = 3
    """They stay with the customer; the others are what it is about."""
    THERE = 4
    """They are there; what is missing is something else."""
    ONLY_THERE = 5
    """They are all that is there."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message and what it says about its things."""

    text: str
    care: Care


def clauses(text: str, *, missing: bool, asides: bool) -> list[Clause]:
    """The clauses of a message.

    Args:
        text: What the customer wrote.
        missing: The message is about something that did not come, so having got a thing speaks for it.
        asides: The message also asks for information, so a plain question names things only by the way.
    """
    found: list[Clause] = []
    for sentence in _SENTENCE.split(text):
        if asides and sentence.rstrip().endswith("?") and _ASKING.match(fold(sentence)):
            found.append(Clause(sentence, Care.ASIDE))
        else:
            found += [Clause(piece, _care(fold(piece), missing=missing)) for piece in _pieces(sentence)]
    return found


def _pieces(sentence: str) -> list[str]:
    """A name alone belongs to what is said behind it, or at the end to what was said before."""
    pieces, open_ = list[str](), ""
    for part in _JOINT.split(sentence):
        if open_ and _REST.match(fold(part)):
            pieces.append(open_)
            open_ = ""
        open_ = f"{open_}, {part}" if open_ else part
        if _SAYS.search(fold(part)):
            pieces.append(open_)
            open_ = ""
    if open_ and pieces:
        pieces[-1] += f", {open_}"
    return pieces or [open_]


def _care(plain: str, *, missing: bool) -> Care:
    only = _ONLY.search(plain)
    there = _positive(_THERE, plain)
    # "came without its handle": it is not all there.
    if missing and there and not _WITHOUT.search(plain):
        return Care.ONLY_THERE if only else Care.THERE
    if _positive(_KEPT, plain):
        return Care.KEPT
    if _positive(_FINE, plain) or _LATER.search(plain):
        return Care.ASIDE
    # "I just got it": no limit at all.
    return Care.ONLY if only and not there else Care.MEANT


def _positive(shape: re.Pattern[str], plain: str) -> bool:
    return any(not _denied(hit) for hit in shape.finditer(plain))


def _denied(hit: re.Match[str]) -> bool:
    before, within = _BEFORE.search(hit.string[: hit.start()]), _WITHIN.search(hit.group())
    return bool(before or within or _BEHIND.match(hit.string, hit.end()))


def narrowed(named: Sequence[frozenset[str]], told: Sequence[Clause]) -> tuple[frozenset[str], bool] | None:
    """Which things are meant, of those that each clause names, and whether that is certain. None: nothing is set apart.

    The first value may be empty: all that is named stays or is there, so what is meant is the rest.
    """
    cares = [(clause.care, things) for clause, things in zip(told, named, strict=True) if things]
    every = frozenset[str]().union(*(things for _, things in cares))
    alone = _union(cares, Care.ONLY)
    rest = every - _only_in(cares, (Care.ASIDE, Care.KEPT, Care.THERE, Care.ONLY_THERE))
    if alone:
        return (alone, True) if alone < every else None
    if rest:
        return (rest, True) if rest < every else None
    kinds = {care for care, _ in cares}
    return (frozenset(), bool(kinds & {Care.KEPT, Care.ONLY_THERE})) if kinds - {Care.ASIDE} else None


def _union(cares: Sequence[tuple[Care, frozenset[str]]], care: Care) -> frozenset[str]:
    return frozenset[str]().union(*(things for each, things in cares if each is care))


def _only_in(cares: Sequence[tuple[Care, frozenset[str]]], kinds: Sequence[Care]) -> frozenset[str]:
    """Things that no clause of another kind names."""
    inside = (things for care, things in cares if care in kinds)
    outside = (things for care, things in cares if care not in kinds)
    return frozenset[str]().union(*inside) - frozenset[str]().union(*outside)
