"""`/`: the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import JsonValue

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.approvals.request import ApprovalKind
from agent.repositories import CaseRecord
from server.auth.principal import Principal, Scope
from server.db.inbox import CaseFilter
from server.db.queues import MOST, QueueQuery
from server.db.tally import Tally
from server.db.waiting import somebody_waits
from server.deps import Insider, Parts
from server.pages.counting import by_filter, by_view, is_filtered, unfiltered, zeroed
from server.pages.dossier import may_sign
from server.pages.paid_back import cancelled_for
from server.pages.shell import page, see
from server.pages.standing import Rows, cases_now, unless_known
from server.service import Service
from server.stops import stop_of
from server.ui.views.inbox import (
    FILTERS,
    LONGEST,
    VIEWS,
    Inbox,
    Row,
    View,
    Welcome,
    choice,
    count_of,
    for_onlookers,
    important_first,
    in_order_of_waiting,
    is_late,
    orders_of,
    query_of,
    row_of,
    taken_by,
    view_links,
    view_of,
    welcome,
)
from server.ui.views.reviews import incident_notices
from tools.actions import RefundOrder

router = APIRouter()
PAGE, SOME = 40, 500
LISTS = frozenset({"people", "mine", "late"})
YEAR = 365 * 24 * 3600
NONE = "none"
"""The newest case of an empty view: whatever is in it later is new."""


@router.get("/", response_class=HTMLResponse)
def inbox(request: Request, service: Parts, who: Insider) -> Response:
    """Cases to work through, by view and filter; with `q` what was searched for."""
    given = dict(request.query_params)
    if given.get("q", "").strip():
        return _searched(request, service, who, given)
    view = view_of(given.get("view", ""))
    # Known before the rows are read: what comes in meanwhile is announced, at worst though it is shown.
    newest = "" if given.get("after") else _newest(service, view, given)
    records = records_of(service, view, given, who.id, PAGE + 1, given.get("after", ""))
    shown = records[:PAGE]
    listed = Tally.of(records_of(service, view, unfiltered(given), who.id, SOME)) if not view.counted else None
    found = replace(_inbox(service, view, given, rows_of(service, shown), listed), newest=newest)
    found = found if len(records) <= PAGE else _with_next(found, shown[-1])
    found = found if service.database.cases.count_by("status") else _untouched(found)
    found = _seen_by(who, found)
    wanted = bool(service.demo and request.cookies.get("welcome") != "hidden" and not given.get("after"))
    return page(
        request, "inbox.html", found.title, who, section="inbox",
        notices=incident_notices(service.database.incidents.standing(), service.clock.now()),
        inbox=found if not wanted else _welcomed(found, service, who),
    )  # fmt: skip


@router.get("/inbox/newer")
def newer(request: Request, service: Parts, who: Insider, than: str = "", rows: Rows = ()) -> Response:
    """How many cases came since the newest that is shown, and how those in sight stand now."""
    given = dict(request.query_params)
    view = view_of(given.get("view", "all" if given.get("q") else ""))
    many = _newer(service, view, given, than) if view.counted and than else 0
    stand: dict[str, JsonValue] = {key: dict(each) for key, each in cases_now(service, view, rows, who.id).items()}
    return unless_known(request, {"newer": many, "rows": stand, "views": _counts(service, given)})


def _counts(service: Service, given: Mapping[str, str]) -> dict[str, JsonValue]:
    """The numbers beside the views, where reading them is cheap."""
    counts = by_view(service, {}) if not is_filtered(given) and not given.get("q") else None
    found = {view.key: count_of(view, counts) for view in VIEWS}
    return {key: many for key, many in found.items() if many is not None}


def _newest(service: Service, view: View, given: dict[str, str]) -> str:
    """The newest case of the view, on whichever page it is."""
    found = service.database.queues.page(_query(view, given), 1)
    return found[0].case_id if found else NONE


def _newer(service: Service, view: View, given: dict[str, str], than: str) -> int:
    queues, query = service.database.queues, _query(view, given)
    return len(queues.page(query, MOST)) if than == NONE else queues.newer(query, than[:200])


@router.post("/welcome")
def hide_welcome(who: Insider) -> Response:
    """Do not explain the demo brand again in this browser."""
    answer = see("/")
    answer.set_cookie("welcome", "hidden", max_age=YEAR, samesite="lax")
    return answer


def rows_of(service: Service, records: Sequence[CaseRecord]) -> tuple[Row, ...]:
    """Lines of these cases."""
    readers, now = service.store.readers(), service.clock.now()
    tickets = {each.ticket_id: readers.helpdesk.ticket(each.ticket_id) for each in records}
    stops = service.database.switches.all()
    return tuple(
        row_of(each, ticket, service.limits, now, cancelled_for(each, readers), stop_of(each, ticket, stops))
        for each in records
        for ticket in (tickets[each.ticket_id],)
    )


def records_of(
    service: Service, view: View, given: Mapping[str, str], who: str, limit: int, after: str = ""
) -> Sequence[CaseRecord]:
    """The cases of a view, in its order or in that of waiting. `after`: the last case of the page before."""
    if paged(view, given):
        return _page(service, view, given, limit, after)
    found = _sorted_out(service, view, given, who)
    place = next((number for number, each in enumerate(found, 1) if each.case_id == after), 0)
    return found[place:]


def _sorted_out(service: Service, view: View, given: Mapping[str, str], who: str) -> Sequence[CaseRecord]:
    """A view that is one list."""
    found, ticket = _page(service, view, given, SOME), service.store.readers().helpdesk.ticket
    if view.key == "late":
        now = service.clock.now()
        return [each for each in found if is_late(each, ticket(each.ticket_id), service.limits, now)]
    found = taken_by(who, found) if view.key == "mine" else found
    return found if in_order_of_waiting(view, given) else important_first(found, ticket)


def paged(view: View, given: Mapping[str, str]) -> bool:
    """Whether the view comes from the database page by page; the others are read as one list, and then sorted out."""
    return view.key not in LISTS or (view.key == "people" and in_order_of_waiting(view, given))


def _page(service: Service, view: View, given: Mapping[str, str], limit: int, after: str = "") -> Sequence[CaseRecord]:
    queues, query = service.database.queues, _query(view, given)
    if in_order_of_waiting(view, given):
        return queues.waiting(query, limit, after, unwaited=bool(given.get("unwaited")))
    return queues.page(query, limit, after)


def _query(view: View, given: Mapping[str, str]) -> QueueQuery:
    named = {name: given.get(name, "")[:100] for name in FILTERS}
    return QueueQuery(statuses=view.statuses, **named)


def _inbox(
    service: Service, view: View, given: dict[str, str], rows: tuple[Row, ...], listed: Tally | None = None
) -> Inbox:
    filtered, waiting = is_filtered(given), in_order_of_waiting(view, given)
    order = LONGEST if waiting else ""
    kept = {**given, "view": view.key, "order": order}
    query, links = query_of(kept), view_links(view.key, by_view(service, given), kept)
    counts = by_filter(service, view, given, listed)
    cleared = f"/{query_of({'view': view.key, 'order': order})}"
    return Inbox(
        view=view.key,
        title=view.name,
        says=_says(len(rows), next((link.count for link in links if link.here), None)),
        views=links,
        orders=orders_of(view, given),
        choices=tuple(
            choice(name, label, given.get(name, ""), counts[name])
            for name, label in (("intent", "Any intent"), ("queue", "Any queue"), ("language", "Any language"))
        ),
        filtered=filtered,
        cleared=cleared,
        rows=rows,
        newest="",
        query=query,
        carried=query,
        next="",
        more="More cases" if waiting else "Older cases",
        empty_title="Nothing here" if not filtered else "Nothing matches these filters",
        empty_says=view.empty,
        empty_href="/?view=all" if not filtered and view.key != "all" else cleared if filtered else "",
        empty_link="Clear the filters" if filtered else "See every case",
        welcome=None,
    )


def _untouched(found: Inbox) -> Inbox:
    """The first page of a shop that no ticket has reached yet."""
    return replace(
        found,
        empty_title="No ticket has come in yet",
        empty_says="Connect your helpdesk by webhook, or bring tickets in by the API; Settings says what is missing.",
        empty_href="/settings",
        empty_link="See what is missing",
    )


def _says(shown: int, whole: int | None) -> str:
    if not shown:
        return ""
    return f"{shown} of {whole:,}" if whole is not None and whole > shown else f"{shown}"


def _with_next(found: Inbox, last: CaseRecord) -> Inbox:
    # What somebody waited for keeps its place on the way to the next page, also when it is answered meanwhile.
    unwaited = "" if somebody_waits(last) else "&unwaited=yes"
    return replace(found, next=f"/{found.query}&after={last.case_id}{unwaited}")


def _welcomed(found: Inbox, service: Service, who: Principal) -> Inbox:
    return replace(found, welcome=_welcome(service, who))


def _welcome(service: Service, who: Principal) -> Welcome:
    """With a refund that this person may sign, else with whatever waits for a signature."""
    asked = service.database.approvals.list(ApprovalStatus.AWAITING, limit=SOME)
    signed = sorted((each for each in asked if each.kind is ApprovalKind.SIGN), key=_appeal)
    best = next((each for each in signed if may_sign(service, each, who)), None)
    customer = service.store.readers().customers.customer(best.customer_id) if best and best.customer_id else None
    return welcome(best, customer.name if customer else "", signs=who.may(Scope.DECIDE))


def _appeal(request: ApprovalRequest) -> tuple[bool, bool]:
    return (not any(isinstance(each, RefundOrder) for each in request.effects), request.amount is None)


def _searched(request: Request, service: Service, who: Insider, given: dict[str, str]) -> Response:
    words = given["q"].strip()[:200]
    found = search(service, words)
    every, more = found[:PAGE], len(found) > PAGE
    view = view_of(given.get("view", "all"))
    records = in_view(every, view)
    base = _inbox(service, view_of("all"), {"view": "all"}, rows_of(service, records))
    many, counts = len(records), None if more else zeroed(Tally.of(every).by("status", {}))
    shown = replace(
        base,
        title=f"“{words}”",
        says=f"the newest {PAGE}; more were found" if more else f"{many} case{'s' if many != 1 else ''} found",
        orders=(),
        choices=(),
        views=view_links(view.key, counts, {"q": words}),
        query=query_of({"q": words, "view": given.get("view", "")}),
        carried=query_of({"q": words, "view": given.get("view", "")}),
        empty_title="Nothing found" if not every else f"None of the {len(every)} found is here",
        empty_says="Search by order number, e-mail address, ticket, or words that the customer wrote.",
        empty_href="/?view=all",
        empty_link="See every case",
    )
    return page(request, "inbox.html", "Search", who, section="inbox", inbox=_seen_by(who, shown))


def _seen_by(who: Insider, found: Inbox) -> Inbox:
    return found if who.may(Scope.DECIDE) else for_onlookers(found)


def in_view(records: Sequence[CaseRecord], view: View) -> Sequence[CaseRecord]:
    """Those of what was found that are in this view."""
    return [each for each in records if not view.statuses or each.status in view.statuses]


def search(service: Service, words: str) -> Sequence[CaseRecord]:
    """By order number or address the customer's cases, by id the case, else every word in what was written."""
    readers = service.store.readers()
    order = readers.orders.order_by_number(words)
    customer = order.customer_id if order else ""
    if not customer and "@" in words:
        known = readers.customers.customer_by_email(words)
        customer = known.id if known else ""
    direct = [service.database.cases.get(words), *service.database.inbox.cases(CaseFilter(ticket_id=words), 5)]
    theirs = service.database.cases.of_customer(customer, PAGE + 1) if customer else ()
    found = [*(each for each in direct if each is not None), *theirs]
    if not found:
        found = [*service.database.inbox.cases(CaseFilter(words=tuple(words.split()[:8])), PAGE + 1)]
    return list({each.case_id: each for each in found}.values())
