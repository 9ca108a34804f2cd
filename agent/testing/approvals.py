"""Requests for approval in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, count
from threading import RLock

from agent.approvals.moves import supersede
from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.testing.audit import InMemoryAudit
from agent.trail import approval_note

_OPEN = (ApprovalStatus.AWAITING, ApprovalStatus.EXECUTING)


class InMemoryApprovals:
    """`agent.repositories.ApprovalRepository`."""

    def __init__(self, audit: InMemoryAudit) -> None:
        self._lock = RLock()
        self._audit = audit
        self._requests: dict[str, ApprovalRequest] = {}

    def open(self, request: ApprovalRequest) -> ApprovalRequest:
        """As in the port."""
        with self._lock:
            known = next((r for r in self.list(ApprovalStatus.AWAITING, request.case_id)), None)
            if known is not None and known.digest == request.digest:
                return known
            if known is not None:
                self.swap(known, supersede(known, request.created_at, f"replaced by {request.id}"))
            asked = request.model_copy(update={"id": self._free_id(request.id)})
            self._keep(asked)
            return asked

    def _free_id(self, wanted: str) -> str:
        numbered = (f"{wanted}-{number}" for number in count(2))
        return next(name for name in chain([wanted], numbered) if name not in self._requests)

    def get(self, request_id: str) -> ApprovalRequest | None:
        """As in the port."""
        return self._requests.get(request_id)

    def swap(self, before: ApprovalRequest, after: ApprovalRequest) -> bool:
        """As in the port."""
        with self._lock:
            found = self._requests.get(before.id)
            if found is None or (found.status, found.version) != (before.status, before.version):
                return False
            self._keep(after, note=after.status is not before.status)
            return True

    def _keep(self, request: ApprovalRequest, *, note: bool = True) -> None:
        self._requests[request.id] = request
        if note:
            self._audit.append(approval_note(request))

    def list(
        self, status: ApprovalStatus | None = None, case_id: str = "", limit: int = 100
    ) -> Sequence[ApprovalRequest]:
        """As in the port."""
        with self._lock:
            found = [r for r in self._requests.values() if status in (None, r.status) and case_id in ("", r.case_id)]
        return _sorted(found)[:limit]

    def counting(self, customer_id: str) -> Sequence[ApprovalRequest]:
        """As in the port."""
        with self._lock:
            found = [r for r in self._requests.values() if r.status in _OPEN]
        return _sorted(r for r in found if r.gives_value or (customer_id and r.customer_id == customer_id))

    def decided(self, intent: str, limit: int) -> Sequence[ApprovalRequest]:
        """As in the port."""
        with self._lock:
            found = [r for r in self._requests.values() if r.decision is not None and r.intent == intent]
        return _sorted(found)[::-1][:limit]

    def due(self, now: datetime, limit: int = 100) -> Sequence[ApprovalRequest]:
        """As in the port."""
        with self._lock:
            found = [r for r in self._requests.values() if r.awaiting and r.expires_at <= now]
        return sorted(found, key=lambda r: (r.expires_at, r.id))[:limit]


def _sorted(requests: Iterable[ApprovalRequest]) -> list[ApprovalRequest]:
    return sorted(requests, key=lambda request: (request.created_at, request.id))
