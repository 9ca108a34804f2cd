"""The API in readable form, made from its OpenAPI document: what is not in the document is not said here either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from server.ui.views.reference_shell import command
from server.ui.words import sentence, spoken

METHODS = ("get", "post", "put", "patch", "delete")
MAIN = frozenset({
    ("post", "/api/v1/tickets"),
    ("get", "/api/v1/cases"),
    ("get", "/api/v1/cases/{case_id}/suggestion"),
    ("get", "/api/v1/approvals"),
    ("post", "/api/v1/approvals/{request_id}/decision"),
    ("get", "/api/v1/cases/{case_id}/stream"),
    ("post", "/webhooks/{source}"),
})  # fmt: skip
"""What an integration begins with: their examples stand open."""
BODIES: Mapping[tuple[str, str], JsonValue] = {
    ("post", "/api/v1/approvals/{request_id}/decision"): {"kind": "approve", "digest": "9f2c..."},
}
"""Bodies that the examples of single fields do not make: a signature names what was shown, and no other amount."""
DEEPEST = 4
"""Levels of an example; deeper ones are left out of it."""
_CODE = re.compile(r"`([^`]*)`")


class Schema(BaseModel):
    """What of JSON Schema the document uses."""

    model_config = ConfigDict(extra="ignore")

    ref: str = Field("", alias="$ref")
    type: str | list[str] = ""
    description: str = ""
    format: str = ""
    properties: dict[str, Schema] = {}
    required: list[str] = []
    items: Schema | None = None
    any_of: list[Schema] = Field(default=[], alias="anyOf")
    one_of: list[Schema] = Field(default=[], alias="oneOf")
    all_of: list[Schema] = Field(default=[], alias="allOf")
    enum: list[JsonValue] = []
    const: JsonValue = None
    default: JsonValue = None
    examples: list[JsonValue] = []

    @property
    def name(self) -> str:
        """Of the shape that it points to; empty for one that is written out."""
        return self.ref.rpartition("/")[2]

    @property
    def choices(self) -> list[Schema]:
        """The shapes of which it is one, nothing left out."""
        return [each for each in (*self.any_of, *self.one_of, *self.all_of) if each.type != "null"]


class Parameter(BaseModel):
    """One in the path, the query or a header."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    name: str
    place: str = Field(alias="in")
    required: bool = False
    description: str = ""
    given: Schema = Field(default=Schema(), alias="schema")  # pyright: ignore[reportCallIssue] - fields have aliases


class Content(BaseModel):
    """A body of one media type."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    given: Schema = Field(default=Schema(), alias="schema")  # pyright: ignore[reportCallIssue] - fields have aliases


class Body(BaseModel):
    """A request's body, or an answer."""

    model_config = ConfigDict(extra="ignore")

    description: str = ""
    content: dict[str, Content] = {}


