"""`/api/v1/audit`: what happened, in order, and whether anybody touched it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from agent.audit import AuditEntry, AuditReport, verify
from server.db.audit_pages import AuditQuery
from server.deps import Insider, Parts
from server.paging import Limit
from server.routes.errors import documented

router = APIRouter(prefix="/audit", tags=["audit"])
_READ_FOR_A_CASE = 5_000


class AuditPage(BaseModel):
    """Entries in order. `last` is what to ask with as `after` for the next page; `count` is how many there are."""

    entries: list[AuditEntry]
    last: int
    count: int


@router.get("", responses=documented(422))
def entries(
    service: Parts,
    who: Insider,
    after: Annotated[int | None, Query(ge=0, le=2**62, description="Without it, the newest.")] = None,
    case_id: Annotated[str, Query(max_length=200, description="Only this case, as far as `last` says.")] = "",
    limit: Limit = 100,
) -> AuditPage:
    """A page of the log."""
    log = service.database.audit
    count = log.head().count
    if case_id and after is None:
        newest = service.database.audit_pages.page(limit, AuditQuery(cases=[case_id]))
        last = max([count, *(entry.seq for entry in newest)])
        return AuditPage(entries=list(reversed(newest)), last=last, count=count)
    window = limit if not case_id else _READ_FOR_A_CASE
    begin = max(0, count - window) if after is None else after
    read = list(log.entries(begin, window))
    found = [entry for entry in read if case_id in ("", entry.case_id)][:limit]
    cut = len(found) == limit and found
    return AuditPage(entries=found, last=found[-1].seq if cut else max([begin, *(e.seq for e in read)]), count=count)


@router.get("/verification", responses=documented(422))
def verification(service: Parts, who: Insider) -> AuditReport:
    """Check the whole chain: names the first entry that was changed, removed or added. Takes seconds for a long log."""
    return verify(service.database.audit.entries(), service.database.audit.head())
