"""Which product, variant, attribute or code a message means."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.investigation.found import Found, read_stock
from agent.investigation.naming import Said
from agent.investigation.nouns import in_english, things_titled
from agent.investigation.options import Message, named_variant
from agent.investigation.orders import OF_THE_SHOP
from agent.investigation.unknown import not_sold_together, unknown_option
from agent.investigation.vocabulary import ATTRIBUTE_WORDS
from agent.reading.words import fold, mentions, title_stems
from tools.commerce import Product, Variant
from tools.ports import Readers

_CODE = re.compile(r"(?<![\w#@.-])[A-Za-z][A-Za-z0-9]{3,19}(?![\w@-])")
MOST_CODES, MOST_PRODUCTS = 6, 5
_OF_A_PRODUCT = frozenset(("product_question", "stock_availability"))
# From the beginning of a word: rain is not in "training", and what goes into the dishwasher is not washed by hand.
_ATTRIBUTES = {
    concept: re.compile("|".join(rf"\b{re.escape(word.strip())}" for word in said))
    for concept, said in ATTRIBUTE_WORDS.items()
}
_NOT_CODES = frozenset({"HELLO", "PLEASE", "THANKS", "WHERE", "ORDER", "REFUND", "URGENT", "NEVER", "STILL", "HELP"})


def look_up_product(found: Found, readers: Readers) -> None:
    """The product a message asks about: by SKU, by its words, or the one of the order line meant.

    Of what was ordered the line says which product it is: "charge the same card" names no gift card.
    """
    found.product, found.variant = _by_sku(found, readers)
    if found.product is None:
        asks = (_by_words, _of_line) if _of_the_shop(found) else (_of_line, _by_words)
        found.product = asks[0](found, readers) or asks[1](found, readers)
    if found.product is not None and found.variant is None:
        found.unknown_option = _not_sold(found, found.product)
        if found.unknown_option is None:
            found.variant = named_variant(found.text, found.product.variants, (found.product.title,))
    for variant in found.product.variants if found.product else ():
        read_stock(found, readers, variant.id)


def _of_the_shop(found: Found) -> bool:
    """Whether what is asked is about what the shop sells: alone, or besides, and of nothing that the order holds."""
    said = found.classification
    return said.intent in OF_THE_SHOP or (not found.lines_named and not _OF_A_PRODUCT.isdisjoint(said.intents))


def _not_sold(found: Found, product: Product) -> str | None:
    """The size or colour asked for that the product does not come in."""
    message = Message.of(found.text, (product.title,))
    things = Said.of(found.text, found.classification.language).things
    called = [word for word, said in things.items() if said & things_titled(product.title)]
    said = unknown_option(message, product.variants, called=called)
    return said or not_sold_together(message, product.variants)


def _by_sku(found: Found, readers: Readers) -> tuple[Product | None, Variant | None]:
    for sku in found.classification.references.skus:
        hit = readers.catalog.variant(sku)
        if hit is not None:
            return hit
    return None, None


def _by_words(found: Found, readers: Readers) -> Product | None:
    """The product that shares most words with the message; none when two share as many."""
    said = Said.of(found.text, found.classification.language)
    query = " ".join((*sorted(in_english(thing for things in said.things.values() for thing in things)), *said.stems))
    scored = [(_shared(product, said), product) for product in readers.catalog.find_products(query, MOST_PRODUCTS)]
    top = max((score for score, _ in scored), default=0)
    best = [product for score, product in scored if score == top]
    return best[0] if top and len(best) == 1 else None


def _shared(product: Product, said: Said) -> int:
    """Words of the title first; of two alike, the one that is the thing the message names."""
    exact = len(title_stems(product.title) & said.stems)
    thing = any(things & things_titled(product.title) for things in said.things.values())
    return exact * 2 + thing


def _of_line(found: Found, readers: Readers) -> Product | None:
    return readers.catalog.product(found.lines[0].product_id) if len(found.lines) == 1 else None


def attribute_of(text: str, product: Product) -> tuple[str, str] | None:
    """The product attribute that the message asks about."""
    asked = asked_concepts(text)
    for name, value in product.attributes.items():
        if mentions(text, name.replace("_", " ")) or concept_of(name) in asked:
            return name, value
    return None


def concept_of(attribute: str) -> str:
    """The concept behind an attribute's name; the name itself when it is not a usual one."""
    found = asked_concepts(attribute.replace("_", " "))
    return next(iter(sorted(found)), attribute)


@lru_cache(maxsize=256)
def asked_concepts(text: str) -> frozenset[str]:
    """Usual product properties that a text asks about, in any of the four languages."""
    plain = fold(text)
    return frozenset(concept for concept, shape in _ATTRIBUTES.items() if shape.search(plain))


def look_up_code(found: Found, readers: Readers) -> None:
    """The discount code that the message names: one that exists, else one that looks like a code."""
    tokens = _code_tokens(found)
    for token in tokens[:MOST_CODES]:
        code = readers.catalog.discount_code(token)
        if code is not None:
            found.code, found.code_named = code, code.code
            return
    found.code_named = next((token for token in tokens if token.isupper() and _has_digit(token)), "")


def _code_tokens(found: Found) -> list[str]:
    """What may be a code, most likely first: with a digit, in capitals. What is known to be something else is not."""
    named = found.classification.references
    known = {fold(other) for other in (*named.order_numbers, *named.skus, *named.tracking_numbers)}
    said = dict.fromkeys(_CODE.findall(f"{found.ticket.subject} {found.text}"))
    tokens = [token for token in said if fold(token) not in known and token.upper() not in _NOT_CODES]
    likely = [token for token in tokens if token.isupper() or (_has_digit(token) and not token.isdigit())]
    return sorted(likely, key=lambda token: (not _has_digit(token), not token.isupper()))


def _has_digit(token: str) -> bool:
    return any(char.isdigit() for char in token)
