"""Endpoint: any OpenAI-compatible server, through langchain-openai, which is imported with the first question."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from agent.reasoners.llm.chat import ModelFailed, ModelResting, ModelTurn, Question, ToolCall

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_openai import ChatOpenAI
    from openai import APIStatusError

MOST_RETRIES = 2
"""Tries after the first, for rate limits and faults of the server; never after a timeout."""
RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})
NO_KEY = "none"
"""Sent when no key is set: an empty one would let the client take a key from the environment and send it here."""


@dataclass
class Rest:
    """Until when nothing is sent, because the endpoint is down or asked us to wait. Shared by all cases."""

    failures: int = 0
    until: float = 0.0
    why: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    AFTER: ClassVar[int] = 2
    SECONDS: ClassVar[float] = 30.0
    MOST: ClassVar[float] = 300.0

    def check(self, now: float) -> None:
        """Raises ModelResting for a while: one slow endpoint must not hold up a whole inbox."""
        with self.lock:
            if now < self.until:
                raise ModelResting(f"{self.why}; asked again in {self.until - now:.0f} s")

    def failed(self, now: float, why: str, seconds: float = 0.0) -> None:
        """One more failure in a row, or a wait that the endpoint asked for."""
        with self.lock:
            self.failures += 1
            self.why = why
            pause = seconds or (self.SECONDS if self.failures >= self.AFTER else 0.0)
            self.until = max(self.until, now + min(pause, self.MOST))

    def worked(self) -> None:
        """The endpoint answered."""
        with self.lock:
            self.failures, self.until = 0, 0.0


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`agent.reasoners.llm.chat.Chat` over HTTP. `base_url` ends before `/chat/completions`."""

    model: str
    base_url: str
    api_key: str = ""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    rest: Rest = field(default_factory=Rest)

    def prepare(self) -> None:
        """Import the client now, which takes a second or two; nothing is sent."""
        _ = self._client

    def ask(self, question: Question) -> ModelTurn:
        """One question, tried again where that may help. Raises ModelFailed."""
        from openai import OpenAIError

        deadline = self.clock() + question.seconds
        self.rest.check(self.clock())
        for attempt in range(MOST_RETRIES + 1):
            try:
                turn = self._call(question, deadline - self.clock())
            except OpenAIError as error:
                self._wait(error, attempt, deadline)
                continue
            # A body of the wrong shape fails wherever the client first touches it, in any of these ways.
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise ModelFailed(f"{self.model} gave no valid response ({type(error).__name__})") from error
            self.rest.worked()
            return turn
        raise ModelFailed(f"{self.model} failed {MOST_RETRIES + 1} times")

    def _call(self, question: Question, seconds: float) -> ModelTurn:
        # `extra_body`: the client would judge the answer itself, and raise where we can still say what is wrong.
        response_format = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": question.schema},
        }
        # Any: langchain passes these through to the endpoint as they are.
        limits: dict[str, Any] = {"timeout": max(seconds, 0.1), "max_tokens": question.tokens}
        if question.tools:
            limits["tools"] = list(question.tools)
        message = self._client.invoke(
            list(question.messages), extra_body={"response_format": response_format}, **limits
        )
        return _turn(message)

    def _wait(self, error: Exception, attempt: int, deadline: float) -> None:
        """Sleep before the next try; ModelFailed when there is none or no time for it."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        if isinstance(error, APIStatusError):
            self._wait_for_status(error, attempt, deadline)
        elif isinstance(error, APITimeoutError):
            self._fail(f"{self.model} gave no answer in time", error)
        elif isinstance(error, APIConnectionError) and attempt < MOST_RETRIES:
            self._pause(0.1 * 2**attempt, deadline, f"{self.model} cannot be reached", error)
        else:
            self._fail(f"{self.model} cannot be reached or gave no valid response ({type(error).__name__})", error)

    def _wait_for_status(self, error: APIStatusError, attempt: int, deadline: float) -> None:
        from agent.reasoners.llm.waiting import wait_after

        status = error.status_code
        if status not in RETRIED:
            raise ModelFailed(
                f"{self.model} refused the request with status {status}{_HINTS.get(status, '')}"
            ) from error
        why = f"{self.model} is limiting our rate" if status == 429 else f"{self.model} failed with status {status}"
        seconds = wait_after(error.response.headers, attempt)
        if attempt == MOST_RETRIES:
            self._fail(why, error, seconds if status == 429 else 0.0)
        self._pause(seconds, deadline, why, error)

    def _pause(self, seconds: float, deadline: float, why: str, error: Exception) -> None:
        if self.clock() + seconds >= deadline:
            self._fail(f"{why}; a wait of {seconds:.0f} s is longer than this ticket has", error, seconds)
        self.sleep(seconds)

    def _fail(self, why: str, error: Exception, rest: float = 0.0) -> None:
        self.rest.failed(self.clock(), why, rest)
        raise ModelFailed(why) from error

    @cached_property
    def _client(self) -> ChatOpenAI:
        import httpx2
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        from agent.reasoners.llm.waiting import PatientTransport

        # A connection for each question: none goes stale between tickets, and none is left open.
        alone = httpx2.Limits(max_keepalive_connections=0)
        return ChatOpenAI(
            model=self.model,
            base_url=self.base_url,
            api_key=SecretStr(self.api_key or NO_KEY),
            temperature=0,
            disable_streaming=True,
            max_retries=0,
            use_responses_api=False,
            http_client=httpx2.Client(transport=PatientTransport(limits=alone)),
        )


_HINTS = {
    401: ": check COUNTERSIGN_MODEL_API_KEY",
    403: ": check COUNTERSIGN_MODEL_API_KEY",
    404: ": check COUNTERSIGN_MODEL and COUNTERSIGN_MODEL_BASE_URL",
}


def _turn(message: AIMessage) -> ModelTurn:
    spent = message.usage_metadata
    calls = [ToolCall(id=call["id"] or "", name=call["name"], arguments=call["args"]) for call in message.tool_calls]
    broken = [
        ToolCall(id=call["id"] or "", name=call["name"] or "", arguments=None) for call in message.invalid_tool_calls
    ]
    return ModelTurn(
        text=message.text,
        calls=_numbered([*calls, *broken]),
        finish=str(message.response_metadata.get("finish_reason") or ""),
        input_tokens=spent["input_tokens"] if spent else 0,
        output_tokens=spent["output_tokens"] if spent else 0,
    )


def _numbered(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Every call with an id of its own; some servers give none."""
    return tuple(
        call if call.id else ToolCall(id=f"call_{number}", name=call.name, arguments=call.arguments)
        for number, call in enumerate(calls)
    )
