"""How the rows of a list stand now, for a page that keeps them true without moving one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import JsonValue

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from agent.switches import Switch
from agent.takeover import holder
from server.etags import has_already
from server.service import Service
from server.stops import stop_of
from server.ui.people import named
from server.ui.views.inbox import View
from server.ui.views.status import badge_of

MOST = 60
Rows = Annotated[tuple[str, ...], Query(alias="row", max_length=MOST, description="What is in sight of the list.")]
Standing = Mapping[str, Mapping[str, JsonValue]]
_TICKET = frozenset({CaseStatus.ESCALATED, CaseStatus.WORKING})
"""Where the badge is not the status alone."""
_SAYS = {
    ApprovalStatus.AWAITING: ("", "waits"),
    ApprovalStatus.EXECUTING: ("signed", "plain"),
    ApprovalStatus.EXECUTED: ("signed", "good"),
    ApprovalStatus.REJECTED: ("rejected", "plain"),
    ApprovalStatus.EXPIRED: ("expired", "plain"),
    ApprovalStatus.SUPERSEDED: ("asked anew", "plain"),
    ApprovalStatus.FAILED: ("failed", "wrong"),
}


def cases_now(service: Service, view: View, rows: Sequence[str], who: str) -> Standing:
    """The badge of each case, and whether it has left the view; then with who dealt with it."""
    stops = service.database.switches.all()
    found = service.database.queues.among(rows)
    return {case_id: _case(service, view, record, who, stops) for case_id, record in found.items()}


def _case(service: Service, view: View, record: CaseRecord, who: str, stops: Sequence[Switch]) -> dict[str, JsonValue]:
    read = service.store.readers().helpdesk.ticket
    ticket = read(record.ticket_id) if record.status in _TICKET else None
    badge = badge_of(record, ticket, stop_of(record, ticket, stops))
    over = left(view, record, who)
    by = named(_by(service, record)) if over else ""
    return {"says": f"{badge.says}, {by}" if by else badge.says, "tone": badge.tone, "over": over}


def left(view: View, record: CaseRecord, who: str) -> bool:
    """Whether a case that was in the view no longer is."""
    if view.key == "mine" and holder(record) != who:
        return True
    return bool(view.statuses) and record.status not in view.statuses


def _by(service: Service, record: CaseRecord) -> str:
    """Who has it, or who answered it. Whoever signed one part of a case that waits for anybody does not have it."""
    if record.status is CaseStatus.ESCALATED:
        return holder(record)
    asked = service.database.approvals.list(None, record.case_id)
    return holder(record) or next((each.decided_by for each in reversed(asked) if each.decided_by), "")


def requests_now(service: Service, rows: Sequence[str]) -> Standing:
    """What became of each request, and by whom."""
    found = (service.database.approvals.get(each) for each in rows)
    return {each.id: _request(each) for each in found if each is not None}


def _request(request: ApprovalRequest) -> dict[str, JsonValue]:
    says, tone = _SAYS[request.status]
    by = named(request.decided_by)
    return {"says": f"{says}, {by}" if by else says, "tone": tone, "over": not request.awaiting}


def unless_known(request: Request, answer: Mapping[str, JsonValue]) -> Response:
    """The answer with an ETag, so that asking again costs nothing."""
    body = JSONResponse(answer)
    etag = f'"{hashlib.sha256(body.body).hexdigest()[:16]}"'
    if has_already(request, etag):
        return Response(status_code=304, headers={"ETag": etag})
    body.headers["ETag"] = etag
    return body
