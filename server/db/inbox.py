"""Lists that people work through: cases by what they are about, requests by status, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, column, or_, select, tuple_
from sqlalchemy import table as named

from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.db.places import Place, oldest_first
from server.db.session import Session, table

_CASES, _APPROVALS = table("cases"), table("approvals")
_TICKETS = named("tickets", column("id"), column("body"))
"""The store of record is in the same database; what a customer wrote is there and nowhere else."""
SEARCHED = 2_000
"""The newest cases that words are looked for in: a search costs the same at any size."""
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
        found: Select[tuple[str]] = select(_CASES.c.body).where(*where).order_by(*_NEWEST)
        if wanted.words:
            found = _searched(where, wanted.words)
        return [CaseRecord.model_validate_json(str(row["body"])) for row in self._session.rows(found.limit(limit))]

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


def _searched(where: Sequence[ColumnElement[bool]], words: Sequence[str]) -> Select[tuple[str]]:
    """Cases among the newest that hold every word, in any case of letters."""
    newest = (
        select(_CASES.c.case_id, _CASES.c.ticket_id, _CASES.c.created_at, _CASES.c.body)
        .where(*where)
        .order_by(*_NEWEST)
        .limit(SEARCHED)
        .subquery()
    )
    holds = [
        or_(newest.c.body.icontains(word, autoescape=True), _TICKETS.c.body.icontains(word, autoescape=True))
        for word in words
    ]
    return (
        select(newest.c.body)
        .join(_TICKETS, _TICKETS.c.id == newest.c.ticket_id, isouter=True)
        .where(*holds)
        .order_by(newest.c.created_at.desc(), newest.c.case_id.desc())
    )
