"""`/api/v1/queue` and `/api/v1/runs`: how much work waits, what is under way, and trying again what went wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from server.deps import Insider, Operator, Parts
from server.jobs.runs import Run, RunStatus
from server.pages.runs import note_retry, run_log
from server.paging import Cursor, Limit, cursor_of, place_of
from server.problems import unknown
from server.routes.errors import documented
from server.work import QueueState

router = APIRouter(tags=["running"])


class RunPage(BaseModel):
    """Runs, newest first; empty where work is done in the calling thread.

    `next` is the cursor of the page after; only where it is empty has the list ended, as runs that move on while they
    are listed can leave a page short.
    """

    runs: list[Run]
    next: str


class Retried(BaseModel):
    """The run that begins again."""

    run_id: str


@router.get("/queue", responses=documented(422))
def queue(service: Parts, who: Insider) -> QueueState:
    """How many cases wait and run, and how long the oldest has waited, in seconds."""
    return service.work.queue()


@router.get("/runs", responses=documented(422))
def runs(
    service: Parts,
    who: Insider,
    status: RunStatus | None = None,
    case_id: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> RunPage:
    """What is worked on, what waits for another try, what was interrupted and what went wrong."""
    place, log = place_of(cursor), run_log(service)
    if log is None:
        return RunPage(runs=[], next="")
    found = log.page((status,) if status else (), case_id, limit, place)
    return RunPage(runs=found.runs, next=cursor_of(found.next) if found.next else "")


@router.post("/runs/{run_id}/retry", status_code=202, responses=documented(404, 422))
def retry(service: Parts, who: Operator, run_id: Annotated[str, Path(max_length=300)]) -> Retried:
    """Begin a failed run again; what it did before is not done a second time."""
    log = run_log(service)
    if log is None or not log.retry(run_id):
        raise unknown("run", run_id)
    note_retry(service, who, run_id)
    return Retried(run_id=run_id)
