"""Reading proposed calls from a JSONL file: each line becomes a call, a blocked call, or a problem with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, cast, get_args

from pydantic import BaseModel, JsonValue, ValidationError

from agent.case import Violation
from agent.policy.question import block
from tools.actions import ACTION, ACTIONS, Action, kind_of

MAX_LINE = 256 * 1024
MAX_ID = 100
_LONGEST = 300
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class GateError(Exception):
    """The gate cannot start; the message names the file and what to do. Nothing was judged or done."""


class _Unusable(ValueError):
    """The line holds no call that could be answered."""


@dataclass(frozen=True)
class Problem:
    """A line of the calls file that is no proper call."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Call:
    """One proposed call of an authenticated customer. `action` is None when it is none of ours; `wrong` says why."""

    id: str | int
    customer: str
    action: Action | None
    wrong: tuple[Violation, ...] = ()


def read_calls(path: Path) -> Iterator[Call | Problem]:
    """The calls of a file, line by line; a bad line does not stop the others.

    Raises GateError when the file cannot be read or holds no line at all.
    """
    seen: dict[str, int] = {}
    number = 0
    for number, line in _lines(path):
        try:
            call = _call(_object(line))
        except _Unusable as error:
            yield Problem(path, number, str(error))
            continue
        first = seen.setdefault(str(call.id), number)
        if first != number:
            call = _refused(
                call.id, "call.duplicate_id", f"The id {call.id} was used on line {first}; nothing is done."
            )
        yield from (Problem(path, number, violation.message) for violation in call.wrong)
        yield call
    if number == 0:
        raise GateError(f"{path}: there are no calls in it; write one JSON object a line")


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Lines that are not blank, by number; None for one that is too long."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_physical(file), start=1):
                if number == 1 and line is not None and line.startswith(_UTF16):
                    raise GateError(f"{path}:1: not UTF-8; save the file with UTF-8 encoding")
                if line is None or line.strip():
                    yield number, line
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); give a file with one JSON object a line"
        raise GateError(message) from None


def _physical(file: BinaryIO) -> Iterator[bytes | None]:
    while line := file.readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
        yield None


def _object(line: bytes | None) -> dict[str, JsonValue]:
    if line is None:
        raise _Unusable(f"longer than {MAX_LINE // 1024} KB, which no call is")
    try:
        data: object = json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise _Unusable("not UTF-8; save the file with UTF-8 encoding") from None
    except json.JSONDecodeError as error:
        raise _Unusable(f"not JSON at column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise _Unusable("nested deeper than any call is") from None
    except ValueError as error:
        raise _Unusable(str(error)) from None
    if not isinstance(data, dict):
        raise _Unusable('not a call; write {"id": ..., "customer": ..., "action": ..., "arguments": {...}}')
    return cast("dict[str, JsonValue]", data)  # json.loads yields nothing else


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise ValueError(f'"{twice[:_LONGEST]}" is there twice; keep one')
    return found


def _no_number(text: str) -> JsonValue:
    raise ValueError(f"{text} is not JSON")


def _call(data: dict[str, JsonValue]) -> Call:
    call_id, customer = data.get("id"), data.get("customer")
    if isinstance(call_id, bool) or not isinstance(call_id, str | int) or not str(call_id).strip():
        raise _Unusable('the call has no "id", so no verdict can be given; add one')
    if len(str(call_id)) > MAX_ID:
        raise _Unusable(f'"id" is longer than {MAX_ID} characters; use a shorter one')
    if not str(call_id).isprintable():
        raise _Unusable('"id" holds a character that cannot be shown, and effects are kept under it; use another one')
    if customer is not None and not isinstance(customer, str):
        return _refused(call_id, "call.customer", '"customer" must be the id or e-mail address as text, or null.')
    action, arguments = data.get("action"), data.get("arguments", {})
    if not isinstance(action, str) or not action.strip():
        return _refused(call_id, "call.action", '"action" must be the name of an action as text.')
    if not isinstance(arguments, dict):
        return _refused(call_id, "call.arguments", '"arguments" must be an object.')
    return _with_action(call_id, (customer or "").strip(), action.strip(), arguments)


def _with_action(call_id: str | int, customer: str, name: str, arguments: dict[str, JsonValue]) -> Call:
    kind = kind_of(name)
    if kind not in ACTIONS:
        meant = _meant(name.casefold(), ACTIONS)
        return _refused(call_id, "call.unknown_action", f"There is no action {name[:_LONGEST]}{meant}.")
    given = _given(ACTIONS[kind], arguments)
    if given.get("kind", kind) != kind:
        return _refused(call_id, "call.arguments", f'"kind" in the arguments is not {kind}.')
    try:
        # As JSON and strict, so that "2" is not a number; `validate_python` would refuse lists for tuples then.
        action = ACTION.validate_json(json.dumps({**given, "kind": kind}), strict=True)
    except ValidationError as error:
        return Call(call_id, customer, None, tuple(_argument_problems(error, kind)))
    return Call(call_id, customer, action)


def _given(model: type[BaseModel], values: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """`values` without nulls where nothing need be given, also within addresses and lines."""
    fields = model.model_fields
    optional = {name for name, field in fields.items() if not field.is_required()}
    return {
        name: _given_in(_inner(fields[name].annotation) if name in fields else None, value)
        for name, value in values.items()
        if value is not None or name not in optional
    }


def _given_in(model: type[BaseModel] | None, value: JsonValue) -> JsonValue:
    if model is not None and isinstance(value, list):
        return [_given(model, each) if isinstance(each, dict) else each for each in value]
    return _given(model, value) if model is not None and isinstance(value, dict) else value


def _inner(annotation: object) -> type[BaseModel] | None:
    """The nouns that an argument holds: itself, or each of its list."""
    held = annotation if isinstance(annotation, type) else next(iter(get_args(annotation)), None)
    return held if isinstance(held, type) and issubclass(held, BaseModel) else None


def _argument_problems(error: ValidationError, kind: str) -> Iterator[Violation]:
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in found["loc"] if part != kind)[:_LONGEST] or "the arguments"
        if found["type"] == "extra_forbidden":
            known = [name for name in ACTIONS[kind].model_fields if name != "kind"]
            yield block("call.unknown_argument", f"{kind} has no argument {where}{_meant(where, known)}.")
        elif found["type"] == "missing":
            yield block("call.missing_argument", f"{kind} needs the argument {where}.")
        elif found["type"] == "too_short":
            yield block("call.bad_argument", f"{where} of {kind}: it is empty; name at least one.")
        else:
            text = found["msg"].removeprefix("Value error, ")[:_LONGEST]
            yield block("call.bad_argument", f"{where} of {kind}: {text[:1].lower()}{text[1:]}.")


def _meant(word: str, known: list[str] | dict[str, type]) -> str:
    close = get_close_matches(word[:_LONGEST], list(known), n=1)
    return f"; did you mean {close[0]}?"[:-1] if close else f"; known are: {', '.join(known)}"


def _refused(call_id: str | int, rule: str, message: str) -> Call:
    return Call(call_id, "", None, (block(rule, message),))
