"""What the words around an option say about it: asked for, refused, or neither; and which options are one wish."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from agent.investigation.options import Mention, Message

# Between a marker and the option it is about: "to a size M", "gegen die blaue".
FILLERS = frozenset(
    "a an the size sized colour color one ones in en it them el la le les un une una der die das dem den ein eine "
    "einen einer talla taille grosse farbe couleur nur please bitte svp".split()
)
WANTED_BEFORE = frozenset(
    "to for into as por para contre pour gegen auf zu want need needs prefer like make take quiero necesito "
    "prefiero querria quisiera voudrais veux prefere brauche mochte hatte lieber gern gerne against".split()
)
_WANTED_AFTER = frozenset("instead statt anstatt anstelle".split())
UNWANTED_BEFORE = frozenset(
    "from of statt anstatt anstelle von not no nicht pas than que received bought ordered recu".split()
)
OR = frozenset(("or", "o", "ou", "oder"))
_ANDED = frozenset("and y e et und or o ou oder".split())
_OF = frozenset("of von de d'entre".split())
_THEM = frozenset("them these those the my ellas ellos esos esas estos estas elles eux denen ihnen diesen".split())
# "Next to the indigo one": what it is compared with.
_BESIDE = frozenset("next close similar compared opposed identical used".split())
# "instead of L", "au lieu du L", "en lugar de la L": the last word of the phrase stands before the option.
_INSTEAD_OF = re.compile(
    r"(?:instead of|rather than|au lieu d[eu]|plutot que|en (?:lugar|vez) del?|anstelle von|anstatt|statt)\b"
)
# Whoever says one of these behind a wish may have another one now.
_CORRECTS = frozenset(
    "no wait actually sorry mean meant scratch better rather prefer fine good please but nein doch lieber besser "
    "stattdessen aber mejor perdon pero non plutot mieux mais pardon".split()
)
_NEAR = 2


def is_asked(message: Message, mention: Mention) -> bool:
    """Whether the words before or behind an option ask for it."""
    after = message.words[mention.end : mention.end + 3]
    follows = bool(_INSTEAD_OF.match(" ".join(after))) or bool(after and after[0] in _WANTED_AFTER)
    return follows or marker(message, mention.start) in WANTED_BEFORE


def is_refused(message: Message, mention: Mention) -> bool:
    """Whether the word before an option says that it is not wanted."""
    return marker(message, mention.start) in UNWANTED_BEFORE


def is_compared(message: Message, mention: Mention) -> bool:
    """Whether an option is only what something is compared with: "next to the indigo one"."""
    at = _marked_at(message, mention.start)
    return at > 0 and message.words[at] in ("to", "with") and message.words[at - 1] in _BESIDE


def marker(message: Message, start: int) -> str:
    """The nearest word before an option that says something about it; de/du/del count as part of "instead of"."""
    at = _marked_at(message, start)
    if at < 0:
        return ""
    word = message.words[at]
    if word in ("de", "du", "del") and at and message.words[at - 1] in ("lieu", "lugar", "vez"):
        return "of"
    # "One of them in oat" takes oat for one, and refuses nothing.
    return "" if word in _OF and message.words[at + 1] in _THEM else word


def _marked_at(message: Message, start: int) -> int:
    for at in range(start - 1, max(start - 5, -1), -1):
        if at + 1 in message.breaks:
            return -1
        word = message.words[at]
        if word and word not in FILLERS:
            return at
    return -1


def grouped(message: Message, named: Sequence[Mention]) -> list[list[Mention]]:
    """Options that stand together as one wish: a size and a colour with at most two words between them."""
    groups: list[list[Mention]] = [[each] for each in named[:1]]
    for before, each in pairwise(named):
        group = groups[-1]
        taken = each.option in {other.option for other in group}
        far = each.start - before.end > _NEAR or _ends_between(message, before, each)
        if taken or far:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _ends_between(message: Message, before: Mention, after: Mention) -> bool:
    """Whether a refusal or a wish begins between two options: "M instead of S" is no pair."""
    between = message.words[before.end : after.start]
    return bool(UNWANTED_BEFORE.intersection(between)) or bool(_WANTED_AFTER.intersection(between))


def one_wish(message: Message, named: Sequence[Mention], now: Mapping[str, str]) -> dict[str, str] | None:
    """The one complete wish of a message. None when none is complete, empty when it is not certain which one counts.

    A size of one wish and a colour of another is a variant that nobody asked for.
    """
    whole = [each for each in grouped(message, named) if len(each) == len(now) > 1]
    wishes = [each for each in whole if values(each) != now and not any(is_refused(message, one) for one in each)]
    if not wishes:
        return None
    asked = [each for each in wishes if any(is_asked(message, one) for one in each)]
    chosen = asked or wishes
    if any(values(each) != values(chosen[0]) for each in chosen):
        return {}
    rest = [each for each in named if _contradicts(each, values(chosen[0]), now) and not is_refused(message, each)]
    certain = not rest or (bool(asked) and not any(_may_count(message, chosen[0], each) for each in rest))
    return values(chosen[0]) if certain else {}


def values(group: Sequence[Mention]) -> dict[str, str]:
    """Option to value."""
    return {each.option: each.value for each in group}


def _contradicts(mention: Mention, wish: Mapping[str, str], now: Mapping[str, str]) -> bool:
    return mention.value not in (wish[mention.option], now.get(mention.option))


def _may_count(message: Message, wish: Sequence[Mention], other: Mention) -> bool:
    """Whether another value may be what is wanted after all: asked for as well, or said in correction."""
    since = message.words[wish[-1].end : other.end + _NEAR * 2] if other.start > wish[-1].start else ()
    joined = other.start > 0 and message.words[other.start - 1] in _ANDED
    return joined or is_asked(message, other) or bool(_CORRECTS.intersection(since))
