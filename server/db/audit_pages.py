"""The audit log to look through: newest first, by case, person or kind of entry."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from agent.audit import AuditEntry
from server.db.session import Session, moment_of, table

_AUDIT = table("audit")


class AuditPages:
    """Pages over the log. Checking the chain is `StoredAudit`'s."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self, limit: int, before: int = 0, case_id: str = "", actor: str = "", event: str = ""
    ) -> Sequence[AuditEntry]:
        """Newest first, older than entry `before`; empty filters mean any."""
        wanted = select(*_AUDIT.c).order_by(_AUDIT.c.seq.desc()).limit(limit)
        if before:
            wanted = wanted.where(_AUDIT.c.seq < before)
        for name, value in (("case_id", case_id), ("actor", actor), ("event", event)):
            if value:
                wanted = wanted.where(_AUDIT.c[name] == value)
        return [AuditEntry.model_validate({**row, "at": moment_of(row["at"])}) for row in self._session.rows(wanted)]

    def events(self) -> list[str]:
        """Every kind of entry that there is."""
        found = select(_AUDIT.c.event).distinct().order_by(_AUDIT.c.event)
        return [str(row["event"]) for row in self._session.rows(found)]
