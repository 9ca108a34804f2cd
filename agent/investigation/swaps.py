"""What a customer wants instead of an order line: another variant of the same product."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.investigation.found import Found, read_stock
from agent.investigation.options import Mention, Message, values_of
from agent.investigation.vocabulary import OPTION_WORDS, SIZES
from agent.investigation.words import fold
from tools.commerce import LineItem, Order, OrderStage, Product, Variant
from tools.ports import Readers

# Between a marker and the option it is about: "to a size M", "gegen die blaue".
_FILLERS = frozenset(
    "a an the size sized colour color one ones in en it them el la le les un une una der die das den ein eine einen "
    "talla taille grosse farbe couleur nur please bitte svp".split()
)
_WANTED_BEFORE = frozenset(
    "to for into as por para contre pour gegen auf zu want need needs prefer like make take quiero necesito "
    "prefiero querria quisiera voudrais veux prefere brauche mochte hatte lieber gern gerne against".split()
)
_WANTED_AFTER = frozenset("instead statt anstatt anstelle".split())
_UNWANTED_BEFORE = frozenset(
    "from of statt anstatt anstelle von not no nicht pas than que received bought ordered recu".split()
)
_ORDERED = frozenset(
    "ordered bought picked clicked chose chosen selected paid asked said lists listed pedi elegi compre encargue "
    "commande choisi pris demande devait achete bestellt gewahlt genommen gekauft sollte bestellte wahlte".split()
)
# Whoever says one of these may want what else is named.
_WISHES = frozenset(
    "please pls bitte svp favor instead statt rather lieber plutot mejor better besser fits exchange swap change "
    "tauschen umtauschen cambiar cambio echanger echange changer would want need mochte quiero voudrais".split()
)
_OR = frozenset(("or", "o", "ou", "oder"))
# "instead of L", "au lieu du L", "en lugar de la L": the last word of the phrase stands before the option.
_INSTEAD_OF = re.compile(
    r"(?:instead of|rather than|au lieu d[eu]|plutot que|en (?:lugar|vez) del?|anstelle von|anstatt|statt)\b"
)
_SIZE = r"(?:size|talla|taille|grosse|nummer|number)"
_UP = r"(?:up|bigger|larger|mas(?: grande)?|superior|au[ -]dessus|plus grande?|superieure|grosser|hoher)"
_DOWN = r"(?:down|smaller|menos|mas pequena|inferior|en[ -]dessous|au[ -]dessous|plus petite?|inferieure|kleiner)"
_NEXT_UP = r"next (?:bigger |larger )?size(?: up)?\b(?! down)|next size up|nachst(?:e )?grosseren?"
_NEXT_DOWN = r"next smaller size|next size down|nachst(?:e )?kleineren?"
_STEPS = (
    (1, re.compile(rf"\b(?:{_SIZE} {_UP}|{_NEXT_UP})\b")),
    (-1, re.compile(rf"\b(?:{_SIZE} {_DOWN}|{_NEXT_DOWN})\b")),
)


def look_up_swap(found: Found, readers: Readers) -> None:
    """The variant that is wanted instead of the one line meant, and what of the product is in stock."""
    if len(found.lines) != 1 or found.lines_unclear:
        return
    line = found.lines[0]
    product = readers.catalog.product(line.product_id)
    if product is None:
        return
    found.swap_line, found.swap_product = line, product
    found.other_came = _may_have_come(found.order) and other_came(found.text, line, product)
    found.swap = None if found.other_came else wanted_variant(found.text, line, product)
    for variant in product.variants:
        read_stock(found, readers, variant.id)


def _may_have_come(order: Order | None) -> bool:
    """Whoever ordered another size than meant writes the same words about an order that has not left yet."""
    return order is not None and order.stage not in (OrderStage.PENDING, OrderStage.PROCESSING)


def other_came(text: str, line: LineItem, product: Product) -> bool:
    """Whether a message names the variant that was ordered as ordered, and another one without a wish for it."""
    message = Message.of(text, (product.title, line.title))
    if _WISHES.intersection(message.words):
        return False
    bought = product.variant(line.variant_id)
    now = bought.options if bought is not None else line.options
    named = [each for each in message.mentions(product.variants) if each.option in now]
    return any(
        _is_ordered(message, each) and any(other.option == each.option and other.value != each.value for other in named)
        for each in named
        if each.value == now[each.option]
    )


def _is_ordered(message: Message, mention: Mention) -> bool:
    """Whether one of the few words before an option says that it was ordered: "I had clicked natural"."""
    return bool(_ORDERED.intersection(message.words[max(0, mention.start - 3) : mention.start]))


def wanted_variant(text: str, line: LineItem, product: Product) -> Variant | None:
    """The one other variant that the message asks for; None when it asks for none, or it is not certain which."""
    others = [variant for variant in product.variants if variant.id != line.variant_id]
    by_sku = [variant for variant in others if variant.sku and fold(variant.sku) in fold(text)]
    if len(by_sku) == 1:
        return by_sku[0]
    bought = product.variant(line.variant_id)
    now = bought.options if bought is not None else line.options
    wanted = _wanted_options(text, now, product, (product.title, line.title))
    fits = [variant for variant in others if wanted and variant.options == {**now, **wanted}]
    return fits[0] if len(fits) == 1 else None


def _wanted_options(text: str, now: Mapping[str, str], product: Product, titles: Sequence[str]) -> dict[str, str]:
    """Option name to the value wanted; nothing when two values are possible or the message contradicts the order."""
    message = Message.of(text, titles)
    named = message.mentions(product.variants)
    stepped = _one_step(text, now, product)
    if stepped:
        named = [mention for mention in named if mention.option not in stepped]
    chosen: dict[str, str] = dict(stepped)
    for option in {mention.option: None for mention in named}:
        values = _values_wanted([each for each in named if each.option == option], message, now.get(option))
        if values is None or len(values) > 1:
            return {}
        chosen.update((option, value) for value in values)
    return chosen


def _values_wanted(named: Sequence[Mention], message: Message, now: str | None) -> set[str] | None:
    """The values asked for. None: what is plainly asked for is what was bought, so something is misunderstood."""
    refused = {each.value for each in named if _is_refused(message, each)}
    asked = {each.value for each in named if _is_asked(message, each)} - refused
    if asked == {now}:
        return None
    rest = {each.value for each in named} - refused
    either = any(message.words[each.start - 1] in _OR for each in named if each.start)
    return (asked if asked and not either else rest) - {now}


def _is_asked(message: Message, mention: Mention) -> bool:
    after = message.words[mention.end : mention.end + 3]
    follows = bool(_INSTEAD_OF.match(" ".join(after))) or bool(after and after[0] in _WANTED_AFTER)
    return follows or _marker(message, mention) in _WANTED_BEFORE


def _is_refused(message: Message, mention: Mention) -> bool:
    return _marker(message, mention) in _UNWANTED_BEFORE


def _marker(message: Message, mention: Mention) -> str:
    """The nearest word before an option that says something about it; de/du/del count as part of "instead of"."""
    for at in range(mention.start - 1, max(mention.start - 5, -1), -1):
        word = message.words[at]
        if word in ("de", "du", "del") and message.words[at - 1] in ("lieu", "lugar", "vez"):
            return "of"
        if word and word not in _FILLERS:
            return word
    return ""


def _one_step(text: str, now: Mapping[str, str], product: Product) -> dict[str, str]:
    """One size up or down from the size bought."""
    plain = fold(text)
    steps = [step for step, shape in _STEPS if shape.search(plain)]
    ladder = _size_ladder(product)
    if len(steps) != 1 or ladder is None or now.get(ladder[0]) not in ladder[1]:
        return {}
    option, sizes = ladder
    at = sizes.index(now[option]) + steps[0]
    return {option: sizes[at]} if 0 <= at < len(sizes) else {}


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
