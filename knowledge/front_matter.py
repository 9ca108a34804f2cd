"""The head of a Markdown file: YAML between two `---` lines, every error with its line."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.documents import DocumentId, Edition
from knowledge.errors import DocumentError

FENCE = "---"
MAX_HEAD_CHARS = 16_384


class FrontMatter(Edition):
    """The keys a document's head may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: DocumentId
    title: str = Field(min_length=1, max_length=200)


class Head(BaseModel):
    """The raw head of a file and where its body begins (line numbers from 1)."""

    values: dict[str, object]
    lines: dict[str, int]
    body: str
    body_line: int


def split_head(text: str, path: Path) -> Head:
    """Separate the head from the body; without a first `---` line all of it is body.

    Raises:
        DocumentError: The head is not closed, not YAML, too large, or not a list of `key: value` lines.
    """
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        return Head(values={}, lines={}, body=text, body_line=1)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise DocumentError(path, 1, "the front matter has no closing --- line: is the file truncated?")
    source = "\n".join(lines[1:end])
    if len(source) > MAX_HEAD_CHARS:
        raise DocumentError(path, 1, f"the front matter is longer than {MAX_HEAD_CHARS} characters")
    values, key_lines = _parse(source, path)
    return Head(values=values, lines=key_lines, body="\n".join(lines[end + 1 :]), body_line=end + 2)


def validate_head(head: Head, path: Path) -> FrontMatter:
    """Check a head against `FrontMatter`.

    Raises:
        DocumentError: Naming the line of the first wrong key.
    """
    try:
        matter = FrontMatter.model_validate(head.values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise DocumentError(path, head.lines.get(key, 1), f"{key}: {first['msg']}") from error
    if matter.effective_to is not None and matter.effective_to < matter.effective_from:
        raise DocumentError(path, head.lines["effective_to"], "effective_to is before effective_from")
    return matter


def _parse(source: str, path: Path) -> tuple[dict[str, object], dict[str, int]]:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(source, yaml.SafeLoader)):
            raise DocumentError(path, 1, "the front matter uses a YAML alias (*name): write the value out")
        lines = _key_lines(yaml.compose(source, yaml.SafeLoader), path)
        loaded: object = yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise DocumentError(path, line, f"the front matter is not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DocumentError(path, 1, f"the front matter cannot be read: {error}") from error
    return {str(key): value for key, value in _items(loaded)}, lines


def _items(loaded: object) -> Iterable[tuple[object, object]]:
    return cast("dict[object, object]", loaded).items() if isinstance(loaded, dict) else ()  # YAML is untyped


def _key_lines(node: yaml.Node | None, path: Path) -> dict[str, int]:
    """Each top-level key with its line in the file."""
    lines: dict[str, int] = {}
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise DocumentError(path, 2, "the front matter must be `key: value` lines")
    for key, _ in node.value if node is not None else ():
        line = int(key.start_mark.line) + 2
        if str(key.value) in lines:
            raise DocumentError(path, line, f"{key.value} is given twice")
        lines[str(key.value)] = line
    return lines
