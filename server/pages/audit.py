"""`/audit`: the log of what happened, and whether anybody touched it."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from agent.audit import AuditReport, verify
from server.auth.principal import Principal
from server.deps import Insider, Parts
from server.pages.shell import page
from server.service import Service
from server.ui.views.audit import entries

router = APIRouter(prefix="/audit")
PAGE = 60


@router.get("", response_class=HTMLResponse)
def log(request: Request, service: Parts, who: Insider) -> Response:
    """Newest first, filtered by case, person or kind."""
    return _shown(request, service, who, None)


@router.get("/verified", response_class=HTMLResponse)
def verified(request: Request, service: Parts, who: Insider) -> Response:
    """The same, after walking the whole chain."""
    return _shown(request, service, who, verify(service.database.audit.entries(), service.database.audit.head()))


def _shown(request: Request, service: Service, who: Principal, report: AuditReport | None) -> Response:
    given = {name: request.query_params.get(name, "").strip()[:200] for name in ("case", "who", "what")}
    before = request.query_params.get("before", "")
    pages = service.database.audit_pages
    found = pages.page(
        PAGE + 1, int(before) if before.isdecimal() and len(before) < 19 else 0,
        given["case"], given["who"], given["what"],
    )  # fmt: skip
    older = (
        urlencode({**{k: v for k, v in given.items() if v}, "before": found[PAGE - 1].seq}) if len(found) > PAGE else ""
    )
    return page(
        request, "audit.html", "Audit", who, section="audit",
        entries=entries(found[:PAGE]), given=given, older=f"/audit?{older}" if older else "", report=report,
        kinds=pages.events(), count=service.database.audit.head().count,
    )  # fmt: skip
