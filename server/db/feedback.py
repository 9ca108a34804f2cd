"""Feedback in the database: one row for each person, draft and way it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from agent.feedback import FINAL, Feedback
from server.db.places import Place, oldest_first
from server.db.review_tables import FEEDBACK as _T
from server.db.session import Session, Values, micros, upsert


class StoredFeedback:
    """What people made of drafts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, feedback: Feedback) -> None:
        """Keep it; who says something else about the same draft in the same way has changed their mind."""
        with self._session.quickly() as connection:
            connection.execute(upsert("feedback", connection.dialect.name), _columns(feedback))

    def of_case(self, case_id: str, limit: int | None = None, after: Place | None = None) -> Sequence[Feedback]:
        """Oldest first; all of it without a limit."""
        mine = select(_T.c.body).where(_T.c.case_id == case_id)
        rows = self._session.rows(oldest_first(mine, _T.c.at, _T.c.id, after).limit(limit))
        return [Feedback.model_validate_json(str(row["body"])) for row in rows]

    def about(self, intent: str, limit: int) -> Sequence[Feedback]:
        """The newest about an intent, newest first."""
        wanted = select(_T.c.body).where(_T.c.intent == intent).order_by(_T.c.at.desc(), _T.c.id).limit(limit)
        return [Feedback.model_validate_json(str(row["body"])) for row in self._session.rows(wanted)]

    def counts(self, since: datetime | None = None) -> dict[str, dict[str, int]]:
        """How many of each class there are, by intent, among what really left."""
        wanted = select(_T.c.intent, _T.c.kind, func.count().label("many")).group_by(_T.c.intent, _T.c.kind)
        wanted = wanted.where(_T.c.via.in_([via.value for via in FINAL]))
        if since is not None:
            wanted = wanted.where(_T.c.at >= micros(since))
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self._session.rows(wanted):
            found[str(row["intent"])][str(row["kind"])] = int(row["many"])
        return dict(found)


def _columns(feedback: Feedback) -> Values:
    return {
        "id": feedback.id,
        "case_id": feedback.case_id,
        "intent": feedback.intent,
        "person": feedback.person,
        "kind": feedback.edit.kind.value,
        "via": feedback.via.value,
        "at": micros(feedback.at),
        "body": feedback.model_dump_json(),
    }
