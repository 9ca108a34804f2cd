"""`/sidecar`: one case beside a helpdesk's own ticket. Its page, its panel, and what is pressed in it."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from server.auth.embed import LONGEST
from server.auth.principal import Principal, Scope
from server.deps import Parts
from server.etags import has_already
from server.pages.dossier import dossier_of
from server.pages.shell import in_shop_words
from server.problems import Problem
from server.service import Service
from server.sidecar import answers
from server.sidecar.access import Acting, Visitor, case_of, framed, known_case
from server.ui.rendering import rendered
from server.ui.views.sidecar import Panel, panel_of

router = APIRouter(prefix="/sidecar", include_in_schema=False, dependencies=[Depends(in_shop_words)])
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin-when-cross-origin"}
"""The page learns from the referrer who shows it; only the origin of ours is ever sent on."""


@router.get("", response_class=HTMLResponse)
def frame(
    request: Request,
    service: Parts,
    ticket: Annotated[str, Query(max_length=200)],
    token: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """The page for the frame. The token in its address is for this ticket, and the page forgets the address at once."""
    try:
        who = framed(request, ticket, token)
    except Problem as problem:
        return _shut(service, request, problem)
    origins = origins_of(service, request, who.helpdesk)
    context = {
        **_context(who, _panel(service, who)),
        "ticket": ticket,
        "origins": " ".join(origins),
        "lasts": int(LONGEST.total_seconds()),
    }
    headers = {**PRIVATE, "Content-Security-Policy": policy(origins)}
    return HTMLResponse(rendered("sidecar.html", context), headers=headers)


@router.get("/panel", response_class=HTMLResponse)
def panel(request: Request, service: Parts, who: Visitor) -> Response:
    """What the frame shows now."""
    text = rendered("sidecar_panel.html", _context(who, _panel(service, who)))
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
    if has_already(request, mark):
        return Response(status_code=304, headers={**PRIVATE, "ETag": mark})
    return HTMLResponse(text, headers={**PRIVATE, "ETag": mark})


@router.post("/decision")
def decide(service: Parts, who: Acting, body: answers.AnswerBody) -> answers.Said:
    """Send or sign, change the words, or ask for a signature."""
    return answers.answer(service, who, known_case(service, who), body)


@router.post("/hold")
def hold(service: Parts, who: Acting, body: answers.HoldBody) -> answers.Said:
    """Give a ticket that a person has back to the assistant, or say that nothing is left to do."""
    return answers.moved(service, who, known_case(service, who), body)


@router.post("/feedback")
def used(service: Parts, who: Acting, body: answers.UsedBody) -> answers.Said:
    """What became of the draft in the helpdesk's own composer."""
    return answers.used(service, who, known_case(service, who), body)


@router.post("/flag")
def flag(service: Parts, who: Acting, body: answers.FlagBody) -> answers.Said:
    """Put the case before the leads."""
    return answers.flagged(service, who, known_case(service, who), body)


def origins_of(service: Service, request: Request, helpdesk: str) -> tuple[str, ...]:
    """Who may show a helpdesk's tickets; in demo mode the sample page as well, which is served from here."""
    own = service.settings.embedding.get(helpdesk, ())
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return (*own, here) if service.demo else own


def policy(origins: tuple[str, ...]) -> str:
    """What the page may load, and who may show it."""
    around = " ".join(origins) or "'none'"
    return f"default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors {around}"


def _shut(service: Service, request: Request, problem: Problem) -> Response:
    """A refusal that can be read inside the frame, whichever helpdesk shows it; never the sign-in."""
    every = {origin for helpdesk in service.settings.embedding for origin in origins_of(service, request, helpdesk)}
    headers = {**PRIVATE, "Content-Security-Policy": policy(tuple(sorted(every))), **problem.headers}
    page = rendered("sidecar_ended.html", {"title": problem.title, "detail": problem.detail})
    return HTMLResponse(page, problem.status, headers=headers)


def _panel(service: Service, who: Principal) -> Panel | None:
    record = case_of(service, who)
    return panel_of(dossier_of(service, record.case_id, who)) if record else None


def _context(who: Principal, panel: Panel | None) -> dict[str, object]:
    return {"panel": panel, "may_decide": who.may(Scope.DECIDE)}
