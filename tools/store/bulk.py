"""Writes many nouns at once, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from tools.store.nouns import EVERY_NOUN, AnyTable, Row
from tools.store.rows import BATCH, bodies_of, put

RowsByNoun = Mapping[str, Sequence[Row]]


def write(connection: Connection, rows: RowsByNoun) -> dict[str, int]:
    """Insert new nouns and update those that exist; the count of each. A noun that did not change stays untouched."""
    counts: dict[str, int] = {}
    for noun in EVERY_NOUN:
        mine = rows.get(noun.name, ())
        for start in range(0, len(mine), BATCH):
            put(connection, list(_changed(connection, noun, mine[start : start + BATCH])))
        if mine:
            counts[noun.name] = len(mine)
    return counts


def _changed(connection: Connection, noun: AnyTable, rows: Sequence[Row]) -> Iterable[Row]:
    stored = bodies_of(connection, noun, [row.id for row in rows])
    for row in rows:
        before = stored.get(row.id)
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
