"""What a search for cases looks in: what people know a case by, and none of the names that we keep it under."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pydantic import JsonValue

KNOWN_BY = frozenset(
    {"customer", "order", "orders", "shipment", "product", "items", "discount_code", "refund", "return_"}
)
"""Kinds of evidence with names, numbers and titles in them; the shop's own rules are in every case."""
_MESSAGE = ("text", "sender", "sender_name")
_REFERENCES = ("order_numbers", "emails", "skus", "tracking_numbers")
_ROW = ("case_id", "ticket_id", "outcome", "with_person", "customer_id", "approval_id")


def holds(case: str, ticket: str, words: Sequence[str]) -> bool:
    """Whether every word stands in a case or its ticket (their rows as JSON; the ticket's may be empty)."""
    text = "\n".join((*_of_case(json.loads(case)), *_of_ticket(json.loads(ticket) if ticket else {}))).casefold()
    return all(word.casefold() in text for word in words)


def _of_case(case: JsonValue) -> Iterator[str]:
    yield from _texts(case, *_ROW)
    said = _in(case, "classification")
    yield from _texts(said, "intent")
    for name in _REFERENCES:
        yield from _every(_in(_in(said, "references"), name))
    yield from _texts(_in(_in(case, "proposal"), "reply"), "text")
    for item in _list(_in(_in(case, "investigation"), "evidence")):
        if _in(item, "kind") in KNOWN_BY:
            yield from _texts(item, "id")
            yield from _every(_in(item, "fields"))


def _of_ticket(ticket: JsonValue) -> Iterator[str]:
    yield from _texts(ticket, "id", "subject")
    yield from _every(_in(ticket, "tags"))
    for message in _list(_in(ticket, "messages")):
        yield from _texts(message, *_MESSAGE)


def _in(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _texts(value: JsonValue, *names: str) -> Iterator[str]:
    found = (_in(value, name) for name in names)
    return (text for text in found if isinstance(text, str))


def _every(value: JsonValue) -> Iterator[str]:
    """Every text in it, without the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        within = value.values() if isinstance(value, dict) else value
        for each in within:
            yield from _every(each)
