"""Incidents in the database: one open row for each cause, and how far the events of cases were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from agent.repositories import CaseEvent
from server.db.places import Place, newest_first
from server.db.review_tables import INCIDENTS as _T
from server.db.review_tables import MARKS as _MARKS
from server.db.session import Session, Values, insert_new, micros, table, upsert
from server.incidents import Incident, closed

PAGE = 5_000
"""Events taken in at a time."""
_EVENTS = table("events")
_BODY = select(_T.c.body)
_STANDING = _BODY.where(_T.c.closed_at.is_(None)).order_by(_T.c.opened_at, _T.c.id)
_READER = "incidents"

Step = Callable[[Sequence[Incident], Sequence[CaseEvent]], list[Incident]]


class StoredIncidents:
    """What went wrong and lasts, and what is over."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self) -> list[Incident]:
        """Every open incident, oldest first."""
        return [_incident(str(row["body"])) for row in self._session.rows(_STANDING)]

    def page(self, limit: int, after: Place | None = None, *, standing: bool = False) -> list[Incident]:
        """The newest, newest first; only open ones when they are to be `standing`."""
        wanted = _BODY.where(_T.c.closed_at.is_(None)) if standing else _BODY
        found = newest_first(wanted, _T.c.opened_at, _T.c.id, after).limit(limit)
        return [_incident(str(row["body"])) for row in self._session.rows(found)]

    def advance(self, step: Step) -> list[Incident]:
        """Take in the events since the last time, once over all processes. Gives what opened or closed."""
        changed: list[Incident] = []
        while True:
            with self._session.durably() as connection:
                after = _mark(connection)
                events = _events_after(connection, after)
                if not events:
                    return changed
                before = _standing(connection)
                found = step(list(before.values()), events)
                for incident in found:
                    _put(connection, incident)
                connection.execute(update(_MARKS).where(_MARKS.c.name == _READER).values(seq=events[-1].seq))
            changed += [incident for incident in found if incident.id not in before or not incident.open]

    def end(self, over: Callable[[Incident], str], now: datetime) -> list[Incident]:
        """Close those of which `over` gives a reason; gives each to one caller only."""
        ended: list[Incident] = []
        for incident in self.standing():
            why = over(incident)
            if why and self._close(after := closed(incident, now, why)):
                ended.append(after)
        return ended

    def _close(self, incident: Incident) -> bool:
        with self._session.durably() as connection:
            still = (_T.c.id == incident.id, _T.c.closed_at.is_(None))
            return connection.execute(update(_T).where(*still).values(**_columns(incident))).rowcount == 1


def _mark(connection: Connection) -> int:
    connection.execute(insert_new("marks", connection.dialect.name), {"name": _READER, "seq": 0})
    wanted = select(_MARKS.c.seq).where(_MARKS.c.name == _READER).with_for_update()
    return int(connection.execute(wanted).scalar_one())


def _events_after(connection: Connection, seq: int) -> list[CaseEvent]:
    wanted = select(_EVENTS.c.body, _EVENTS.c.seq).where(_EVENTS.c.seq > seq).order_by(_EVENTS.c.seq).limit(PAGE)
    rows = connection.execute(wanted).mappings().all()
    return [CaseEvent.model_validate_json(str(row["body"])).model_copy(update={"seq": row["seq"]}) for row in rows]


def _standing(connection: Connection) -> dict[str, Incident]:
    found = (_incident(str(row["body"])) for row in connection.execute(_STANDING).mappings())
    return {incident.id: incident for incident in found}


def _put(connection: Connection, incident: Incident) -> None:
    connection.execute(upsert("incidents", connection.dialect.name), _columns(incident))


def _incident(body: str) -> Incident:
    return Incident.model_validate_json(body)


def _columns(incident: Incident) -> Values:
    return {
        "id": incident.id,
        "key": incident.key,
        "opened_at": micros(incident.opened_at),
        "closed_at": micros(incident.closed_at) if incident.closed_at else None,
        "body": incident.model_dump_json(),
    }
