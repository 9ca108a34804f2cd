"""What a customer wants instead of an order line: another variant of the same product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.investigation.fallbacks import first_choice
from agent.investigation.found import Found, read_stock
from agent.investigation.naming import Said, lines_named
from agent.investigation.options import Mention, Message, values_of
from agent.investigation.units import Units, pieces_wanted
from agent.investigation.unknown import unknown_option
from agent.investigation.vocabulary import OPTION_WORDS, SIZES
from agent.investigation.wishes import OR, is_asked, is_compared, is_refused, one_wish
from agent.reading.words import fold
from tools.commerce import LineItem, Order, OrderStage, Product, Variant
from tools.ports import Readers

_ORDERED = frozenset(
    "ordered bought picked clicked chose chosen selected paid asked said lists listed pedi elegi compre encargue "
    "commande choisi pris demande devait achete bestellt gewahlt genommen gekauft sollte bestellte wahlte".split()
)
_WANTED = frozenset("wanted meant wollte wollten queria queriamos voulais voulait".split())
# Whoever says one of these may want what else is named.
_WISHES = frozenset(
    "please pls bitte svp favor instead statt rather lieber plutot mejor better besser fits exchange swap change "
    "tauschen umtauschen cambiar cambio echanger echange changer would want need mochte quiero voudrais".split()
)
_SWAPS = frozenset(("exchange_request", "change_order"))
_SIZE = r"(?:size|talla|taille|grosse|nummer|number)"
_UP = r"(?:up|bigger|larger|mas(?: grande)?|superior|au[ -]dessus|plus grande?|superieure|grosser|hoher)"
_DOWN = r"(?:down|smaller|menos|mas pequena|inferior|en[ -]dessous|au[ -]dessous|plus petite?|inferieure|kleiner)"
_NEXT_UP = (
    r"next (?:bigger |larger )?size(?: up)?\b(?! down)|next size up|nachst(?:e )?grosseren?|(?:bigger|larger) size"
    r"|(?:talla|tamano) (?:mayor|mas grande)|plus grande taille|grosseren? grosse"
)
_NEXT_DOWN = (
    r"next smaller size|next size down|nachst(?:e )?kleineren?|smaller size|(?:talla|tamano) (?:menor|mas pequen[ao])"
    r"|plus petite taille|kleineren? grosse"
)
# "Une taille plus petite" names a step and no size.
_STEP_WORDS = frozenset("petit petite grand grande gross grosse klein kleine pequena pequeno small large".split())
_EXACTLY_ONE = re.compile(r"\b(?:one|1|next|una|une|eine) (?:size|talla|taille|grosse|nummer)\b|\bnext |\bnachst")
_STEPS = (
    (1, re.compile(rf"\b(?:{_SIZE} {_UP}|{_NEXT_UP})\b")),
    (-1, re.compile(rf"\b(?:{_SIZE} {_DOWN}|{_NEXT_DOWN})\b")),
)


def look_up_swap(found: Found, readers: Readers) -> None:
    """The variant that is wanted instead of the one line meant, and what of the product is in stock."""
    if (only := _only_fitting(found, readers)) is not None:
        found.lines, found.lines_unclear, found.lines_named, found.lines_meant = [only], False, True, True
    if len(found.lines) != 1 or found.lines_unclear:
        return
    line = found.lines[0]
    product = readers.catalog.product(line.product_id)
    if product is None:
        return
    found.swap_line, found.swap_product = line, product
    found.other_came = _may_have_come(found.order) and other_came(found.text, line, product)
    found.came_as_ordered = _may_have_come(found.order) and came_as_ordered(found.text, line, product)
    found.swap = None if found.other_came else wanted_variant(found.text, line, product)
    if found.swap is None and not found.other_came and (found.product is None or found.product.id == product.id):
        found.unknown_option = unknown_wanted(found.text, line, product) or found.unknown_option
    _count_pieces(found, line, product)
    for variant in product.variants:
        read_stock(found, readers, variant.id)


def _only_fitting(found: Found, readers: Readers) -> LineItem | None:
    """The one line that comes in what is wanted: beside a mug, "M instead of L" is about the cardigan.

    None when what was understood fits already, when several lines come in it, or when something else was named.
    """
    order = found.order
    if order is None or len(order.lines) < 2 or found.classification.intent not in _SWAPS:
        return None
    named = lines_named(order.lines, Said.of(found.text, found.classification.language))
    if found.lines_unclear and not named:
        return None
    lines = named or [line for line in order.lines if _names_bought(found.text, line, readers)]
    fitting = [line for line in lines if _comes_in(found.text, line, readers)]
    singled = found.lines_told or not named or found.lines[:1] == fitting
    known = len(found.lines) == 1 and not found.lines_unclear and singled
    return fitting[0] if len(fitting) == 1 and not known else None


def _names_bought(text: str, line: LineItem, readers: Readers) -> bool:
    """Whether a message says how a line is now: "M instead of L". Without it, "a hat in M" may be about anything."""
    product = readers.catalog.product(line.product_id)
    if product is None:
        return False
    now = _bought(line, product)
    return any(now.get(each.option) == each.value for each in _message(text, line, product).mentions(product.variants))


def _comes_in(text: str, line: LineItem, readers: Readers) -> bool:
    product = readers.catalog.product(line.product_id) if line.left else None
    return product is not None and wanted_variant(text, line, product) is not None


def _count_pieces(found: Found, line: LineItem, product: Product) -> None:
    """How many pieces are to be another variant, where the message counts them: "one black and one oat"."""
    message = _message(_first_wanted(found.text, line, product), line, product)
    told = pieces_wanted(message, message.mentions(product.variants), _bought(line, product), line.left)
    if told is Units.UNCLEAR:
        found.units_unclear, found.units = True, {}
    elif isinstance(told, int):
        found.units_unclear, found.units = False, {**found.units, line.id: told}


def _may_have_come(order: Order | None) -> bool:
    """Whoever ordered another size than meant writes the same words about an order that has not left yet."""
    return order is not None and order.stage not in (OrderStage.PENDING, OrderStage.PROCESSING)


def other_came(text: str, line: LineItem, product: Product) -> bool:
    """Whether a message names the variant that was ordered as ordered, and another one without a wish for it."""
    message = _message(text, line, product)
    if _WISHES.intersection(message.words):
        return False
    now = _bought(line, product)
    named = [each for each in message.mentions(product.variants) if each.option in now]
    return any(
        _is_ordered(message, each) and any(other.option == each.option and other.value != each.value for other in named)
        for each in named
        if each.value == now[each.option]
    )


def came_as_ordered(text: str, line: LineItem, product: Product) -> bool:
    """Whether a message says that another variant was meant, and that the one on record is what came."""
    message, now = _message(text, line, product), _bought(line, product)
    named = [each for each in message.mentions(product.variants) if each.option in now]
    others = [each for each in named if each.value != now[each.option]]
    meant = {each.option for each in others if _is_ordered(message, each, _ORDERED | _WANTED)}
    return any(
        each.option in meant and each.value == now[each.option] and not _is_ordered(message, each) for each in named
    )


def _is_ordered(message: Message, mention: Mention, words: frozenset[str] = _ORDERED) -> bool:
    """Whether one of the few words before an option says that it was ordered: "I had clicked natural"."""
    return bool(words.intersection(message.words[max(0, mention.start - 3) : mention.start]))


def wanted_variant(text: str, line: LineItem, product: Product) -> Variant | None:
    """The one other variant that the message asks for; None when it asks for none, or it is not certain which."""
    text = _first_wanted(text, line, product)
    others = [variant for variant in product.variants if variant.id != line.variant_id]
    by_sku = [variant for variant in others if variant.sku and fold(variant.sku) in fold(text)]
    if len(by_sku) == 1:
        return by_sku[0]
    now = _bought(line, product)
    if unknown_option(_message(text, line, product), product.variants, now=now) is not None:
        return None
    wanted = _wanted_options(text, line, product)
    fits = [variant for variant in others if wanted and variant.options == {**now, **wanted}]
    return fits[0] if len(fits) == 1 else None


def unknown_wanted(text: str, line: LineItem, product: Product) -> str | None:
    """What is wanted instead and not sold of this product, as it was said; None when there is no such thing."""
    text, now = _first_wanted(text, line, product), _bought(line, product)
    said = unknown_option(_message(text, line, product), product.variants, now=now)
    if said is not None:
        return said
    wanted = {**now, **_wanted_options(text, line, product)}
    sold = [variant.options for variant in product.variants]
    return None if wanted in sold or now not in sold else ", ".join(wanted.values())


def _first_wanted(text: str, line: LineItem, product: Product) -> str:
    now = _bought(line, product)

    def names_wish(part: str) -> bool:
        named = _message(part, line, product).mentions(product.variants)
        return any(now.get(each.option) != each.value for each in named) or bool(_one_step(part, now, product, ()))

    return first_choice(text, names_wish)


def _bought(line: LineItem, product: Product) -> Mapping[str, str]:
    bought = product.variant(line.variant_id)
    return bought.options if bought is not None else line.options


def _message(text: str, line: LineItem, product: Product) -> Message:
    return Message.of(text, (product.title, line.title))


def _wanted_options(text: str, line: LineItem, product: Product) -> dict[str, str]:
    """Option name to the value wanted; nothing when two values are possible or the message contradicts the order."""
    message, now = _message(text, line, product), _bought(line, product)
    named = [each for each in message.mentions(product.variants) if not is_compared(message, each)]
    sized = [each for each in named if not is_refused(message, each) and message.words[each.start] not in _STEP_WORDS]
    stepped = _one_step(text, now, product, sized)
    if stepped is None:
        return {}
    named = [mention for mention in named if mention.option not in stepped]
    whole = one_wish(message, named, now)
    if whole is not None:
        return whole
    chosen: dict[str, str] = dict(stepped)
    for option in {mention.option: None for mention in named}:
        values = _values_wanted([each for each in named if each.option == option], message, now.get(option))
        if values is None or len(values) > 1:
            return {}
        chosen.update((option, value) for value in values)
    return chosen


def _values_wanted(named: Sequence[Mention], message: Message, now: str | None) -> set[str] | None:
    """The values asked for. None: what is plainly asked for is what was bought, so something is misunderstood."""
    refused = {each.value for each in named if is_refused(message, each)}
    asked = {each.value for each in named if is_asked(message, each)} - refused
    if asked == {now}:
        return None
    rest = {each.value for each in named} - refused
    either = any(message.words[each.start - 1] in OR for each in named if each.start)
    return (asked if asked and not either else rest) - {now}


def _one_step(text: str, now: Mapping[str, str], product: Product, named: Sequence[Mention]) -> dict[str, str] | None:
    """One size up or down from the size bought. None when another size is named than the one that it leads to."""
    plain = fold(text)
    steps = [step for step, shape in _STEPS if shape.search(plain)]
    ladder = _size_ladder(product)
    if len(steps) != 1 or ladder is None or now.get(ladder[0]) not in ladder[1]:
        return {}
    (option, sizes), (step,) = ladder, steps
    bought = sizes.index(now[option])
    if not 0 <= bought + step < len(sizes):
        return {}
    others = [each.value for each in named if each.option == option and each.value != now[option]]
    if set(others) <= {sizes[bought + step]}:
        return {option: sizes[bought + step]}
    # "A bigger size, XL please" says how much bigger.
    further = len(set(others)) == 1 and (sizes.index(others[0]) - bought) * step > 0
    return {option: others[0]} if further and not _EXACTLY_ONE.search(plain) else None


def _size_ladder(product: Product) -> tuple[str, list[str]] | None:
    """The option that has sizes, from the smallest on: by letters, by numbers, else as the catalogue lists them."""
    for option, values in values_of(product.variants).items():
        letters = [OPTION_WORDS.get(fold(value), "") for value in values]
        if all(letter in SIZES for letter in letters):
            return option, sorted(values, key=lambda value: SIZES.index(OPTION_WORDS[fold(value)]))
        numbers = [re.match(r"\d+", value) for value in values]
        if all(numbers):
            return option, sorted(values, key=lambda value: int(re.findall(r"\d+", value)[0]))
        if fold(option) in ("size", "talla", "taille", "grosse"):
            return option, values
    return None
