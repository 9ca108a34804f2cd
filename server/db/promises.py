"""The promise ledger in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, select, update

from agent.promises import PromiseEntry, PromiseStatus
from agent.trail import promise_note
from server.db.audit import append
from server.db.session import Session, Values, insert_new, micros, table

_T = table("promises")
_BODY = select(_T.c.body)
_SWAP = update(_T).where(_T.c.id == bindparam("swap_id"), _T.c.status == bindparam("swap_status"))


class StoredPromises:
    """`agent.repositories.PromiseLedger`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, entries: Sequence[PromiseEntry]) -> None:
        """As in the port."""
        if not entries:
            return
        with self._session.durably() as connection:
            for entry in entries:
                new = insert_new("promises", connection.dialect.name)
                if connection.execute(new, _columns(entry)).first() is not None:
                    append(connection, promise_note(entry))

    def get(self, promise_id: str) -> PromiseEntry | None:
        """As in the port."""
        found = self._entries(_BODY.where(_T.c.id == promise_id))
        return found[0] if found else None

    def swap(self, before: PromiseEntry, after: PromiseEntry) -> bool:
        """As in the port."""
        with self._session.durably() as connection:
            same = {"swap_id": before.id, "swap_status": before.status.value}
            if connection.execute(_SWAP.values(**_columns(after)), same).rowcount != 1:
                return False
            append(connection, promise_note(after))
            return True

    def of_case(self, case_id: str) -> Sequence[PromiseEntry]:
        """As in the port."""
        return self._entries(_BODY.where(_T.c.case_id == case_id).order_by(_T.c.made_at, _T.c.id))

    def by_effect(self, effect: str) -> Sequence[PromiseEntry]:
        """As in the port."""
        return self._entries(_BODY.where(_T.c.effect == effect).order_by(_T.c.made_at, _T.c.id))

    def late(self, now: datetime, limit: int = 100) -> Sequence[PromiseEntry]:
        """As in the port."""
        late = (_T.c.status == PromiseStatus.OPEN.value, _T.c.due_at < micros(now))
        return self._entries(_BODY.where(*late).order_by(_T.c.due_at, _T.c.id).limit(limit))

    def _entries(self, wanted: Select[tuple[str]]) -> list[PromiseEntry]:
        return [PromiseEntry.model_validate_json(str(row["body"])) for row in self._session.rows(wanted)]


def _columns(entry: PromiseEntry) -> Values:
    return {
        "id": entry.id,
        "case_id": entry.case_id,
        "effect": entry.effect,
        "status": entry.status.value,
        "made_at": micros(entry.made_at),
        "due_at": micros(entry.due_at) if entry.due_at else None,
        "body": entry.model_dump_json(),
    }
