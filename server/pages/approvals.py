"""`/approvals`: everything that waits for a signature or a reader, one at a time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import JsonValue

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.repositories import CaseRecord
from server.db.waiting import waits_since
from server.deps import Insider, Parts
from server.pages.dossier import dossier_of
from server.pages.paid_back import paid_back
from server.pages.shell import page, see
from server.pages.standing import Rows, requests_now, unless_known
from server.service import Service
from server.ui.views.approvals import Around, in_order, queue
from server.ui.views.case import case_view, name_of
from tools.money import Money
from tools.ports import Readers

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
        who.role,
        _around(service, ordered[:NAMED]),
    )
    case = case_view(dossier_of(service, chosen.case_id, who), who) if chosen else None
    return page(
        request, "approvals.html", "Sign-off", who, section="approvals",
        asked=asked, case=case, key=secrets.token_hex(8), carried="?view=sign", edit=None,
        choosing=not wanted, changes=tuple(chosen.changes.values()) if chosen else (),
    )  # fmt: skip


@router.get("/approvals/now")
def now(request: Request, service: Parts, who: Insider, rows: Rows = ()) -> Response:
    """Which requests wait now, and what became of those in sight."""
    stand: dict[str, JsonValue] = {key: dict(each) for key, each in requests_now(service, rows).items()}
    waiting: list[JsonValue] = [*service.database.approvals.waiting(MOST)]
    return unless_known(request, {"waiting": waiting, "rows": stand})


def _around(service: Service, requests: Sequence[ApprovalRequest]) -> dict[str, Around]:
    """What stands around the first requests: who reads on sees of the others what they are about."""
    readers, called = service.store.readers(), _called(service, requests)
    cases = service.database.queues.among([each.case_id for each in requests])
    found: dict[str, Around] = {}
    for each in requests:
        record = cases.get(each.case_id)
        found[each.id] = Around(
            customer=called.get(each.customer_id, "") or _writer(record, readers),
            order=_order(each, record, readers),
            since=waits_since(record) if record else None,
            back=_back(each, readers),
        )
    return found


def _called(service: Service, requests: Sequence[ApprovalRequest]) -> dict[str, str]:
    """The names of the customers."""
    customers = service.store.readers().customers
    found = {each: customers.customer(each) for each in {request.customer_id for request in requests} if each}
    return {key: customer.name for key, customer in found.items() if customer is not None}


def _writer(record: CaseRecord | None, readers: Readers) -> str:
    """Who writes, where the customer is not known."""
    ticket = readers.helpdesk.ticket(record.ticket_id) if record else None
    return name_of(ticket) if ticket else ""


def _order(request: ApprovalRequest, record: CaseRecord | None, readers: Readers) -> str:
    """The number of the order that is touched, else of the one that was looked up."""
    touched = next((named for each in request.effects if (named := str(getattr(each, "order_id", "")))), "")
    order = readers.orders.order(touched) if touched else None
    if order is not None:
        return order.number
    known = record.investigation.find("order") if record and record.investigation else None
    return str(known.fields.get("number", "")) if known else ""


def _back(request: ApprovalRequest, readers: Readers) -> Money | None:
    """What its cancellation pays back."""
    sums = list(paid_back(request, readers).values())
    return sums[0] if len(sums) == 1 else None
