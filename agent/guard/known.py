"""Everything a draft may rest on: evidence, cited passages and the checked terms of effects, each by its source.

What only staff may know, what a customer wrote and what a reasoner wrote in prose are no sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from agent.case import CitedPassage, Evidence, Promise
from agent.guard.claims import Claim, ClaimKind, claims_of
from agent.guard.lexicon import DAYS_IN
from agent.reading.words import fold
from tools.actions import Action
from tools.commerce import Address
from tools.money import Money

_MONEY = re.compile(r"-?\d+(?:\.\d+)? [A-Z]{3}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOKEN = re.compile(r"\w+(?:-\w+)*")
_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(r"(?<![\w'’-])[A-ZÀ-ÖØ-Þ][\w'’-]*")
_DOMAIN = re.compile(r"^[a-z][a-z0-9+.-]*://|^www\.|(?<=[a-z0-9])[/?#:].*", re.IGNORECASE)
_UNIT_OF_FIELD = (("day", "day"), ("hour", "hour"), ("week", "week"), ("month", "month"))
LONGEST_FIELD = 4_000
"""Characters of one field that are read; a field that is longer is no fact but a flood."""
STAFF_FIELDS = frozenset({"value_threshold", "lifetime_value", "refunds_90d", "level"})
"""Fields that decide who signs. They are never told to a customer, so they never ground a claim."""
TERMS = ("amount", "percent", "expires_on", "days", "address")
"""Arguments of actions that rules check."""
OPENING = frozenset({"queue"})
"""Evidence about when we answer: its days say nothing about parcels or refunds."""
NUMBER_WORDS_IN = "en"
"""Evidence and passages are read with English number words; digits need no language."""
LEADING_ON = frozenset({ClaimKind.LINK, ClaimKind.EMAIL})
"""Where a text leads its reader: only what we trust says where."""
_STORES = {
    ClaimKind.AMOUNT: "amounts",
    ClaimKind.PERCENT: "percents",
    ClaimKind.NUMBER: "numbers",
    ClaimKind.DURATION: "durations",
    ClaimKind.DATE: "said_dates",
    ClaimKind.TIME: "times",
    ClaimKind.WEEKDAY: "weekdays",
    ClaimKind.LINK: "links",
    ClaimKind.EMAIL: "mails",
}
_BY_VALUE = (*_STORES.values(), "domains")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared: folded, its words, those written with a capital, its codes and what it states."""

    folded: str
    words: frozenset[str]
    capitals: frozenset[str]
    tokens: frozenset[str]
    claims: tuple[Claim, ...]


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """Read a text once; passages come again with every case."""
    folded = fold(text)
    capitals = words_of(" ".join(_CAPITAL.findall(text)))
    words = frozenset(_WORD.findall(folded))
    return Reading(folded, words, capitals, _tokens_of(folded), claims_of(text, NUMBER_WORDS_IN))


Value = TypeVar("Value")


class SourcesOf(dict[Value, frozenset[str]]):
    """Values, each with the ids of what it comes from. A copy is cheap and its own: what it holds never changes."""

    def add(self, value: Value, source: str) -> None:
        """`source` says `value` as well."""
        self[value] = self.get(value, NOWHERE) | {source}

    def copy(self) -> SourcesOf[Value]:
        """The same, to be added to."""
        return SourcesOf(self)


NOWHERE = frozenset[str]()
Sources = SourcesOf[object]
Days = SourcesOf[date]


