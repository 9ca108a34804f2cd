"""One tiny question to the endpoint, to say before the first ticket what a ticket would only fall back over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from pydantic import JsonValue

from agent.reasoners.llm.chat import ModelFailed, ModelTurn, Question

if TYPE_CHECKING:
    from openai import APIStatusError

    from agent.reasoners.llm.endpoint import Endpoint
    from agent.reasoners.prompting import Message

SLOW = 0.25
"""The share of a call's time that a tiny question may take; a real one has fifty times as much to read."""
_TOKENS = 300
_LONGEST = 200
_MESSAGES: Sequence[Message] = (
    {"role": "system", "content": "You answer with JSON of the shape that is asked for, and nothing else."},
    {"role": "user", "content": 'Answer {"ready": true}'},
)


class Health(NamedTuple):
    """Whether the model can be worked with, what was found, and what to do; `works` with a `do` is a warning."""

    works: bool
    said: str
    do: str = ""


def probe(chat: Endpoint, seconds: float) -> Health:
    """Ask one question that names nobody, for at most about `seconds`."""
    where = f"{chat.model} at {chat.base_url}"
    schema: dict[str, JsonValue] = {
        "type": "object",
        "properties": {"ready": {"type": "boolean"}},
        "required": ["ready"],
        "additionalProperties": False,
    }
    chat.prepare()
    started = chat.clock()
    try:
        turn = chat.ask(Question(messages=_MESSAGES, schema=schema, seconds=seconds, tokens=_TOKENS))
    except ModelFailed as failure:
        return _ill(failure, chat, where, seconds)
    return _answered(turn, where, chat.clock() - started, seconds)


def _answered(turn: ModelTurn, where: str, took: float, seconds: float) -> Health:
    if not turn.whole or not _shaped(turn.text):
        said = f"{where} answers, but not with the JSON that is asked for, so drafts would come from the playbooks"
        return Health(
            works=False, said=said, do="choose a model and a server that give structured output (json_schema)"
        )
    if took > seconds * SLOW:
        said = f"{where} took {took:.1f} s for a tiny question; a draft is given {seconds:g} s and takes longer"
        return Health(works=True, said=said, do="choose a faster model, or raise COUNTERSIGN_MODEL_TIMEOUT_SECONDS")
    return Health(works=True, said=f"{where} answers ({took:.1f} s)")


def _shaped(text: str) -> bool:
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return _is_json(answer) and "ready" in answer


def _ill(failure: ModelFailed, chat: Endpoint, where: str, seconds: float) -> Health:
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    cause = failure.__cause__
    if isinstance(cause, APITimeoutError):
        do = "is the server loading the model? else raise COUNTERSIGN_MODEL_TIMEOUT_SECONDS or choose a faster one"
        return Health(works=False, said=f"{where} gave no answer to a tiny question within {seconds:g} s", do=do)
    if isinstance(cause, APIConnectionError):
        do = "start the server, or mend COUNTERSIGN_MODEL_BASE_URL"
        return Health(works=False, said=f"nothing answers at {chat.base_url} ({_root(cause)})", do=do)
    if isinstance(cause, APIStatusError):
        return _refused(cause, where, chat)
    return Health(works=False, said=f"{where}: {failure}", do="is this address an OpenAI-compatible endpoint?")


def _refused(error: APIStatusError, where: str, chat: Endpoint) -> Health:
    words = _words(error)
    said = f'"{words}"' if words else "without saying why"
    match error.status_code:
        case 401 | 403:
            key = "the key is refused" if chat.api_key else "a key is wanted, and none is set"
            return Health(works=False, said=f"{where}: {key}, {said}", do="set COUNTERSIGN_MODEL_API_KEY")
        case 400 | 404 | 422 if chat.model.lower() in words.lower() or "model" in words.lower():
            return Health(works=False, said=f"there is no model {where}, {said}", do="mend COUNTERSIGN_MODEL")
        case 404 | 405:
            do = "mend COUNTERSIGN_MODEL_BASE_URL; it mostly ends in /v1"
            return Health(works=False, said=f"{chat.base_url} is there, but it is no OpenAI-compatible endpoint", do=do)
        case 429:
            return Health(works=False, said=f"{where} is limiting our rate, {said}", do="is there credit left?")
        case status:
            do = "look into the log of the server"
            return Health(works=False, said=f"{where} failed with status {status}, {said}", do=do)


def _words(error: APIStatusError) -> str:
    """What the endpoint says about it, on one line."""
    body: object = error.body
    message = body.get("message") if _is_json(body) else ""
    return " ".join(str(message or "").split())[:_LONGEST]


def _is_json(body: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(body, Mapping)


def _root(error: BaseException) -> str:
    """The words of the innermost error: `Connection refused`, `Name or service not known`."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__
