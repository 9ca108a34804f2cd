"""What a message refers to: orders, articles, parcels, money, days, addresses; each with its place in the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent.intake.amounts import Amount, amounts
from agent.intake.dates import dates
from agent.intake.mentions import Mention, distinct
from agent.intake.orders import order_numbers, skus, tracking_numbers

ORDER_PREFIXES = ("CS", "ORD", "SO", "WEB")
_EMAIL = re.compile(r"(?<![\w.+-])\w[\w.+'-]{0,63}@(?:\w[\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w-])")


@dataclass(frozen=True, slots=True)
class References:
    """What was found, in text order. Nothing here is verified: the numbers may belong to somebody else."""

    order_numbers: tuple[Mention[str], ...] = ()
    emails: tuple[Mention[str], ...] = ()
    skus: tuple[Mention[str], ...] = ()
    amounts: tuple[Mention[Amount], ...] = ()
    dates: tuple[Mention[date], ...] = ()
    tracking_numbers: tuple[Mention[str], ...] = ()


def extract(
    text: str,
    *,
    today: date | None = None,
    day_first: bool | None = None,
    dollar: str = "USD",
    order_prefixes: Sequence[str] = ORDER_PREFIXES,
) -> References:
    """Find the references in a message.

    Args:
        text: what the customer wrote.
        today: the customer's day; relative dates and dates without a year need it.
        day_first: how to read 03/04/2025; None leaves it out.
        dollar: currency of a plain `$`.
        order_prefixes: letters that begin an order number rather than an article number (CS-1042).

    Returns:
        Mentions with character offsets; amounts are (minor units, currency or None).
    """
    emails = distinct(Mention(m.group().lower(), m.start(), m.end()) for m in _EMAIL.finditer(text))
    tracking = distinct(tracking_numbers(text), emails)
    orders = distinct(order_numbers(text, order_prefixes), (*emails, *tracking))
    return References(
        order_numbers=orders,
        emails=emails,
        skus=distinct(skus(text, order_prefixes), (*emails, *tracking, *orders)),
        amounts=distinct(amounts(text, dollar), emails),
        dates=distinct(dates(text, today, day_first=day_first), (*emails, *tracking)),
        tracking_numbers=tracking,
    )
