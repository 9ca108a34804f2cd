"""Flags and verdicts in the database, and which cases a week has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select

from agent.approvals.request import ApprovalStatus
from agent.case import CaseStatus
from agent.feedback import EditClass
from agent.weekly import Flag, Judged
from server.db.review_tables import FEEDBACK, FLAGS, VERDICTS
from server.db.session import Session, insert_new, micros, table, upsert

_CASES, _APPROVALS = table("cases"), table("approvals")
_REFUSED = ApprovalStatus.REJECTED.value
_ODD = (CaseStatus.FAILED.value, CaseStatus.IGNORED.value)
_SPOILED = (EditClass.MAJOR.value, EditClass.DISCARDED.value)


class StoredWeekly:
    """What the weekly look back rests on."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def flag(self, flag: Flag) -> None:
        """Keep somebody's word against a case."""
        row = {"id": flag.id, "case_id": flag.case_id, "person": flag.person, "at": micros(flag.at)}
        with self._session.quickly() as connection:
            connection.execute(insert_new("flags", connection.dialect.name), {**row, "body": flag.model_dump_json()})

    def flags(self, case_id: str) -> Sequence[Flag]:
        """What was said against a case, oldest first."""
        rows = self._session.rows(select(FLAGS.c.body).where(FLAGS.c.case_id == case_id).order_by(FLAGS.c.at))
        return [Flag.model_validate_json(str(row["body"])) for row in rows]

    def judge(self, judged: Judged) -> None:
        """Keep a verdict; the newest word about a case in a week stands."""
        row = {"id": f"{judged.week}:{judged.case_id}", "week": judged.week, "case_id": judged.case_id}
        with self._session.durably() as connection:
            statement = upsert("verdicts", connection.dialect.name)
            connection.execute(statement, {**row, "verdict": judged.verdict.value, "body": judged.model_dump_json()})

    def judged(self, week: str) -> Sequence[Judged]:
        """Every verdict of a week."""
        rows = self._session.rows(select(VERDICTS.c.body).where(VERDICTS.c.week == week).order_by(VERDICTS.c.id))
        return [Judged.model_validate_json(str(row["body"])) for row in rows]

    def cases(self, start: datetime, end: datetime) -> list[str]:
        """The cases that began in a span of time, by id."""
        begun = (_CASES.c.created_at >= micros(start), _CASES.c.created_at < micros(end))
        return self._ids(select(_CASES.c.case_id).where(*begun))

    def suspects(self, start: datetime, end: datetime) -> list[str]:
        """Cases that something may speak against: flagged, refused, spoiled, failed or odd in a span of time."""
        first, last = micros(start), micros(end)
        flagged = select(FLAGS.c.case_id).where(FLAGS.c.at >= first, FLAGS.c.at < last)
        spoiled = select(FEEDBACK.c.case_id).where(
            FEEDBACK.c.at >= first, FEEDBACK.c.at < last, FEEDBACK.c.kind.in_(_SPOILED)
        )
        refused = select(_APPROVALS.c.case_id).where(
            _APPROVALS.c.status == _REFUSED, _APPROVALS.c.created_at >= first, _APPROVALS.c.created_at < last
        )
        within = (_CASES.c.updated_at >= first, _CASES.c.updated_at < last)
        back = _CASES.c.body.like('%"given_back_at":"%')
        odd = select(_CASES.c.case_id).where(*within, or_(_CASES.c.status.in_(_ODD), back))
        return sorted({name for wanted in (flagged, spoiled, refused, odd) for name in self._ids(wanted)})

    def _ids(self, wanted: Select[tuple[str]]) -> list[str]:
        return sorted({str(row["case_id"]) for row in self._session.rows(wanted)})
