"""Which lines of an order a message means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.investigation.found import Found, read_stock
from agent.investigation.kept import clauses, narrowed
from agent.investigation.nouns import things_said, things_titled
from agent.investigation.units import Units, units_said
from agent.investigation.words import content_stems, fold, stem, title_stems
from tools.commerce import LineItem, Order, OrderStage
from tools.ports import Readers

_WORD = 10
"""Points of a word that names a line. An option has one: alone it singles nothing out."""
_WHOLE = re.compile(
    r"\b(?:(?:whole|entire|complete|full) (?:order|thing|parcel|purchase|package|lot)|the lot|every (?:single )?item"
    r"|(?:refund|return|returning|exchange|cancel|send|sending|back|keep) (?:me )?(?:for )?everything"
    r"|everything (?:in|from|on|back|i (?:got|bought|ordered)|that|we)"
    r"|all (?:of )?(?:it|them|(?:the |my |these )?items|(?:two|three|four|five|\d) (?:of them|items))"
    r"|todo (?:el pedido|lo que|de vuelta)|pedido (?:completo|entero)|todos los (?:articulos|productos)|la totalidad"
    r"|(?:devolver|devuelvo|reembols\w+|cancelar|por) todo"
    r"|toute (?:la|ma) commande|commande (?:entiere|complete)|tous les (?:articles|produits)|l'ensemble|la totalite"
    r"|(?:retourner|renvoyer|rembours\w+|annuler) (?:le )?tout|tout (?:ce que|renvoyer|retourner)"
    r"|(?:ganze|komplette|gesamte|vollstandige)n? (?:bestellung|sendung|lieferung|paket)|das ganze"
    r"|alles (?:zuruck|aus|von|in der|in meiner)|(?:alle|samtliche) (?:artikel|sachen|teile|produkte))\b"
)
_NOT_THERE = frozenset({"missing_item", "not_received"})
_ASKED = frozenset({"return_policy", "product_question", "stock_availability", "promotion", "delivery_estimate"})
_EXCEPT = re.compile(r"\s?,?\s?(?:but|except|apart from|other than|menos|excepto|salvo|sauf|excepte|ausser|bis auf)\b")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a message says about things: its words, and what they stand for."""

    plain: str
    stems: frozenset[str]
    things: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, text: str, language: str) -> Said:
        """Of a message in this language."""
        return cls(plain=fold(text), stems=content_stems(text), things=things_said(text, language))

    def naming(self, line: LineItem) -> frozenset[str]:
        """The words of the message (as stems) that name this line."""
        if line.sku and fold(line.sku) in self.plain:
            return frozenset({fold(line.sku)})
        is_a = things_titled(line.title) | things_titled(line.category)
        called = (stem(word) for word, things in self.things.items() if things & is_a)
        return (title_stems(line.title) & self.stems) | frozenset(called)

    def score(self, line: LineItem) -> int:
        """How well a line fits; its options only decide between lines that are named alike."""
        exact = len(title_stems(line.title) & self.stems)
        named = len(self.naming(line)) + bool(exact)
        return named * _WORD + len(title_stems(" ".join(line.options.values())) & self.stems)

    @property
    def whole(self) -> bool:
        """Whether the message speaks of the whole order."""
        return bool(_WHOLE.search(self.plain))

    @property
    def excepting(self) -> bool:
        """Whether what it names is what is left out: "everything but the mug"."""
        found = _WHOLE.search(self.plain)
        return bool(found and _EXCEPT.match(self.plain, found.end()))


def best_orders(orders: Sequence[Order], said: Said) -> list[Order]:
    """The orders with the line that is named best; none when no line of any is named."""
    scored = [(max((said.score(line) for line in order.lines), default=0), order) for order in orders]
    top = max((score for score, _ in scored), default=0)
    return [order for score, order in scored if score == top] if top >= _WORD else []


def lines_named(lines: Sequence[LineItem], said: Said) -> list[LineItem]:
    """Every line that is named, but not one whose words name another line better: "linen sheets" is no linen cover."""
    found = [(said.naming(line), said.score(line), line) for line in lines]
    named = [each for each in found if each[0]]
    return [line for words, score, line in named if not any(_better(words, score, other) for other in named)]


