"""What the API says about cases: pure functions from records to documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from agent.approvals.card import call_of, describe
from agent.approvals.names import NO_NAMES, Names
from agent.approvals.request import ApprovalRequest
from agent.case import (
    Action,
    CaseStatus,
    CitedPassage,
    Classification,
    Draft,
    Evidence,
    Execution,
    ExecutionStatus,
    Identity,
    ProposedResolution,
    Verdict,
    Violation,
)
from agent.repositories import CaseEvent, CaseRecord
from tools.helpdesk import Ticket, TicketMessage


class CaseSummary(BaseModel):
    """One line of a list."""

    case_id: Annotated[str, Field(examples=["zendesk-5512"])]
    ticket_id: str
    helpdesk: Annotated[str, Field(examples=["zendesk"])]
    status: CaseStatus
    intent: Annotated[str, Field(examples=["order_status"])]
    language: Annotated[str, Field(examples=["en"])]
    queue: str
    priority: str
    score: Annotated[int, Field(description="customer value x urgency")]
    value: Annotated[str, Field(description="what is at stake; empty when nothing is", examples=["39.00 USD"])]
    customer_id: str
    with_person: Annotated[str, Field(description="why a person has it, so that the assistant is silent")]
    outcome: str
    request: Annotated[str, Field(description="the request that was made last; it waits while the status says so")]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class CasePage(BaseModel):
    """Cases, newest first. `next` is the cursor of the next page; empty on the last."""

    cases: list[CaseSummary]
    next: str = ""


class Done(BaseModel):
    """An effect that was carried out, or tried. `call` is the exact JSON that ran."""

    kind: str
    call: str
    status: ExecutionStatus
    approval_id: str
    approved_by: str
    reference: str
    detail: str
    at: AwareDatetime


class CaseDocument(CaseSummary):
    """One case: what was written, what we understood, what happened."""

    subject: str
    messages: tuple[TicketMessage, ...]
    classification: Classification | None
    identity: Identity | None
    effects: list[Done]


class EventPage(BaseModel):
    """Events in order. `last` is what to ask with as `after` for those that come later."""

    events: list[CaseEvent]
    last: int


class Effect(BaseModel):
    """One thing that would happen, or did. `call` is the exact JSON that runs."""

    sentence: str
    kind: str
    call: str
    verdict: Verdict
    status: Annotated[str, Field(description="how it stands when it was carried out; empty before")] = ""


class Choice(BaseModel):
    """What a person may choose instead; `number` is what a decision names."""

    number: int
    title: str
    effects: list[str]
    reply: str


class Suggestion(BaseModel):
    """What the assistant would say and do, what each part of it rests on, and what the rules say."""

    case_id: str
    status: CaseStatus
    draft: Draft | None
    summary: str
    rationale: str
    escalate: Annotated[str, Field(description="why a person has to take over; empty when none has")]
    playbook: str
    branch: str
    effects: list[Effect]
    alternatives: list[Choice]
    verdict: Verdict | None
    violations: tuple[Violation, ...]
    evidence: tuple[Evidence, ...]
    passages: tuple[CitedPassage, ...]
    open_questions: tuple[str, ...]
    request: str
    digest: Annotated[str, Field(description="what an answer is bound to; empty when nothing waits")]


def summary(record: CaseRecord) -> CaseSummary:
    """One line of a list."""
    return CaseSummary.model_validate(_summary(record))


def _summary(record: CaseRecord) -> dict[str, object]:
    return {
        "case_id": record.case_id,
        "ticket_id": record.ticket_id,
        "helpdesk": record.helpdesk,
        "status": record.status,
        "intent": record.intent,
        "language": record.language,
        "queue": record.queue,
        "priority": record.priority,
        "score": record.score,
        "value": str(record.value or ""),
        "customer_id": record.customer_id,
        "with_person": record.with_person,
        "outcome": record.outcome,
        "request": record.approval_id,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def document(record: CaseRecord, ticket: Ticket | None) -> CaseDocument:
    """One case with its conversation."""
    return CaseDocument.model_validate(
        {
            **_summary(record),
            "subject": ticket.subject if ticket else "",
            "messages": ticket.messages if ticket else (),
            "classification": record.classification,
            "identity": record.investigation.identity if record.investigation else None,
            "effects": [_done(each) for each in record.executions],
        }
    )


def _done(execution: Execution) -> Done:
    return Done(
        kind=execution.action.kind,
        call=call_of(execution.action),
        status=execution.status,
        approval_id=execution.approval_id,
        approved_by=execution.approved_by,
        reference=execution.reference,
        detail=execution.detail,
        at=execution.settled_at or execution.claimed_at,
    )


def event_page(events: Sequence[CaseEvent], after: int) -> EventPage:
    """Events as they were kept."""
    return EventPage(events=list(events), last=events[-1].seq if events else after)


def suggestion(record: CaseRecord, request: ApprovalRequest | None, names: Names = NO_NAMES) -> Suggestion:
    """Draft, effects, verdict and sources; empty parts where the case has not come to them."""
    proposal = record.proposal or ProposedResolution(rationale="")
    known, verdict = record.investigation, record.verdict
    waits = request if request is not None and request.awaiting else None
    return Suggestion(
        case_id=record.case_id,
        status=record.status,
        draft=proposal.reply,
        summary=proposal.summary,
        rationale=proposal.rationale,
        escalate=proposal.escalate,
        playbook=proposal.playbook,
        branch=proposal.branch,
        effects=[_effect(action, record, names) for action in proposal.effects(record.ticket_id)],
        alternatives=_choices(proposal, names),
        verdict=verdict.verdict if verdict else None,
        violations=verdict.every_violation() if verdict else (),
        evidence=known.evidence if known else (),
        passages=known.passages if known else (),
        open_questions=known.open_questions if known else (),
        request=waits.id if waits else "",
        digest=waits.digest if waits else "",
    )


def _effect(action: Action, record: CaseRecord, names: Names) -> Effect:
    done = {each.action.fingerprint(): each.status.value for each in record.executions}
    return Effect(
        sentence=describe(action, names),
        kind=action.kind,
        call=call_of(action),
        verdict=record.verdict.of(action) if record.verdict else Verdict.BLOCK,
        status=done.get(action.fingerprint(), ""),
    )


def _choices(proposal: ProposedResolution, names: Names) -> list[Choice]:
    return [
        Choice(
            number=number,
            title=option.title,
            effects=[describe(action, names) for action in option.actions],
            reply=option.reply.text if option.reply else "",
        )
        for number, option in enumerate(proposal.alternatives, 1)
    ]
