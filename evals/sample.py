"""Sample: one labelled ticket, the world it meets, and what must come of it.

A data set is a JSONL file, a sample a line. Short forms that are filled in on loading: a ticket needs no id, its
messages need no id and no time, a fact may be one text instead of a list of equally good wordings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field, JsonValue, ValidationError, model_validator

from agent.limits.people import Role
from agent.limits.vocabulary import INTENTS
from evals.plainly import first_fault
from tools.actions import ACTIONS
from tools.commerce import Identifier, Noun
from tools.connectors.demo.labels import Resolution as Resolution
from tools.helpdesk import Ticket

WRITTEN = datetime(2026, 11, 16, 14, 30, tzinfo=UTC)
"""When the newest message was written unless it says so: half an hour before the demo brand's now."""

Table = Literal[
    "customers",
    "products",
    "stock",
    "orders",
    "shipments",
    "returns",
    "refunds",
    "traces",
    "store_credits",
    "discount_codes",
    "subscriptions",
    "suppressions",
]
"""The nouns of a world, by the name of their table in the store."""


class Split(StrEnum):
    """What a sample may be used for. `held_out` is never looked at while tuning."""

    TUNE = "tune"
    HELD_OUT = "held_out"


class SampleKind(StrEnum):
    """Why a sample is in the set."""

    CONTROL = "control"
    EDGE = "edge"
    BOUNDARY = "boundary"
    ADVERSARIAL = "adversarial"
    MULTILINGUAL = "multilingual"


class Patch(Noun):
    """A change to the world before the run: `fields` are merged into the noun of this id.

    Objects are merged key by key, null takes a field away, everything else is replaced, lists as a whole. A noun that
    does not exist is made, and then `fields` is the whole noun. `fields` null takes the noun away. The id of a stock
    level is the variant id, with `@location` behind it for another location than `main`; that of a trace is its
    shipment id.
    """

    noun: Table
    id: Identifier
    fields: dict[str, JsonValue] | None = None


class PassagePatch(Noun):
    """A passage that the knowledge holds in this world besides the brand's own, or instead of the one of this name."""

    document: Identifier
    anchor: Identifier
    title: str = ""
    text: Annotated[str, Field(min_length=1)]


class World(Noun):
    """What is different from the demo brand as it was generated.

    `down` names the read ports that do not answer. `limits` is merged into limits.yaml. `before` are tickets that were
    worked on and answered by the approver before this one (a refund asked for in parts). Text from a hostile tool is a
    patch: an order's note, a product's title, the description of a carrier's scan.
    """

    patches: tuple[Patch, ...] = ()
    passages: tuple[PassagePatch, ...] = ()
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    down: tuple[Literal["orders", "customers", "catalog"], ...] = ()
    before: tuple[Ticket, ...] = ()


class ExpectedEffect(Noun):
    """An effect that must have happened once: its kind, and those arguments that have one right value.

    Arguments are those of the action, JSON as the action is written (`tools.actions`): money as `39.00 USD`.
    """

    kind: Identifier
    arguments: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> ExpectedEffect:
        _known_kinds((self.kind,))
        unknown = sorted(set(self.arguments) - set(ACTIONS[self.kind].model_fields))
        if unknown:
            raise ValueError(f"{self.kind} has no argument {', '.join(unknown)}")
        return self


def _wordings(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Fact = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_wordings), Field(min_length=1)]
"""Equally good wordings of one thing; one of them must be in the reply."""


class Expected(Noun):
    """What must come of a sample after the scripted approver answered. What is None or empty is not labelled.

    `effects` are all effects beyond the helpdesk (tags, notes, queue, priority, reply): an empty list means that
    nothing may change, null that nobody labelled it. `optional` are kinds that may happen besides.
    `asked` is the least role that must have been asked to sign, and the empty text means that nobody is asked for a
    signature (a draft that waits to be read is not a signature).
    `lookups` are kinds of evidence that must have been found. `absent` are texts that no draft may hold.
    """

    intent: str = ""
    secondary: tuple[str, ...] = ()
    language: str = ""
    resolution: Resolution | None = None
    effects: tuple[ExpectedEffect, ...] | None = None
    optional: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    asked: Role | Literal[""] | None = None
    facts: tuple[Fact, ...] = ()
    absent: tuple[str, ...] = ()
    cites: tuple[Annotated[str, Field(pattern=r"^[^#\s]+#[^#\s]+$")], ...] = ()
    lookups: tuple[str, ...] = ()
    order_id: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Expected:
        if not self.labelled:
            raise ValueError("expects nothing: label at least one thing, or the sample can never fail")
        _known_kinds((*self.optional, *self.forbidden))
        both = {effect.kind for effect in self.effects or ()} & set(self.forbidden)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is both expected and forbidden")
        return self

    @property
    def labelled(self) -> frozenset[str]:
        """The names of the fields that say something: what a scorer may `need`."""
        absent: tuple[object, ...] = (None, "", ())
        said = {name for name in type(self).model_fields if getattr(self, name) not in absent}
        return frozenset(said | {name for name in ("effects", "asked") if getattr(self, name) is not None})


