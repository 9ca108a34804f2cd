"""Which things a message names, and with which words: lines of orders, all of an order, what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.investigation.nouns import things_said, things_titled
from agent.reading.words import content_stems, fold, stem, title_stems
from tools.commerce import LineItem, Order

_WORD = 10
"""Points of a word that names a line. An option has one: alone it singles nothing out."""
WHOLE = re.compile(
    r"\b(?:(?:whole|entire|complete|full) (?:order|thing|parcel|purchase|package|lot)|the lot|every (?:single )?item"
    r"|(?:refund|return|returning|exchange|cancel|send|sending|back|keep) (?:me )?(?:for )?everything"
    r"|everything (?:in|from|on|back|i (?:got|bought|ordered)|that|we)"
    r"|(?:everything|all|alles|todo|tout|tutto|tudo)"
    r"(?=\s?,?\s?(?:but|except|ausser|bis auf|menos|salvo|sauf|excepto|excepte)\b)"
    r"|all (?:of )?(?:order )?#?\d{4,}"
    r"|all (?:of )?(?:it|them|(?:the |my |these )?items|(?:two|three|four|five|\d) (?:of them|items))"
    r"|all (?:the |my |of the |of my )?(?:two|three|four|five|six|\d) (?:items|things|pieces|articles|products)"
    r"|alle (?:zwei|drei|vier|funf|\d) (?:artikel|sachen|teile|produkte)"
    r"|(?:l[oa]s) (?:dos|tres|cuatro|cinco|\d) (?:articulos|cosas|productos)"
    r"|les (?:deux|trois|quatre|cinq|\d) (?:articles|choses|produits)"
    r"|todo (?:el pedido|lo que|de vuelta)|pedido (?:completo|entero)|todos los (?:articulos|productos)|la totalidad"
    r"|(?:devolver|devuelvo|reembols\w+|cancelar|por) todo"
    r"|toute (?:la|ma) commande|commande (?:entiere|complete)|tous les (?:articles|produits)|l'ensemble|la totalite"
    r"|(?:retourner|renvoyer|rembours\w+|annuler) (?:le )?tout|tout (?:ce que|renvoyer|retourner)"
    r"|(?:ganze|komplette|gesamte|vollstandige)n? (?:bestellung|sendung|lieferung|paket)|das ganze"
    r"|(?:for|send|sending|return|returning|refund|exchange|swap|keep|give|giving) all (?:two|three|four|five|six)"
    r"|all (?:two|three|four|five|six) (?:in|for|of|are|is|go|going|should|can|will|must)"
    r"|alles (?:bitte |wieder )?(?:zuruck\w*|retour\w*|umtausch\w*|stornier\w*)|alles (?:aus|von|in der|in meiner)"
    r"|(?:alle|samtliche) (?:artikel|sachen|teile|produkte))\b"
)
_NOT_ALL = re.compile(r"(?:\b(?:not|never|without|nicht|kein\w*|no|pas|sin|sans)|n['’]t)\W+(?:\w+\W+){0,2}$")
_SAVE = r"except|apart from|other than|excepto|salvo|sauf|excepte|ausser|bis auf"
_IN_ORDER = (
    r"(?:\s(?:in|of|from|aus|von|de|del|dans))?(?:\s(?:the|my|this|der|meiner|la|el|mi|ma|order|bestellung|pedido|commande)"
    r"){0,2}(?:\s#?\d{3,12})?(?:\s(?:back|zuruck))?"
)
EXCEPT = re.compile(rf"{_IN_ORDER}\s?,?\s?(?:but(?! (?:i|we|want|would|can|could|please|need|now)\b)|menos|{_SAVE})\b")
# "Return 2145 except the socks", but not "all is fine with 2145 except the socks".
DOING = (
    r"(?:return|send|refund|cancel|exchange|zuruck|stornier|umtausch|devuelv|devol|reembols|renvo|retourn|annul"
    r"|rembours)\w*"
)
_ORDER_EXCEPT = re.compile(
    rf"\b{DOING}(?:\s[a-z]+){{0,3}}\s(?:order|bestellung|pedido|commande|#?\d{{3,12}})\s?,?\s?(?:{_SAVE})\b"
)


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
        return any(not is_denied(found) for found in WHOLE.finditer(self.plain))

    @property
    def excepting(self) -> bool:
        """Whether what it names is what is left out: "everything but the mug"."""
        found = WHOLE.search(self.plain)
        return bool(found and EXCEPT.match(self.plain, found.end())) or self._order_excepting

    @property
    def _order_excepting(self) -> bool:
        """Whether the order is named, then what is left out; "the mug of 2145 except ..." leaves out no mug."""
        found = _ORDER_EXCEPT.search(self.plain)
        return found is not None and not content_stems(self.plain[: found.start()]) & {
            stem(word) for word in self.things
        }


def is_denied(found: re.Match[str]) -> bool:
    """Whether "all" is denied: "not all items came"."""
    every = found.group().startswith(("all", "every", "todo", "tous", "tout"))
    return every and bool(_NOT_ALL.search(found.string[: found.start()]))


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
