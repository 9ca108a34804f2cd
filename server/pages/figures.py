"""`/figures`: how it goes, as charts with tables behind them."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.deps import Insider, Parts
from server.figures.automation import kept, workflow, workflows
from server.figures.ended import split
from server.figures.kpis import first_response, reopened, resolution, volume
from server.pages.shell import page
from server.ui.views.figures import (
    WORKFLOW_HEAD,
    endings_chart,
    kept_chart,
    reopened_chart,
    saved_chart,
    times_chart,
    volume_chart,
    workflow_rows,
)

router = APIRouter()
PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}


@router.get("/figures", response_class=HTMLResponse)
def figures(request: Request, service: Parts, who: Insider, days: str = "30") -> Response:
    """Of the cases that arrived within the period."""
    chosen = days if days in PERIODS else "30"
    until = service.clock.now() + timedelta(seconds=1)
    since = until - timedelta(days=int(chosen))
    lives = service.database.lives.between(since, until)
    flows, total = workflows(lives), workflow("all", lives)
    charts = (
        volume_chart(volume(lives)),
        times_chart(first_response(lives, service.limits.business_hours), resolution(lives)),
        endings_chart(split(lives)),
        reopened_chart(reopened(lives)),
        kept_chart(kept(service.database.feedback.counts(since))),
        saved_chart(flows, total),
    )
    return page(
        request, "figures.html", "Figures", who, section="figures",
        charts=charts, head=WORKFLOW_HEAD, rows=workflow_rows(flows, total), periods=PERIODS, days=chosen,
        cases=len(lives),
    )  # fmt: skip
