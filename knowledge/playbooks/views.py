"""Frozen views over the plain facts of a case: a field that does not exist is an error, never an empty text."""

from collections.abc import Iterator, Mapping
from typing import cast

from knowledge.playbooks.advice import did_you_mean
from knowledge.playbooks.errors import ExpressionError


class View:
    """One object of the scope. Its fields are read by the engine alone, so nothing else of it can be reached."""

    __slots__ = ("_fields", "_name")

    def __init__(self, name: str, fields: Mapping[str, object]) -> None:
        self._name = name
        self._fields = fields

    def __str__(self) -> str:
        return self._name


def field(view: View, name: str) -> object:
    """A field of an object.

    Raises:
        ExpressionError: It has no such field.
    """
    fields = view._fields  # pyright: ignore[reportPrivateUsage] - this module is the view's only reader
    if name not in fields:
        raise ExpressionError(f"{view} has no field {name}{did_you_mean(name, fields)}")
    return wrap(f"{view}.{name}", fields[name])


def wrap(name: str, value: object) -> object:
    """Dicts become views and lists tuples of them; everything else stays what it is."""
    if isinstance(value, dict):
        return View(name, cast("dict[str, object]", value))
    if isinstance(value, list | tuple):
        return tuple(wrap(name, member) for member in cast("list[object]", value))
    return value


def unwrap(value: object) -> object:
    """The plain data again."""
    if isinstance(value, View):
        return value._fields  # pyright: ignore[reportPrivateUsage] - this module is the view's only reader
    if isinstance(value, tuple):
        return [unwrap(member) for member in cast("tuple[object, ...]", value)]
    return value


class Scope(Mapping[str, object]):
    """The facts of one case, wrapped once for all expressions and templates of a draft."""

    __slots__ = ("_wrapped",)

    def __init__(self, facts: Mapping[str, object]) -> None:
        self._wrapped = {name: wrap(name, value) for name, value in facts.items()}

    def __getitem__(self, name: str) -> object:
        return self._wrapped[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._wrapped)

    def __len__(self) -> int:
        return len(self._wrapped)

    def having(self, **more: object) -> "Scope":
        """The same facts and some more."""
        scope = Scope(more)
        scope._wrapped = self._wrapped | scope._wrapped
        return scope
