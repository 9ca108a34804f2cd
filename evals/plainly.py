"""What is wrong with a line of a file, in words of its own and not in those of the library that read it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError

_SAID: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "means nothing here; take it out, or correct its name",
        "string_type": "has to be text",
        "list_type": "has to be a list",
        "tuple_type": "has to be a list",
        "model_type": "has to be an object",
        "model_attributes_type": "has to be an object",
        "dict_type": "has to be an object",
    }
)


def reason(kind: str, message: str) -> str:
    """One fault by its kind; in the library's words where nobody meets it."""
    return _SAID.get(kind, message.removeprefix("Value error, "))


def first_fault(error: ValidationError, whole: str, most: int = 500) -> str:
    """The first thing that is wrong; `whole` is what it is called where no part of it is named."""
    found = error.errors(include_url=False)[0]
    if found["type"] == "json_invalid":
        return "not JSON; one object a line is needed"
    where = ".".join(str(part) for part in found["loc"])
    said = reason(found["type"], found["msg"])[:most]
    link = " " if found["type"] in _SAID else ": "
    return f"`{where}`{link}{said}" if where else f"{whole}{link}{said}".removeprefix(": ")
