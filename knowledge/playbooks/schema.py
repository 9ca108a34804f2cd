"""The nouns: a playbook, its branches, what they do and say, and the macros they speak with."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Self, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from knowledge.errors import SourceError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Citation = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*#[\w-]+$")]

SHARED = "shared"
_SATURDAY = 5


class Plan(BaseModel):
    """Frozen data that refuses unknown keys, so that a misspelt key is an error and not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Step(Plan):
    """One action: its kind, and the arguments that are not the usual ones as expressions.

    Written `kind` or `{kind: {argument: expression}}`.
    """

    kind: Name
    arguments: dict[Name, Expression] = Field(default_factory=dict[str, str])

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: object, info: ValidationInfo) -> object:
        if info.mode == "json":
            return value  # no author writes JSON: this is a step as it was kept
        if isinstance(value, str):
            return {"kind": value, "arguments": {}}
        if isinstance(value, dict) and len(cast("dict[str, object]", value)) == 1:
            ((kind, arguments),) = cast("dict[str, object]", value).items()
            return {"kind": kind, "arguments": _as_expressions(arguments)}
        raise ValueError("write an action as its name, or as {name: {argument: expression}}")


class Cite(Plan):
    """A passage that a reply rests on; with `when`, only in the cases in which that holds.

    Written `document#section` or `{document#section: condition}`.
    """

    place: Citation
    when: Expression | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_short_form(cls, value: object) -> object:
        if isinstance(value, str):
            return {"place": value}
        if isinstance(value, dict) and len(cast("dict[str, object]", value)) == 1:
            ((place, when),) = cast("dict[str, object]", value).items()
            return {"place": place, "when": when}
        raise ValueError("write a passage as document#section, or as {document#section: condition}")

    @model_serializer
    def _short_form(self) -> str | dict[str, str]:
        return {self.place: self.when} if self.when else self.place


class FollowUp(Plan):
    """Something we do later, because the reply says so."""

    in_days: Annotated[int, Field(ge=1, le=60)]
    text: Sentence

    def due(self, now: datetime, holidays: Collection[date] = ()) -> datetime:
        """The day it is due: `in_days` after `now`, past weekends and holidays. `now` is in the shop's zone."""
        day = now + timedelta(days=self.in_days)
        while day.weekday() >= _SATURDAY or day.date() in holidays:
            day += timedelta(days=1)
        return day


class Alternative(Plan):
    """What a person may choose instead, with the reply that then fits."""

    title: Sentence
    actions: Annotated[tuple[Step, ...], Field(min_length=1)]
    reply: Name | None = None
    follow_up: FollowUp | None = None

    @field_validator("actions", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return as_tuple(value)


class Branch(Plan):
    """One case of a playbook: when it applies, what is said, done and proposed."""

    name: Name
    when: Expression | None = None
    reply: Name | None = None
    cites: tuple[Cite, ...] = ()
    do: tuple[Step, ...] = ()
    propose: tuple[Step, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    follow_up: FollowUp | None = None
    escalate: Sentence | None = None
    ignore: Sentence | None = None

    @field_validator("cites", "do", "propose", "alternatives", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return as_tuple(value)

    @model_validator(mode="after")
    def _has_an_outcome(self) -> Self:
        if self.ignore and (self.reply or self.escalate):
            raise ValueError(f"branch {self.name} is ignored and yet replies or escalates: keep one")
        if not (self.reply or self.escalate or self.ignore):
            raise ValueError(f"branch {self.name} has no outcome: give it reply, escalate or ignore")
        return self

    @property
    def steps(self) -> tuple[Step, ...]:
        """What the branch does and proposes, in order."""
        return self.do + self.propose


class Playbook(Plan):
    """How one intent is handled. The first branch whose condition holds applies."""

    intent: Name
    version: Annotated[int, Field(ge=1)]
    title: Sentence
    queue: Name
    lookups: tuple[Name, ...] = ()
    needs_identity: bool
    """Branches speak of a customer's data: they run only for a verified sender."""
    cites: tuple[Citation, ...] = ()
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)]
    prose: str = ""
    """How we handle it, for people and for an LLM."""

    @field_validator("lookups", "cites", "branches", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return as_tuple(value)

    def citations(self, branch: Branch) -> tuple[str, ...]:
        """What a reply of this branch may rest on: the playbook's citations and its own, each once."""
        return tuple(dict.fromkeys((*self.cites, *(cite.place for cite in branch.cites))))


class Macro(Plan):
    """One reply body in every language (templates; no greeting, no sign-off)."""

    name: Name
    texts: dict[str, str]

    def text(self, language: str) -> str:
        """The template in `language`, English when we do not write that language."""
        return self.texts.get(language) or self.texts["en"]


class PlaybookBook(Plan):
    """All playbooks and macros of a shop, valid as a whole."""

    playbooks: dict[str, Playbook]
    macros: dict[str, dict[str, Macro]]
    """Intent (or `shared`) -> macro name -> macro."""
    digest: str

    def get(self, intent: str) -> Playbook:
        """The playbook of an intent.

        Raises:
            SourceError: There is none.
        """
        if intent not in self.playbooks:
            raise SourceError(f"there is no playbook for {intent}: add playbooks/{intent}.md")
        return self.playbooks[intent]

    def macro(self, name: str, intent: str) -> Macro:
        """The macro that a playbook means: its own file first, then the shared one.

        Raises:
            SourceError: Neither has it.
        """
        for file in (intent, SHARED):
            if name in self.macros.get(file, {}):
                return self.macros[file][name]
        raise SourceError(f"there is no macro {name} in macros/{intent}.yaml or macros/{SHARED}.yaml")


def digest_of(playbooks: Mapping[str, Playbook], macros: Mapping[str, Mapping[str, Macro]]) -> str:
    """The sha256 (hex) of everything that decides or says something, independent of file names and order."""
    content = {
        "playbooks": {key: playbooks[key].model_dump(mode="json") for key in sorted(playbooks)},
        "macros": {key: {name: group[name].texts for name in sorted(group)} for key, group in sorted(macros.items())},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def as_tuple(value: object) -> object:
    """YAML has lists; our data is frozen."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def _as_expressions(arguments: object) -> object:
    """A plain number or truth value is an expression already."""
    if arguments is None:
        return {}
    if not isinstance(arguments, dict):
        return arguments
    return {key: _as_expression(value) for key, value in cast("dict[str, object]", arguments).items()}


def _as_expression(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value