class Operation(BaseModel):
    """One method of one path."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    tags: list[str] = []
    summary: str = ""
    description: str = ""
    parameters: list[Parameter] = []
    body: Body | None = Field(None, alias="requestBody")
    responses: dict[str, Body] = {}
    security: list[dict[str, list[str]]] = []

    @property
    def scope(self) -> str:
        """What a key needs; empty where nobody has to have one."""
        return ", ".join(name for each in self.security for name in each.get("key", ()))


class Components(BaseModel):
    """The shapes that have names."""

    model_config = ConfigDict(extra="ignore")

    schemas: dict[str, Schema] = {}


class Document(BaseModel):
    """The OpenAPI document."""

    model_config = ConfigDict(extra="ignore")

    paths: dict[str, dict[str, Operation]] = {}
    components: Components = Components()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A parameter or a field. `shape`: the named shape that it holds, to link to."""

    name: str
    kind: str
    shape: str
    place: str
    required: bool
    says: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What may come back: status, meaning, and the shape of it."""

    status: str
    says: tuple[tuple[bool, str], ...]
    shape: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. `says` are pieces of text, each with whether it is code."""

    id: str
    method: str
    path: str
    scope: str
    says: tuple[tuple[bool, str], ...]
    rows: tuple[Row, ...]
    body: str
    answers: tuple[Answer, ...]
    refusals: tuple[str, ...]
    example: str
    main: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Calls that belong together."""

    id: str
    name: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A named shape with its fields, or its values."""

    id: str
    name: str
    says: tuple[tuple[bool, str], ...]
    rows: tuple[Row, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The whole page."""

    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]


def reference(document: Mapping[str, JsonValue], base: str) -> Reference:
    """Every call and every shape of an OpenAPI document; `base` is the address that examples name."""
    found = Document.model_validate(document)
    shapes = found.components.schemas
    tags = dict.fromkeys(
        tag for operations in found.paths.values() for each in operations.values() for tag in each.tags
    )
    return Reference(
        groups=tuple(
            Group(id=f"group-{tag}", name=sentence(spoken(tag)), calls=tuple(_calls(found, tag, shapes, base)))
            for tag in tags
        ),
        shapes=tuple(_shape(name, schema) for name, schema in sorted(shapes.items())),
    )


def pieces(text: str) -> tuple[tuple[bool, str], ...]:
    """The text with what stands between backticks marked as code."""
    parts = _CODE.split(" ".join(text.split()))
    return tuple((at % 2 == 1, part) for at, part in enumerate(parts) if part)


def _calls(document: Document, tag: str, shapes: Mapping[str, Schema], base: str) -> Iterator[Call]:
    for path, operations in document.paths.items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is not None and tag in operation.tags:
                yield _call(path, method, operation, shapes, base)


def _call(path: str, method: str, operation: Operation, shapes: Mapping[str, Schema], base: str) -> Call:
    body = _schema_of(operation.body)
    answers = {status: answer for status, answer in operation.responses.items() if status < "400"}
    return Call(
        id=f"{method}{re.sub(r'[^a-z0-9]+', '-', path.lower())}".rstrip("-"),
        method=method.upper(),
        path=path,
        scope=operation.scope,
        says=pieces(operation.description or operation.summary),
        rows=tuple(_parameter(each) for each in operation.parameters),
        body=body.name if body else "",
        answers=tuple(_answer(status, answer) for status, answer in answers.items()),
        refusals=tuple(status for status in sorted(operation.responses) if status >= "400"),
        example=command(
            method, path, base,
            given={each.name: _plain(each.given) for each in operation.parameters if each.required},
            body=json.dumps(BODIES.get((method, path)) or example_of(body, shapes), indent=2, ensure_ascii=False)
            if body
            else "",
        ),
        main=(method, path) in MAIN,
    )  # fmt: skip


def _schema_of(body: Body | None) -> Schema | None:
    found = next(iter(body.content.values()), None) if body else None
    return found.given if found else None


def _answer(status: str, answer: Body) -> Answer:
    # 304 has no body, whatever the document says of it.
    found = next(iter(answer.content.items()), None) if status != "304" else None
    schema = found[1].given if found else None
    kind = _kind(schema) if schema else ""
    return Answer(
        status=status,
        says=pieces(answer.description if answer.description != "Successful Response" else ""),
        shape=_pointed(schema) if schema else "",
        kind=kind or (found[0] if found and found[0] != "application/json" else ""),
    )


def _parameter(each: Parameter) -> Row:
    where = {"path": "in the path", "query": "in the query", "header": "a header"}.get(each.place, each.place)
    return Row(
        name=each.name, kind=_kind(each.given), shape=_pointed(each.given), place=where, required=each.required,
        says=pieces(each.description or each.given.description),
    )  # fmt: skip


def _shape(name: str, schema: Schema) -> Shape:
    return Shape(
        id=f"shape-{name}",
        name=name,
        says=pieces(schema.description),
        rows=tuple(
            Row(
                name=field, kind=_kind(each), shape=_pointed(each), place="", required=field in schema.required,
                says=pieces(each.description),
            )
            for field, each in schema.properties.items()
        ),
        values=tuple(str(value) for value in schema.enum),
    )  # fmt: skip


def _pointed(schema: Schema) -> str:
    """The named shape that is in it, or in its list."""
    inner = schema.items or schema
    named = [inner.name, *(each.name or (each.items.name if each.items else "") for each in inner.choices)]
    return next((name for name in named if name), "")


def _kind(schema: Schema) -> str:
    """`text`, `number`, `list of Case`, `open | closed`: what it is in a word."""
    if schema.name:
        return schema.name
    if schema.choices:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema.choices))
    if schema.enum:
        return " | ".join(str(value) for value in schema.enum)
    if schema.const is not None:
        return json.dumps(schema.const)
    if schema.items is not None:
        return f"list of {_kind(schema.items) or 'anything'}"
    return _KINDS.get(schema.format) or _KINDS.get(str(schema.type), str(schema.type))


_KINDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "date-time": "moment, ISO 8601"}


def example_of(schema: Schema, shapes: Mapping[str, Schema], depth: int = 0) -> JsonValue:
    """What the document gives as an example; else what is required, and what has an example, field by field."""
    if schema.name:
        return example_of(shapes.get(schema.name, Schema()), shapes, depth)  # pyright: ignore[reportCallIssue]
    if schema.examples:
        return schema.examples[0]
    if schema.properties:
        return {name: _field(each, shapes, depth) for name, each in _told(schema, depth)}
    if schema.choices:
        return example_of(schema.choices[0], shapes, depth)
    if schema.items is not None:
        return [example_of(schema.items, shapes, depth + 1)] if depth < DEEPEST else []
    return _leaf(schema)


def _told(schema: Schema, depth: int) -> Sequence[tuple[str, Schema]]:
    fields = schema.properties.items()
    return [(name, each) for name, each in fields if name in schema.required or (each.examples and depth < DEEPEST)]


def _field(schema: Schema, shapes: Mapping[str, Schema], depth: int) -> JsonValue:
    return example_of(schema, shapes, depth + 1)


def _leaf(schema: Schema) -> JsonValue:
    if schema.default is not None or schema.const is not None:
        return schema.default if schema.const is None else schema.const
    if schema.enum:
        return schema.enum[0]
    return {"integer": 1, "number": 1, "boolean": True}.get(str(schema.type), "…")


def _plain(schema: Schema) -> str:
    found = schema.examples[0] if schema.examples else _leaf(schema)
    return str(found)
