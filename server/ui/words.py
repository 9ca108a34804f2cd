"""How values are written on a page: amounts, moments, ages and names of things. Pure but for the zone."""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo

from markupsafe import Markup

from knowledge.playbooks.formatting import format_money
from tools.money import Money

_BROKEN = re.compile(r"(?<!\n)\n(?!\n|\s*(?:[-*|>#]|\d+\.)\s?)[ \t]*")
_AMOUNT = re.compile(r"\b\d+\.\d{2} [A-Z]{3}\b")
_MINUTE, _HOUR, _DAY, _YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def spoken(name: str) -> str:
    """`not_received` as `not received`."""
    return name.replace("_", " ").strip()


def money(amount: Money | str | None) -> str:
    """`€39.00`, always with its currency; empty for none."""
    if amount is None or amount == "":
        return ""
    return format_money(Money.model_validate(amount) if isinstance(amount, str) else amount, "en")


_ZONE: ContextVar[tzinfo] = ContextVar("zone", default=UTC)


def keep_time_of(zone: tzinfo) -> None:
    """From now on, in this request, moments are written in this zone."""
    _ZONE.set(zone)


def local(at: datetime) -> datetime:
    """The moment by the clock of the shop: its day is the day that a reply names."""
    return at.astimezone(_ZONE.get())


def iso(at: datetime) -> str:
    """For `<time datetime>`."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def moment(at: datetime | None) -> str:
    """`10 Mar 2026, 12:00 UTC`, in the zone of the shop; empty for none."""
    return f"{local(at):%-d %b %Y, %H:%M} {_zone_of(at)}" if at else ""


def _zone_of(at: datetime) -> str:
    """`EST`; `UTC+04` where a zone has no letters."""
    said = f"{local(at):%Z}"
    return said if said[:1].isalpha() else f"UTC{said}"


def day(at: datetime | None) -> str:
    """`10 Mar 2026`; empty for none."""
    return f"{local(at):%-d %b %Y}" if at else ""


def dated(on: date) -> str:
    """`10 Mar 2026`."""
    return f"{on:%-d %b %Y}"


def age(span: timedelta) -> str:
    """`now`, `12 min`, `3 h`, `5 d`, `2 y`: as short as a list needs."""
    if span < _MINUTE:
        return "now"
    if span < _HOUR:
        return f"{span // _MINUTE} min"
    if span < 2 * _DAY:
        return f"{span // _HOUR} h"
    return f"{span // _DAY} d" if span < 2 * _YEAR else f"{span // _YEAR} y"


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
    return f"{round(100 * part / whole)}\N{NO-BREAK SPACE}%" if whole else "–"


def share(part: float) -> str:
    """`83 %` of 0.83."""
    return f"{part:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def shown(value: object) -> object:
    """What a template shows. Marks that turn the direction of text, and what no screen shows, are named, as `<U+202E>`.

    A customer's message must not rearrange what stands beside it on the page of a person who signs.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", value)


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
    parts = [part for part in name.split() if part[0].isalnum()]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


def size(many: int) -> str:
    """`1.8 MB`, `12 kB`, `80 bytes`."""
    if many < 1_000:
        return f"{many} byte{'s' if many != 1 else ''}"
    return f"{many / 1_000:,.0f} kB" if many < 999_500 else f"{many / 1_000_000:,.1f} MB"


def language(tag: str) -> str:
    """`German` of `de`; the tag itself when it names none."""
    return _LANGUAGES.get(tag, tag)


_LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian", "nl": "Dutch",
    "pt": "Portuguese", "other": "another language",
}  # fmt: skip
