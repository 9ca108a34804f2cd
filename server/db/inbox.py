"""Lists that people work through: cases by what they are about, requests by status, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Select, column, or_, select, tuple_
from sqlalchemy import table as named

from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.db.places import Place, oldest_first
from server.db.searching import holds
from server.db.session import Session, table

_CASES, _APPROVALS = table("cases"), table("approvals")
_TICKETS = named("tickets", column("id"), column("body"))
"""The store of record is in the same database; what a customer wrote is there and nowhere else."""
SEARCHED = 2_000
"""The newest cases that words are looked for in: a search costs the same at any size."""
_BATCH = 200
_NEWEST = (_CASES.c.created_at.desc(), _CASES.c.case_id.desc())


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases; an empty field means any. `words` all have to be in the case or in what the customer wrote."""

    status: CaseStatus | None = None
    intent: str = ""
    queue: str = ""
    language: str = ""
    ticket_id: str = ""
    words: tuple[str, ...] = ()


class StoredInbox:
    """Pages over the rows of cases and requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def cases(self, wanted: CaseFilter, limit: int, after: Place | None = None) -> Sequence[CaseRecord]:
        """Newest first by creation."""
        where = [getattr(_CASES.c, name) == value for name, value in _equal(wanted).items()]
        if after is not None:
            where.append(tuple_(_CASES.c.created_at, _CASES.c.case_id) < tuple_(after.at, after.id))
        if wanted.words:
            return [CaseRecord.model_validate_json(body) for body in islice(self._holding(where, wanted.words), limit)]
        found = select(_CASES.c.body).where(*where).order_by(*_NEWEST).limit(limit)
        return [CaseRecord.model_validate_json(str(row["body"])) for row in self._session.rows(found)]

    def _holding(self, where: Sequence[ColumnElement[bool]], words: Sequence[str]) -> Iterator[str]:
        """Bodies of the cases that hold every word, a batch at a time."""
        likely = _likely(where, words)
        for start in range(0, SEARCHED, _BATCH):
            rows = self._session.rows(likely.offset(start).limit(_BATCH))
            yield from (row["body"] for row in rows if holds(row["body"], row["ticket"] or "", words))
            if len(rows) < _BATCH:
                return

    def requests(
        self, status: ApprovalStatus | None, case_id: str, limit: int, after: Place | None = None
    ) -> Sequence[ApprovalRequest]:
        """Oldest first by when they were asked."""
        found = oldest_first(select(_APPROVALS.c.body), _APPROVALS.c.created_at, _APPROVALS.c.id, after).limit(limit)
        if status is not None:
            found = found.where(_APPROVALS.c.status == status.value)
        if case_id:
            found = found.where(_APPROVALS.c.case_id == case_id)
        return [ApprovalRequest.model_validate_json(str(row["body"])) for row in self._session.rows(found)]


def _equal(wanted: CaseFilter) -> dict[str, str]:
    fields = {
        "status": wanted.status.value if wanted.status else "",
        "intent": wanted.intent,
        "queue": wanted.queue,
        "language": wanted.language,
        "ticket_id": wanted.ticket_id,
    }
    return {name: value for name, value in fields.items() if value}


def _likely(where: Sequence[ColumnElement[bool]], words: Sequence[str]) -> Select[str, str]:
    """Cases among the newest whose rows hold every word somewhere: the names of fields among it."""
    newest = (
        select(_CASES.c.case_id, _CASES.c.ticket_id, _CASES.c.created_at, _CASES.c.body)
        .where(*where)
        .order_by(*_NEWEST)
        .limit(SEARCHED)
        .subquery()
    )
    somewhere = [
        or_(newest.c.body.icontains(word, autoescape=True), _TICKETS.c.body.icontains(word, autoescape=True))
        for word in words
    ]
    return (
        select(newest.c.body, _TICKETS.c.body.label("ticket"))
        .join(_TICKETS, _TICKETS.c.id == newest.c.ticket_id, isouter=True)
        .where(*somewhere)
        .order_by(newest.c.created_at.desc(), newest.c.case_id.desc())
    )
