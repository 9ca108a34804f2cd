"""Written: the hand-written messages of the data sets, with what should come of each.

One YAML file an intent under `datasets/written`. Messages about the same situation that should end the same way share a
group; a message may say differently for itself. `{order}` and the like are filled from the order it is about. A folder
below holds a data set of its own, whatever the kinds of its messages, and none of it is ever held out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError, model_validator

from evals.sample import DatasetError, SampleKind
from tools.helpdesk import Author, Channel

DATASETS = Path(__file__).parent / "datasets"
WRITTEN = DATASETS / "written"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")

Arguments = dict[str, str]
Ending = Literal["reply", "sign", "escalate", "ignore"]


class Row(BaseModel):
    """A row of a data file: frozen, and unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Changes(Row):
    """What is different from the demo brand, in days before now and in words; `patching` turns it into patches."""

    delivered_days: int | None = None
    scan_days: int | None = None
    placed_days: int | None = None
    refund_days: int | None = None
    renewal_days: int | None = None
    fraud: str = ""
    note: str = ""
    scan_text: str = ""
    stock: dict[str, int] = Field(default_factory=dict[str, int])
    product: dict[str, str] = Field(default_factory=dict[str, str])
    subscription: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    passage: dict[str, str] = Field(default_factory=dict[str, str])


class Turn(Row):
    """An earlier message of a conversation, `hours` before the last one."""

    by: Author
    hours: float
    text: str


class Shared(Row):
    """What a group says for its messages, and a message may say for itself."""

    intent: str | None = None
    resolution: Ending | None = None
    kind: SampleKind | None = None
    do: dict[str, Arguments] | None = None
    role: str | None = None
    facts: list[str | list[str]] | None = None
    cites: list[str] | None = None
    secondary: list[str] | None = None
    absent: list[str] | None = None
    forbid: list[str] | None = None
    world: Changes | None = None
    sku: str | None = None
    known: bool | None = None
    sender: str | None = Field(default=None, alias="from")
    expect_order: bool | None = None
    before: list[str] | None = None


class Message(Shared):
    """One ticket as a customer wrote it, under the one language it is written in."""

    en: str = ""
    de: str = ""
    fr: str = ""
    es: str = ""
    it: str = ""
    pt: str = ""
    nl: str = ""
    subject: str = ""
    channel: Channel = Channel.EMAIL
    attachments: list[str] = Field(default_factory=list[str])
    quoted: str = ""
    automatic: str = ""
    verified: bool | None = True
    tags: list[str] = Field(default_factory=list[str])
    earlier: list[Turn] = Field(default_factory=list[Turn])
    note: str = ""

    @model_validator(mode="after")
    def _one_language(self) -> Message:
        if sum(bool(getattr(self, language)) for language in LANGUAGES) != 1:
            raise ValueError(f"a message has its text under exactly one of {', '.join(LANGUAGES)}")
        return self

    @property
    def language(self) -> str:
        """The language it is written in."""
        return next(language for language in LANGUAGES if getattr(self, language))

    @property
    def text(self) -> str:
        """What was written, with placeholders."""
        return str(getattr(self, self.language)).strip()


class Group(Shared):
    """Messages about one situation of the demo brand. `traced`: only parcels with (or without) an open trace."""

    situation: str
    traced: bool | None = None
    tags: list[str] = Field(default_factory=list[str])
    messages: list[Message]


class WrittenFile(Row):
    """A data file: the intent of its groups unless they name another."""

    intent: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Script:
    """One ticket to be: a message, its group, and what they say together."""

    file: str
    group: Group
    message: Message
    said: Shared
    own_set: str = ""

    @property
    def dataset(self) -> str:
        """The data set it belongs to: that of its folder, else that of its kind."""
        return self.own_set or self.kind.value

    @property
    def intent(self) -> str:
        """What the message is about."""
        return self.said.intent or ""

    @property
    def kind(self) -> SampleKind:
        """Why it is in the set: what it says, else by its language."""
        plain = SampleKind.CONTROL if self.message.language == "en" else SampleKind.MULTILINGUAL
        return self.said.kind or plain

    @property
    def tags(self) -> tuple[str, ...]:
        """What it shows besides its situation."""
        return tuple(dict.fromkeys((*self.group.tags, *self.message.tags)))


def scripts(folder: Path = WRITTEN) -> list[Script]:
    """Every message of every file, in file order. Raises DatasetError naming the file and the field that is wrong."""
    below = sorted(path for path in folder.iterdir() if path.is_dir())
    own = [(own_set.name, path) for own_set in below for path in sorted(own_set.glob("*.yaml"))]
    plain = [("", path) for path in sorted(folder.glob("*.yaml"))]
    return [script for own_set, path in (*plain, *own) for script in _scripts(path, own_set)]


def _scripts(path: Path, own_set: str) -> Iterator[Script]:
    content, file = _read(path), f"{own_set}-{path.stem}" if own_set else path.stem
    for group in content.groups:
        for message in group.messages:
            yield Script(file, group, message, _said(content.intent, group, message), own_set)


def _said(intent: str, group: Group, message: Message) -> Shared:
    own = {name: value for name in Shared.model_fields if (value := getattr(message, name)) is not None}
    said = Shared().model_copy(update={**{name: getattr(group, name) for name in Shared.model_fields}, **own})
    return said.model_copy(update={"intent": said.intent or intent})


def _read(path: Path) -> WrittenFile:
    import yaml

    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content: object = yaml.load(path.read_text(encoding="utf-8"), fast)  # noqa: S506 - both are safe
        return TypeAdapter(WrittenFile).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DatasetError(f"{path}: {where}: {first['msg']}") from None
    except yaml.YAMLError as error:
        raise DatasetError(f"{path}: not YAML: {error}") from None
