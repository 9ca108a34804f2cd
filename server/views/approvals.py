"""What the API says about requests for a signature: pure functions from records to documents."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from agent.approvals import ApprovalKind, ApprovalRequest, ApprovalStatus, CardLine, DecisionKind, card
from agent.approvals.names import NO_NAMES, Names
from agent.limits import Role
from server.work import Outcome
from tools.money import Money


class RequestSummary(BaseModel):
    """What is asked, of whom, until when."""

    id: Annotated[str, Field(examples=["ap-3f09c2d411"])]
    case_id: str
    ticket_id: str
    kind: ApprovalKind
    status: ApprovalStatus
    intent: str
    amount: Annotated[
        str, Field(description="everything of value that would leave; empty: none", examples=["39.00 USD"])
    ]
    required_role: Role
    reasons: tuple[str, ...]
    created_at: AwareDatetime
    expires_at: Annotated[AwareDatetime, Field(description="from then on the answer is no")]
    digest: Annotated[str, Field(description="covers every word and every version: what an answer is bound to")]
    decided_by: str
    decided_at: AwareDatetime | None
    detail: str


class RequestPage(BaseModel):
    """Requests, oldest first. `next` is the cursor of the next page; empty on the last."""

    requests: list[RequestSummary]
    next: str = ""


class RequestDocument(RequestSummary):
    """A request with its card, which is made from the calls that would run."""

    card: tuple[CardLine, ...]


class DecisionBody(BaseModel):
    """A person's answer. `digest` is that of the card they saw.

    `modify` changes one thing: the reply, the amount (with a reply that fits it), or the number of an alternative. Any
    other kind changes nothing: with one of them it is refused, and so is a field of another name.
    """

    model_config = ConfigDict(extra="forbid")

    kind: DecisionKind
    digest: Annotated[str, Field(max_length=64, description="of the card that was seen", examples=["9f2c..."])] = ""
    reason: Annotated[str, Field(max_length=2_000, description="needed for reject")] = ""
    reply: Annotated[str, Field(max_length=20_000)] = ""
    amount: Annotated[Money | None, Field(examples=["30.00 USD"])] = None
    alternative: Annotated[int, Field(ge=0, le=20)] = 0

    @model_validator(mode="after")
    def _changes_by_modify_alone(self) -> Self:
        # Who signs "with an amount" means that amount, and would have paid what the card said.
        if self.kind is not DecisionKind.MODIFY and (self.reply or self.amount is not None or self.alternative):
            raise ValueError(f"{self.kind.value} changes nothing: send reply, amount or alternative with modify")
        return self


class Decided(BaseModel):
    """What came of an answer."""

    case_id: str
    status: Annotated[str, Field(description="of the case afterwards; empty while it is still being carried out")]
    asked: Annotated[str, Field(description="another request that waits now; empty when there is none")]
    repeated: Annotated[
        bool, Field(description="this answer had been given before under another key, and nothing happened now")
    ] = False


def request_summary(request: ApprovalRequest) -> RequestSummary:
    """One line of a list."""
    return RequestSummary.model_validate(_summary(request))


def request_document(request: ApprovalRequest, names: Names = NO_NAMES) -> RequestDocument:
    """The whole card."""
    return RequestDocument.model_validate({**_summary(request), "card": card(request, names)})


def _summary(request: ApprovalRequest) -> dict[str, object]:
    return {
        "id": request.id,
        "case_id": request.case_id,
        "ticket_id": request.ticket_id,
        "kind": request.kind,
        "status": request.status,
        "intent": request.intent,
        "amount": str(request.amount or ""),
        "required_role": request.required_role,
        "reasons": request.reasons,
        "created_at": request.created_at,
        "expires_at": request.expires_at,
        "digest": request.digest,
        "decided_by": request.decided_by,
        "decided_at": request.decided_at,
        "detail": request.detail,
    }


def decided(outcome: Outcome, *, repeated: bool = False) -> Decided:
    """What the caller is told."""
    return Decided(case_id=outcome.case_id, status=outcome.status, asked=outcome.asked, repeated=repeated)
