"""`/api/v1/approvals`: what waits for a person, and the one place where the API takes an answer."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.approvals.names import names_of
from server.auth.principal import Principal
from server.db.places import Place
from server.db.session import micros
from server.deps import Decider, Parts, Reader
from server.paging import Cursor, Limit, page_of, place_of, unless_known
from server.problems import Problem, unknown
from server.routes.errors import documented
from server.routes.seeing import seen_request
from server.service import Service
from server.ui.people import call_by_name, named_in
from server.views import approvals as view
from server.work import Decision, Outcome

router = APIRouter(prefix="/approvals", tags=["approvals"])
RequestId = Annotated[str, Path(max_length=200, examples=["ap-3f09c2d411"])]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=120,
        pattern=r"^[!-~]+$",
        description="Names this click: the same answer with the same key is carried out once.",
        examples=["click-7f3a91c2"],
    ),
]
_LISTED = documented(304, 422)
_REFUSED = {
    "AlreadyDecided": (409, "already-decided", "Somebody was faster"),
    "StaleDigest": (409, "stale", "Something else is asked now"),
    "Expired": (410, "expired", "Its time has run out"),
    "NotAllowed": (403, "not-allowed", "You may not sign this"),
    "UnknownPerson": (403, "not-allowed", "Nobody may sign under this name"),
    "UnknownRequest": (404, "unknown", "There is no such request"),
}
_UNFIT = (422, "unfit", "The answer is not complete")


@router.get("", response_model=view.RequestPage, responses=_LISTED)
def list_requests(
    request: Request,
    service: Parts,
    who: Reader,
    status: ApprovalStatus | None = None,
    case_id: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """Requests, oldest first. `status=awaiting` is what waits for a person."""
    wanted = _own_case(service, who, case_id) if who.ticket else case_id
    if wanted is None:
        return unless_known(request, view.RequestPage(requests=[], next=""))
    found = service.database.inbox.requests(status, wanted, limit + 1, place_of(cursor))
    page, more = page_of(found, limit, lambda last: Place(micros(last.created_at), last.id))
    shown = [view.request_summary(each) for each in page]
    return unless_known(request, view.RequestPage(requests=shown, next=more))


def _own_case(service: Service, who: Principal, asked: str) -> str | None:
    """The case of an embed token. None when there is none, or when another one is asked for.

    Chosen before the page is cut: a cursor names the last request of a page, and must not name somebody else's.
    """
    record = service.database.cases.by_ticket(who.helpdesk, who.ticket)
    return record.case_id if record is not None and asked in ("", record.case_id) else None


@router.get("/{request_id}", responses=documented(404, 422))
def one_request(service: Parts, who: Reader, request_id: RequestId) -> view.RequestDocument:
    """A request with the card that a person signs: made from the calls, never from what a model says of them."""
    found = seen_request(service, who, request_id)
    return view.request_document(found, names_of(found.effects, service.store.readers()))


@router.post(
    "/{request_id}/decision",
    responses={
        202: {"model": view.Decided, "description": "Taken, and still being carried out"},
        **documented(403, 404, 409, 410, 422),
    },
)
def decide(
    service: Parts, who: Decider, request_id: RequestId, key: Key, body: view.DecisionBody, response: Response
) -> view.Decided:
    """Answer a request. Of several answers at once one counts; the others are told who gave it and when."""
    seen = seen_request(service, who, request_id)
    decision = Decision(
        request_id=request_id,
        by=who.id,
        key=_key_of(who, key, body),
        **dict(body),
    )
    outcome = service.work.decide(decision)
    if outcome.refused:
        return _refused(service, seen.id, decision, outcome)
    response.status_code = 200 if outcome.status else 202
    return view.decided(outcome)


def _key_of(who: Principal, key: str, body: view.DecisionBody) -> str:
    """The key of one person's one answer: nobody's click is taken for somebody else's, nor a yes for a no."""
    content = f"{who.id}\n{key}\n{body.model_dump_json()}"
    return hashlib.sha256(content.encode()).hexdigest()


def _refused(service: Service, request_id: str, decision: Decision, outcome: Outcome) -> view.Decided:
    now = service.database.approvals.get(request_id)
    if outcome.why == "AlreadyDecided" and now is not None and _same(now, decision):
        record = service.database.cases.get(now.case_id)
        status = record.status.value if record else ""
        return view.decided(Outcome(case_id=now.case_id, status=status), repeated=True)
    if outcome.why == "UnknownRequest":
        raise unknown("request", request_id)
    status, kind, title = _REFUSED.get(outcome.why, _UNFIT)
    raise Problem(
        status, kind, title, _by_name(service, outcome.refused), more=_facts(now) if status in (409, 410) else {}
    )


def _by_name(service: Service, sentence: str) -> str:
    """A sentence is for people: whoever it says was faster has their name in it. Fields keep the id."""
    call_by_name(service.names)
    return named_in(sentence)


def _same(now: ApprovalRequest, decision: Decision) -> bool:
    """Whether this person gave this very answer before: a second click, not a second opinion."""
    given = now.decision
    return (
        given is not None
        and given.by == decision.by
        and given.kind is decision.kind
        and decision.digest in ("", given.digest)
        and not (decision.reply or decision.amount or decision.alternative)
    )


def _facts(now: ApprovalRequest | None) -> dict[str, object]:
    """Who decided what and when, for the one who was too late."""
    if now is None:
        return {}
    at = now.decided_at.isoformat() if now.decided_at else None
    did = now.decision.kind.value if now.decision else ""
    return {"request_status": now.status.value, "decided_by": now.decided_by, "decided_at": at, "decision": did}
