"""`/approvals`: everything that waits for a signature or a reader, one at a time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from agent.approvals import ApprovalRequest, ApprovalStatus
from server.deps import Insider, Parts
from server.pages.dossier import dossier_of
from server.pages.paid_back import paid_back
from server.pages.shell import page, see
from server.service import Service
from server.ui.views.approvals import in_order, queue
from server.ui.views.case import case_view
from tools.money import Money

router = APIRouter()
MOST, NAMED = 500, 100


@router.get("/approvals", response_class=HTMLResponse)
def approvals(request: Request, service: Parts, who: Insider) -> Response:
    """The queue, with the request that was chosen, else the first."""
    waiting = service.database.approvals.list(ApprovalStatus.AWAITING, limit=MOST)
    wanted = request.query_params.get("request", "")
    chosen = next((each for each in waiting if each.id == wanted), None)
    if wanted and chosen is None and "told" not in request.query_params:
        known = service.database.approvals.get(wanted)
        return see(f"/cases/{known.case_id}" if known else "/approvals")
    ordered = in_order(waiting)
    chosen = chosen or next(iter(ordered), None)
    asked = queue(
        ordered,
        chosen.id if chosen else "",
        service.clock.now(),
        _called(service, ordered[:NAMED]),
        _back(service, ordered[:NAMED]),
    )
    case = case_view(dossier_of(service, chosen.case_id, who), who) if chosen else None
    return page(
        request, "approvals.html", "Sign-off", who, section="approvals",
        asked=asked, case=case, key=secrets.token_hex(8), carried="?view=sign", edit=None,
        changes=tuple(chosen.changes.values()) if chosen else (),
    )  # fmt: skip


def _called(service: Service, requests: Sequence[ApprovalRequest]) -> dict[str, str]:
    """The names of the customers of the first requests: who reads on sees what it is about instead."""
    customers = service.store.readers().customers
    found = {each: customers.customer(each) for each in {request.customer_id for request in requests} if each}
    return {key: customer.name for key, customer in found.items() if customer is not None}


def _back(service: Service, requests: Sequence[ApprovalRequest]) -> dict[str, Money]:
    """What the cancellations among them pay back, by request."""
    readers = service.store.readers()
    found = {request.id: list(paid_back(request, readers).values()) for request in requests}
    return {request: sums[0] for request, sums in found.items() if len(sums) == 1}
