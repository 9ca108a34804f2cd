"""The audit log in the database. Whoever changes something appends its entry in the same transaction, last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from agent.audit import AuditEntry, AuditHead, AuditNote, chain, head_after
from server.db.session import EPOCH, Session, micros, moment_of, table
from tools.errors import StoreError
from tools.store.selects import change, fetch_within

_PAGE = 1_000
_AUDIT, _HEAD = table("audit"), table("audit_head")
_LOCKED_HEAD = select(_HEAD.c.count, _HEAD.c.hash).with_for_update()
_MOVE = update(_HEAD).values(count=bindparam("head_count"), hash=bindparam("head_hash"))
_ADD = insert(_AUDIT)
_ADD_AND_MOVE = _ADD.add_cte(_MOVE.cte("moved"))
_COLUMNS = list(_AUDIT.c)


def append(connection: Connection, note: AuditNote) -> AuditEntry:
    """Add an entry within the caller's transaction. The head is locked until it ends, so the chain has no gaps."""
    found = fetch_within(connection, _LOCKED_HEAD, {})
    if not found:
        raise StoreError("the audit log has lost its head; restore the database from a backup")
    count, last = found[0]
    entry = chain(AuditHead.model_validate({"count": count, "hash": last}), note)
    row, head = {**entry.model_dump(exclude={"at"}), "at": micros(entry.at)}, head_after(entry)
    moved = {"head_count": head.count, "head_hash": head.hash}
    if connection.dialect.name == "postgresql":
        change(connection, _ADD_AND_MOVE, row | moved)
    else:
        change(connection, _ADD, row)
        change(connection, _MOVE, moved)
    return entry


def _entry(row: RowMapping, expected: int) -> AuditEntry:
    try:
        return AuditEntry.model_validate({**row, "at": moment_of(row["at"])})
    except (TypeError, ValueError, OverflowError):
        # Somebody wrote into the table what we never write: an entry whose hash cannot be right.
        return AuditEntry(seq=expected, at=EPOCH, actor="", event="", case_id="", payload="", prev_hash="", hash="")


class StoredAudit:
    """`agent.repositories.AuditLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, note: AuditNote) -> AuditEntry:
        """As in the port."""
        with self._session.durably() as connection:
            return append(connection, note)

    def entries(self, after: int = 0, limit: int | None = None) -> Iterable[AuditEntry]:
        """As in the port. Rows come by `seq`; what is stored is given as it is, so that a check sees every change."""
        return self._pages(after, limit)

    def _pages(self, after: int, limit: int | None) -> Iterator[AuditEntry]:
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            page = select(*_COLUMNS).where(_AUDIT.c.seq > after).order_by(_AUDIT.c.seq).limit(size)
            rows = self._session.rows(page)
            for row in rows:
                after += 1
                entry = _entry(row, after)
                after = entry.seq
                yield entry
            if len(rows) < size:
                return
            left = None if left is None else left - size

    def head(self) -> AuditHead:
        """As in the port."""
        rows = self._session.rows(select(_HEAD.c.count, _HEAD.c.hash))
        return AuditHead(count=rows[0]["count"], hash=rows[0]["hash"]) if rows else AuditHead()
