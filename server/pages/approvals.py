"""`/approvals`: everything that waits for a signature or a reader, one at a time."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from agent.approvals import ApprovalStatus
from server.deps import Insider, Parts
from server.pages.dossier import dossier_of
from server.pages.shell import page, see
from server.ui.views.approvals import queue
from server.ui.views.case import case_view

router = APIRouter()
MOST = 500


@router.get("/approvals", response_class=HTMLResponse)
def approvals(request: Request, service: Parts, who: Insider) -> Response:
    """The queue, with the request that was chosen, else the first."""
    waiting = service.database.approvals.list(ApprovalStatus.AWAITING, limit=MOST)
    wanted = request.query_params.get("request", "")
    asked = queue(waiting, wanted, service.clock.now())
    chosen = next((each for each in waiting if each.id == wanted), None)
    if wanted and chosen is None:
        known = service.database.approvals.get(wanted)
        return see(f"/cases/{known.case_id}" if known else "/approvals")
    if chosen is None and asked:
        asked = queue(waiting, asked[0].id, service.clock.now())
        chosen = next(each for each in waiting if each.id == asked[0].id)
    case = case_view(dossier_of(service, chosen.case_id, who), who) if chosen else None
    return page(
        request, "approvals.html", "Approvals", who, section="approvals",
        asked=asked, case=case, key=secrets.token_hex(8), carried="?view=sign", edit=None,
        changes=tuple(chosen.changes.values()) if chosen else (),
    )  # fmt: skip
