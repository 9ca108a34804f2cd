"""The execution ledger in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import RLock

from agent.case import ExecutionStatus
from agent.ledger import COUNTS, OPEN, LedgerEntry
from agent.testing.audit import InMemoryAudit
from agent.trail import effect_note, released_note


class InMemoryLedger:
    """`agent.repositories.ExecutionLedger`."""

    def __init__(self, audit: InMemoryAudit) -> None:
        self._lock = RLock()
        self._audit = audit
        self._entries: dict[str, LedgerEntry] = {}

    def get(self, key: str) -> LedgerEntry | None:
        """As in the port."""
        return self._entries.get(key)

    def claim(self, entry: LedgerEntry) -> bool:
        """As in the port."""
        with self._lock:
            if entry.key in self._entries:
                return False
            self._keep(entry)
            return True

    def swap(self, before: LedgerEntry, after: LedgerEntry) -> bool:
        """As in the port."""
        with self._lock:
            found = self._entries.get(before.key)
            if found is None or not found.same_claim(before) or found.status is not before.status:
                return False
            self._keep(after)
            return True

    def release(self, entry: LedgerEntry) -> bool:
        """As in the port."""
        with self._lock:
            found = self._entries.get(entry.key)
            if found is None or not found.same_claim(entry) or found.status is not ExecutionStatus.PENDING:
                return False
            del self._entries[entry.key]
            self._audit.append(released_note(entry))
            return True

    def _keep(self, entry: LedgerEntry) -> None:
        self._entries[entry.key] = entry
        self._audit.append(effect_note(entry))

    def of_case(self, case_id: str) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._where(lambda e: e.case_id == case_id)

    def of_approval(self, approval_id: str) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._where(lambda e: bool(approval_id) and e.approval_id == approval_id)

    def unsettled(self, limit: int = 100) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._where(lambda e: e.status in OPEN)[:limit]

    def history(
        self, since: datetime, customer_id: str, case_id: str, shop_since: datetime, kinds: Iterable[str]
    ) -> Sequence[LedgerEntry]:
        """As in the port."""
        counted = frozenset(kinds)

        def counts(entry: LedgerEntry) -> bool:
            of_customer = customer_id and entry.customer_id == customer_id and entry.claimed_at > since
            of_shop = entry.action.kind in counted and entry.claimed_at > shop_since
            of_case = case_id and entry.case_id == case_id
            return entry.status in COUNTS and bool(of_customer or of_case or of_shop)

        return self._where(counts)

    def sent_to(self, recipient: str, since: datetime) -> Sequence[LedgerEntry]:
        """As in the port."""
        return self._where(
            lambda e: bool(recipient) and e.recipient == recipient and e.status in COUNTS and e.claimed_at > since
        )

    def _where(self, wanted: Callable[[LedgerEntry], bool]) -> list[LedgerEntry]:
        with self._lock:
            found = [entry for entry in self._entries.values() if wanted(entry)]
        return sorted(found, key=lambda entry: (entry.claimed_at, entry.key))
