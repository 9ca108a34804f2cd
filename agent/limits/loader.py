"""From limits.yaml to PolicyLimits: every mistake at once, each with its line, column and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent.limits.checks import Finding, doubts, meant, mistakes
from agent.limits.policy_limits import PolicyLimits
from agent.limits.source import LimitsError, Loc, Problem, Source, read_source

_WANTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "string_type": "text (put it in quotes)",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a block of `key: value` lines",
    "model_type": "a block of `key: value` lines",
    "tuple_type": "a list",
    "list_type": "a list",
    "time_type": 'a time of day such as "09:00"',
    "time_parsing": 'a time of day such as "09:00"',
    "date_type": 'a date such as "2026-12-25"',
    "date_parsing": 'a date such as "2026-12-25"',
    "date_from_datetime_parsing": 'a date such as "2026-12-25"',
}


@dataclass(frozen=True)
class LimitsFile:
    """A usable limits.yaml, and what its author may want to know."""

    limits: PolicyLimits
    warnings: tuple[str, ...]


def shipped_limits() -> Path:
    """Where the limits.yaml of the demo brand is: the one to copy and change."""
    import knowledge

    return Path(knowledge.__file__ or "").parent / "sources" / "limits.yaml"


def load_limits(path: Path) -> PolicyLimits:
    """The rules in `path`. Raises LimitsError, which names each mistake's place."""
    return read_limits(path).limits


def read_limits(path: Path) -> LimitsFile:
    """The rules in `path` with warnings. Raises LimitsError, which names each mistake's place."""
    source = read_source(path)
    try:
        limits = PolicyLimits.model_validate_json(json.dumps(source.data))
    except ValidationError as error:
        raise LimitsError(path, _typed(error.errors(include_url=False), source)) from None
    found = list(mistakes(limits))
    if found:
        raise LimitsError(path, _placed(found, source))
    return LimitsFile(limits, tuple(problem.at(path) for problem in sorted(_placed(doubts(limits), source))))


def _placed(findings: Iterable[Finding], source: Source) -> Iterator[Problem]:
    for finding in findings:
        line, column = source.place(finding.loc, key=finding.key)
        yield Problem(line, column, finding.message)


def _typed(errors: Iterable[ErrorDetails], source: Source) -> Iterator[Problem]:
    for error in errors:
        loc = tuple(part for part in error["loc"] if part != "[key]")
        about_key = error["loc"] != loc or error["type"] == "extra_forbidden"
        there = _existing(loc, source)
        line, column = source.place(there, key=about_key or error["type"] == "missing")
        yield Problem(line, column, _words(error, loc if error["type"] == "missing" else there))


def _existing(loc: Loc, source: Source) -> Loc:
    """`loc`, or the nearest parent that is in the file: what is missing has no place of its own."""
    while loc and loc not in source.values:
        loc = loc[:-1]
    return loc


def _words(error: ErrorDetails, loc: Loc) -> str:
    name, value = str(loc[-1]) if loc else "the file", error["input"]
    match error["type"]:
        case "missing":
            return f"`{_dotted(loc)}` is missing; add it (the shipped limits.yaml shows how)"
        case "extra_forbidden":
            return f'unknown key "{name}"{meant(name, _fields_beside(loc))}'
        case "enum" | "literal_error":
            return f"{_shown(value)} is not known here{_expected(error, value)}"
        case "string_pattern_mismatch" if name == "currency":
            return f"`{_dotted(loc)}` must be three capital letters, such as USD, not {_shown(value)}"
        case "value_error":
            return f"`{_dotted(loc)}`: {error['msg'].removeprefix('Value error, ')}"
        case kind if kind in _WANTED:
            return f"`{_dotted(loc)}` must be {_WANTED[kind]}, not {_shown(value)}"
        case _:
            return f"`{_dotted(loc)}`: {error['msg'][0].lower()}{error['msg'][1:]}, not {_shown(value)}"


def _expected(error: ErrorDetails, value: object) -> str:
    words = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(", ")
    return meant(str(value), [word.strip("'") for word in words])


def _dotted(loc: Loc) -> str:
    return ".".join(str(part) for part in loc) or "the file"


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a block"
        case list() | tuple():
            return "a list"
        case bool():
            return str(value).lower()
        case _:
            text = str(value)
            return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def _fields_beside(loc: Loc) -> list[str]:
    """The keys that could stand where the unknown key `loc` stands."""
    model: object = PolicyLimits
    for part in loc[:-1]:
        model = _step(model, part)
    return list(model.model_fields) if _is_model(model) else []


def _is_model(value: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _step(model: object, part: str | int) -> object:
    if _is_model(model):
        field = model.model_fields.get(str(part))
        return _inside(field.annotation) if field else None
    if get_origin(model) is dict:
        return _inside(get_args(model)[1])
    if get_origin(model) is tuple:
        return _inside(get_args(model)[0])
    return None


@lru_cache(maxsize=256)
def _inside(annotation: object) -> object:
    """The first model, dict or tuple in an optional annotation."""
    if get_origin(annotation) in (dict, tuple) or _is_model(annotation):
        return annotation
    return next((inner for inner in map(_inside, get_args(annotation)) if inner is not None), None)
