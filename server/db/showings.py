"""Review calibration in the database: what each reviewer was shown, and what they made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from agent.audit import AuditNote
from agent.calibration import Answer, Showing
from server.db.audit import append
from server.db.review_tables import SHOWINGS as _T
from server.db.session import Session, Values, insert_new, micros

_BODY = select(_T.c.body)
_OPEN = update(_T).where(_T.c.id == bindparam("same_id"), _T.c.answer == "")


class StoredShowings:
    """Showings of requests to reviewers."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, showing_id: str) -> Showing | None:
        """By id."""
        rows = self._session.rows(_BODY.where(_T.c.id == showing_id))
        return Showing.model_validate_json(str(rows[0]["body"])) if rows else None

    def of_request(self, request_id: str) -> Sequence[Showing]:
        """Who was shown a request, oldest first."""
        rows = self._session.rows(_BODY.where(_T.c.request_id == request_id).order_by(_T.c.shown_at, _T.c.id))
        return [Showing.model_validate_json(str(row["body"])) for row in rows]

    def first(self, showing: Showing) -> Showing:
        """Keep what a reviewer is shown first of a request; later looks, and other tabs, are given the same."""
        with self._session.quickly() as connection:
            connection.execute(insert_new("showings", connection.dialect.name), _columns(showing))
        return self.get(showing.id) or showing

    def answer(self, showing: Showing, answer: Answer, now: datetime, note: AuditNote | None = None) -> Showing | None:
        """Keep the first answer; None when there was one already."""
        done = showing.model_copy(update={"answer": answer, "answered_at": now})
        # A real draft that was answered has no verdict of its own; the column says that it is over.
        columns = {**_columns(done), "answer": answer.value or "read"}
        with self._session.durably() as connection:
            if connection.execute(_OPEN.values(**columns), {"same_id": showing.id}).rowcount != 1:
                return None
            if note is not None:
                append(connection, note)
        return done

    def answered(self, since: datetime | None = None, limit: int = 100_000) -> Sequence[Showing]:
        """Every showing that was answered, oldest first."""
        wanted = _BODY.where(_T.c.answer != "").order_by(_T.c.shown_at, _T.c.id).limit(limit)
        if since is not None:
            wanted = wanted.where(_T.c.shown_at >= micros(since))
        return [Showing.model_validate_json(str(row["body"])) for row in self._session.rows(wanted)]


def _columns(showing: Showing) -> Values:
    return {
        "id": showing.id,
        "request_id": showing.request_id,
        "case_id": showing.case_id,
        "person": showing.person,
        "answer": showing.answer.value,
        "shown_at": micros(showing.shown_at),
        "body": showing.model_dump_json(),
    }
