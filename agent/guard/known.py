"""Everything a draft may rest on: evidence, cited passages and the arguments of effects, each by its source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from agent.case import CitedPassage, Evidence, Promise
from agent.guard.claims import ClaimKind, claims_of
from agent.investigation.fields import fields_of
from agent.investigation.words import fold
from tools.actions import Action
from tools.money import Money

_MONEY = re.compile(r"-?\d+(?:\.\d+)? [A-Z]{3}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Sources = defaultdict[object, set[str]]


def _sources() -> Sources:
    return defaultdict(set)


@dataclass
class Known:
    """Values by kind, each with the ids of what it comes from. Texts are folded."""

    zone: ZoneInfo
    amounts: Sources = field(default_factory=_sources)
    days: Sources = field(default_factory=_sources)
    times: Sources = field(default_factory=_sources)
    weekdays: Sources = field(default_factory=_sources)
    numbers: Sources = field(default_factory=_sources)
    links: Sources = field(default_factory=_sources)
    texts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def take_evidence(self, item: Evidence) -> None:
        """All fields of a piece of evidence."""
        for name, value in _leaves(item.fields):
            self._take(name, value, item.id)

    def take_passage(self, passage: CitedPassage) -> None:
        """All that an approved passage says; its links and addresses are the shop's own."""
        self._take_text(f"{passage.title}\n{passage.text}", passage.passage_id, trusted=True)

    def take_effect(self, action: Action) -> None:
        """The arguments of what will have happened when the reply goes out."""
        source = f"effect:{action.fingerprint()[:12]}"
        for name, value in _leaves(action.model_dump(mode="json", exclude={"text", "context", "note"})):
            self._take(name, value, source)

    def take_promise(self, promise: Promise) -> None:
        """The day on which something is scheduled."""
        if promise.due_at is not None:
            self._moment(promise.due_at, f"promise:{promise.kind}")

    def text_sources(self, words: str) -> set[str]:
        """What contains these words, whole and in any case."""
        wanted = fold(words)
        shape = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
        return {source for text, source in self.texts if wanted in text and shape.search(text)}

    def _take(self, name: str, value: object, source: str) -> None:
        if isinstance(value, bool) or value is None:
            return
        if isinstance(value, int):
            self.numbers[value * 100].add(source)
        elif isinstance(value, float):
            self.numbers[round(value * 100)].add(source)
        elif isinstance(value, str):
            self._take_value(name, value, source)

    def _take_value(self, name: str, text: str, source: str) -> None:
        if _MONEY.fullmatch(text):
            amount = Money.model_validate(text)
            self.amounts[(abs(round(amount.decimal * 100)), amount.currency)].add(source)
        elif _MOMENT.fullmatch(text):
            self._written_moment(text, source)
        else:
            # A title or note is untrusted: its words may be quoted, a link in it may not be passed on.
            self._take_text(text, source, trusted=name.endswith("_url"))

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
            self.times[(here.hour, here.minute)].add(source)

    def _day(self, day: date, source: str) -> None:
        self.days[day].add(source)
        self.weekdays[day.weekday()].add(source)

    def _take_text(self, text: str, source: str, *, trusted: bool) -> None:
        self.texts.append((fold(text), source))
        for claim in claims_of(text):
            for value in claim.values:
                self._take_claim(claim.kind, value, source, trusted=trusted)

    def _take_claim(self, kind: ClaimKind, value: object, source: str, *, trusted: bool) -> None:
        store = {
            ClaimKind.AMOUNT: self.amounts,
            ClaimKind.NUMBER: self.numbers,
            ClaimKind.TIME: self.times,
            ClaimKind.WEEKDAY: self.weekdays,
        }.get(kind)
        if store is not None:
            store[value].add(source)
        elif trusted and kind in (ClaimKind.LINK, ClaimKind.EMAIL):
            self.links[value].add(source)


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value inside JSON, with the name of its field; a list also counts its members."""
    fields = fields_of(value)
    if fields is not None:
        for key, item in fields.items():
            yield from _leaves(item, key)
    elif isinstance(value, list):
        listed = cast("list[object]", value)
        yield name, len(listed)
        for item in listed:
            yield from _leaves(item, name)
    else:
        yield name, value
