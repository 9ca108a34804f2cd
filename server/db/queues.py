"""The lists that the console works through: cases in several statuses at once, page by page, and how many are newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_

from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.db.session import Session, table

_CASES = table("cases")
_NEWEST = (_CASES.c.created_at.desc(), _CASES.c.case_id.desc())
_PLACE = select(_CASES.c.created_at, _CASES.c.case_id).where(_CASES.c.case_id == bindparam("case_id"))
MOST = 100
"""Beyond so many newer cases nobody counts; a count never costs more than that."""


@dataclass(frozen=True, kw_only=True)
class QueueQuery:
    """Which cases; an empty field means any."""

    statuses: tuple[CaseStatus, ...] = ()
    intent: str = ""
    queue: str = ""
    language: str = ""


class StoredQueues:
    """Pages over the rows of cases."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, wanted: QueueQuery, limit: int, after: str = "") -> Sequence[CaseRecord]:
        """Newest first by creation; `after` is the id of the last case of the page before."""
        where = _where(wanted)
        place = self._place(after)
        if place is not None:
            where.append(tuple_(_CASES.c.created_at, _CASES.c.case_id) < place)
        found = select(_CASES.c.body).where(*where).order_by(*_NEWEST).limit(limit)
        return [CaseRecord.model_validate_json(str(row["body"])) for row in self._session.rows(found)]

    def newer(self, wanted: QueueQuery, than: str) -> int:
        """How many cases came after the one with this id, at most MOST; 0 when it is not known."""
        place = self._place(than)
        if place is None:
            return 0
        later = tuple_(_CASES.c.created_at, _CASES.c.case_id) > place
        some = select(_CASES.c.case_id).where(*_where(wanted), later).limit(MOST).subquery()
        return int(self._session.rows(select(func.count().label("many")).select_from(some))[0]["many"])

    def _place(self, case_id: str) -> tuple[int, str] | None:
        rows = self._session.rows(_PLACE, {"case_id": case_id}) if case_id else ()
        return (rows[0]["created_at"], rows[0]["case_id"]) if rows else None


def _where(wanted: QueueQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(_CASES.c.status.in_([status.value for status in wanted.statuses]))
    for name in ("intent", "queue", "language"):
        if getattr(wanted, name):
            found.append(_CASES.c[name] == getattr(wanted, name))
    return found
