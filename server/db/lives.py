"""The lives of the cases that arrived in a period, for figures: indexed reads of a few columns, no bodies of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Executable, RowMapping, and_, case, select

from agent.case import CaseStatus
from server.db.session import Session, micros, moment_of, table
from server.figures.life import Answer, Life, Wrote

_CASES, _EVENTS, _DONE, _ASKED = table("cases"), table("events"), table("executions"), table("approvals")
# JSON writes a quote inside a text as \", so these stand for fields alone and never for what somebody wrote.
_NOTICE = '%"notice":true%'
_THANKS = '%"intent":"thanks"%'
_ENDS = ("waiting", "paused", "failed", "closed")
_FINISHED = "finished"
"""A person's word that nothing is left to do."""
_BY_HAND = '%"by_hand":true%'
_HANDED = '%"status":"escalated"%'
_DECIDED = {"approve": "approved", "modify": "edited", "reject": "rejected"}


class StoredLives:
    """Lives of cases, read anew each time."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def between(self, since: datetime, until: datetime) -> list[Life]:
        """Of the cases that arrived from `since` on and before `until`, oldest first."""
        arrived = and_(_CASES.c.created_at >= micros(since), _CASES.c.created_at < micros(until))
        columns = (_CASES.c.case_id, _CASES.c.intent, _CASES.c.status, _CASES.c.created_at)
        cases = self._session.rows(select(*columns).where(arrived).order_by(_CASES.c.created_at, _CASES.c.case_id))
        done = _grouped(self._session.rows(_effects(arrived)))
        happened = _grouped(self._session.rows(_events(arrived)))
        decided = _grouped(self._session.rows(_decisions(arrived)))
        return [
            _life(row, done.get(key, ()), happened.get(key, ()), decided.get(key, ()))
            for row in cases
            if (key := str(row["case_id"]))
        ]


def _grouped(rows: Sequence[RowMapping]) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[str(row["case_id"])].append(row)
    return found


def _effects(arrived: ColumnElement[bool]) -> Executable:
    notice = case((and_(_DONE.c.kind == "send_reply", _DONE.c.body.like(_NOTICE)), 1), else_=0).label("notice")
    columns = (_DONE.c.case_id, _DONE.c.kind, _DONE.c.claimed_at, _DONE.c.approved_by, notice)
    joined = _CASES.join(_DONE, _DONE.c.case_id == _CASES.c.case_id)
    where = (arrived, _DONE.c.status == "succeeded")
    return select(*columns).select_from(joined).where(*where).order_by(_DONE.c.claimed_at)


def _events(arrived: ColumnElement[bool]) -> Executable:
    thanks = case((and_(_EVENTS.c.kind == "classified", _EVENTS.c.body.like(_THANKS)), 1), else_=0).label("thanks")
    handed = case((and_(_EVENTS.c.kind == "closed", _EVENTS.c.body.like(_HANDED)), 1), else_=0).label("handed")
    by_hand = case((and_(_EVENTS.c.kind == _FINISHED, _EVENTS.c.body.like(_BY_HAND)), 1), else_=0).label("by_hand")
    columns = (_EVENTS.c.case_id, _EVENTS.c.kind, _EVENTS.c.at, thanks, handed, by_hand)
    joined = _CASES.join(_EVENTS, _EVENTS.c.case_id == _CASES.c.case_id)
    wanted = _EVENTS.c.kind.in_(("classified", "taken", _FINISHED, *_ENDS))
    return select(*columns).select_from(joined).where(arrived, wanted).order_by(_EVENTS.c.seq)


def _decisions(arrived: ColumnElement[bool]) -> Executable:
    said = [(_ASKED.c.body.like(f'%"decision":{{"kind":"{kind}"%'), name) for kind, name in _DECIDED.items()]
    unanswered = and_(_ASKED.c.status == "superseded", _ASKED.c.body.like('%"decision":null%'))
    how = case(*said, (unanswered, "anew"), else_="").label("how")
    joined = _CASES.join(_ASKED, _ASKED.c.case_id == _CASES.c.case_id)
    return select(_ASKED.c.case_id, how).select_from(joined).where(arrived, _ASKED.c.status != "awaiting")


def _life(
    row: RowMapping, done: Sequence[RowMapping], happened: Sequence[RowMapping], decided: Sequence[RowMapping]
) -> Life:
    answers = tuple(_answer(each) for each in done if each["kind"] == "send_reply")
    how = [str(each["how"]) for each in decided]
    closed = [moment_of(each["claimed_at"]) for each in done if each["kind"] == "close_ticket"]
    closed += [moment_of(each["at"]) for each in happened if each["kind"] == _FINISHED]
    return Life(
        case_id=str(row["case_id"]),
        intent=str(row["intent"]),
        status=CaseStatus(row["status"]),
        opened_at=moment_of(row["created_at"]),
        answers=answers,
        closed=tuple(closed),
        wrote=tuple(_came_back(happened, how.count("anew"))),
        handed=any(each["kind"] == "taken" or each["handed"] for each in happened),
        finished=any(each["kind"] == _FINISHED for each in happened),
        by_hand=any(each["by_hand"] for each in happened),
        signed=any(each["approved_by"] for each in done),
        approved=how.count("approved"),
        edited=how.count("edited"),
        rejected=how.count("rejected"),
        runs=sum(each["kind"] in _ENDS for each in happened),
        failures=sum(each["kind"] == "failed" for each in happened),
        effects=len(done),
    )


def _answer(row: RowMapping) -> Answer:
    return Answer(at=moment_of(row["claimed_at"]), by=str(row["approved_by"]), notice=bool(row["notice"]))


def _came_back(happened: Sequence[RowMapping], anew: int) -> list[Wrote]:
    """What was read after the case had been over: another message of the customer.

    A run that carries a decision out may tell again what was read; it is news after an end, or when it replaced a
    question that nobody had answered, which happened `anew` times.
    """
    found: list[Wrote] = []
    over, last = False, ""
    for event in happened:
        kind = "closed" if event["kind"] == _FINISHED else str(event["kind"])
        if kind == "classified" and over and (last == "closed" or anew > 0):
            anew -= last == "waiting"
            found.append(Wrote(at=moment_of(event["at"]), thanks=bool(event["thanks"])))
        over, last = over or kind == "closed", kind if kind in _ENDS else last
    return found
