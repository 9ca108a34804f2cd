"""Chat: the port to a language model. One question, one turn; everything that can go wrong is a ModelFailed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from agent.reasoners.prompting import Message


class ModelFailed(Exception):
    """The model gave nothing that can be used; the message says why, for the people who read the case."""


class ModelResting(ModelFailed):
    """Nothing was sent: the model is left alone for a while after it failed or asked for a pause."""


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A lookup that the model asks for. `arguments` is None when they were not a JSON object."""

    id: str
    name: str
    arguments: dict[str, JsonValue] | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is sent: the conversation, the lookups offered, the shape of the answer, and what it may cost."""

    messages: Sequence[Message]
    schema: dict[str, JsonValue]
    tools: Sequence[dict[str, JsonValue]] = ()
    seconds: float
    tokens: int


@dataclass(frozen=True, kw_only=True)
class ModelTurn:
    """What came back. `finish` is the endpoint's word for why it stopped; token counts are 0 when it gives none."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    finish: str = ""
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def whole(self) -> bool:
        """Whether the model said all that it wanted to say."""
        return self.finish not in ("", "length", "content_filter")


class Chat(Protocol):
    """A language model."""

    @property
    def model(self) -> str:
        """Its name, as people read it."""
        ...

    def ask(self, question: Question) -> ModelTurn:
        """One call. Raises ModelFailed within about `question.seconds`."""
        ...
