"""`/api/v1/cases`: what was asked, what is known, what would be said and done, and what happened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from agent.approvals.names import names_of
from agent.case import CaseStatus
from server.costs import prices_of
from server.db.inbox import CaseFilter
from server.db.places import Place
from server.db.session import micros
from server.deps import Decider, Operator, Parts, Reader
from server.paging import Cursor, Limit, page_of, place_of, unless_known
from server.problems import unknown
from server.routes.errors import documented
from server.routes.seeing import seen_case, ticket_of_case
from server.views import cases as view
from server.views.trace import Trace, trace

router = APIRouter(prefix="/cases", tags=["cases"])
CaseId = Annotated[str, Path(max_length=200, examples=["zendesk-5512"])]
_Word = Annotated[str, Query(max_length=60)]
_MOST_WORDS = 6
_LISTED = documented(304, 422)
_ONE = documented(404, 422)


class Reason(BaseModel):
    """Why a person takes a case over."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=300, examples=["She called; I know the order"])] = ""


class Finishing(BaseModel):
    """That a person is done with a case, why, and after which message."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=300, examples=["Answered on the phone"])] = ""
    seen: Annotated[int, Field(ge=1, examples=[2])] | None = None
    """How many messages of the customer the person has read; None: as many as the case knows."""


class Moved(BaseModel):
    """The case that was asked for; its work goes on, and its events say how."""

    case_id: str


@router.get("", response_model=view.CasePage, responses=_LISTED)
def list_cases(
    request: Request,
    service: Parts,
    who: Reader,
    status: CaseStatus | None = None,
    intent: _Word = "",
    queue: _Word = "",
    language: _Word = "",
    q: Annotated[str, Query(max_length=200, description="Words; all have to be in a case or its messages.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """Cases, newest first. Send the ETag back as If-None-Match: 304 means that nothing changed."""
    if who.ticket and service.database.cases.by_ticket(who.helpdesk, who.ticket) is None:
        return unless_known(request, view.CasePage(cases=[], next=""))
    wanted = CaseFilter(
        status=status,
        intent=intent,
        queue=queue,
        language=language,
        ticket_id=who.ticket,
        words=tuple(q.split()[:_MOST_WORDS]),
    )
    found = service.database.inbox.cases(wanted, limit + 1, place_of(cursor))
    page, more = page_of(found, limit, lambda last: Place(micros(last.created_at), last.case_id))
    return unless_known(request, view.CasePage(cases=[view.summary(each) for each in page], next=more))


@router.get("/{case_id}", response_model=view.CaseDocument, responses={**documented(304), **_ONE})
def one_case(request: Request, service: Parts, who: Reader, case_id: CaseId) -> Response:
    """One case with its conversation."""
    record = seen_case(service, who, case_id)
    return unless_known(request, view.document(record, ticket_of_case(service, record)))


@router.get("/{case_id}/events", responses=_ONE)
def events(
    service: Parts,
    who: Reader,
    case_id: CaseId,
    after: Annotated[int, Query(ge=0, le=2**62, description="`last` of the page before.")] = 0,
    limit: Limit = 200,
) -> view.EventPage:
    """What happened in a case, oldest first."""
    record = seen_case(service, who, case_id)
    return view.event_page(service.database.events.read(after, record.case_id, limit), after)


@router.get("/{case_id}/suggestion", responses=_ONE)
def suggestion(service: Parts, who: Reader, case_id: CaseId) -> view.Suggestion:
    """The draft with what each part rests on, what would happen, and what the rules say."""
    record = seen_case(service, who, case_id)
    request = service.database.approvals.get(record.approval_id) if record.approval_id else None
    effects = record.proposal.effects(record.ticket_id) if record.proposal else ()
    return view.suggestion(record, request, names_of(effects, service.store.readers()))


@router.get("/{case_id}/trace", responses=_ONE)
def how_it_came_about(service: Parts, who: Reader, case_id: CaseId) -> Trace:
    """What the reply rests on: run, playbook and its version, lookups, citations, cost and time, who signed."""
    record = seen_case(service, who, case_id)
    asked = service.database.approvals.list(None, record.case_id)
    done = service.database.ledger.of_case(record.case_id)
    return trace(record, asked, done, prices_of(service.settings))


@router.post("/{case_id}/again", status_code=202, responses=_ONE)
def again(service: Parts, who: Operator, case_id: CaseId) -> Moved:
    """Work on a case anew that failed, was rejected or expired. What was done stays done, once."""
    seen_case(service, who, case_id)
    return _moved(service.work.again(case_id, who.id), case_id)


@router.post("/{case_id}/release", status_code=202, responses=_ONE)
def release(service: Parts, who: Decider, case_id: CaseId) -> Moved:
    """Give a case back to the assistant: it works on what was written meanwhile, or drafts anew what was taken over."""
    seen_case(service, who, case_id)
    return _moved(service.work.release(case_id, who.id), case_id)


@router.post("/{case_id}/take-over", status_code=202, responses=_ONE)
def take_over(service: Parts, who: Decider, case_id: CaseId, body: Reason | None = None) -> Moved:
    """A person has the case from now on: what was asked about it counts no more, and nothing is drafted."""
    seen_case(service, who, case_id)
    return _moved(service.work.take_over(case_id, who.id, body.reason if body else ""), case_id)


@router.post("/{case_id}/finish", status_code=202, responses=_ONE)
def finish(service: Parts, who: Decider, case_id: CaseId, body: Finishing | None = None) -> Moved:
    """Nothing is left to do: the case is resolved until the customer writes again.

    One that waits for an answer, or to which the customer has written since the `seen` messages, stays as it is.
    """
    seen_case(service, who, case_id)
    said = body or Finishing()
    return _moved(service.work.finish(case_id, who.id, said.reason, said.seen), case_id)


def _moved(there: bool, case_id: str) -> Moved:
    if not there:
        raise unknown("case", case_id)
    return Moved(case_id=case_id)
