"""Strict YAML with the line of every value: no aliases, no tags, no duplicate keys, bounded depth and size.

Only `true`, `false`, whole numbers and nothing are special; everything else is text (`no` is the word no).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from knowledge.errors import DocumentError

MAX_DEPTH = 12
MAX_VALUES = 20_000

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
# libyaml parses ten times faster than the pure Python loader; both give the same events.
_LOADER = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text_line` is where its text begins: one line below for a `|` block."""

    value: str | int | bool | None
    line: int
    text_line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: "tuple[Tree, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; `lines` has the line of each key."""

    values: "dict[str, Tree]"
    lines: dict[str, int]
    line: int


Tree = Scalar | Sequence | Fields


def read_tree(source: str, path: Path, first_line: int = 1) -> Tree:
    """Parse one YAML document that begins at `first_line` of `path`.

    Raises:
        DocumentError: Naming the line; also for aliases, tags, repeated keys and too deep or too many values.
    """
    composer = _Composer(path, first_line)
    try:
        return composer.compose(yaml.parse(source, _LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        raise DocumentError(path, line, f"not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(path, first_line, f"not valid YAML: {str(error).splitlines()[0]}") from error


def plain(tree: Tree) -> object:
    """The tree as dicts, lists and values."""
    match tree:
        case Scalar():
            return tree.value
        case Sequence():
            return [plain(item) for item in tree.items]
        case Fields():
            return {key: plain(value) for key, value in tree.values.items()}


def find(tree: Tree, place: tuple[str | int, ...]) -> tuple[Tree, int]:
    """The value at `place` (keys and indexes) and its line; the nearest one above it when there is none."""
    line = tree.line
    for step in place:
        if isinstance(tree, Fields) and step in tree.values:
            line, tree = tree.lines[str(step)], tree.values[str(step)]
        elif isinstance(tree, Sequence) and isinstance(step, int) and 0 <= step < len(tree.items):
            tree = tree.items[step]
            line = tree.line
        else:
            break
    return tree, line


class _Composer:
    def __init__(self, path: Path, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._values = 0

    def compose(self, events: Iterator[yaml.Event]) -> Tree:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                tree = self._tree(next(events), events, depth=0)
                self._refuse_more(events)
                return tree
        return Fields({}, {}, self._first_line)

    def _tree(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Tree:
        line = self._line(event)
        self._refuse(event, line, depth)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(events, depth + 1)), line)
        return self._fields(line, events, depth + 1)

    def _refuse(self, event: yaml.Event, line: int, depth: int) -> None:
        self._values += 1
        if isinstance(event, yaml.AliasEvent):
            raise DocumentError(self._path, line, "a YAML alias (*name) is not allowed: write the value out")
        if getattr(event, "anchor", None) is not None:
            raise DocumentError(self._path, line, "a YAML anchor (&name) is not allowed: write the value out")
        if getattr(event, "tag", None) not in (None, "!"):
            raise DocumentError(self._path, line, "a YAML tag (!name) is not allowed")
        if depth > MAX_DEPTH:
            raise DocumentError(self._path, line, f"nested more than {MAX_DEPTH} levels deep")
        if self._values > MAX_VALUES:
            raise DocumentError(self._path, line, f"more than {MAX_VALUES} values: split the file")

    def _items(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Tree]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._tree(event, events, depth)

    def _fields(self, line: int, events: Iterator[yaml.Event], depth: int) -> Fields:
        fields = Fields({}, {}, line)
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            at = self._line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise DocumentError(self._path, at, "a key must be a word")
            key = str(event.value)
            if key in fields.values:
                raise DocumentError(self._path, at, f"{key} is given twice")
            fields.lines[key] = at
            fields.values[key] = self._tree(next(events), events, depth)
        return fields

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar:
        text = str(event.value)
        is_plain = not event.style
        value = _typed(text) if is_plain else text
        return Scalar(value, line, line + 1 if event.style in ("|", ">") else line)

    def _refuse_more(self, events: Iterator[yaml.Event]) -> None:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise DocumentError(self._path, self._line(event), "a second YAML document (---) is not allowed")

    def _line(self, event: yaml.Event) -> int:
        mark = event.start_mark
        return self._first_line + (mark.line if mark else 0)


def _typed(text: str) -> str | int | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
