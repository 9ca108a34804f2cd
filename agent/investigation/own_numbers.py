"""The customer's own orders by number, also when it stands bare in a message ("2145", "from 2158").

Four digits may be anything, so they only count when they are the number of one of the sender's own orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.investigation.addresses import without_streets
from agent.reading.words import fold
from tools.commerce import Order
from tools.ports import Readers

_UNIT = (
    r"\s?(?:[€$£%°]|usd\b|eur\b|euros?\b|gbp\b|cad\b|dollars?\b|dolares\b|pounds?\b|ml\b|cl\b|g\b|gr\b|kg\b|cm\b|mm\b"
    r"|km\b|oz\b|lbs?\b|x\b|times\b|days?\b|tage?n?\b|dias?\b|jours?\b|h\b|uhr\b|stuck\b|pcs\b|pieces?\b|characters?\b)"
)
_BARE = re.compile(
    r"(?<![\w#.,/+*$€£-])(?<!\d )(?<!\d:)#?(?P<number>[a-z]{0,4}-?\d{3,12})"
    rf"(?![\w/%-]|:\d)(?![.,]\d)(?! \d)(?!{_UNIT})"
)
_MONTH = "jan|feb|fev|mar|apr|abr|avr|may|mai|jun|juin|jul|juil|aug|ago|aou|sep|oct|okt|nov|dec|dic|dez|ene"
_YEAR_WORD = "in|since|year|en|del|desde|ano|depuis|annee|seit|im|jahr"
_BEFORE_YEAR = re.compile(rf"\b(?:{_YEAR_WORD}|(?:{_MONTH})[a-z]{{0,7}}\.?(?: de)?),?\s$")
# A postcode or a price stands behind other words.
_LINKED = re.compile(
    r"(?:\d(?:,| and| &| \+|,? und| y| et)|what about|how about|was ist mit|que hay de|qu'en est-il de|also|auch) #?$"
)
_SHORTEST, _YEARS_BACK, _LINK = 3, 5, 24
MOST_ORDERS = 100
"""Of one customer: enough for who has bought often, and what a customer is worth to the shop."""


def own_order(number: str, customer_id: str, orders: Iterable[Order], readers: Readers) -> Order | None:
    """The customer's order with this number; somebody else's counts as none."""
    plain = number.strip().lstrip("#").casefold()
    known = next((order for order in orders if order.number.lstrip("#").casefold() == plain), None)
    order = known or readers.orders.order_by_number(number)
    return order if order is not None and order.customer_id == customer_id else None


def own_orders_named(text: str, orders: Iterable[Order], year: int) -> list[Order]:
    """Those of `orders` whose number stands in the text, in the order of the text. `year`: "in 2026" is no number."""
    by_number = {name: order for order in orders for name in _names(order.number)}
    if not by_number:
        return []
    found = [by_number[number] for number in _bare(text, year) if number in by_number]
    return list({order.id: order for order in found}.values())


def numbers_beside(text: str, orders: Iterable[Order], year: int) -> list[str]:
    """Bare numbers that a message links to others ("2145 and 2210") and that look like the number of an own order."""
    plain, lengths = fold(without_streets(text)), {len(name) for order in orders for name in _names(order.number)}
    found = (match["number"] for match in _BARE.finditer(plain) if _LINKED.search(plain[: match.start()][-_LINK:]))
    years = {str(each) for each in range(year - _YEARS_BACK, year + 2)}
    return [number for number in found if len(number) in lengths and number not in years]


def place_of(order: Order, text: str) -> int:
    """Where the number of an order stands in a text; -1 where it does not."""
    plain = fold(text)
    hits = (re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", plain) for name in _names(order.number))
    return min((hit.start() for hit in hits if hit is not None), default=-1)


def _names(number: str) -> Sequence[str]:
    """How a customer may write a number: `CS-1042` is also called 1042."""
    plain = fold(number).strip().lstrip("#")
    digits = re.search(r"\d+$", plain)
    short = [digits.group()] if digits and len(digits.group()) > _SHORTEST else []
    return [plain, *short]


def _bare(text: str, year: int) -> list[str]:
    plain = fold(without_streets(text))
    return [match["number"] for match in _BARE.finditer(plain) if not _is_year(match, year)]


def _is_year(match: re.Match[str], year: int) -> bool:
    recent = match["number"] in {str(each) for each in range(year - _YEARS_BACK, year + 2)}
    return recent and bool(_BEFORE_YEAR.search(match.string[max(0, match.start() - 20) : match.start()]))