def _known_kinds(kinds: Iterable[str]) -> None:
    unknown = sorted(set(kinds) - set(ACTIONS))
    if unknown:
        raise ValueError(f"no action is called {', '.join(unknown)}{_nearest(unknown[0], ACTIONS)}")


def _nearest(wrong: str, known: Iterable[str]) -> str:
    """Which one may be meant: those that are written alike, else all."""
    names = sorted(known)
    found = get_close_matches(wrong, names, n=3) or names
    return f"; use {', '.join(found)}"


class Sample(Noun):
    """One labelled ticket of a data set. `tags` group samples in reports; `note` says what it is there for."""

    id: Identifier
    dataset: str = ""
    split: Split = Split.TUNE
    kind: SampleKind = SampleKind.CONTROL
    tags: tuple[str, ...] = ()
    ticket: Ticket
    world: World = World()
    expected: Expected
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, value: object) -> object:
        return (
            _with_ids(cast("dict[str, object]", value)) if isinstance(value, dict) else value
        )  # keys of JSON are text

    @model_validator(mode="after")
    def _intents(self) -> Sample:
        unknown = sorted({self.expected.intent, *self.expected.secondary} - {"", *INTENTS})
        if unknown:
            raise ValueError(f"no intent is called {', '.join(unknown)}{_nearest(unknown[0], INTENTS)}")
        return self

    @property
    def text(self) -> str:
        """What the customer wrote last."""
        return self.ticket.latest.text


def _with_ids(value: dict[str, object]) -> dict[str, object]:
    """The sample with the ids and times that its ticket leaves out."""
    given = value.get("ticket")
    if not isinstance(given, dict):
        return value
    ticket = {"id": value.get("id"), **cast("dict[str, object]", given)}
    messages = ticket.get("messages")
    if isinstance(messages, list):
        plain = cast("list[object]", messages)
        ticket["messages"] = [_with_time(each, ticket["id"], at, len(plain)) for at, each in enumerate(plain, 1)]
    return {**value, "ticket": ticket}


def _with_time(message: object, ticket_id: object, number: int, count: int) -> object:
    """Messages are an hour apart, the newest half an hour old."""
    if not isinstance(message, dict):
        return message
    at = WRITTEN - timedelta(hours=count - number)
    return {"id": f"{ticket_id}-m{number}", "at": at.isoformat(), **cast("dict[str, object]", message)}


class DatasetError(ValueError):
    """A data set cannot be used; the message names the file, the line and what is wrong there."""


def load_samples(path: Path, split: Split | None = None) -> list[Sample]:
    """The samples of a JSONL file, in its order. `dataset` is the name of the file unless a sample says otherwise.

    Raises DatasetError for a file that cannot be read, a line that is no sample, a sample that expects nothing, and an
    id that is there twice.
    """
    found: dict[str, Sample] = {}
    for number, line in _lines(path):
        sample = _sample(path, number, line)
        if sample.id in found:
            raise DatasetError(f"{path}, line {number}: the id {sample.id} is there twice")
        found[sample.id] = sample
    if not found:
        raise DatasetError(f"{path} holds no samples")
    return [sample for sample in found.values() if split in (None, sample.split)]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    # Not splitlines: a customer's text may hold line separators that JSON leaves as they are.
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


_OWN = "tickets of your own become samples with `python -m evals datasets import FILE --out own.jsonl`"


def _sample(path: Path, number: int, line: str) -> Sample:
    try:
        data: object = json.loads(line)
    except json.JSONDecodeError as error:
        own = f"; {_OWN}" if path.suffix != ".jsonl" else ""
        raise DatasetError(f"{path}, line {number}, column {error.colno}: not JSON ({error.msg}){own}") from None
    named = {"dataset": path.stem, **cast("dict[str, object]", data)} if isinstance(data, dict) else data
    try:
        return Sample.model_validate_json(json.dumps(named))
    except ValidationError as error:
        own = "" if isinstance(data, dict) and "ticket" in data else f"; {_OWN}"
        raise DatasetError(f"{path}, line {number}: {first_fault(error, 'the sample')}{own}") from None


def dataset_hash(samples: Iterable[Sample]) -> str:
    """sha256 over the samples by id: what two runs must share to be comparable."""
    digest = hashlib.sha256()
    for sample in sorted(samples, key=lambda each: each.id):
        digest.update(sample.model_dump_json(exclude_defaults=True).encode() + b"\n")
    return digest.hexdigest()
