"""The head of a Markdown file: YAML between two `---` lines, every error with its line."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.documents import DocumentId, Edition
from knowledge.errors import DocumentError
from knowledge.plainly import said

FENCE = "---"
# The parser needs quadratic time for nested brackets: this many cost about a second.
MAX_HEAD_CHARS = 3_000


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
        faults = [(str(each["loc"][0]) if each["loc"] else "", each["type"], each["msg"]) for each in error.errors()]
        missing = [key for key, kind, _ in faults if kind == "missing"]
        if missing:
            odd = ", ".join(key for key, kind, _ in faults if kind == "extra_forbidden")
            besides = f"; it has {odd}, which is no key" if odd else ""
            raise DocumentError(path, 1, f"the front matter lacks {', '.join(missing)}{besides}") from error
        key, kind, message = faults[0]
        known = f"; known are {', '.join(FrontMatter.model_fields)}" if kind == "extra_forbidden" else ""
        raise DocumentError(path, head.lines.get(key, 1), f"{key}: {said(kind, message)}{known}") from error
    if matter.effective_to is not None and matter.effective_to < matter.effective_from:
        raise DocumentError(path, head.lines["effective_to"], "effective_to is before effective_from")
    return matter


def _parse(source: str, path: Path) -> tuple[dict[str, object], dict[str, int]]:
    try:
        return _read(source, path)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise DocumentError(path, line, f"the front matter is not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(path, 1, f"the front matter cannot be read: {error}") from error


def _read(source: str, path: Path) -> tuple[dict[str, object], dict[str, int]]:
    """Values and file lines of the top-level keys."""
    # An alias can unfold a few lines into gigabytes.
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(source, yaml.SafeLoader)):
        raise DocumentError(path, 1, "the front matter uses a YAML alias (*name): write the value out")
    loader = yaml.SafeLoader(source)
    node = loader.get_single_node()
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise DocumentError(path, 2, "the front matter must be `key: value` lines")
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value if node is not None else ():
        key, line = str(key_node.value), int(key_node.start_mark.line) + 2
        if key in lines:
            raise DocumentError(path, line, f"{key} is given twice")
        lines[key] = line
        values[key] = _value(loader, value_node, DocumentError(path, line, f"{key} is not a possible value"))
    return values, lines


def _value(loader: yaml.SafeLoader, node: yaml.Node, impossible: DocumentError) -> object:
    try:
        return loader.construct_object(node, deep=True)  # pyright: ignore[reportUnknownMemberType] - partial types
    except ValueError as error:  # such as the 31st of June
        raise impossible from error
