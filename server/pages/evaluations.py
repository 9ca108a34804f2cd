"""`/evals`: the runs over labelled tickets that are in the data folder, and how their figures went."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from server.deps import Insider, Parts
from server.figures.evaluated import comparable, runs_in
from server.pages.shell import page
from server.ui.views.evaluations import HEAD, HEIGHT, WIDTH, rows_of, trends_of

router = APIRouter()


@router.get("/evals", response_class=HTMLResponse)
def evaluations(request: Request, service: Parts, who: Insider, series: str = "") -> Response:
    """All runs, and the trends of those that may be compared with the one that was chosen, or with the newest."""
    found = runs_in(service.settings.data / "evals")
    known = {run.series for run in found.runs}
    chosen = series if series in known else next((run.series for run in found.runs), "")
    alike = tuple(comparable(found.runs, chosen))
    return page(
        request, "evaluations.html", "Evals", who, section="figures",
        found=found, head=HEAD, rows=rows_of(found.runs, chosen), trends=trends_of(alike),
        alike=alike, others=len(found.runs) - len(alike), width=WIDTH, height=HEIGHT,
    )  # fmt: skip
