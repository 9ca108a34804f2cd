"""Cases, events and promises in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import RLock

from agent.case import CaseStatus
from agent.promises import PromiseEntry, late
from agent.repositories import COUNTED, CaseEvent, CaseRecord, TicketTaken
from agent.testing.audit import InMemoryAudit
from agent.trail import promise_note


class InMemoryEvents:
    """`agent.repositories.EventLog`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._events: list[CaseEvent] = []

    def append(self, events: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
        """As in the port."""
        with self._lock:
            start = len(self._events) + 1
            kept = [event.model_copy(update={"seq": seq}) for seq, event in enumerate(events, start)]
            self._events += kept
            return kept

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        """As in the port."""
        with self._lock:
            found = (event for event in self._events[after:] if case_id in ("", event.case_id))
            return [event for event, _ in zip(found, range(limit), strict=False)]


class InMemoryCases:
    """`agent.repositories.CaseRepository`."""

    def __init__(self, events: InMemoryEvents | None = None) -> None:
        self._lock = RLock()
        self._events = events or InMemoryEvents()
        self._cases: dict[str, CaseRecord] = {}

    def get(self, case_id: str) -> CaseRecord | None:
        """As in the port."""
        return self._cases.get(case_id)

    def by_ticket(self, helpdesk: str, ticket_id: str) -> CaseRecord | None:
        """As in the port."""
        with self._lock:
            return next((c for c in self._cases.values() if (c.helpdesk, c.ticket_id) == (helpdesk, ticket_id)), None)

    def start(self, record: CaseRecord) -> CaseRecord:
        """As in the port."""
        with self._lock:
            known = self.by_ticket(record.helpdesk, record.ticket_id) or self._cases.get(record.case_id)
            return known or self._cases.setdefault(record.case_id, record)

    def save(self, record: CaseRecord, events: Sequence[CaseEvent] = ()) -> None:
        """As in the port."""
        with self._lock:
            other = self.by_ticket(record.helpdesk, record.ticket_id)
            if other is not None and other.case_id != record.case_id:
                raise TicketTaken(record.helpdesk, record.ticket_id)
            self._cases[record.case_id] = record
            self._events.append(events)

    def list(
        self, status: CaseStatus | None = None, intent: str = "", limit: int = 50, after: str = ""
    ) -> Sequence[CaseRecord]:
        """As in the port."""
        with self._lock:
            ordered = sorted(self._cases.values(), key=_place, reverse=True)
        last = self._cases.get(after)
        found = (c for c in ordered if status in (None, c.status) and intent in ("", c.intent))
        return [c for c in found if last is None or _place(c) < _place(last)][:limit]

    def of_customer(self, customer_id: str, limit: int) -> Sequence[CaseRecord]:
        """As in the port."""
        with self._lock:
            found = [c for c in self._cases.values() if customer_id and c.customer_id == customer_id]
        return sorted(found, key=_place, reverse=True)[:limit]

    def count_by(self, field: str) -> dict[str, int]:
        """As in the port."""
        if field not in COUNTED:
            raise ValueError(f"cases cannot be counted by {field}; use one of {', '.join(COUNTED)}")
        with self._lock:
            counts = Counter(str(getattr(case, field)) for case in self._cases.values())
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _place(record: CaseRecord) -> tuple[datetime, str]:
    return record.created_at, record.case_id


class InMemoryPromises:
    """`agent.repositories.PromiseLedger`."""

    def __init__(self, audit: InMemoryAudit) -> None:
        self._lock = RLock()
        self._audit = audit
        self._entries: dict[str, PromiseEntry] = {}

    def record(self, entries: Sequence[PromiseEntry]) -> None:
        """As in the port."""
        with self._lock:
            for entry in entries:
                if entry.id not in self._entries:
                    self._entries[entry.id] = entry
                    self._audit.append(promise_note(entry))

    def get(self, promise_id: str) -> PromiseEntry | None:
        """As in the port."""
        return self._entries.get(promise_id)

    def swap(self, before: PromiseEntry, after: PromiseEntry) -> bool:
        """As in the port."""
        with self._lock:
            found = self._entries.get(before.id)
            if found is None or found.status is not before.status:
                return False
            self._entries[before.id] = after
            self._audit.append(promise_note(after))
            return True

    def of_case(self, case_id: str) -> Sequence[PromiseEntry]:
        """As in the port."""
        return self._sorted(entry for entry in self._entries.values() if entry.case_id == case_id)

    def by_effect(self, effect: str) -> Sequence[PromiseEntry]:
        """As in the port."""
        return self._sorted(entry for entry in self._entries.values() if entry.effect == effect)

    def late(self, now: datetime, limit: int = 100) -> Sequence[PromiseEntry]:
        """As in the port."""
        found = [entry for entry in self._entries.values() if late(entry, now)]
        return sorted(found, key=lambda entry: (entry.due_at or now, entry.id))[:limit]

    @staticmethod
    def _sorted(entries: Iterable[PromiseEntry]) -> Sequence[PromiseEntry]:
        return sorted(entries, key=lambda entry: (entry.made_at, entry.id))
