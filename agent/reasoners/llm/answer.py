"""The answer of a language model: its schema, reading it, and making a proposal of it. Data only: nothing happens here.

A model names kinds of actions and may narrow their arguments. Which ticket, customer, order and parcel they are about
comes from the case, never from the model; an argument that would say so does not exist in the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Annotated, Literal, TypeVar, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from tools.actions import ACTIONS

ActionKind = Literal[
    "create_return",
    "exchange_items",
    "refund_order",
    "replace_items",
    "cancel_order",
    "change_order_items",
    "change_shipping_address",
    "change_payment_method",
    "update_customer_address",
    "issue_store_credit",
    "issue_discount_code",
    "open_carrier_trace",
    "hold_order",
    "suppress_promotions",
]
"""What a model may propose. Notes, tags, queues and hand-overs are written by code; holds are released by people."""
KINDS: tuple[str, ...] = get_args(ActionKind)

# Small local models think aloud and wrap JSON in Markdown although they are told not to.
_AROUND = re.compile(r"\A(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*\n(?P<inside>.*)\n```|(?P<bare>.*))\Z", re.DOTALL)
_PLAIN = frozenset({"type", "enum", "const", "anyOf", "items", "$ref", "description"})
Short = Annotated[str, Field(max_length=600)]
Name = Annotated[str, Field(max_length=200)]


class Unusable(ValueError):
    """The answer cannot be used; the message says what is wrong, for the model to mend."""


class Part(BaseModel):
    """A part of an answer: what the schema does not name is refused; what is left out is empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LinesWanted(Part):
    """Units of one order line."""

    line_id: Name
    quantity: int


class SwapWanted(Part):
    """Units of one order line and the variant that takes their place."""

    line_id: Name
    quantity: int
    variant_id: Name


class ActionWanted(Part):
    """One action. Null: as usual for this case."""

    kind: ActionKind
    lines: list[LinesWanted] | None = None
    swaps: list[SwapWanted] | None = None
    amount: Name | None = None
    shipping: bool | None = None
    percent: int | None = None
    expires_on: Name | None = None
    days: int | None = None
    method_id: Name | None = None

    def arguments(self) -> dict[str, object]:
        """What the model set itself."""
        return self.model_dump(exclude={"kind"}, exclude_none=True)


class FollowUpWanted(Part):
    """We will write again."""

    in_days: Annotated[int, Field(ge=1, le=60)]
    text: Annotated[str, Field(min_length=1, max_length=300)]


class Answer(Part):
    """A reply and what should be done."""

    reply: Annotated[str, Field(max_length=8_000)] = ""
    language: Name = ""
    actions: Annotated[list[ActionWanted], Field(max_length=8)] = []
    citations: Annotated[list[Name], Field(max_length=40)] = []
    follow_up: FollowUpWanted | None = None
    escalate: Short = ""
    rationale: Short = ""


class Sorting(Part):
    """What a message is about."""

    intent: Name
    secondary: Annotated[list[Name], Field(max_length=3)] = []
    human_request: bool = False
    reason: Short = ""


Kind = TypeVar("Kind", bound=Part)


def read(kind: type[Kind], text: str) -> Kind:
    """The answer in `text`. Raises Unusable with every mistake."""
    found = _AROUND.match(text.strip())
    content = (found["inside"] or found["bare"] or "") if found else ""
    if not content:
        raise Unusable("the answer is empty")
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise Unusable("; ".join(_mistakes(error))) from error


def _mistakes(error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_input=False)[:6]
    return [": ".join(filter(None, (".".join(str(step) for step in each["loc"]), each["msg"]))) for each in found]


def schema_of(kind: type[Part], **choices: list[str]) -> dict[str, JsonValue]:
    """The JSON schema of an answer in the subset that endpoints enforce; `choices` lists the values of a text field."""
    whole = cast("dict[str, JsonValue]", json.loads(json.dumps(kind.model_json_schema())))
    shapes = cast("dict[str, dict[str, JsonValue]]", whole.pop("$defs", {}))
    plain = _strict(whole)
    for name, values in choices.items():
        _limit(cast("dict[str, dict[str, JsonValue]]", plain["properties"])[name], values)
    return {**plain, "$defs": {name: _strict(shape) for name, shape in shapes.items()}} if shapes else plain


def answer_schema(kinds: Collection[str], language: str) -> dict[str, JsonValue]:
    """The schema of `Answer` in this language with these kinds of actions; without any, none can be written."""
    whole = schema_of(Answer, language=[language])
    shapes = cast("dict[str, dict[str, dict[str, dict[str, JsonValue]]]]", whole["$defs"])
    shapes["ActionWanted"]["properties"]["kind"]["enum"] = [kind for kind in KINDS if kind in kinds] or ["none"]
    return whole


def _limit(field: dict[str, JsonValue], values: list[str]) -> None:
    target = cast("dict[str, JsonValue]", field["items"]) if field.get("type") == "array" else field
    target["enum"] = list[JsonValue](values)


def _strict(shape: JsonValue) -> dict[str, JsonValue]:
    """Every property required, nothing besides, and no bounds: those are checked when the answer is read."""
    given = cast("dict[str, JsonValue]", shape)
    kept = {name: _inside(value) for name, value in given.items() if name in _PLAIN and name != "description"}
    if given.get("type") == "object":
        properties = cast("dict[str, JsonValue]", given["properties"])
        kept["properties"] = {name: _strict(value) for name, value in properties.items()}
        kept["required"] = list(properties)
        kept["additionalProperties"] = False
    return kept


def _inside(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _strict(value)
    if isinstance(value, list):
        return [_strict(item) if isinstance(item, dict) else item for item in value]
    return value


def offered_actions() -> dict[str, str]:
    """Each kind with the first line of what it does, as its class says."""
    return {kind: (ACTIONS[kind].__doc__ or "").strip().splitlines()[0] for kind in KINDS}
