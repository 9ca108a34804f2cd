"""How a case came about: run, playbook, lookups, citations, cost and time of the reply. A pure function (row N10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from agent.approvals.request import ApprovalRequest
from agent.case import LookupCall
from agent.ledger import LedgerEntry
from agent.repositories import CaseRecord
from server.costs import Prices


class Lookup(BaseModel):
    """A fact that was looked up, from where, as of when."""

    id: str
    kind: str
    source: str
    as_of: AwareDatetime


class Cited(BaseModel):
    """A passage that the reply rests on."""

    passage_id: str
    title: str
    version: int


class Signed(BaseModel):
    """A request, and who answered it."""

    id: str
    status: str
    asked_at: AwareDatetime
    decided_by: str
    decided_at: AwareDatetime | None


class Carried(BaseModel):
    """An effect and what became of it."""

    kind: str
    status: str
    reference: str
    approval_id: str
    claimed_at: AwareDatetime
    settled_at: AwareDatetime | None


class Trace(BaseModel):
    """Everything that led to what is said and done in a case."""

    case_id: str
    run: Annotated[str, Field(description="the message it is about: each has a run of its own")]
    turn: int
    intent: str
    confidence: float
    playbook: str
    branch: str
    versions: Annotated[dict[str, str], Field(description="of playbooks, prompts, limits, orders: what it rests on")]
    author: Annotated[str, Field(description="the person who edited the draft; empty when it is as proposed")]
    lookups: list[Lookup]
    asked_besides: tuple[LookupCall, ...]
    cited: list[Cited]
    failures: tuple[str, ...]
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost: Annotated[str, Field(description="empty when no price is configured", examples=["0.000750 USD"])]
    seconds: float
    milliseconds: Annotated[dict[str, float], Field(description="by stage; `to_draft` until a person could read it")]
    requests: list[Signed]
    effects: list[Carried]


def trace(
    record: CaseRecord, requests: Sequence[ApprovalRequest], effects: Sequence[LedgerEntry], prices: Prices | None
) -> Trace:
    """From the record and what was asked and done in it."""
    said, known, proposal = record.classification, record.investigation, record.proposal
    spent = (record.input_tokens, record.output_tokens)
    return Trace(
        case_id=record.case_id,
        run=record.message_id,
        turn=record.turn,
        intent=record.intent,
        confidence=said.confidence if said else 0.0,
        playbook=proposal.playbook if proposal else "",
        branch=proposal.branch if proposal else "",
        versions=proposal.bindings if proposal else {},
        author=proposal.author if proposal else "",
        lookups=[Lookup(**item.model_dump(exclude={"fields"})) for item in (known.evidence if known else ())],
        asked_besides=proposal.lookups if proposal else (),
        cited=_cited(record),
        failures=known.failures if known else (),
        model_calls=record.model_calls,
        input_tokens=record.input_tokens,
        output_tokens=record.output_tokens,
        cost=prices.said(*spent) if prices and record.model_calls else "",
        seconds=record.seconds,
        milliseconds=record.timings,
        requests=[_signed(each) for each in requests],
        effects=[_carried(each) for each in effects],
    )


def _cited(record: CaseRecord) -> list[Cited]:
    used = set(record.proposal.citations) if record.proposal else set[str]()
    passages = record.investigation.passages if record.investigation else ()
    return [
        Cited(passage_id=each.passage_id, title=each.title, version=each.version)
        for each in passages
        if each.passage_id in used
    ]


def _signed(request: ApprovalRequest) -> Signed:
    return Signed(
        id=request.id,
        status=request.status.value,
        asked_at=request.created_at,
        decided_by=request.decided_by,
        decided_at=request.decided_at,
    )


def _carried(entry: LedgerEntry) -> Carried:
    return Carried(
        kind=entry.action.kind,
        status=entry.status.value,
        reference=entry.reference,
        approval_id=entry.approval_id,
        claimed_at=entry.claimed_at,
        settled_at=entry.settled_at,
    )
