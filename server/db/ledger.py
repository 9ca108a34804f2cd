"""The execution ledger in the database: the business key is the primary key, and every change is a compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, delete, select, union, update

from agent.case import ExecutionStatus
from agent.ledger import COUNTS, OPEN, LedgerEntry
from agent.trail import effect_note, released_note
from server.db.audit import append
from server.db.session import Session, Value, Values, insert_new, micros, table
from tools.store.selects import change

_T = table("executions")
Found = Select[int, str, str]
_BY_KEY = select(_T.c.body).where(_T.c.key == bindparam("key"))
_FOUND: Found = select(_T.c.claimed_at, _T.c.key, _T.c.body)
_COUNTS = _T.c.status.in_(sorted(status.value for status in COUNTS))
_ORDERED = (_T.c.claimed_at, _T.c.key)
_OF_CASE = _FOUND.where(_T.c.case_id == bindparam("case_id")).order_by(*_ORDERED)
_SAME_CLAIM = (
    _T.c.key == bindparam("swap_key"),
    _T.c.owner == bindparam("swap_owner"),
    _T.c.attempt == bindparam("swap_attempt"),
    _T.c.status == bindparam("swap_status"),
)
_SWAP = update(_T).where(*_SAME_CLAIM)
_RELEASE = delete(_T).where(*_SAME_CLAIM)
_NOBODY = "\x7f nobody"
"""No id of a customer or case; binds where none is given, so that the empty one of other rows never matches."""


@lru_cache(maxsize=16)
def _history(kinds: tuple[str, ...]) -> CompoundSelect[int, str, str]:
    """What counts for a customer and a case, and of the whole shop these kinds."""
    return union(
        _FOUND.where(_COUNTS, _T.c.customer_id == bindparam("customer_id"), _T.c.claimed_at > bindparam("since")),
        _FOUND.where(_COUNTS, _T.c.case_id == bindparam("case_id")),
        _FOUND.where(_COUNTS, _T.c.kind.in_(kinds), _T.c.claimed_at > bindparam("shop_since")),
    ).order_by("claimed_at", "key")


@lru_cache(maxsize=4_096)
def _entry(body: str) -> LedgerEntry:
    return LedgerEntry.model_validate_json(body)


class StoredLedger:
    """`agent.repositories.ExecutionLedger`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, key: str) -> LedgerEntry | None:
        """As in the port."""
        found = self._session.cells(_BY_KEY, {"key": key})
        return _entry(str(found[0][0])) if found else None

    def claim(self, entry: LedgerEntry) -> bool:
        """As in the port."""
        with self._committing(entry) as connection:
            if not change(connection, insert_new("executions", connection.dialect.name), _columns(entry)).rows:
                return False
            append(connection, effect_note(entry))
            return True

    def swap(self, before: LedgerEntry, after: LedgerEntry) -> bool:
        """As in the port."""
        with self._committing(after) as connection:
            if change(connection, _SWAP, {**_columns(after), **_claim(before)}).touched != 1:
                return False
            append(connection, effect_note(after))
            return True

    def release(self, entry: LedgerEntry) -> bool:
        """As in the port."""
        pending = _claim(entry) | {"swap_status": ExecutionStatus.PENDING.value}
        with self._committing(entry) as connection:
            if change(connection, _RELEASE, pending).touched != 1:
                return False
            append(connection, released_note(entry))
            return True

    def _committing(self, entry: LedgerEntry) -> AbstractContextManager[Connection]:
        # Tags and the like are not worth a wait for the disk: the store keeps their keys, and every later commit
        # that waits brings them to the disk as well.
        return self._session.durably() if entry.weighty else self._session.quickly()

    def of_case(self, case_id: str) -> Sequence[LedgerEntry]:
        """As in the port."""
        return [_entry(str(body)) for _, _, body in self._session.cells(_OF_CASE, {"case_id": case_id})]

    def of_approval(self, approval_id: str) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._sorted(_FOUND.where(_T.c.approval_id == approval_id, _T.c.approval_id != ""))

    def unsettled(self, limit: int = 100) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._sorted(_FOUND.where(_T.c.status.in_([status.value for status in OPEN])).limit(limit))

    def history(
        self, since: datetime, customer_id: str, case_id: str, shop_since: datetime, kinds: Iterable[str]
    ) -> Sequence[LedgerEntry]:
        """As in the port."""
        values = {
            "customer_id": customer_id or _NOBODY,
            "case_id": case_id or _NOBODY,
            "since": micros(since),
            "shop_since": micros(shop_since),
        }
        found = self._session.cells(_history(tuple(sorted(kinds))), values)
        return [_entry(str(body)) for _, _, body in found]

    def sent_to(self, recipient: str, since: datetime) -> Sequence[LedgerEntry]:
        """As in the port."""
        if not recipient:
            return []
        return self._sorted(
            _FOUND.where(_COUNTS, _T.c.recipient == recipient, _T.c.recipient != "", _T.c.claimed_at > micros(since))
        )

    def _sorted(self, wanted: Found) -> list[LedgerEntry]:
        rows = self._session.rows(wanted.order_by(*_ORDERED))
        return [_entry(str(row["body"])) for row in rows]


def _claim(entry: LedgerEntry) -> dict[str, Value]:
    return {
        "swap_key": entry.key,
        "swap_owner": entry.owner,
        "swap_attempt": entry.attempt,
        "swap_status": entry.status.value,
    }


def _columns(entry: LedgerEntry) -> Values:
    return {
        "key": entry.key,
        "case_id": entry.case_id,
        "customer_id": entry.customer_id,
        "recipient": entry.recipient,
        "kind": entry.action.kind,
        "status": entry.status.value,
        "owner": entry.owner,
        "attempt": entry.attempt,
        "approval_id": entry.approval_id,
        "approved_by": entry.approved_by,
        "claimed_at": micros(entry.claimed_at),
        "body": entry.model_dump_json(),
    }
