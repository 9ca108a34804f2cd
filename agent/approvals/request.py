"""A request for a person's agreement and the answer to it. Frozen data; only `agent.approvals.moves` changes it."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.case import ActionVerdict, digest_of
from agent.limits.people import Role
from tools.actions import Action, IssueDiscountCode, IssueStoreCredit, RefundOrder
from tools.commerce import Identifier, Noun
from tools.money import Money


class ApprovalKind(StrEnum):
    """Reading a draft before it leaves, or signing for money, goods and exceptions."""

    REVIEW = "review"
    SIGN = "sign"


class ApprovalStatus(StrEnum):
    """Where a request stands. Only `executing` lets gated effects happen."""

    AWAITING = "awaiting"
    EXECUTING = "executing"
    EXECUTED = "executed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class DecisionKind(StrEnum):
    """What a person answers."""

    APPROVE = "approve"
    MODIFY = "modify"
    REJECT = "reject"
    ESCALATE = "escalate"


class ApprovalDecision(Noun):
    """An answer: by whom (person id), in which role, for which digest.

    `effects` and `text` are what a `modify` asks for instead; they go through every check again.
    """

    kind: DecisionKind
    by: str
    role: Role
    at: AwareDatetime
    digest: str
    reason: Annotated[str, Field(max_length=2_000)] = ""
    effects: tuple[Action, ...] | None = None
    text: Annotated[str, Field(max_length=20_000)] = ""
    key: Annotated[str, Field(max_length=200)] = ""
    """The click that it came with: who clicked it may ask again what came of it."""


class ApprovalRequest(Noun):
    """What is asked: exactly these effects, resting on exactly these versions, until `expires_at`."""

    id: Identifier
    case_id: Identifier
    ticket_id: Identifier
    kind: ApprovalKind
    effects: Annotated[tuple[Action, ...], Field(min_length=1)]
    bindings: dict[str, str]
    required_role: Role
    customer_id: str = ""
    intent: str = ""
    """What the message is about."""
    amount: Money | None = None
    """Everything of value that leaves the shop, when it is one currency."""
    amounts: dict[str, Money] = Field(default_factory=dict)
    """The same by fingerprint of the effect."""
    changes: dict[str, str] = Field(default_factory=dict)
    """What was there before and what would be after, by fingerprint, as code read it when it was asked."""
    verdicts: tuple[ActionVerdict, ...] = ()
    """What the guard said about each effect when it was asked."""
    reasons: tuple[str, ...] = ()
    """Why a person is asked, in the words of the rules."""
    created_at: AwareDatetime
    expires_at: AwareDatetime
    status: ApprovalStatus = ApprovalStatus.AWAITING
    interrupt_id: str = ""
    decision: ApprovalDecision | None = None
    settled_at: AwareDatetime | None = None
    detail: str = ""
    """What became of it after the decision, in plain words."""
    version: int = 1

    @property
    def digest(self) -> str:
        """What an answer is bound to; it covers every word and every version."""
        return digest_of(self.effects, self.bindings)

    @property
    def awaiting(self) -> bool:
        """Whether an answer is still possible."""
        return self.status is ApprovalStatus.AWAITING

    @property
    def gives_value(self) -> bool:
        """Whether money, credit or goods would leave the shop; an exchange may pay back a difference."""
        return bool(self.amounts) or any(type(action).gives_value for action in self.effects)

    def amount_of(self, action: Action) -> Money | None:
        """What one of the effects gives: as priced when it was asked, else as the action states it."""
        return self.amounts.get(action.fingerprint()) or stated_amount(action)

    @property
    def decided_by(self) -> str:
        """The person who answered; empty when nobody has."""
        return self.decision.by if self.decision else ""

    @property
    def decided_at(self) -> AwareDatetime | None:
        """When the answer came."""
        return self.decision.at if self.decision else None

    @property
    def reason(self) -> str:
        """What the person gave as the reason."""
        return self.decision.reason if self.decision else ""


def stated_amount(action: Action) -> Money | None:
    """The amount that the action itself names."""
    if isinstance(action, RefundOrder | IssueStoreCredit | IssueDiscountCode):
        return action.amount
    return None


def approval_id(case_id: str, digest: str, created_at: AwareDatetime) -> str:
    """A short id that a person can type: `ap-` and ten hex digits."""
    return "ap-" + hashlib.sha256(f"{case_id}\n{digest}\n{created_at.isoformat()}".encode()).hexdigest()[:10]
