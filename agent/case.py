"""The nouns of a case: what we understood, what we know, what we propose, what the guard says. Plain frozen data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from tools.actions import Action, SendReply
from tools.commerce import Identifier, Noun

Score = Annotated[float, Field(ge=0, le=1)]


class Urgency(StrEnum):
    """How soon a person should look."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class References(Noun):
    """What a message names. Amounts are `39.00 USD`, or `39.00` when no currency is written; dates are ISO."""

    order_numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    tracking_numbers: tuple[str, ...] = ()


class RankedIntent(Noun):
    """An intent and how sure the classifier is."""

    intent: str
    confidence: Score


class Classification(Noun):
    """What a message is about. `abstained`: below the bar, so a person or a model decides."""

    intent: str
    confidence: Score
    abstained: bool = False
    secondary: tuple[RankedIntent, ...] = ()
    language: str = "en"
    urgency: Urgency = Urgency.NORMAL
    sentiment: Annotated[float, Field(ge=-1, le=1)] = 0.0
    high_emotion: bool = False
    legal_threat: bool = False
    human_request: bool = False
    automatic: str = ""
    references: References = References()
    reason: str = ""
    likely: tuple[RankedIntent, ...] = ()
    """What else it may be about, likeliest first, the main intent among them; empty when the reading is sure."""

    @property
    def intents(self) -> tuple[str, ...]:
        """The main intent and the further asks, in the order they matter."""
        return (self.intent, *(ranked.intent for ranked in self.secondary))


class IdentityLevel(StrEnum):
    """What is proven about the sender."""

    VERIFIED = "verified"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"


class Identity(Noun):
    """Whose data this case may use. `customer_id` is set only when verified."""

    level: IdentityLevel
    customer_id: str = ""
    how: str

    @property
    def verified(self) -> bool:
        """Whether customer data may be used at all."""
        return self.level is IdentityLevel.VERIFIED


class Evidence(Noun):
    """A fact with its source and time. `fields` is JSON: money as `39.00 USD`, moments as ISO 8601."""

    id: Identifier
    kind: str
    source: str
    as_of: AwareDatetime
    fields: dict[str, JsonValue]


class CitedPassage(Noun):
    """A passage of an approved, in-force document version that the reply rests on."""

    passage_id: Identifier
    document_id: str
    version: int
    anchor: str
    title: str
    text: str


class Investigation(Noun):
    """What was looked up, for whom, and what is still open."""

    identity: Identity
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[CitedPassage, ...] = ()
    open_questions: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    """Lookups that failed: a draft may not speak about what they would have shown."""

    def find(self, kind: str) -> Evidence | None:
        """The first evidence of a kind."""
        return next((item for item in self.evidence if item.kind == kind), None)


class SpanKind(StrEnum):
    """What a part of a draft states."""

    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"
    NAME = "name"
    LINK = "link"
    EMAIL = "email"
    IDENTIFIER = "identifier"
    ADDRESS = "address"
    PROMISE = "promise"
    POLICY = "policy"


class SourcedSpan(Noun):
    """A stretch of the draft (end exclusive) and what it rests on: ids of evidence, passages or effects."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    kind: SpanKind
    sources: tuple[str, ...] = ()


class Draft(Noun):
    """A reply that has not been sent."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    language: str
    in_reply_to: Identifier
    spans: tuple[SourcedSpan, ...] = ()


class Promise(Noun):
    """Something the reply says was or will be done, and the fingerprint of the action that makes it true."""

    text: str
    kind: str
    fingerprint: str = ""
    due_at: AwareDatetime | None = None


class Alternative(Noun):
    """What a person may choose instead: its actions, and the reply that fits them."""

    title: str
    actions: tuple[Action, ...]
    reply: Draft | None = None
    promises: tuple[Promise, ...] = ()


class LookupCall(Noun):
    """A read-only question that a reasoner asked besides the usual lookups. Code asks it again for the evidence."""

    name: Identifier
    arguments: dict[str, str] = Field(default_factory=dict)


class ProposedResolution(Noun):
    """What a reasoner suggests: a reply and changes to the world, with the reason. Nothing in it has happened.

    `bindings` are the versions it rests on (orders, customer, limits, playbooks, passages): when one changes, the
    digest does too, and an approval of the old digest no longer applies.
    """

    reply: Draft | None = None
    actions: tuple[Action, ...] = ()
    rationale: str
    summary: str = ""
    playbook: str = ""
    branch: str = ""
    citations: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    bindings: dict[str, str] = Field(default_factory=dict)
    escalate: str = ""
    """Why a person must take over; empty when none has to."""
    ignore: str = ""
    """Why nothing is answered (automatic mail); empty otherwise."""
    lookups: tuple[LookupCall, ...] = ()
    """What was asked to come here; the answers are evidence only as code reads them again."""
    author: str = ""
    """The person who edited it; empty when it stands as it was proposed. Never taken from a reasoner."""

    def effects(self, ticket_id: str) -> tuple[Action, ...]:
        """Everything that would happen, in order; the reply goes last, so that it never speaks of what failed."""
        if self.reply is None:
            return self.actions
        reply = SendReply(
            ticket_id=ticket_id,
            in_reply_to=self.reply.in_reply_to,
            text=self.reply.text,
            language=self.reply.language,
        )
        return (*self.actions, reply)

    def digest(self, ticket_id: str) -> str:
        """sha256 over every effect with its words and every binding: what an approval is bound to."""
        return digest_of(self.effects(ticket_id), self.bindings)


