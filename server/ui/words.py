"""How values are written on a page: amounts, moments, ages and names of things. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from knowledge.playbooks.formatting import format_money
from tools.money import Money

_BROKEN = re.compile(r"(?<!\n)\n(?!\n|\s*(?:[-*|>#]|\d+\.)\s?)[ \t]*")
_AMOUNT = re.compile(r"\b\d+\.\d{2} [A-Z]{3}\b")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def spoken(name: str) -> str:
    """`not_received` as `not received`."""
    return name.replace("_", " ").strip()


def money(amount: Money | str | None) -> str:
    """`€39.00`, always with its currency; empty for none."""
    if amount is None or amount == "":
        return ""
    return format_money(Money.model_validate(amount) if isinstance(amount, str) else amount, "en")


def iso(at: datetime) -> str:
    """For `<time datetime>`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def moment(at: datetime | None) -> str:
    """`10 Mar 2026, 12:00 UTC`; empty for none."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if at else ""


def day(at: datetime | None) -> str:
    """`10 Mar 2026`; empty for none."""
    return f"{at.astimezone(UTC):%-d %b %Y}" if at else ""


def age(span: timedelta) -> str:
    """`now`, `12 min`, `3 h`, `5 d`: as short as a list needs."""
    if span < _MINUTE:
        return "now"
    if span < _HOUR:
        return f"{span // _MINUTE} min"
    return f"{span // _HOUR} h" if span < 2 * _DAY else f"{span // _DAY} d"


def lasting(span: timedelta) -> str:
    """`4 min`, `2 h 10 min`, `1 d 3 h`: as exact as a figure needs."""
    minutes = span // _MINUTE
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, left = divmod(hours, 24)
    return f"{days} d {left} h" if left else f"{days} d"


def percent(part: int, whole: int) -> str:
    """`83 %`; a dash when there is nothing to divide by."""
    return f"{round(100 * part / whole)} %" if whole else "–"


def sentence(text: str) -> str:
    """The text with its first letter large; the others as they are."""
    return text[:1].upper() + text[1:]


def flowing(text: str) -> str:
    """Text that a file broke into lines, as paragraphs; list items and blank lines stay."""
    return _BROKEN.sub(" ", text.strip())


def priced(text: str) -> str:
    """`Pay back $26.00` of `Pay back 26.00 USD`: amounts inside a sentence as they are written elsewhere on a page."""
    return _AMOUNT.sub(lambda found: money(found[0]), text)


def initials(name: str) -> str:
    """`DK` of Dana Kim."""
    parts = name.split()
    return "".join(part[0] for part in parts[:2]).upper() or "?"


def language(tag: str) -> str:
    """`German` of `de`; the tag itself when it names none."""
    return _LANGUAGES.get(tag, tag)


_LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian", "nl": "Dutch",
    "pt": "Portuguese", "other": "another language",
}  # fmt: skip
