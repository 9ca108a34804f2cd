"""Requests for approval in the database. A decision is one UPDATE that only the first can win."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, Select, bindparam, select, union, update

from agent.approvals.moves import supersede
from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.trail import approval_note
from server.db.audit import append
from server.db.session import Session, Value, Values, insert_new, micros, table
from tools.errors import Unavailable
from tools.store.selects import change, fetch_within

_T, _CASES = table("approvals"), table("cases")
_BODY = select(_T.c.body)
_BY_ID = _BODY.where(_T.c.id == bindparam("id"))
_AWAITING = _BODY.where(
    _T.c.case_id == bindparam("case_id"), _T.c.status == ApprovalStatus.AWAITING.value
).with_for_update()
_OPEN = _T.c.status.in_([ApprovalStatus.AWAITING.value, ApprovalStatus.EXECUTING.value])
_OLDEST = (_T.c.created_at, _T.c.id)
_COUNTING = union(
    select(_T.c.created_at, _T.c.id, _T.c.body).where(_OPEN, _T.c.gives_value.is_(True)),
    select(_T.c.created_at, _T.c.id, _T.c.body).where(_OPEN, _T.c.customer_id == bindparam("customer_id")),
).order_by("created_at", "id")
_DECIDED = (
    select(_T.c.body)
    .join(_CASES, _CASES.c.case_id == _T.c.case_id)
    .where(_CASES.c.intent == bindparam("intent"), _T.c.status != ApprovalStatus.AWAITING.value)
    .order_by(_T.c.created_at.desc(), _T.c.id.desc())
    .limit(bindparam("most"))
)
_SWAP = update(_T).where(
    _T.c.id == bindparam("swap_id"),
    _T.c.status == bindparam("swap_status"),
    _T.c.version == bindparam("swap_version"),
)
_ATTEMPTS = 20


_WAITING = select(_T.c.id).where(_T.c.status == bindparam("status")).order_by(*_OLDEST).limit(bindparam("most"))


@lru_cache(maxsize=4)
def _listed(by_status: bool, by_case: bool) -> Select[str]:
    wanted = _BODY.order_by(*_OLDEST).limit(bindparam("most"))
    if by_status:
        wanted = wanted.where(_T.c.status == bindparam("status"))
    return wanted.where(_T.c.case_id == bindparam("case_id")) if by_case else wanted


@lru_cache(maxsize=2_048)
def _request(body: str) -> ApprovalRequest:
    return ApprovalRequest.model_validate_json(body)


class StoredApprovals:
    """`agent.repositories.ApprovalRepository`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, request: ApprovalRequest) -> ApprovalRequest:
        """As in the port."""
        for _ in range(_ATTEMPTS):
            with self._session.durably() as connection:
                found = _ask(connection, request)
            if found is not None:
                return found
        raise Unavailable(f"case {request.case_id} is being asked about by several processes at once")

    def get(self, request_id: str) -> ApprovalRequest | None:
        """As in the port."""
        found = self._session.cells(_BY_ID, {"id": request_id})
        return _request(str(found[0][0])) if found else None

    def swap(self, before: ApprovalRequest, after: ApprovalRequest) -> bool:
        """As in the port."""
        with self._session.durably() as connection:
            return _swap(connection, before, after)

    def list(
        self, status: ApprovalStatus | None = None, case_id: str = "", limit: int = 100
    ) -> Sequence[ApprovalRequest]:
        """As in the port."""
        values: dict[str, Value] = {"most": limit}
        if status is not None:
            values["status"] = status.value
        if case_id:
            values["case_id"] = case_id
        found = self._session.cells(_listed(status is not None, bool(case_id)), values)
        return [_request(str(body)) for (body,) in found]

    def waiting(self, limit: int) -> Sequence[str]:
        """The ids of those that wait for an answer, oldest first."""
        found = self._session.cells(_WAITING, {"status": ApprovalStatus.AWAITING.value, "most": limit})
        return [str(each) for (each,) in found]

    def counting(self, customer_id: str) -> Sequence[ApprovalRequest]:
        """As in the port."""
        rows = self._session.cells(_COUNTING, {"customer_id": customer_id})
        found = [_request(str(body)) for _, _, body in rows]
        return found if customer_id else [request for request in found if request.gives_value]

    def decided(self, intent: str, limit: int) -> Sequence[ApprovalRequest]:
        """As in the port."""
        rows = self._session.cells(_DECIDED, {"intent": intent, "most": limit})
        found = [_request(str(body)) for (body,) in rows]
        # A case may be about something else by now.
        return [request for request in found if request.decision is not None and request.intent == intent]

    def due(self, now: datetime, limit: int = 100) -> Sequence[ApprovalRequest]:
        """As in the port."""
        due = (_T.c.status == ApprovalStatus.AWAITING.value, _T.c.expires_at <= micros(now))
        wanted = _BODY.where(*due).order_by(_T.c.expires_at, _T.c.id).limit(limit)
        return [_request(str(row["body"])) for row in self._session.rows(wanted)]


def _ask(connection: Connection, request: ApprovalRequest) -> ApprovalRequest | None:
    """The request that now awaits an answer; None when another process asked at the same moment."""
    waiting = fetch_within(connection, _AWAITING, {"case_id": request.case_id})
    if waiting:
        known = _request(str(waiting[0][0]))
        if known.digest == request.digest:
            return known
        _swap(connection, known, supersede(known, request.created_at, f"replaced by {request.id}"))
    asked, number = request, 1
    while not change(connection, insert_new("approvals", connection.dialect.name), _columns(asked)).rows:
        if not fetch_within(connection, _BY_ID, {"id": asked.id}):
            return None
        number += 1
        asked = request.model_copy(update={"id": f"{request.id}-{number}"})
    append(connection, approval_note(asked))
    return asked


def _swap(connection: Connection, before: ApprovalRequest, after: ApprovalRequest) -> bool:
    known = {"swap_id": before.id, "swap_status": before.status.value, "swap_version": before.version}
    if change(connection, _SWAP, {**_columns(after), **known}).touched != 1:
        return False
    if after.status is not before.status:
        append(connection, approval_note(after))
    return True


def _columns(request: ApprovalRequest) -> Values:
    return {
        "id": request.id,
        "case_id": request.case_id,
        "customer_id": request.customer_id,
        "kind": request.kind.value,
        "status": request.status.value,
        "digest": request.digest,
        "gives_value": request.gives_value,
        "version": request.version,
        "created_at": micros(request.created_at),
        "expires_at": micros(request.expires_at),
        "body": request.model_dump_json(),
    }
