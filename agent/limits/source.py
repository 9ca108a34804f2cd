"""Reading plain YAML and remembering where everything stands, so that each mistake can be shown in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import JsonValue

Loc = tuple[str | int, ...]
MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_DO = "Nothing was changed; correct the file and try again."


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake, with its place. Lines and columns count from 1; line 0 is the file as a whole."""

    line: int
    column: int
    message: str

    def at(self, path: Path) -> str:
        """`limits.yaml:12:5: what is wrong`."""
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{path}{place}: {self.message}"


class LimitsError(Exception):
    """limits.yaml cannot be used; `problems` says where and what to do. No default takes its place."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join([*(problem.at(path) for problem in self.problems), _DO]))


class _Stop(yaml.MarkedYAMLError):
    """Something that is YAML and that we do not take."""


_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{0,18}")


@dataclass(frozen=True)
class Source:
    """The content as JSON-ready data, and where each value and each key begins."""

    data: JsonValue
    values: dict[Loc, tuple[int, int]] = field(default_factory=dict[Loc, tuple[int, int]])
    keys: dict[Loc, tuple[int, int]] = field(default_factory=dict[Loc, tuple[int, int]])

    def place(self, loc: Loc, *, key: bool = False) -> tuple[int, int]:
        """Line and column of a value, or of the key that names it; of the nearest parent when it is not there."""
        if key and loc in self.keys:
            return self.keys[loc]
        while loc and loc not in self.values:
            loc = loc[:-1]
        return self.values.get(loc, (1, 1))


def read_source(path: Path) -> Source:
    """The file as data with places. Raises LimitsError when it is missing, empty, too large, not UTF-8 or not YAML."""
    text = _text(path)
    try:
        _refuse_the_fancy(text)
        node = yaml.compose(text, _LOADER)
    except yaml.MarkedYAMLError as error:
        raise LimitsError(path, [_yaml_problem(error)]) from None
    except yaml.reader.ReaderError as error:
        raise LimitsError(path, [_character_problem(text, error.position)]) from None
    if node is None:
        raise LimitsError(path, [Problem(0, 0, "the file has no rules in it; start from the shipped limits.yaml")])
    source = Source(data=None)
    problems: list[Problem] = []
    data = _convert(node, (), source, problems)
    if problems:
        raise LimitsError(path, problems)
    return Source(data, source.values, source.keys)


def _refuse_the_fancy(text: str) -> None:
    """Aliases multiply, tags build objects, depth exhausts the stack: none of them is ever needed for a rule."""
    depth = 0
    for event in yaml.parse(text, _LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        reason = _fancy(event, depth)
        if reason:
            raise _Stop(problem=reason, problem_mark=event.start_mark)  # pyright: ignore[reportArgumentType] - either Mark


def _fancy(event: yaml.Event, depth: int) -> str:
    if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
        return "anchors and aliases (& and *) are not used here; write it out"
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
        return "tags (!) are not used here; remove it"
    return "nested deeper than any rule is" if depth > MAX_DEPTH else ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot be read ({error.strerror}); say where it is with --limits FILE"
        raise LimitsError(path, [Problem(0, 0, message)]) from None
    if len(content) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1024} KB, which no set of rules is; is it the right file?"
        raise LimitsError(path, [Problem(0, 0, message)])
    if not content.strip():
        raise LimitsError(path, [Problem(0, 0, "the file is empty; start from the shipped limits.yaml")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = _place(before, len(before))
        raise LimitsError(path, [Problem(line, column, "not UTF-8; save the file with UTF-8 encoding")]) from None


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _yaml_problem(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    words = error.problem or error.context or "not YAML"
    hint = " (YAML; look at the indentation, quotes and brackets here and just above)"
    note = "" if isinstance(error, _Stop) else hint
    return Problem(mark.line + 1 if mark else 0, mark.column + 1 if mark else 0, f"{words}{note}")


def _character_problem(text: str, position: int) -> Problem:
    line, column = _place(text, position)
    return Problem(line, column, "an invisible control character; delete it or save the file as plain text")


def _convert(node: yaml.Node, loc: Loc, source: Source, problems: list[Problem]) -> JsonValue:
    source.values[loc] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, loc, source, problems)
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, (*loc, index), source, problems) for index, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, loc: Loc, source: Source, problems: list[Problem]) -> JsonValue:
    result: dict[str, JsonValue] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(line, column, "a key must be a plain word"))
            continue
        key = str(key_node.value)
        if key in result:
            first = source.keys[(*loc, key)][0]
            problems.append(Problem(line, column, f'"{key}" is here twice (first on line {first}); keep one'))
        source.keys[(*loc, key)] = (line, column)
        result[key] = _convert(value_node, (*loc, key), source, problems)
    return result


def _scalar(node: yaml.Node) -> JsonValue:
    """YAML as people mean it: `no` is Norway and `09:00` a time of day; only plain words are read as more than text."""
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