def digest_of(effects: Iterable[Action], bindings: dict[str, str]) -> str:
    """sha256 over the effects as they would run and the versions they rest on."""
    content = {"effects": [effect.model_dump(mode="json") for effect in effects], "bindings": bindings}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def effect_key(case_id: str, action: Action) -> str:
    """The identity of an effect: rewording a reply or a reason never changes it."""
    return f"{case_id}:{action.fingerprint()}"


class Verdict(StrEnum):
    """What may happen to an action."""

    ALLOW = "allow"
    REQUIRE_APPROVAL = "require_approval"
    BLOCK = "block"


STRICTNESS = (Verdict.ALLOW, Verdict.REQUIRE_APPROVAL, Verdict.BLOCK)


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The most careful of several verdicts; ALLOW when there are none."""
    return max(verdicts, key=STRICTNESS.index, default=Verdict.ALLOW)


class Violation(Noun):
    """A rule that spoke: its id, what it demands, and why in plain words with the facts."""

    rule: str
    verdict: Verdict
    message: str
    role: str = ""
    """The least role that may agree, when agreement is possible."""
    evidence: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    """Where in the draft, for rules about text."""


class ActionVerdict(Noun):
    """What the guard says about one action."""

    kind: str
    fingerprint: str
    verdict: Verdict
    role: str = ""
    violations: tuple[Violation, ...] = ()


class GuardVerdict(Noun):
    """What the guard says about a whole proposal: the strictest of its parts."""

    verdict: Verdict
    actions: tuple[ActionVerdict, ...] = ()
    violations: tuple[Violation, ...] = ()
    """Rules about the draft and the case as a whole; those of single actions are with the action."""

    def of(self, action: Action) -> Verdict:
        """The verdict on one action; one that was not judged is blocked."""
        fingerprint = action.fingerprint()
        found = [item.verdict for item in self.actions if item.fingerprint == fingerprint]
        return strictest(found) if found else Verdict.BLOCK

    def every_violation(self) -> tuple[Violation, ...]:
        """All violations, of the whole and of each action."""
        return (*self.violations, *(violation for item in self.actions for violation in item.violations))


class CaseStatus(StrEnum):
    """Where a case stands. Silence is not a resolution: a sent reply is `answered`, never `resolved`."""

    NEW = "new"
    WORKING = "working"
    AWAITING_REVIEW = "awaiting_review"
    AWAITING_APPROVAL = "awaiting_approval"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    IGNORED = "ignored"
    REJECTED = "rejected"
    RESOLVED = "resolved"
    FAILED = "failed"


MOVES: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.NEW: frozenset({CaseStatus.WORKING}),
    CaseStatus.WORKING: frozenset(CaseStatus) - {CaseStatus.NEW},
    CaseStatus.AWAITING_REVIEW: frozenset({CaseStatus.WORKING, CaseStatus.ESCALATED}),
    CaseStatus.AWAITING_APPROVAL: frozenset({CaseStatus.WORKING, CaseStatus.ESCALATED}),
    CaseStatus.ANSWERED: frozenset({CaseStatus.WORKING, CaseStatus.RESOLVED}),
    CaseStatus.ESCALATED: frozenset({CaseStatus.WORKING, CaseStatus.RESOLVED}),
    CaseStatus.IGNORED: frozenset({CaseStatus.WORKING}),
    CaseStatus.REJECTED: frozenset({CaseStatus.WORKING, CaseStatus.RESOLVED}),
    CaseStatus.RESOLVED: frozenset({CaseStatus.WORKING}),
    CaseStatus.FAILED: frozenset({CaseStatus.WORKING, CaseStatus.ESCALATED}),
}
"""The legal moves of a case; any other is a bug and raises."""


class IllegalMove(ValueError):
    """A case cannot go from one status to the other."""

    def __init__(self, before: CaseStatus, after: CaseStatus) -> None:
        super().__init__(f"a case cannot go from {before} to {after}")


def move(before: CaseStatus, after: CaseStatus) -> CaseStatus:
    """`after`, when the move is legal. Raises IllegalMove otherwise."""
    if after is not before and after not in MOVES[before]:
        raise IllegalMove(before, after)
    return after


class ExecutionStatus(StrEnum):
    """How an effect stands. `unknown` is settled by reading, never by trying again."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    """Nothing confirmed it in time; somebody was told. Never reported as done."""


class Execution(Noun):
    """One effect: claimed under its key, then recorded."""

    key: Identifier
    case_id: str
    action: Action
    status: ExecutionStatus
    approval_id: str = ""
    approved_by: str = ""
    reference: str = ""
    detail: str = ""
    claimed_at: AwareDatetime
    settled_at: AwareDatetime | None = None
