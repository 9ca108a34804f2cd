"""`/cases/{id}`: one case, and what a person does with it. Forms answer by sending the browser to look."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from agent.approvals import ApprovalRequest, DecisionKind
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.answering import found_in_edit, undone
from server.auth.principal import Principal, Scope
from server.calibrating import CALIBRATION
from server.deps import InsideDecider, Insider, Operator, Parts
from server.pages.dossier import dossier_of, may_sign
from server.pages.following import beside, following
from server.pages.here import others_here
from server.pages.inbox import rows_of
from server.pages.shell import back_to, page, see
from server.problems import Problem, unknown
from server.service import Service
from server.stops import scopes_of
from server.ui.views.case import case_view, version_of
from server.ui.views.draft import Change, changes
from server.ui.views.inbox import query_of, without_you
from server.ui.views.refusals import refusal
from server.ui.views.shell import Notice
from server.work import Decision, Outcome
from tools.actions import SendReply
from tools.errors import ToolError
from tools.money import Money, minor_digits

router = APIRouter(prefix="/cases")
_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]+))?")
ENDS = frozenset({"signed", "sent", "rejected", "working", "held"})
"""Answers after which nothing is left to do here."""
Key = Annotated[str, Form(min_length=8, max_length=100)]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What somebody typed into the reply, and how it differs."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What every form of a case carries."""

    key: str
    request: str = ""
    digest: str = ""
    carried: str = ""
    back: str = ""
    """Where to go after it counted; empty: to the case."""


def sent(
    key: Key,
    request: Annotated[str, Form(max_length=100)] = "",
    digest: Annotated[str, Form(max_length=64)] = "",
    carried: Annotated[str, Form(max_length=1_000)] = "",
    back: Annotated[str, Form(max_length=100)] = "",
) -> Sent:
    """The hidden fields of the form."""
    own = carried if carried.startswith("?") else ""
    return Sent(key=key, request=request, digest=digest, carried=own, back=back_to(back) if back else "")


Carried = Annotated[Sent, Depends(sent)]


@router.get("/{case_id}", response_class=HTMLResponse)
def case(request: Request, case_id: str, service: Parts, who: Insider) -> Response:
    """One case."""
    return show(request, service, case_id, who, query_of(dict(request.query_params)))


@router.get("/{case_id}/state")
def state(case_id: str, service: Parts, who: Insider) -> JSONResponse:
    """Whether the page of a case is still what it was: for browsers that have no stream."""
    record = _record(service, case_id)
    events = service.database.events.read(case_id=case_id, limit=2_000)
    return JSONResponse({"version": version_of(record, events[-1].seq if events else 0)})


