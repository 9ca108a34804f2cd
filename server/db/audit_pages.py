"""The audit log to look through: newest first, by case, person, kind of entry and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, union_all

from agent.audit import AuditEntry
from agent.trail import SYSTEM
from server.db.session import Session, micros, moment_of, table

_AUDIT = table("audit")
_Seq = ScalarSelect[int]


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
    if wanted.cases is not None:
        yield _AUDIT.c.case_id.in_(wanted.cases)
    # Of two names the one that says less is only compared: the machine did most of what is in the log, a person little.
    machine = bool(wanted.event) and wanted.actor == SYSTEM
    narrow = wanted.cases is not None or bool(wanted.actor and not machine)
    if wanted.actor:
        yield (_AUDIT.c.actor.concat("") if machine else _AUDIT.c.actor) == wanted.actor
    if wanted.event:
        yield (_AUDIT.c.event.concat("") if narrow else _AUDIT.c.event) == wanted.event
    span = list(_span(wanted))
    if span:
        yield from (*span, _AUDIT.c.seq >= _edge(func.min, span), _AUDIT.c.seq <= _edge(func.max, span))


def _span(wanted: AuditQuery) -> Iterator[ColumnElement[bool]]:
    at = _AUDIT.c.at
    if wanted.since:
        yield at >= micros(wanted.since)
    if wanted.until:
        yield at < micros(wanted.until)


def _edge(which: Callable[[ColumnElement[int]], ColumnElement[int]], span: Sequence[ColumnElement[bool]]) -> _Seq:
    """The first or last entry of a stretch of time, read off the index of times alone.

    Between them the log is walked in its own order, newest first, so that a long stretch is not sorted. Clocks step
    back: the moments of neighbours may be out of order, and each is looked at. The sum keeps a database from walking
    the log from its end to find the edge.
    """
    return select(which(_AUDIT.c.seq + 0)).where(*span).scalar_subquery()


def page_of(limit: int, query: AuditQuery, before: int = 0, kinds: Sequence[str] = ()) -> Select[Any]:
    """The statement that reads a page; `kinds`: those that a group in `query.event` stands for."""
    if not query.event.endswith("."):
        return _newest(limit, query, before)
    # Each kind is a short walk down its own index; the newest of the group are among the newest of each.
    each = [_newest(limit, replace(query, event=kind), before).subquery() for kind in kinds or (query.event,)]
    found = union_all(*(select(part) for part in each)).subquery()
    return select(found).order_by(found.c.seq.desc()).limit(limit)


def _newest(limit: int, query: AuditQuery, before: int) -> Select[Any]:
    where = [*_where(query), *([_AUDIT.c.seq < before] if before else [])]
    return select(*_AUDIT.c).where(*where).order_by(_AUDIT.c.seq.desc()).limit(limit)


def kinds_there_are() -> Select[Any]:
    """Every kind of entry, each read off the index at one place: there are a few dozen kinds of millions of entries."""
    first = select(func.min(_AUDIT.c.event).label("event")).cte("kinds", recursive=True)
    after = select(func.min(_AUDIT.c.event)).where(_AUDIT.c.event > first.c.event).scalar_subquery()
    kinds = first.union_all(select(after).where(first.c.event.is_not(None)))
    return select(kinds.c.event).where(kinds.c.event.is_not(None)).order_by(kinds.c.event)


class AuditPages:
    """Pages over the log. Checking the chain is `StoredAudit`'s."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(self, limit: int, query: AuditQuery, before: int = 0) -> Sequence[AuditEntry]:
        """Newest first, older than entry `before`."""
        kinds = [kind for kind in self.events() if kind.startswith(query.event)] if query.event.endswith(".") else ()
        found = self._session.rows(page_of(limit, query, before, kinds))
        return [AuditEntry.model_validate({**row, "at": moment_of(row["at"])}) for row in found]

    def events(self) -> list[str]:
        """Every kind of entry that there is."""
        return [str(row["event"]) for row in self._session.rows(kinds_there_are())]
