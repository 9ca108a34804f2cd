"""`/figures`: how it goes, as charts with tables behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.deps import Insider, Parts
from server.figures.automation import kept, workflow, workflows
from server.figures.ended import split
from server.figures.kpis import first_response, reopened, resolution, volume
from server.figures.remembered import Remembered
from server.pages.shell import page
from server.service import Service
from server.ui.views.charts import Chart
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


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is read off the lives of the cases of a period."""

    cases: int
    before: tuple[Chart, ...]
    after: tuple[Chart, ...]
    rows: tuple[tuple[str, ...], ...]


@router.get("/figures", response_class=HTMLResponse)
def figures(request: Request, service: Parts, who: Insider, days: str = "30") -> Response:
    """Of the cases that arrived within the period."""
    chosen = days if days in PERIODS else "30"
    minute = service.clock.now().replace(second=0, microsecond=0)
    since = minute - timedelta(days=int(chosen))
    found = _remembered(request).get(chosen, (minute, *_version(service)), lambda: _counted(service, since))
    charts = (*found.before, kept_chart(kept(service.database.feedback.counts(since))), *found.after)
    return page(
        request, "figures.html", "Figures", who, section="figures",
        charts=charts, head=WORKFLOW_HEAD, rows=found.rows, periods=PERIODS, days=chosen, cases=found.cases,
    )  # fmt: skip


def _remembered(request: Request) -> Remembered[Counted]:
    """Of this application: two of them in one process have two shops."""
    state = request.app.state
    if not hasattr(state, "figures"):
        state.figures = Remembered[Counted]()
    found: Remembered[Counted] = state.figures
    return found


def _version(service: Service) -> tuple[object, ...]:
    """Differs whenever a life may have changed: an event, a decision, an effect, or the status of a case."""
    database = service.database
    counts = database.cases.count_by("status")
    return database.events.head(), database.audit.head().count, tuple(sorted(counts.items()))


def _counted(service: Service, since: datetime) -> Counted:
    lives = service.database.lives.between(since, service.clock.now() + timedelta(seconds=1))
    flows, total = workflows(lives), workflow("all", lives)
    return Counted(
        cases=len(lives),
        before=(
            volume_chart(volume(lives)),
            times_chart(first_response(lives, service.limits.business_hours), resolution(lives)),
            endings_chart(split(lives)),
            reopened_chart(reopened(lives)),
        ),
        after=(saved_chart(flows, total),),
        rows=workflow_rows(flows, total),
    )