@dataclass
class Known:
    """Values by kind, each with the ids of what it comes from."""

    zone: ZoneInfo
    now: datetime | None = None
    amounts: Sources = field(default_factory=Sources)
    percents: Sources = field(default_factory=Sources)
    days: Days = field(default_factory=Days)
    scheduled: Days = field(default_factory=Days)
    """Days on which we answer or write again: they may be named where the reply says so, and nowhere else."""
    said_dates: Sources = field(default_factory=Sources)
    times: Sources = field(default_factory=Sources)
    weekdays: Sources = field(default_factory=Sources)
    durations: Sources = field(default_factory=Sources)
    numbers: Sources = field(default_factory=Sources)
    links: Sources = field(default_factory=Sources)
    domains: Sources = field(default_factory=Sources)
    mails: Sources = field(default_factory=Sources)
    tracking: set[str] = field(default_factory=set[str])
    """Tracking numbers: digits that may look like a card."""
    names: set[str] = field(default_factory=set[str])
    """Words that may stand with a capital: all of the evidence, and of passages those that do so there."""
    fields: list[tuple[str, Reading]] = field(default_factory=list[tuple[str, "Reading"]])

    def at(self, now: datetime) -> Known:
        """The same at a moment, to be added to: what is taken there is not taken here."""
        copied = {name: getattr(self, name).copy() for name in _BY_VALUE}
        days, scheduled = self.days.copy(), self.scheduled.copy()
        names, tracking, fields = set(self.names), set(self.tracking), list(self.fields)
        return Known(
            self.zone, now, days=days, scheduled=scheduled, names=names, tracking=tracking, fields=fields, **copied
        )

    def take_evidence(self, item: Evidence) -> None:
        """All fields of a piece of evidence that a customer may be told."""
        days, self.days = self.days, self.scheduled if item.kind in OPENING else self.days
        for name, value in _leaves(item.fields):
            if name not in STAFF_FIELDS:
                self._take(name, value, item.id)
        self.days = days

    def take_passage(self, passage: CitedPassage) -> None:
        """All that an approved passage says; its links and addresses are the shop's own."""
        self._take_text(f"{passage.title}\n{passage.text}", passage.passage_id, trusted=True)

    def take_own(self, text: str, source: str) -> None:
        """What the shop says about itself: its name, its address."""
        self._take_text(text, source, trusted=True)

    def take_effect(self, action: Action, given: str = "") -> None:
        """The terms that rules have checked: amounts, percentages, days. Prose of a reasoner grounds nothing.

        An address counts when every word of it stands in `given`, the messages of the customer.
        """
        terms = {name: value for name in TERMS if (value := getattr(action, name, None)) is not None}
        if not terms:
            return
        source = f"effect:{action.fingerprint()[:12]}"
        for name, value in terms.items():
            self._term(name, value, source, given)

    def _term(self, name: str, value: object, source: str, given: str) -> None:
        if isinstance(value, Money):
            self._money(value, source)
        elif isinstance(value, date):
            self._day(value, source)
        elif isinstance(value, int):
            self._number(name, Decimal(value), source)
        elif isinstance(value, Address) and words_of(value.one_line()) <= words_of(given):
            self._take_text(value.one_line(), source, trusted=False)

    def take_promise(self, promise: Promise) -> None:
        """The day on which something is scheduled."""
        if promise.due_at is not None:
            for zone in (self.zone, UTC):
                day = promise.due_at.astimezone(zone).date()
                self.scheduled.add(day, f"promise:{promise.kind}")

    def text_sources(self, words: str) -> set[str]:
        """What contains these words, whole and in any case."""
        wanted = fold(words)
        shape = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
        return {source for source, text in self.fields if wanted in text.folded and shape.search(text.folded)}

    def holding(self, words: str) -> set[str]:
        """What contains every one of these words in one field, in any order: an address written another way."""
        wanted = words_of(words)
        return {source for source, text in self.fields if wanted <= text.words} if wanted else set()

    def codes(self, token: str) -> set[str]:
        """What contains this code or word, whole."""
        return {source for source, text in self.fields if token in text.tokens}

    def vocabulary(self) -> frozenset[str]:
        """Every word of every source, folded."""
        return frozenset[str]().union(*(text.words for _, text in self.fields))

    def _take(self, name: str, value: object, source: str) -> None:
        if isinstance(value, int) and not isinstance(value, bool):
            self._number(name, Decimal(value), source)
        elif isinstance(value, float):
            self._number(name, Decimal(str(value)), source)
        elif isinstance(value, str):
            self._take_value(name, value, source)

    def _number(self, name: str, value: Decimal, source: str) -> None:
        if name == "percent":
            self.percents.add(value, source)
            return
        self.numbers.add(value, source)
        for part, unit in _UNIT_OF_FIELD:
            if part in name:
                self.durations.add((value, unit), source)

    def _take_value(self, name: str, text: str, source: str) -> None:
        number = text[:1].isdigit() or text.startswith("-")
        if number and _MONEY.fullmatch(text):
            self.amounts.add(_written_amount(text), source)
        elif number and _MOMENT.fullmatch(text):
            self._written_moment(text, source)
        elif name.endswith("_url"):
            # Only here: a title or a note is untrusted, so a link in it may not be passed on.
            self._take_text(text, source, trusted=True)
        else:
            self._take_text(text[:LONGEST_FIELD], source, trusted=False)
            if name == "email":
                self.mails.add(text.casefold(), source)
            elif name == "tracking_number":
                self.tracking.add(re.sub(r"\W", "", text).casefold())

    def _money(self, amount: Money, source: str) -> None:
        self.amounts.add(_amount(amount), source)

    def _written_moment(self, text: str, source: str) -> None:
        if _DAY.fullmatch(text):
            self._day(date.fromisoformat(text), source)
        else:
            self._moment(datetime.fromisoformat(text), source)

    def _moment(self, moment: datetime, source: str) -> None:
        """A moment has a day in the shop's zone and one in UTC; a customer may have been told either."""
        for zone in (self.zone, UTC):
            here = moment.astimezone(zone)
            self._day(here.date(), source)
            self.times.add((here.hour, here.minute), source)

    def _day(self, day: date, source: str) -> None:
        self.days.add(day, source)

    def _take_text(self, text: str, source: str, *, trusted: bool) -> None:
        reading = read(text)
        self.fields.append((source, reading))
        self.names |= reading.capitals if trusted else reading.words
        for claim in reading.claims:
            self._take_claim(claim, source, trusted=trusted)

    def _take_claim(self, claim: Claim, source: str, *, trusted: bool) -> None:
        store = self._store_of(claim.kind, trusted=trusted)
        if store is not None:
            for value in claim.values:
                store.add(value, source)
                if trusted and claim.kind in LEADING_ON:
                    self.domains.add(domain_of(str(value)), source)

    def _store_of(self, kind: ClaimKind, *, trusted: bool) -> Sources | None:
        name = _STORES.get(kind)
        return getattr(self, name) if name and (trusted or kind not in LEADING_ON) else None

    def today(self) -> date | None:
        """The day in the shop's zone."""
        return self.now.astimezone(self.zone).date() if self.now else None


