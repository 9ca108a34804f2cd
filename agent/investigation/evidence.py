"""Scope to evidence: the same facts as JSON, each with its source and time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from agent.case import Evidence
from agent.investigation.fields import fields_of
from tools.money import Money

# Where each kind of fact comes from; what is missing here is no evidence (conditions only).
SOURCES: dict[str, str] = {
    "customer": "store.customers",
    "order": "store.orders",
    "orders": "store.orders",
    "items": "store.orders",
    "shipment": "store.shipments",
    "return_": "store.returns",
    "refund": "store.refunds",
    "product": "store.products",
    "attribute": "store.products",
    "variant": "store.stock",
    "swap": "store.stock",
    "alternatives_in_stock": "store.stock",
    "subscription": "store.subscriptions",
    "code": "store.discount_codes",
    "estimate": "limits.delivery",
    "policy": "limits",
    "queue": "limits.business_hours",
    "items_value": "computed.orders",
    "owed_value": "computed.orders",
    "price_drop": "computed.products",
    "payment_method_named": "store.customers",
    "window_ended_at": "computed.returns",
    "new_address": "ticket",
    "country_not_served": "ticket",
    "unknown_option": "ticket",
    "sender": "ticket",
}
CUSTOMER_KINDS = frozenset(
    {
        "customer",
        "order",
        "orders",
        "items",
        "shipment",
        "return_",
        "refund",
        "subscription",
        "items_value",
        "owed_value",
        "price_drop",
        "payment_method_named",
    }
)
"""Evidence that belongs to a customer and needs a verified identity."""


_PLAIN = frozenset({str, int, float, bool})


def to_json(value: object) -> JsonValue:
    """Money as text, moments as ISO 8601, the rest as it is."""
    if value is None or type(value) in _PLAIN:
        return cast("JsonValue", value)  # one of these
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    fields = fields_of(value)
    if fields is not None:
        return {name: to_json(item) for name, item in fields.items()}
    if isinstance(value, list):
        return [to_json(item) for item in cast("list[object]", value)]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def evidence_of(scope: Mapping[str, object], now: datetime) -> tuple[Evidence, ...]:
    """Every fact of the scope that has a source and a value."""
    found = ((kind, source, scope.get(kind)) for kind, source in SOURCES.items())
    return tuple(_one(kind, source, value, now) for kind, source, value in found if value not in (None, [], {}))


def _one(kind: str, source: str, value: object, now: datetime) -> Evidence:
    content = to_json(value)
    fields: dict[str, JsonValue] = content if isinstance(content, dict) else {kind: content}
    name = next((str(fields[key]) for key in ("id", "number", "code", "title") if fields.get(key)), "")
    return Evidence(id=f"{kind}:{name}" if name else kind, kind=kind, source=source, as_of=now, fields=_known(fields))


def _known(fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in fields.items() if value is not None}
