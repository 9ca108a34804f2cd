"""`/reviews`, `/calibration` and `/incidents`: how drafts fare with people, and what went wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from agent.calibration import reviewers
from agent.feedback import by_intent
from agent.weekly import Judged, Verdict, bounds_of, week_of
from server.db.places import Place
from server.db.session import micros
from server.deps import Insider, Operator, Parts
from server.incidents import Incident, collect
from server.looking_back import sample_of
from server.pages.shell import page, see
from server.paging import Cursor, page_of, place_of
from server.problems import unknown
from server.ui.views.reviews import calibration_rows, feedback_rows, incident_rows, week_rows

router = APIRouter()
MOST = 50
"""Incidents on a page."""
CaseId = Annotated[str, Form(max_length=200)]


@router.get("/reviews", response_class=HTMLResponse)
def reviews(request: Request, service: Parts, who: Operator, week: str = "") -> Response:
    """The sample of a week with a verdict for each case, and what people made of drafts by intent."""
    chosen = week[:8] or week_of(service.clock.now())
    found = sample_of(service, chosen)
    start, end = bounds_of(chosen)
    return page(
        request, "reviews.html", "Weekly look back", who, section="figures",
        week=chosen, before=week_of(start - (end - start)), rows=week_rows(found),
        left=sum(item.judged is None for item in found), verdicts=[each.value for each in Verdict],
        feedback=feedback_rows(by_intent(service.database.feedback.counts(start))),
    )  # fmt: skip


@router.post("/reviews/verdict")
def verdict(
    service: Parts,
    who: Operator,
    week: Annotated[str, Form(pattern=r"^\d{4}-W\d{2}$")],
    case: CaseId,
    says: Annotated[Verdict, Form()],
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """A lead's verdict on a case of the week."""
    if not any(item.case.case_id == case for item in sample_of(service, week)):
        raise unknown("case of this week", case)
    now = service.clock.now()
    service.database.weekly.judge(Judged(week=week, case_id=case, verdict=says, note=note.strip(), by=who.id, at=now))
    return see(f"/reviews?week={week}")


@router.get("/calibration", response_class=HTMLResponse)
def calibration(request: Request, service: Parts, who: Operator) -> Response:
    """What each reviewer catches, and how long they look."""
    rows = calibration_rows(reviewers(service.database.showings.answered()))
    percent = service.settings.number("calibration_percent")
    return page(request, "calibration.html", "Review calibration", who, section="figures", rows=rows, percent=percent)


@router.get("/incidents", response_class=HTMLResponse)
def incidents(request: Request, service: Parts, who: Insider, cursor: Cursor = "") -> Response:
    """What went wrong: of each page what lasts first."""
    place = place_of(cursor)
    collect(service.database, service.limits, service.clock.now())
    found, more = page_of(service.database.incidents.page(MOST + 1, place), MOST, place_of_incident)
    older = f"/incidents?cursor={more}" if more else ""
    rows = incident_rows(found, service.clock.now())
    return page(request, "incidents.html", "Incidents", who, section="runs", rows=rows, older=older, later=bool(place))


def place_of_incident(incident: Incident) -> Place:
    """What the list of incidents goes on from."""
    return Place(micros(incident.opened_at), incident.id)