def domain_of(address: str) -> str:
    """The domain of a link or an e-mail address."""
    return _DOMAIN.sub("", address).rpartition("@")[2]


def equal_durations(value: Decimal, unit: str) -> Iterator[tuple[Decimal, str]]:
    """The same length in other units: two weeks are fourteen days, 48 hours are two."""
    yield value, unit
    if unit in DAYS_IN:
        days = value * DAYS_IN[unit]
        yield days, "day"
        yield days / 7, "week"
        yield days * 24, "hour"
    elif unit == "hour":
        yield value / 24, "day"
    elif unit == "year":
        yield value * 12, "month"
    elif unit == "month":
        yield value / 12, "year"


def days_away(value: Decimal, unit: str, today: date) -> list[date]:
    """The days that lie so far before and after today; none for units of another kind."""
    if unit not in DAYS_IN or value > LONGEST_FIELD:
        return []
    span = timedelta(days=int(value * DAYS_IN[unit]))
    return [today - span, today + span]


def _tokens_of(folded: str) -> frozenset[str]:
    """Words with their hyphens, the parts of those, and the parts written together."""
    tokens = frozenset(_TOKEN.findall(folded))
    return tokens | {part for token in tokens if "-" in token for part in (*token.split("-"), token.replace("-", ""))}


def words_of(text: str) -> frozenset[str]:
    """The folded words of a text."""
    return frozenset(_WORD.findall(fold(text)))


def _leaves(value: object, name: str = "") -> list[tuple[str, object]]:
    """Every plain value inside JSON, with the name of its field; a list also counts its members."""
    found: list[tuple[str, object]] = []
    _gather(value, name, found)
    return found


def _gather(value: object, name: str, found: list[tuple[str, object]]) -> None:
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            _gather(item, key, found)
    elif isinstance(value, list):
        listed = cast("list[object]", value)
        found.append((name, len(listed)))
        for item in listed:
            _gather(item, name, found)
    else:
        found.append((name, value))


def _amount(amount: Money) -> tuple[Decimal, str]:
    return abs(amount.decimal), amount.currency


@lru_cache(maxsize=4096)
def _written_amount(text: str) -> tuple[Decimal, str]:
    return _amount(Money.model_validate(text))