def show(
    request: Request,
    service: Service,
    case_id: str,
    who: Principal,
    carried: str,
    *,
    edit: Edit | None = None,
    refused: str = "",
    tried: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page of a case; `refused` says why what was just asked for did not count, `tried` which amount it was.

    It is said beside the buttons while there are any, else above the page.
    """
    found = dossier_of(service, case_id, who)
    view = case_view(found, who)
    title, records = beside(service, carried, found.record, who.id)
    title = title if who.may(Scope.DECIDE) else without_you(title)
    return page(
        request,
        "case.html",
        f"{found.ticket.subject or found.ticket.latest.text[:60]}",
        who,
        section="inbox",
        status=status,
        notices=(Notice(kind="refused", text=refused),) if refused and not view.allowed.decide else (),
        case=view,
        refused=refused,
        tried=tried,
        rows=rows_of(service, records),
        list_title=title,
        carried=carried,
        key=secrets.token_hex(8),
        edit=edit,
        here=others_here(service, case_id, who),
        answer_at=f"/sample-helpdesk?ticket={quote(found.ticket.id, safe='')}" if service.demo else "",
    )


@router.post("/{case_id}/decide")
def decide(
    request: Request,
    case_id: str,
    service: Parts,
    who: InsideDecider,
    given: Carried,
    kind: Annotated[DecisionKind, Form()],
    reason: Annotated[str, Form(max_length=2_000)] = "",
    amount: Annotated[str, Form(max_length=20)] = "",
    alternative: Annotated[int, Form(ge=0, le=20)] = 0,
) -> Response:
    """Sign, send, reject, or ask for another amount or an alternative."""
    _record(service, case_id)
    asked = _asked(service, case_id, given.request)
    if kind is DecisionKind.REJECT and not reason.strip():
        said = "Say why you reject it, in a few words; nothing was decided."
        return show(request, service, case_id, who, given.carried, refused=said, status=422)
    if (amount or alternative) and kind is not DecisionKind.MODIFY:
        raise Problem(422, "unfit", "The answer is not complete", "Another amount or an alternative is asked for anew.")
    money, wrong = _amount(amount, service) if amount else (None, "")
    if wrong:
        return show(request, service, case_id, who, given.carried, refused=wrong, tried=amount, status=422)
    decision = _decision(given, who, kind, reason=reason, amount=money, alternative=alternative)
    outcome = _worked(service, decision)
    told = {DecisionKind.REJECT: "rejected", DecisionKind.MODIFY: "modified"}.get(kind) or _signed(asked)
    return _after(request, service, case_id, who, given, outcome, told, amount)


@router.post("/{case_id}/edit")
def edit(
    request: Request,
    case_id: str,
    service: Parts,
    who: InsideDecider,
    given: Carried,
    reply: Annotated[str, Form(min_length=1, max_length=20_000)],
    step: Annotated[str, Form(pattern="^(save|preview)$")] = "save",
) -> Response:
    """Show what an edit changes, or save it; when only words changed, whoever may sign signs with it."""
    record, asked = _record(service, case_id), _asked(service, case_id, given.request)
    text = reply.replace("\r\n", "\n").strip()
    before = record.proposal.reply.text if record.proposal and record.proposal.reply else ""
    typed = Edit(text=text, changes=changes(before, text))
    if step == "preview":
        return show(request, service, case_id, who, given.carried, edit=typed)
    kind = DecisionKind.MODIFY if text != before else DecisionKind.APPROVE
    decision = _decision(given, who, kind).model_copy(update={"reply": text if text != before else ""})
    outcome = _worked(service, decision)
    if outcome.refused:
        kept = None if outcome.why == CALIBRATION else typed
        return show(
            request,
            service,
            case_id,
            who,
            given.carried,
            edit=kept,
            refused=_why_not(service, given, outcome),
            status=409,
        )
    if kind is DecisionKind.APPROVE:
        return _after(request, service, case_id, who, given, outcome, _signed(asked))
    return _saved(request, service, case_id, who, given, asked, outcome)


def _saved(
    request: Request,
    service: Service,
    case_id: str,
    who: Principal,
    given: Sent,
    asked: ApprovalRequest | None,
    outcome: Outcome,
) -> Response:
    """After the edit was judged: sign it in the same step, when nothing but words changed and this person may."""
    fresh = service.database.approvals.get(outcome.asked) if outcome.asked else None
    if fresh is None or asked is None or not _only_words(asked, fresh) or not may_sign(service, fresh, who):
        return _after(request, service, case_id, who, given, outcome, "modified")
    if found_in_edit(asked, fresh):
        return _after(request, service, case_id, who, given, outcome, "found")
    again = Sent(key=f"{given.key}-signed", request=fresh.id, digest=fresh.digest, carried=given.carried)
    outcome = _worked(service, _decision(again, who, DecisionKind.APPROVE))
    return _after(request, service, case_id, who, again, outcome, _signed(fresh))


def _only_words(before: ApprovalRequest, after: ApprovalRequest) -> bool:
    def deeds(request: ApprovalRequest) -> list[str]:
        return [action.model_dump_json() for action in request.effects if not isinstance(action, SendReply)]

    return deeds(before) == deeds(after) and before.required_role is after.required_role


@router.post("/{case_id}/take-over")
def take_over(case_id: str, service: Parts, who: InsideDecider, given: Carried) -> Response:
    """A person has the case from now on."""
    return _moved(case_id, given, service.work.take_over(case_id, who.id), "taken")


@router.post("/{case_id}/release")
def release(case_id: str, service: Parts, who: InsideDecider, given: Carried) -> Response:
    """The assistant may work on it again."""
    return _moved(case_id, given, service.work.release(case_id, who.id), "released")


@router.post("/{case_id}/finish")
def finish(case_id: str, service: Parts, who: InsideDecider, given: Carried, seen: Annotated[int, Form()]) -> Response:
    """Nothing is left to do about what the person has seen."""
    known = service.work.finish(case_id, who.id, seen=seen)
    record = service.database.cases.get(case_id)
    done = record is not None and record.status is CaseStatus.RESOLVED
    return _moved(case_id, given, known, "finished" if done else "newer")


@router.post("/{case_id}/again")
def again(case_id: str, service: Parts, who: Operator, given: Carried) -> Response:
    """Work on it anew; what was done stays done."""
    return _moved(case_id, given, service.work.again(case_id, who.id), "again")


def _moved(case_id: str, given: Sent, known: bool, told: str) -> Response:
    if not known:
        raise unknown("case", case_id)
    return see(f"/cases/{case_id}{given.carried}", told)


def _record(service: Service, case_id: str) -> CaseRecord:
    record = service.database.cases.get(case_id)
    if record is None:
        raise unknown("case", case_id)
    return record


def _asked(service: Service, case_id: str, request_id: str) -> ApprovalRequest | None:
    """The request of the form. Raises a Problem (404) when it belongs to another case."""
    found = service.database.approvals.get(request_id)
    if found is not None and found.case_id != case_id:
        raise unknown("request", request_id)
    return found


def _decision(
    given: Sent,
    who: Principal,
    kind: DecisionKind,
    *,
    reason: str = "",
    amount: Money | None = None,
    alternative: int = 0,
) -> Decision:
    return Decision(
        request_id=given.request or "-",
        kind=kind,
        by=who.id,
        key=given.key,
        digest=given.digest,
        reason=reason.strip(),
        amount=amount,
        alternative=alternative,
    )


def _worked(service: Service, decision: Decision) -> Outcome:
    try:
        return service.work.decide(decision)
    except ToolError as error:
        said = f"{error}. Nothing was decided; try again in a moment."
        raise Problem(503, "unavailable", "It could not be carried out", said) from None


def _amount(typed: str, service: Service) -> tuple[Money | None, str]:
    """The amount in the shop's currency, or what is wrong with it."""
    currency = service.limits.currency
    found = _AMOUNT.fullmatch(typed.strip())
    # A mark before all the digits that a currency has is read as its point, any other as one that groups thousands:
    # "1,000" is 1000.00 to one person and 1.00 to another, so nobody's is guessed.
    if found is None or len(found[2] or "") > min(minor_digits(currency), 2):
        wrong = "is not an amount; write it like 1000.00, with nothing between the thousands"
        return None, f"“{typed[:20]}” {wrong}. Nothing was decided."
    return Money.of(f"{found[1]}.{found[2] or 0}", currency), ""


def _signed(asked: ApprovalRequest | None) -> str:
    return "signed" if asked is not None and asked.kind == "sign" else "sent"


def _after(
    request: Request,
    service: Service,
    case_id: str,
    who: Principal,
    given: Sent,
    outcome: Outcome,
    told: str,
    tried: str = "",
) -> Response:
    """The page says who decided when somebody was faster; else the browser goes and looks."""
    if outcome.refused:
        refused = _why_not(service, given, outcome)
        return show(request, service, case_id, who, given.carried, refused=refused, tried=tried, status=409)
    why = undone(service, given.request) if told in ("signed", "sent") else None
    if why is not None:
        return see(f"/cases/{case_id}{given.carried}", why.value)
    told = told if _over(outcome) else _later(service, case_id)
    onward = given.back or (_onward(service, case_id, given, who) if told in ENDS else "")
    return see(onward, told, case_id) if onward else see(f"/cases/{case_id}{given.carried}", told)


def _why_not(service: Service, given: Sent, outcome: Outcome) -> str:
    asked = service.database.approvals.get(given.request) if given.request else None
    return refusal(outcome.why, outcome.refused, asked)


def _onward(service: Service, case_id: str, given: Sent, who: Principal) -> str:
    """The case that comes after this one in the list that it was opened from."""
    record = service.database.cases.get(case_id)
    return following(service, given.carried, record, who.id) if record and given.carried else ""


def _over(outcome: Outcome) -> bool:
    """Whether it was carried out, and does not wait for anything."""
    return outcome.status not in ("", CaseStatus.WORKING.value)


def _later(service: Service, case_id: str) -> str:
    """Why an answer that counts is not carried out yet."""
    record = service.database.cases.get(case_id)
    if record is None:
        return "working"
    scopes = scopes_of(record, service.store.readers().helpdesk.ticket(record.ticket_id))
    return "held" if service.database.switches.stopped(scopes) else "working"
