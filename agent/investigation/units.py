"""How many pieces of a line a message means: "one of the two mugs" is one mug, whatever was bought.

A message that says nothing of numbers means all of them, as before. One that speaks of some of them, in a way that
leaves open how many are wrong, is for a person: nobody is paid for pieces that are fine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from agent.investigation.numbers import VALUE, N, came, count, counted, got_some
from agent.investigation.options import Mention, Message
from agent.investigation.wishes import grouped, is_refused, values
from agent.reading.words import content_stems, fold

_OF = r"(?:(?:out )?of|von|aus|der|meiner|unserer|des|de|d'entre|sur|delle|dei|das|dos|van)"
# "one of the two teapots", "2 von 3", "une des deux"; what follows has to name the line, its number or "them".
_PART = re.compile(rf"{N}(?:\s+\w+)?\s+{_OF}\b(?P<rest>(?:\s+[\w']+){{1,5}})")
# "one arrived broken", "only one came": a number that stands for pieces, before a verb.
_DOES = (
    r"is|was|are|were|has|had|came|come|arrived|broke|got|ist|war|kam|sind|waren|kamen|est|etait|sont|es|esta|estaba"
    r"|llego|vino|viene|estan|llegaron"
)
_ALONE = re.compile(rf"(?<!no )(?<!first )(?<!last )(?<!previous )(?<!next ){N}\s+(?:\w+\s+)?(?:{_DOES})\b")
# "return one", "send one back", "just one": a number as the object, at the end or before a word that goes on.
_OBJECT = re.compile(
    rf"\b(?:only|just|return|returning|refund|exchange|keep|swap|nur|bloss|seulement|solo|rendre|renvoyer|devolver|"
    rf"zuruckgeben|umtauschen)\s+{N}(?=\s*(?:$|[.,;!?)]|\b(?:back|of|and|but|for|please|bitte|und|et|y|zuruck)\b))"
)
_ALL = re.compile(
    r"\b(?:both|all|beide\w*|alle|les deux|tous|toutes|ambos|ambas|los dos|las dos|todos|todas|entrambi)\b"
)
# "send the other one": of what was said to be missing, one.
_OTHER = re.compile(
    r"\b(?:the|my) (?:other|missing|second|remaining) one\b"
    r"|\b(?:der|die|das|den) (?:andere|zweite|fehlende)n?(?=\s*(?:$|[.,;!?)]|bitte|noch|nach\w*))"
    r"|\b(?:el otro|la otra|el segundo|la segunda|(?:el|la) que falta)\b"
    r"|\b(?:l['’]autre|(?:la|le) second\w*|(?:celui|celle) qui manque)\b"
)
_THEM = frozenset("them ones pieces items units denen ihnen stuck teilen eux elles ellos ellas".split())
# "one of these is cracked", but not "one of those days".
_THESE = re.compile(rf"\s(?:these|those|diesen|ceux|celles|esos|esas|estos|estas)(?:$|\s(?:{_DOES})\b)")
# What is said of pieces that are fine, or of those alone that came: then the number is not that of the others.
_FINE = re.compile(
    r"\b(?:fine|ok|okay|good|perfect|intact|whole|undamaged|only|just|keep|nur|heil|gut|ganz|behalten|seulement|bon|bien"
    r"|garder|solo|perfecto|quedar\w*)\b"
)

# Between a number and the option that it counts: "2 of the M", "1x black", "one in oat".
_BETWEEN = frozenset("of in x times size en von in the".split())
_ARTICLES = frozenset("a an un una une ein eine einen einer".split())
# "Swap them for one in oat": one may be any of them, or all.
_EXCHANGED_FOR = frozenset("for gegen por contre pour against".split())
_CHANGES = frozenset("swap exchange change swapping exchanging changing cambiar echanger changer tausche".split())


class Units(Enum):
    """What a message says of numbers when it gives none."""

    ALL = "all"
    UNCLEAR = "unclear"


def units_said(text: str, name: frozenset[str], left: int, *, missing: bool = False) -> int | Units:
    """How many of `left` pieces of a line are meant. `name` is the stems of the words that name it.

    Fewer than `left` only when the message says so; every statement has to come to the same. Where something is
    `missing`, the number of those that came is that of the others.
    """
    plain = fold(text)
    arrived = came(plain) or got_some(plain) if missing else []
    plain = _without(plain, arrived)
    said = {VALUE[found["n"]] for found in _PART.finditer(plain) if _about(found["rest"], name, left)}
    certain = bool(said)
    said |= {VALUE[found["n"]] for pattern in (_ALONE, _OBJECT) for found in pattern.finditer(plain)}
    said |= counted(plain, name)
    if missing and _OTHER.search(plain):
        said.add(1)
    some = {number for number in said if number < left} | _others(arrived, left)
    if left < 2 or not some:
        return Units.ALL
    if len(some) > 1 or (not certain and _ALL.search(plain)):
        return Units.UNCLEAR
    # Of two, one that came is one that is missing, and one that is fine leaves one that is not.
    return some.pop() if left == 2 or not _FINE.search(plain) else Units.UNCLEAR


def _others(arrived: Sequence[re.Match[str]], left: int) -> set[int]:
    """How many are missing, where the message says how many came."""
    return {left - count(hit, left) for hit in arrived if count(hit, left) < left}


def _without(plain: str, told: Sequence[re.Match[str]]) -> str:
    for found in sorted(told, key=lambda each: each.start(), reverse=True):
        plain = f"{plain[: found.start()]} {plain[found.end() :]}"
    return plain


def _about(rest: str, name: frozenset[str], left: int) -> bool:
    said = rest.split()
    pointed = bool(_THEM & set(said) or _THESE.match(rest))
    return pointed or bool(content_stems(rest) & name) or any(VALUE.get(word) == left for word in said)


def pieces_wanted(message: Message, named: Sequence[Mention], now: Mapping[str, str], left: int) -> int | Units:
    """How many of `left` pieces are to be another variant, where numbers stand before options: "one black, one oat".

    Pieces of what was bought stay as they are. `ALL` when the message counts no options.
    """
    groups = [(values(each), *_counted(message, each)) for each in grouped(message, named)]
    counted = [(said, number, before) for said, number, before in groups if number]
    stay = {number for said, number, _ in counted if said.items() <= now.items()}
    wanted = {(tuple(said.items()), number) for said, number, _ in counted if not said.items() <= now.items()}
    if left < 2 or not counted or (len(counted) < 2 and counted[0][2] in _ARTICLES):
        return Units.ALL
    if not wanted:
        changes = {number for _, number, before in counted if before in _CHANGES and number < left}
        return changes.pop() if len(changes) == 1 else Units.ALL
    number = next(iter(wanted))[1]
    if len(wanted) > 1 or len(stay) > 1 or (stay and number + sum(stay) != left) or number > left:
        return Units.UNCLEAR
    if number == left:
        return Units.ALL
    any_of_them = not stay and any(before in _EXCHANGED_FOR for _, _, before in counted)
    return Units.UNCLEAR if any_of_them else number


def _counted(message: Message, group: Sequence[Mention]) -> tuple[int, str]:
    """The number before an option and the word before that, or the number's own word when it is an article."""
    at = group[0].start - 1
    if is_refused(message, group[0]):
        return 0, ""
    while at > 0 and message.words[at] in _BETWEEN and at + 1 not in message.breaks:
        at -= 1
    word = message.words[at] if at >= 0 and at + 1 not in message.breaks else ""
    number = VALUE.get(word, 1 if word in _ARTICLES else 0)
    before = message.words[at - 1] if at > 0 else ""
    return number, word if word in _ARTICLES else before
