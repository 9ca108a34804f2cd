"""The audit log to look through: newest first, by case, person, kind of entry and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from agent.audit import AuditEntry
from server.db.session import Session, micros, moment_of, table

_AUDIT = table("audit")


@dataclass(frozen=True, kw_only=True)
class AuditQuery:
    """Which entries; what is empty means any. `event` may end with a full stop: then every kind that begins so."""

    cases: Sequence[str] | None = None
    """Of one of these cases; an empty list holds none."""
    actor: str = ""
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Up to this moment, and not at it."""


def _where(wanted: AuditQuery) -> Iterator[ColumnElement[bool]]:
    at, event = _AUDIT.c.at, _AUDIT.c.event
    if wanted.cases is not None:
        yield _AUDIT.c.case_id.in_(wanted.cases)
    if wanted.actor:
        yield _AUDIT.c.actor == wanted.actor
    if wanted.event:
        yield event.startswith(wanted.event, autoescape=True) if wanted.event.endswith(".") else event == wanted.event
    if wanted.since:
        yield at >= micros(wanted.since)
    if wanted.until:
        yield at < micros(wanted.until)


class AuditPages:
    """Pages over the log. Checking the chain is `StoredAudit`'s."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, limit: int, query: AuditQuery, before: int = 0) -> Sequence[AuditEntry]:
        """Newest first, older than entry `before`."""
        where = [*_where(query), *([_AUDIT.c.seq < before] if before else [])]
        wanted = select(*_AUDIT.c).where(*where).order_by(_AUDIT.c.seq.desc()).limit(limit)
        return [AuditEntry.model_validate({**row, "at": moment_of(row["at"])}) for row in self._session.rows(wanted)]

    def events(self) -> list[str]:
        """Every kind of entry that there is."""
        found = select(_AUDIT.c.event).distinct().order_by(_AUDIT.c.event)
        return [str(row["event"]) for row in self._session.rows(found)]
