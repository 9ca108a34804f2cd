"""Folding of what people type: order numbers, SKUs, e-mail addresses, and the words a product is found by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tools.commerce import Product

_WORD = re.compile(r"\w+(?:[-./]\w+)*")
_PART = re.compile(r"\w+")
_LONGEST = 64


def folded(text: str) -> str:
    """`text` as it is compared: no surrounding space, no case."""
    return text.strip().casefold()


def number_key(number: str) -> str:
    """An order number as customers write it, with or without `#`."""
    return folded(number).lstrip("#").strip()


def words(text: str) -> list[str]:
    """The words of a text without accents, case and plural s; a SKU counts whole and in parts."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    found: list[str] = []
    for word in _WORD.findall(plain):
        parts = _PART.findall(word)
        found += [word, *parts] if len(parts) > 1 else parts
    return [_singular(word)[:_LONGEST] for word in found]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def product_words(product: Product) -> dict[str, int]:
    """Word -> weight: 5 for SKUs, 3 for the title, 2 for category and tags, 1 for options and attributes."""
    weights: dict[str, int] = {}
    for weight, texts in _texts(product):
        for word in (word for text in texts for word in words(text)):
            weights[word] = max(weight, weights.get(word, 0))
    return weights


def _texts(product: Product) -> Iterable[tuple[int, list[str]]]:
    yield 5, [variant.sku for variant in product.variants]
    yield 3, [product.title]
    yield 2, [product.category, *product.tags]
    yield 1, [text for variant in product.variants for text in (variant.title, *variant.options.values())]
    yield 1, [text for pair in product.attributes.items() for text in pair]
