"""The lists that the console works through: cases in several statuses at once, page by page, and how many are newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_

from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.db.session import Session, table
from server.db.tally import FIELDS, Tally
from server.db.tally import MOST as LOOKED_AT
from server.db.waiting import longest, rest

_CASES = table("cases")
_NEWEST = (_CASES.c.created_at.desc(), _CASES.c.case_id.desc())
_PLACE = select(_CASES.c.created_at, _CASES.c.case_id).where(_CASES.c.case_id == bindparam("case_id"))
_SINCE = select(_CASES.c.waiting_since).where(_CASES.c.case_id == bindparam("case_id"))
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
        where, place = _where(wanted), self._place(after)
        if place is not None:
            where.append(tuple_(_CASES.c.created_at, _CASES.c.case_id) < place)
        return self._records(select(_CASES.c.body).where(*where).order_by(*_NEWEST).limit(limit))

    def waiting(
        self, wanted: QueueQuery, limit: int, after: str = "", *, unwaited: bool = False
    ) -> Sequence[CaseRecord]:
        """Those that somebody waits for, longest first; behind them the others, newest first.

        `after` is the id of the last case of the page before, which keeps its place when it is answered; `unwaited`:
        it was among the others.
        """
        statuses, named, place = wanted.statuses or tuple(CaseStatus), _named(wanted), self._place(after)
        if unwaited:
            return self._records(rest(statuses, named, limit, place))
        waited = longest(statuses, named, limit, self._since(after, place))
        found = self._records(waited) if waited is not None else []
        left = limit - len(found)
        return [*found, *self._records(rest(statuses, named, left, None))] if left else found

    def newer(self, wanted: QueueQuery, than: str) -> int:
        """How many cases came after the one with this id, at most MOST; 0 when it is not known."""
        place = self._place(than)
        if place is None:
            return 0
        later = tuple_(_CASES.c.created_at, _CASES.c.case_id) > place
        some = select(_CASES.c.case_id).where(*_where(wanted), later).limit(MOST).subquery()
        return int(self._session.rows(select(func.count().label("many")).select_from(some))[0]["many"])

    def tally(self, statuses: Sequence[CaseStatus] = ()) -> Tally | None:
        """How many cases in these statuses there are of each kind; None when they are too many to count."""
        fields = [_CASES.c[name] for name in FIELDS]
        some = select(*fields).where(*_where(QueueQuery(statuses=tuple(statuses)))).limit(LOOKED_AT + 1).subquery()
        grouped = [some.c[name] for name in FIELDS]
        rows = self._session.rows(select(*grouped, func.count().label("many")).group_by(*grouped))
        found = {tuple(str(row[name]) for name in FIELDS): int(row["many"]) for row in rows}
        return Tally(found) if sum(found.values()) <= LOOKED_AT else None

    def among(self, case_ids: Sequence[str]) -> dict[str, CaseRecord]:
        """Those of these cases that there are, by id."""
        wanted = select(_CASES.c.body).where(_CASES.c.case_id.in_(case_ids))
        return {record.case_id: record for record in self._records(wanted)} if case_ids else {}

    def _records(self, found: Select[str]) -> list[CaseRecord]:
        return [CaseRecord.model_validate_json(str(row["body"])) for row in self._session.rows(found)]

    def _place(self, case_id: str) -> tuple[int, str] | None:
        rows = self._session.rows(_PLACE, {"case_id": case_id}) if case_id else ()
        return (rows[0]["created_at"], rows[0]["case_id"]) if rows else None

    def _since(self, case_id: str, place: tuple[int, str] | None) -> tuple[int, int, str] | None:
        rows = self._session.rows(_SINCE, {"case_id": case_id}) if place else ()
        since = rows[0]["waiting_since"] if rows else None
        return (since, *place) if place and since is not None else None


def _where(wanted: QueueQuery) -> list[ColumnElement[bool]]:
    among = [_CASES.c.status.in_([status.value for status in wanted.statuses])] if wanted.statuses else []
    return [*among, *(_CASES.c[name] == value for name, value in _named(wanted).items())]


def _named(wanted: QueueQuery) -> dict[str, str]:
    fields = {"intent": wanted.intent, "queue": wanted.queue, "language": wanted.language}
    return {name: value for name, value in fields.items() if value}
