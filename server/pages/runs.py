"""`/runs`: what is worked on, what went wrong, and trying it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol, runtime_checkable
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from agent.audit import AuditNote
from agent.case import CaseStatus
from server.auth.principal import Principal
from server.db.inbox import CaseFilter
from server.db.places import Place
from server.db.session import micros
from server.deps import Insider, Operator, Parts
from server.jobs.runs import RunPage, RunStatus
from server.pages.shell import page, see
from server.paging import Cursor, cursor_of, page_of, place_of
from server.problems import unknown
from server.service import Service
from server.ui.views.runs import RunView, failed_cases, run_views, tiles

router = APIRouter()
MOST = 100
FILTERS = ("failed", "interrupted", "running", "waiting", "later", "done")


@runtime_checkable
class RunLog(Protocol):
    """What lists runs and begins failed ones again: `server.jobs.runs.Runs`."""

    def page(
        self, statuses: Sequence[RunStatus] = (), case_id: str = "", limit: int = 50, after: Place | None = None
    ) -> RunPage:
        """Newest first."""
        ...

    def retry(self, run_id: str) -> bool:
        """Begin again; False when there is no such run."""
        ...


def run_log(service: Service) -> RunLog | None:
    """The log of whoever carries runs out; None when they are carried out in the calling thread."""
    work: object = service.work
    while (inner := getattr(work, "inner", None)) is not None:
        work = inner
    found = getattr(work, "runs", None)
    return found if isinstance(found, RunLog) else None


def note_retry(service: Service, who: Principal, run_id: str) -> None:
    """Write down who had a run begin again: kind and case alone, as the rest of an id may be made of an address."""
    named = ":".join(run_id.split(":")[:2])
    note = AuditNote(at=service.clock.now(), actor=who.id, event="run.retried", payload={"run": named})
    service.database.audit.append(note)


@router.get("/runs", response_class=HTMLResponse)
def runs(
    request: Request, service: Parts, who: Insider, status: str = "", case: str = "", cursor: Cursor = ""
) -> Response:
    """The queue and its runs, failures first to see."""
    wanted, place = (RunStatus(status),) if status in FILTERS else (), place_of(cursor)
    found, more = _found(service, wanted, case[:200], place)
    given = {"status": status if wanted else "", "case": case[:200], "cursor": more}
    older = f"/runs?{urlencode({name: value for name, value in given.items() if value})}" if more else ""
    return page(
        request, "runs.html", "Runs", who, section="runs",
        tiles=tiles(service.work.queue()), runs=found, chosen=status, filters=FILTERS, older=older, later=bool(place),
    )  # fmt: skip


@router.post("/runs/retry")
def retry(service: Parts, who: Operator, run: Annotated[str, Form(max_length=300)]) -> Response:
    """Begin a failed run again; what it did before is not done a second time."""
    log = run_log(service)
    done = log.retry(run) if log is not None else service.work.again(run, who.id)
    if not done:
        raise unknown("run", run)
    note_retry(service, who, run)
    return see("/runs", "again")


def _found(
    service: Service, wanted: tuple[RunStatus, ...], case: str, after: Place | None
) -> tuple[tuple[RunView, ...], str]:
    """A page of runs, and the cursor of the next one; cases that failed where there are no runs."""
    log = run_log(service)
    if log is not None:
        found = log.page(wanted, case, MOST, after)
        return run_views(found.runs), cursor_of(found.next) if found.next else ""
    failed = service.database.inbox.cases(CaseFilter(status=CaseStatus.FAILED), MOST + 1, after)
    cases, more = page_of(failed, MOST, lambda last: Place(micros(last.created_at), last.case_id))
    return failed_cases(cases), more
