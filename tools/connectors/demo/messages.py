"""What customers write: the hand-written messages of the data files, with the outcome each should have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pydantic import Field, model_validator

from tools.connectors.demo.datafiles import Row, read_yaml
from tools.connectors.demo.labels import Resolution
from tools.connectors.demo.world import MESSAGES
from tools.helpdesk import Author, Channel

LANGUAGES = ("en", "de", "fr", "es")
Proposals = dict[str, dict[str, str]]


class Turn(Row):
    """An earlier message of a conversation, `hours` before the last one."""

    by: Author
    hours: float
    text: str


class MessageRow(Row):
    """One ticket as a customer wrote it; `{order}` and the like are filled from the order it is about."""

    en: str = ""
    de: str = ""
    fr: str = ""
    es: str = ""
    subject: str | None = None
    channel: Channel = Channel.EMAIL
    attachments: list[str] = Field(default_factory=list[str])
    quoted: str = ""
    automatic: str = ""
    verified: bool | None = True
    sender: str = Field(default="", alias="from")
    intent: str = ""
    secondary: list[str] | None = None
    tags: list[str] = Field(default_factory=list[str])
    propose: Proposals | None = None
    role: str = ""
    expect_line: int = 1
    earlier: list[Turn] = Field(default_factory=list[Turn])

    @model_validator(mode="after")
    def _one_language(self) -> MessageRow:
        if sum(bool(getattr(self, language)) for language in LANGUAGES) != 1:
            raise ValueError("a message has its text under exactly one of en, de, fr, es")
        return self

    @property
    def language(self) -> str:
        """The language it is written in."""
        return next(language for language in LANGUAGES if getattr(self, language))

    @property
    def text(self) -> str:
        """What was written, with placeholders."""
        return str(getattr(self, self.language)).strip()


class Group(Row):
    """Messages about one situation that should end the same way."""

    situation: str
    resolution: Resolution
    intent: str = ""
    role: str = ""
    expect_order: bool = True
    same_order: bool = False
    secondary: list[str] = Field(default_factory=list[str])
    tags: list[str] = Field(default_factory=list[str])
    propose: Proposals = Field(default_factory=Proposals)
    forbid: list[str] = Field(default_factory=list[str])
    messages: list[MessageRow]


class MessageFile(Row):
    """A data file: the intent of its groups unless they name another."""

    intent: str
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Script:
    """One ticket to be: a message, its group and where it stands."""

    file: str
    intent: str
    group: Group
    message: MessageRow

    @property
    def tags(self) -> tuple[str, ...]:
        """What the ticket shows besides its situation, such as `spoofed_sender`."""
        return tuple(dict.fromkeys((*self.group.tags, *self.message.tags)))

    @property
    def proposals(self) -> Proposals:
        """What must be proposed."""
        return self.group.propose if self.message.propose is None else self.message.propose


def scripts() -> list[Script]:
    """Every message of every file, in file order."""
    return list(_scripts())


def _scripts() -> Iterator[Script]:
    for path in sorted(MESSAGES.glob("*.yaml")):
        if path.stem != "subjects":
            content = read_yaml(path, MessageFile)
            for group in content.groups:
                for message in group.messages:
                    yield Script(path.stem, message.intent or group.intent or content.intent, group, message)


def subjects() -> dict[str, list[str]]:
    """Subject lines by language for messages that name none."""
    return read_yaml(MESSAGES / "subjects.yaml", dict[str, list[str]])


REQUIRED_FILES = frozenset({"injections", "identity", "threads", "multi_ask", "human_request"})
REQUIRED_TAGS = frozenset({"legal_threat", "mild_negative", "auto_reply_loop", "promised", "spam"})


def choose(pool: list[Script], count: int) -> list[Script]:
    """`count` of the messages: all special ones, a quarter not in English. With fewer messages, some come twice."""
    needed = [script for script in pool if script.file in REQUIRED_FILES or REQUIRED_TAGS & set(script.tags)]
    rest = [script for script in pool if script not in needed]
    foreign = [script for script in rest if script.message.language != "en"]
    wanted = max(0, count // 4 - sum(script.message.language != "en" for script in needed))
    chosen = [*needed, *islice(_in_turn(foreign), wanted)]
    chosen += [script for script in _in_turn(rest) if script not in chosen and script.message.language == "en"]
    while len(chosen) < count:
        chosen += [script for script in pool if script.file not in REQUIRED_FILES]
    return chosen[:count]


def _in_turn(pool: list[Script]) -> Iterator[Script]:
    """One of each situation of each file, then the files in turn: whatever the count, all are there."""
    first: dict[tuple[str, str], Script] = {}
    files: dict[str, list[Script]] = {}
    for script in pool:
        key = (script.file, script.group.situation)
        if key in first:
            files.setdefault(script.file, []).append(script)
        first.setdefault(key, script)
    yield from first.values()
    for at in range(max(map(len, files.values()), default=0)):
        yield from (members[at] for members in files.values() if at < len(members))
