"""What is wrong with a key or a line that somebody wrote, in words of its own and not in those of the library."""

from collections.abc import Mapping
from types import MappingProxyType

_SAID: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is no key here; take it out, or correct its name",
        "string_type": "has to be text",
        "string_too_short": "is empty",
        "string_too_long": "is too long",
        "string_pattern_mismatch": "has signs that are not allowed here",
        "int_type": "has to be a whole number",
        "int_parsing": "has to be a whole number",
        "int_from_float": "has to be a whole number",
        "bool_type": "has to be true or false",
        "bool_parsing": "has to be true or false",
        "date_type": "has to be a date such as 2026-03-01",
        "date_parsing": "has to be a date such as 2026-03-01",
        "date_from_datetime_parsing": "has to be a date such as 2026-03-01",
        "date_from_datetime_inexact": "has to be a date such as 2026-03-01, without a time",
        "list_type": "has to be a list",
        "tuple_type": "has to be a list",
        "model_type": "has to be an object",
        "dict_type": "has to be a block of keys",
        "json_invalid": "the line is not JSON; one object a line is needed",
    }
)


def said(kind: str, message: str) -> str:
    """One fault by its kind; in the library's words where nobody meets it."""
    if kind == "enum":
        message = message.replace("'", "")
    return _SAID.get(kind, message.removeprefix("Value error, ").replace("Input should be", "has to be", 1))
