"""Directory: whose name, address, number or parcel a text names, in whatever spelling, over everybody there is."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from evals.scorers.facts import plain

if TYPE_CHECKING:
    from tools.connectors.demo import DemoWorld

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_AT = re.compile(r"\s?(?:@|[(\[{]at[)\]}])\s?")
_DOT = re.compile(r"\s?[(\[{]dot[)\]}]\s?")
_ORDER = re.compile(
    r"(?:#\s?|\b(?:order|bestellung|commande|pedido|ordine|number|no|nr|num)\b[.:]?\s?#?\s?)(\d{3,12})\b"
)
_CODE = re.compile(r"\b(?=\w*\d)\w{10,40}\b")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_INITIAL = re.compile(r"\b([^\W\d_])\.\s?([^\W\d_][\w'-]+)")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,20}\d")
_TELLING = 9
"""Digits at the end of a phone number that are its own, whatever stands before them."""
_MOST_WORDS = 4
_LONG = "street avenue road lane drive court place boulevard square terrace strasse saint"
_WAYS: dict[str, str] = dict(zip(_LONG.split(), "st ave rd ln dr ct pl blvd sq ter str st".split(), strict=True))
_WAY = re.compile(rf"\b({'|'.join(_WAYS)})\b\.?")
Owners = dict[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Named:
    """Something of a customer in a text: what it is, as it is usually written, and whose it may be."""

    kind: str
    text: str
    owners: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What belongs to whom: customer ids by e-mail, order number, parcel, phone, full name and street line."""

    exact: Owners
    names: Owners
    streets: Owners
    phones: Owners = field(default_factory=dict[str, frozenset[str]])
    """By their last nine digits."""

    @classmethod
    def of(cls, world: DemoWorld) -> Directory:
        """Everybody of a world."""
        buyers = {order.id: order.customer_id for order in world.orders}
        exact: list[tuple[str, str]] = [(order.number, order.customer_id) for order in world.orders]
        exact += [(p.tracking_number, buyers.get(p.order_id, "")) for p in world.shipments if p.tracking_number]
        exact += [(mail, customer.id) for customer in world.customers for mail in customer.emails]
        phones = [(_end(customer.phone), customer.id) for customer in world.customers if customer.phone]
        names = [(name, customer.id) for customer in world.customers for name in _ways_to_say(bare(customer.name))]
        homes = [(c.default_address, c.id) for c in world.customers if c.default_address is not None]
        streets = [(short(bare(home.line1)), customer_id) for home, customer_id in homes if len(home.line1) > 5]
        return cls(exact=_owners(exact), names=_owners(names), streets=_owners(streets), phones=_owners(phones))

    def named_in(self, text: str) -> Iterator[Named]:
        """Everything in a text that is somebody's."""
        said = bare(text)
        whole = _DOT.sub(".", _AT.sub("@", said))
        numbers = (f"#{match[1]}" for match in _ORDER.finditer(said))
        mails, codes = ((match[0] for match in shape.finditer(whole)) for shape in (_MAIL, _CODE))
        for kind, found in (("e-mail", mails), ("order", numbers), ("parcel", codes)):
            yield from _known(kind, found, self.exact)
        for match in _PHONE.finditer(said):
            if owners := self.phones.get(_end(match[0])):
                yield Named(kind="phone", text=match[0], owners=owners)
        yield from _known("name", _spoken(said), self.names)
        yield from self._streets(short(said))

    def _streets(self, text: str) -> Iterator[Named]:
        for street, owners in self.streets.items():
            if street in text and re.search(rf"\b{re.escape(street)}\b", text):  # 53 Elm St is not 4753 Elm St
                yield Named(kind="street", text=street, owners=owners)


def bare(text: str) -> str:
    """A text as it is looked through: `plain`, without accents and without what nobody sees."""
    folded = plain(text)
    if folded.isascii():
        return folded
    letters = unicodedata.normalize("NFD", folded)
    return "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))


def digits(text: str) -> str:
    """The digits of a text and nothing between them."""
    return re.sub(r"\D", "", text)


def _known(kind: str, found: Iterable[str], whose: Owners) -> Iterator[Named]:
    for text in dict.fromkeys(found):
        if owners := whose.get(text):
            yield Named(kind=kind, text=text, owners=owners)


def _owners(found: Iterable[tuple[str, str]]) -> Owners:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for key, customer_id in found:
        owners[bare(key)].add(customer_id)
    return {key: frozenset(ids) for key, ids in owners.items() if key}


def _end(phone: str) -> str:
    return digits(phone)[-_TELLING:] if len(digits(phone)) >= _TELLING else ""


def short(text: str) -> str:
    """Streets as an envelope abbreviates them."""
    return _WAY.sub(lambda match: _WAYS[match[1]], text)


def _ways_to_say(name: str) -> Iterator[str]:
    """`ana maria ruiz`, `ruiz ana maria` and `a. ruiz`; nothing of a single word, which may be anybody."""
    first, _, rest = name.partition(" ")
    last = name.rpartition(" ")[2]
    if rest:
        yield from (name, f"{last} {name.removesuffix(last).strip()}", f"{first[0]}. {last}")


def _spoken(text: str) -> Iterator[str]:
    """Every few words in a row that could be a name, without commas and dots between, and without a middle initial."""
    words = [match[0].removesuffix("'s") for match in _WORD.finditer(text)]
    yield from (match.expand(r"\1. \2").removesuffix("'s") for match in _INITIAL.finditer(text))
    for at in range(len(words)):
        for count in range(2, _MOST_WORDS + 1):
            if at + count <= len(words):
                yield " ".join(words[at : at + count])
        if at + 2 < len(words) and len(words[at + 1]) == 1:
            yield f"{words[at]} {words[at + 2]}"


@cache
def demo_directory() -> Directory:
    """Everybody of the demo brand; a second of work, once per process."""
    from tools.connectors.demo import generate

    return Directory.of(generate())