def _better(words: frozenset[str], score: int, other: tuple[frozenset[str], int, LineItem]) -> bool:
    return words < other[0] or (words == other[0] and score < other[1])


def look_up_lines(found: Found, readers: Readers) -> None:
    """The order lines that the message means, and their stock."""
    if found.order is None:
        return
    lines, said = found.order.lines, Said.of(found.text, found.classification.language)
    found.lines_unclear = _unclear(found, found.order, readers)
    found.lines_named = not found.lines_unclear and (said.whole or bool(lines_named(lines, said)))
    named, certain = (lines, False) if found.lines_unclear else _meant(said, lines)
    if certain and len(lines) > 1:
        named, certain = _set_apart(found, lines, named)
    found.lines, found.lines_meant = _not_made_good(found, named), certain
    _count(found, said)
    for line in found.lines:
        read_stock(found, readers, line.variant_id)


def _unclear(found: Found, order: Order, readers: Readers) -> bool:
    # It reads lines with the words of this module: at the top it would be a circle.
    from agent.investigation.objects import unclear

    said = found.classification
    return unclear(found.text, said.language, said.intents, order, readers.catalog.find_products)


def _count(found: Found, said: Said) -> None:
    """How many pieces are meant where a line has several."""
    several = [line for line in found.lines if line.left > 1]
    if said.whole or not several:
        return
    told = {line.id: units_said(found.text, said.naming(line), line.left) for line in several}
    some = {line_id: units for line_id, units in told.items() if isinstance(units, int)}
    # "One of the two" beside two lines of two: nobody knows which line it is said of.
    found.units_unclear = Units.UNCLEAR in told.values() or (len(several) > 1 and bool(some))
    found.units = {} if found.units_unclear else some


def _meant(said: Said, lines: Sequence[LineItem]) -> tuple[Sequence[LineItem], bool]:
    singled = lines_named(lines, said)
    if said.excepting and 0 < len(singled) < len(lines):
        return [line for line in lines if line not in singled], True
    if singled:
        return singled, True
    return lines, said.whole or len(lines) == 1


def _set_apart(found: Found, lines: Sequence[LineItem], named: Sequence[LineItem]) -> tuple[Sequence[LineItem], bool]:
    """The lines meant, without those that the message leaves as they are."""
    intents, language = set(found.classification.intents), found.classification.language
    asides = len(intents) > 1 and bool(intents & _ASKED)
    told = clauses(found.text, missing=bool(intents & _NOT_THERE), asides=asides, language=language)
    keys = [frozenset(line.id for line in lines_named(named, Said.of(each.text, language))) for each in told]
    apart = narrowed(keys, told)
    if apart is None:
        return named, True
    ids, certain = apart
    rest = [line for line in lines if (line.id in ids if ids else line not in named)]
    return (rest, certain) if rest else (named, True)


def _not_made_good(found: Found, lines: Sequence[LineItem]) -> Sequence[LineItem]:
    """Without lines that were refunded, come back or were sent again, as long as others are left: "after the mug"."""
    again = [
        line.id
        for order in found.orders
        if found.order is not None
        and order.replaces_order_id == found.order.id
        and order.stage is not OrderStage.CANCELLED
        for line in order.lines
    ]
    left = [line for line in lines if line.left - again.count(line.id) > 0]
    return left or lines


def look_up_prices(found: Found, readers: Readers) -> None:
    """What the catalogue asks today for the lines meant; nothing to one who was given credit since the order.

    That credit may have been for the same drop, and nothing is offered twice.
    """
    order = found.order
    credits_given = readers.customers.store_credits(order.customer_id) if order else ()
    if order is None or any(credit.at >= order.placed_at for credit in credits_given):
        return
    for line in found.lines:
        product = readers.catalog.product(line.product_id) if line.product_id else None
        variant = product.variant(line.variant_id) if product is not None and line.variant_id else None
        if variant is not None:
            found.prices[variant.id] = variant.price
