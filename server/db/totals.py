"""Sums over all cases and effects, from indexes alone: they cost the same few milliseconds at any size of the rows."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from server.db.session import Session, table

_CASES, _EFFECTS = table("cases"), table("executions")
_SPENT = select(
    func.coalesce(func.sum(_CASES.c.model_calls), 0),
    func.coalesce(func.sum(_CASES.c.input_tokens), 0),
    func.coalesce(func.sum(_CASES.c.output_tokens), 0),
).where(_CASES.c.model_calls > 0)
_DONE = select(_EFFECTS.c.kind, _EFFECTS.c.status, func.count().label("many")).group_by(
    _EFFECTS.c.kind, _EFFECTS.c.status
)


class Spent(NamedTuple):
    """What the model was used for, over all cases."""

    calls: int
    input_tokens: int
    output_tokens: int


class StoredTotals:
    """What everything adds up to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def spent(self) -> Spent:
        """Calls and tokens of the model."""
        return Spent(*(int(value) for value in self._session.rows(_SPENT)[0].values()))

    def effects(self) -> dict[tuple[str, str], int]:
        """How many effects there are by kind and status."""
        return {(row["kind"], row["status"]): row["many"] for row in self._session.rows(_DONE)}
