"""`/audit`: the log of what happened, and whether anybody touched it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from agent.audit import AuditReport, verify
from agent.repositories import CaseRecord
from server.auth.principal import Principal
from server.db.audit_pages import AuditQuery
from server.db.inbox import CaseFilter
from server.deps import Insider, Parts
from server.pages.shell import page
from server.service import Service
from server.ui.views.audit import entries, kinds_of
from server.ui.words import local
from tools.commerce import Order

router = APIRouter(prefix="/audit")
PAGE, CASES = 60, 500
ASKED = ("case", "who", "what", "from", "to")
DAY = timedelta(days=1)


@router.get("", response_class=HTMLResponse)
def log(request: Request, service: Parts, who: Insider) -> Response:
    """Newest first, filtered by case or order, person, kind and days."""
    return _shown(request, service, who, None)


@router.get("/verified", response_class=HTMLResponse)
def verified(request: Request, service: Parts, who: Insider) -> Response:
    """The same, after walking the whole chain."""
    return _shown(request, service, who, verify(service.database.audit.entries(), service.database.audit.head()))


@dataclass(frozen=True, kw_only=True)
class Day:
    """A stretch of days to choose with one click."""

    name: str
    href: str
    here: bool


def _shown(request: Request, service: Service, who: Principal, report: AuditReport | None) -> Response:
    given = {name: request.query_params.get(name, "").strip()[:200] for name in ASKED}
    before, pages = request.query_params.get("before", ""), service.database.audit_pages
    place = int(before) if before.isdecimal() and len(before) < 19 else 0
    people = service.names()
    found = pages.page(PAGE + 1, _query(service, given, people), place)
    older = _address({**given, "before": str(found[PAGE - 1].seq)}) if len(found) > PAGE else ""
    return page(
        request, "audit.html", "Audit", who, section="audit",
        entries=entries(found[:PAGE]), given=given, filtered=any(given.values()), older=older, report=report,
        newest=_address(given) if place else "", days=_days(service, given), people=people,
        kinds=kinds_of(pages.events()), count=service.database.audit.head().count,
    )  # fmt: skip


def _query(service: Service, given: Mapping[str, str], people: Mapping[str, str]) -> AuditQuery:
    return AuditQuery(
        cases=_cases(service, given["case"]) if given["case"] else None,
        actor=_actor(people, given["who"]) if given["who"] else "",
        event=given["what"],
        since=_begin(given["from"]),
        until=_begin(given["to"], DAY),
    )


def _begin(typed: str, later: timedelta = timedelta()) -> datetime | None:
    """When that day begins in the shop, or the one so much later; None for what is no day."""
    try:
        on = date.fromisoformat(typed) + later
        zone = local(datetime(on.year, on.month, on.day, 12, tzinfo=UTC)).tzinfo
        return datetime(on.year, on.month, on.day, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


def _cases(service: Service, typed: str) -> list[str]:
    """The cases that are meant: one by its id or ticket, else every one that is about the order of this number."""
    order = service.store.readers().orders.order_by_number(typed)
    theirs = service.database.cases.of_customer(order.customer_id, CASES) if order else ()
    tickets = service.database.inbox.cases(CaseFilter(ticket_id=typed), CASES)
    found = [*(each for each in theirs if order and _about(each, order)), *tickets]
    return [typed, *(each.case_id for each in found)]


def _about(record: CaseRecord, order: Order) -> bool:
    known = record.investigation.find("order") if record.investigation else None
    named = record.classification.references.order_numbers if record.classification else ()
    touched = [str(getattr(each.action, "order_id", "")) for each in record.executions]
    read = known is not None and known.fields.get("id") == order.id
    return read or order.id in touched or order.number.lstrip("#") in [each.lstrip("#") for each in named]


def _actor(people: Mapping[str, str], typed: str) -> str:
    """The id of whoever is meant by an id, a name or a first name; else what was typed."""
    wanted = typed.casefold()
    exact = (key for key, name in people.items() if wanted in (key.casefold(), name.casefold()))
    first = [key for key, name in people.items() if name.casefold().split()[:1] == [wanted]]
    return next(exact, first[0] if len(first) == 1 else typed)


def _days(service: Service, given: Mapping[str, str]) -> tuple[Day, ...]:
    today = local(service.clock.now()).date()
    spans = (("Today", today, today), ("Yesterday", today - DAY, today - DAY), ("Last 7 days", today - 6 * DAY, today))
    return tuple(
        Day(
            name=name,
            href=_address({**given, "from": f"{first}", "to": f"{last}"}),
            here=(given["from"], given["to"]) == (f"{first}", f"{last}"),
        )
        for name, first, last in spans
    )


def _address(given: Mapping[str, str]) -> str:
    kept = urlencode({name: value for name, value in given.items() if value})
    return f"/audit?{kept}" if kept else "/audit"
