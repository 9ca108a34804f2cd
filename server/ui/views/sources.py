"""What a part of a draft rests on, as a person looks it up: the field with its value and time, or the passage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from agent.approvals.card import describe
from agent.approvals.names import Names
from agent.case import CitedPassage, Evidence
from agent.repositories import CaseRecord
from knowledge.playbooks.formatting import format_day
from server.ui.words import local, moment, money, sentence, spoken

_MONEY = re.compile(r"^-?\d+(?:\.\d+)? [A-Z]{3}$")
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
_CALLED = ("number", "title", "name", "code")
_MAIN = ("number", "stage", "status", "total", "amount", "delivered_at", "name")
EXCERPT = 320
_LANGUAGES = ("en", "de", "fr", "es")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One thing a draft rests on. `rows` are field and value; `text` is a passage's own words; `href` opens it."""

    title: str
    where: str
    href: str
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""


def passage_href(document_id: str, version: int, anchor: str) -> str:
    """Where a passage is read."""
    return f"/knowledge/{document_id}/{version}#{anchor.partition('~')[0]}"


def evidence_anchor(identifier: str) -> str:
    """The place of a fact on the page of its case."""
    return "fact-" + re.sub(r"[^A-Za-z0-9_-]", "-", identifier)


def shown(value: object) -> str:
    """A field's value as people read it."""
    text = str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _MONEY.match(text):
        return money(text)
    return moment(datetime.fromisoformat(text)) if _MOMENT.match(text) else text


def plain_fields(item: Evidence) -> tuple[tuple[str, str], ...]:
    """The fields of a fact that are single values, in words; ids of the platform stay out."""
    return tuple(
        (spoken(name), shown(value))
        for name, value in item.fields.items()
        if value not in (None, "", [], {}) and not isinstance(value, dict | list) and name != "id"
    )


def called(item: Evidence) -> str:
    """`order #1042`: the kind of a fact, and what people call it by."""
    name = next((f" {item.fields[key]}" for key in _CALLED if item.fields.get(key)), "")
    return f"{spoken(item.kind)}{name}"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything that a draft of this case may rest on, by id."""

    evidence: Mapping[str, Evidence]
    passages: Mapping[str, CitedPassage]
    effects: Mapping[str, tuple[int, str]]

    @classmethod
    def of(cls, record: CaseRecord, names: Names) -> Known:
        """From the case and what its orders and people are called."""
        found = record.investigation
        effects = record.proposal.effects(record.ticket_id) if record.proposal else ()
        return cls(
            evidence={item.id: item for item in (found.evidence if found else ())},
            passages={item.passage_id: item for item in (found.passages if found else ())},
            effects={
                f"effect:{action.fingerprint()[:12]}": (number, describe(action, names))
                for number, action in enumerate(effects, 1)
            },
        )

    def source(self, identifier: str, words: str) -> Source | None:
        """What `words` of the draft rest on; None for an id that this case does not know."""
        if identifier in self.evidence:
            return _fact(self.evidence[identifier], words)
        if identifier in self.passages:
            return _passage(self.passages[identifier])
        if identifier in self.effects:
            number, said = self.effects[identifier]
            return Source(title="What will happen", where="this very call", href=f"#effect-{number}", text=said)
        return None


def _fact(item: Evidence, words: str) -> Source:
    found = tuple(dict.fromkeys(matching(item, words)))[:3]
    rows = found or tuple(row for row in plain_fields(item) if row[0] in map(spoken, _MAIN))[:3]
    where = f"{item.source}, read {moment(item.as_of)}"
    return Source(title=sentence(called(item)), where=where, href=f"#{evidence_anchor(item.id)}", rows=rows)


def _passage(item: CitedPassage) -> Source:
    flat = " ".join(item.text.split())
    text = flat if len(flat) <= EXCERPT else f"{flat[:EXCERPT].rsplit(' ', 1)[0]} …"
    href = passage_href(item.document_id, item.version, item.anchor)
    return Source(title=item.title, where=f"{item.document_id}, version {item.version}", href=href, text=text)


def matching(item: Evidence, words: str) -> Iterator[tuple[str, str]]:
    """The fields of a fact that say what `words` say."""
    said = words.strip().casefold()
    for name, value in _leaves(item.fields):
        if said and _says(value, said):
            yield spoken(name), shown(value)


def _leaves(fields: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in fields.items():
        if isinstance(value, list):
            yield from _members(name, value)
        elif value not in (None, "") and name != "id":
            yield name, value


def _members(name: str, values: list[JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    for value in values:
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield name, value


def _says(value: object, said: str) -> bool:
    text = str(value)
    if _MONEY.match(text):
        return said in (money(text).casefold(), text.casefold(), text.partition(" ")[0])
    if _MOMENT.match(text):
        return not said.isdecimal() and any(form in said or said in form for form in _days(text))
    if text.isdecimal() or said.isdecimal():
        return said == text or (len(said) == 4 and text.endswith(f"·{said}"))
    return said == text.casefold() or (len(said) > 3 and said in text.casefold())


def _days(text: str) -> tuple[str, ...]:
    """The day of a moment as a reply may write it, in each language of ours: by the shop's calendar."""
    at = local(datetime.fromisoformat(text))
    written = (format_day(at.date(), tongue, at.date(), weekday) for tongue in _LANGUAGES for weekday in (True, False))
    return (
        *(form.casefold() for form in written),
        f"{at.day}. {at.month}.",
        f"{at.day} {at:%b}".casefold(),
        f"{at:%Y-%m-%d}",
    )
