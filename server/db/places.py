"""Where a page of a long list ended, and the rows that come behind it."""

from __future__ import annotations

from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, tuple_


class Place(NamedTuple):
    """The last row of a page: what it is listed by, such as its moment in microseconds, and its id."""

    at: int
    id: str


Cells = TypeVarTuple("Cells")


def newest_first(
    query: Select[*Cells], at: ColumnElement[int], name: ColumnElement[str], after: Place | None = None
) -> Select[*Cells]:
    """The rows behind `after`, which are older."""
    ordered = query.order_by(at.desc(), name.desc())
    return ordered if after is None else ordered.where(tuple_(at, name) < tuple_(after.at, after.id))


def oldest_first(
    query: Select[*Cells], at: ColumnElement[int], name: ColumnElement[str], after: Place | None = None
) -> Select[*Cells]:
    """The rows behind `after`, which are newer."""
    ordered = query.order_by(at, name)
    return ordered if after is None else ordered.where(tuple_(at, name) > tuple_(after.at, after.id))
