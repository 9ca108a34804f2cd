"""A size or colour that a message asks for and the product does not have: nobody is told that it is sold out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from agent.investigation.options import Mention, Message, values_of
from agent.investigation.vocabulary import COLOURS, OPTION_WORDS, SIZES
from agent.investigation.wishes import UNWANTED_BEFORE, WANTED_BEFORE, marker
from agent.reading.words import stem, tokens
from tools.commerce import Variant

# These mean something else more often: "clear answer", "mon argent".
_VAGUE = frozenset("clear klar argent cafe carbon".split())
_MODIFIERS = frozenset("dark light bright deep pale hell dunkel claro oscuro fonce clair clara oscura".split())
_IN = frozenset(("in", "en"))
_KIND = frozenset("a an der die das size talla taille tamano grosse color colour farbe couleur".split())
_HAVE = frozenset("have has got any gibt habt haben hay tienen teneis avez il-y-a stock".split())
# What a wish goes on with. Another word is what the colour is said of: "for a black tie dinner".
_GOES_ON = frozenset(
    "one ones please pls plz bitte svp merci thanks thank gracias danke instead statt and or y o u e et ou und oder in "
    "en for if is are was be at right now still also too as available left on with from anywhere size colour color "
    "version variant option model when before soon by to of but that this it there i we you my the would do does can "
    "could will have has somewhere zurzeit gerade noch da auf verfugbar vorratig lieferbar im momentan aktuell "
    "disponible dispo disponibles hay ahora actualmente para por de du des le la pour si actuellement maintenant "
    "encore toujours auch mehr gibt habt haben wenn fur zu zur anstatt anstelle au tambien aussi que not no nicht "
    "non pas rather than wieder back yet".split()
)
_OWN = frozenset(
    "my our his her hers their mein meine meiner unser unsere mi mis nuestra nuestro mon ma mes notre".split()
)
_LONGEST_NUMBER = 4
Span = tuple[int, int]


def unknown_option(
    message: Message,
    variants: Sequence[Variant],
    *,
    now: Mapping[str, str] | None = None,
    called: Collection[str] = (),
) -> str | None:
    """The size or colour that is asked for and that no variant has, as it was said.

    Args:
        message: With the titles of the product.
        variants: Of the product.
        now: The options of what was bought. With it only a wish for something else counts.
        called: Words of the message that stand for the product.
    """
    named = message.mentions(variants)
    found = [span for span in _spans(message, variants, named) if _is_wish(message, span, named, now, called)]
    if not found:
        return None
    start, end = found[0]
    return " ".join(message.spelled[start:end])


def not_sold_together(message: Message, variants: Sequence[Variant]) -> str | None:
    """A combination of named values that no variant has: "750 ml, Cream". None when it is not certain what is meant."""
    named = {(each.option, each.value) for each in message.mentions(variants)}
    single = len({option for option, _ in named}) == len(named) > 1
    sold = any(named <= set(variant.options.items()) for variant in variants)
    return (
        ", ".join(dict(named)[name] for name in values_of(variants) if name in dict(named))
        if single and not sold
        else None
    )


def _spans(message: Message, variants: Iterable[Variant], named: Sequence[Mention]) -> list[Span]:
    """Where sizes and colours stand that the product does not have; neighbours in one piece: "navy blue"."""
    values = [tokens(value) for known in values_of(variants).values() for value in known]
    own = {word for value in values for word in message.of(" ".join(value)).plain}
    letters = any(OPTION_WORDS.get(value[0], "") in SIZES for value in values if len(value) == 1)
    units = {message.of(value[1]).plain[0] for value in values if len(value) > 1 and value[0].isdigit()}
    taken = {at for each in named for at in range(each.start, each.end)}
    found: list[Span] = []
    for at in range(len(message.words)):
        end = _end(message, at, own, letters=letters, units=units)
        beside = OPTION_WORDS.get(message.words[at]) in COLOURS and _colours(named, at - 1, end)
        if not end or at in taken or beside:
            continue
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], end)
        else:
            found.append((at, end))
    return found


def _colours(named: Sequence[Mention], *places: int) -> bool:
    """Whether a colour is named at one of these places: in "navy blue" blue is none of its own."""
    beside = [each for each in named if each.start in places or each.end - 1 in places]
    return any(OPTION_WORDS.get(word) in COLOURS for each in beside for word in tokens(each.value))


def _end(message: Message, at: int, own: Collection[str], *, letters: bool, units: Collection[str]) -> int:
    """The end of a size or colour that begins here; 0 when none does that the product lacks."""
    word, plain = message.words[at], message.plain[at]
    if word.isdigit():
        behind = message.plain[at + 1] if at + 1 < len(message.plain) else ""
        number = behind in units and word not in own and len(word) <= _LONGEST_NUMBER
        return at + 2 if number else 0
    known = OPTION_WORDS.get(word, plain)
    if word in _VAGUE or plain in own:
        return 0
    if known in COLOURS:
        return at + 1
    # "The small one" of two flasks is no S.
    spoken = letters or (word in SIZES and (len(word) > 1 or message.spelled[at].isupper()))
    return at + 1 if known in SIZES and spoken else 0


def _is_wish(
    message: Message, span: Span, named: Sequence[Mention], now: Mapping[str, str] | None, called: Collection[str]
) -> bool:
    start = _back_over(message, span[0], _MODIFIERS)
    said = marker(message, start)
    if said in UNWANTED_BEFORE or _of_something_else(message, span, start, named, called):
        return False
    kind = _back_over(message, start, _KIND)
    if kind and message.words[kind - 1] in _IN and kind not in message.breaks:
        return True
    wanted = said in WANTED_BEFORE or (now is None and said in _HAVE)
    return wanted or _beside(message, span, named, now) or (now is None and _of_product(message, span, called))


def _of_something_else(
    message: Message, span: Span, start: int, named: Sequence[Mention], called: Collection[str]
) -> bool:
    """Whether it is said of another thing: "a black tie dinner", "my kitchen is in blue"."""
    at = span[1] + (span[1] < len(message.words) and message.words[span[1]] in _MODIFIERS)
    open_end = at >= len(message.words) or at in message.breaks
    goes_on = open_end or message.words[at] in _GOES_ON or message.words[at] in OPTION_WORDS or at in _starts(named)
    if not goes_on and not _is_product(message, at, called):
        return True
    for before in range(start - 1, max(start - 6, -1), -1):
        if before + 1 in message.breaks:
            return False
        if message.words[before] in _OWN:
            return not any(_is_product(message, place, called) for place in range(before + 1, span[0]))
    return False


def _starts(named: Iterable[Mention]) -> set[int]:
    return {each.start for each in named}


def _is_product(message: Message, at: int, called: Collection[str]) -> bool:
    word = message.words[at]
    return word == "" or word in called or stem(word) in message.titled


def _beside(message: Message, span: Span, named: Sequence[Mention], now: Mapping[str, str] | None) -> bool:
    """Whether it stands by an option that is wanted: "M in black", "the black M"."""
    for each in named:
        near = 0 <= span[0] - each.end <= 2 or 0 <= each.start - span[1] <= 2
        bought = now is not None and now.get(each.option) == each.value
        if near and not bought and not message.broken(min(span[0], each.start), max(span[0], each.start)):
            return True
    return False


def _of_product(message: Message, span: Span, called: Collection[str]) -> bool:
    """Whether the product itself stands beside it: "a red teapot", "Everyday Tee XXL", "the blue one"."""
    before, behind = span[0] - 1, span[1]
    follows = behind < len(message.words) and (
        _is_product(message, behind, called) or message.words[behind] in ("one", "ones", "available")
    )
    return follows or (before >= 0 and _is_product(message, before, called) and span[0] not in message.breaks)


def _back_over(message: Message, at: int, words: Collection[str]) -> int:
    while at and message.words[at - 1] in words and at not in message.breaks:
        at -= 1
    return at
