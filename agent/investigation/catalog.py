"""Which product, variant, attribute or code a message means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.investigation.found import Found, read_stock
from agent.investigation.vocabulary import ATTRIBUTE_WORDS, OPTION_WORDS
from agent.investigation.words import content_stems, fold, mentions, stem, words
from tools.commerce import LineItem, Product, Variant
from tools.ports import Readers

_CODE = re.compile(r"\b(?=[A-Z0-9]*[A-Z])[A-Z][A-Z0-9]{3,19}\b")
_NOT_CODES = frozenset({"HELLO", "PLEASE", "THANKS", "WHERE", "ORDER", "REFUND", "URGENT", "NEVER", "STILL", "HELP"})


def look_up_product(found: Found, readers: Readers) -> None:
    """The product a message asks about: by SKU, by its words, else the one of the order line meant."""
    found.product, found.variant = _by_sku(found, readers)
    if found.product is None:
        found.product = _by_words(found, readers) or _of_line(found, readers)
    if found.product is not None and found.variant is None:
        found.variant = named_variant(found.text, found.product.variants)
    for variant in found.product.variants if found.product else ():
        read_stock(found, readers, variant.id)


def _by_sku(found: Found, readers: Readers) -> tuple[Product | None, Variant | None]:
    for sku in found.classification.references.skus:
        hit = readers.catalog.variant(sku)
        if hit is not None:
            return hit
    return None, None


def _by_words(found: Found, readers: Readers) -> Product | None:
    said = content_stems(found.text)
    products = readers.catalog.find_products(found.text, 5)
    scored = [(len(content_stems(product.title) & said), -index, product) for index, product in enumerate(products)]
    best = max(scored, key=lambda item: item[:2], default=None)
    return best[2] if best is not None and best[0] > 0 else None


def _of_line(found: Found, readers: Readers) -> Product | None:
    return readers.catalog.product(found.lines[0].product_id) if len(found.lines) == 1 else None


def _option_stems(text: str) -> frozenset[str]:
    """Option words as the catalogue writes them: `talla L` and `large` both give `l`."""
    plain = [OPTION_WORDS.get(word, word) for word in words(text)]
    return frozenset(stem(word) if len(word) > 3 else word for word in plain)


def _fits(variant: Variant, said: frozenset[str]) -> int:
    return sum(1 for value in variant.options.values() if _option_stems(value) and _option_stems(value) <= said)


def named_variant(text: str, variants: Iterable[Variant]) -> Variant | None:
    """The one variant whose options are named in the text; None when none or several fit best."""
    said = _option_stems(text)
    scored = [(_fits(variant, said), variant) for variant in variants]
    top = max((score for score, _ in scored), default=0)
    best = [variant for score, variant in scored if score == top]
    return best[0] if top and len(best) == 1 else None


def look_up_swap(found: Found, readers: Readers) -> None:
    """What the customer wants instead of an order line: another variant of the same product."""
    if len(found.lines) != 1:
        return
    line = found.lines[0]
    product = readers.catalog.product(line.product_id)
    if product is None:
        return
    found.swap_line, found.swap = line, _wanted(found.text, line, product)
    for variant in product.variants:
        read_stock(found, readers, variant.id)


def _wanted(text: str, line: LineItem, product: Product) -> Variant | None:
    others = [variant for variant in product.variants if variant.id != line.variant_id]
    by_sku = [variant for variant in others if variant.sku and variant.sku.casefold() in text.casefold()]
    if by_sku:
        return by_sku[0]
    said = _option_stems(text)
    changed = [(_new_options(variant, line, said), variant) for variant in others]
    top = max((score for score, _ in changed), default=(0, 0))
    best = [variant for score, variant in changed if score == top]
    return best[0] if top[0] > 0 and len(best) == 1 else None


def _new_options(variant: Variant, line: LineItem, said: frozenset[str]) -> tuple[int, int]:
    """(options that differ from the line's and are named, options kept): what was asked for, and nothing besides."""
    differs = [name for name, value in variant.options.items() if line.options.get(name) != value]
    if not differs or not all(_option_stems(variant.options[name]) <= said for name in differs):
        return (0, 0)
    return (1, len(variant.options) - len(differs))


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


def asked_concepts(text: str) -> frozenset[str]:
    """Usual product properties that a text asks about, in any of the four languages."""
    plain = fold(text)
    return frozenset(concept for concept, said in ATTRIBUTE_WORDS.items() if any(word in plain for word in said))


def look_up_code(found: Found, readers: Readers) -> None:
    """The discount code that the message names."""
    for token in _CODE.findall(f"{found.ticket.subject} {found.text}".replace("#", " ")):
        code = readers.catalog.discount_code(token)
        if code is not None:
            found.code, found.code_named = code, token
            return
        if token not in _NOT_CODES and any(char.isdigit() for char in token) and not found.code_named:
            found.code_named = token
