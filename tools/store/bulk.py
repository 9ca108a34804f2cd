"""Writes many nouns at once, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from tools.store.nouns import EVERY_NOUN, AnyTable, Row
from tools.store.rows import BATCH, bodies_of, put

RowsByNoun = Mapping[str, Sequence[Row]]


Merge = Callable[[Row, str], Row]
"""What becomes of a noun that comes in when this body is stored under its id."""


def write(
    connection: Connection, rows: RowsByNoun, merges: Mapping[str, Merge] = MappingProxyType({})
) -> dict[str, int]:
    """Insert new nouns and update those that exist; the count of each. A noun that did not change stays untouched.

    `merges` says, by noun, how an incoming noun and the stored one become one; without it the incoming one wins.
    """
    counts: dict[str, int] = {}
    for noun in EVERY_NOUN:
        mine = rows.get(noun.name, ())
        for start in range(0, len(mine), BATCH):
            some = mine[start : start + BATCH]
            put(connection, list(_changed(connection, noun, some, merges.get(noun.name, _incoming))))
        if mine:
            counts[noun.name] = len(mine)
    return counts


def _incoming(row: Row, before: str) -> Row:
    return row


def _changed(connection: Connection, noun: AnyTable, rows: Sequence[Row], merge: Merge) -> Iterable[Row]:
    stored = bodies_of(connection, noun, [row.id for row in rows])
    for incoming in rows:
        before = stored.get(incoming.id)
        row = incoming if before is None else merge(incoming, before)
        if before is None:
            yield row
        elif before != row.values["body"]:
            yield from _newer(noun, row, before)


def _newer(noun: AnyTable, row: Row, before: str) -> Iterable[Row]:
    # An approval is bound to a version: what changes under it must never keep the number.
    if not noun.versioned:
        yield row
        return
    old, new = json.loads(before), json.loads(str(row.values["body"]))
    old_version, new_version = old.pop("version", 1), new.pop("version", 1)
    if old != new:
        yield noun.with_version(row, max(new_version, old_version + 1))
