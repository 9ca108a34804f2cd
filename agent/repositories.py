"""Ports to what must outlive a process. `server.db` implements them on SQLite and Postgres, `agent.testing` in memory.

Every change here is committed when the call returns. Changes to approvals, executions, switches and promises append to
the audit log in the same transaction: nothing happens without a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, Field, JsonValue

from agent.approvals.request import ApprovalRequest, ApprovalStatus
from agent.audit import AuditEntry, AuditHead, AuditNote
from agent.case import CaseStatus, Classification, Execution, GuardVerdict, Investigation, ProposedResolution
from agent.ledger import LedgerEntry
from agent.promises import PromiseEntry
from agent.switches import Switch
from tools.commerce import Identifier, Noun
from tools.money import Money


class CaseRecord(Noun):
    """A case as the product reads it. `timings` are milliseconds by node; `outcome` is for people."""

    case_id: Identifier
    ticket_id: Identifier
    helpdesk: Identifier = "local"
    status: CaseStatus = CaseStatus.NEW
    turn: int = 1
    message_id: str = ""
    """The customer's message that this is about: a newer one is another turn."""
    waiting_since: AwareDatetime | None = None
    """When the customer wrote last, also once we answered; None after a person of the shop has answered by hand."""
    classification: Classification | None = None
    investigation: Investigation | None = None
    proposal: ProposedResolution | None = None
    verdict: GuardVerdict | None = None
    approval_id: str = ""
    executions: tuple[Execution, ...] = ()
    outcome: str = ""
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    """What the machine worked on it, over all runs."""
    score: int = 0
    """Customer value x urgency (`agent.priority`): the order in which people take cases over."""
    timings: dict[str, float] = Field(default_factory=dict)
    with_person: str = ""
    """Why a person has this case, so that the assistant is silent on it; empty when it may work on it."""
    given_back_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    """When a person said last that nothing was left to do."""
    queue: str = ""
    priority: str = "normal"
    value: Money | None = None
    customer_id: str = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def intent(self) -> str:
        """What the case is about; empty before it was classified."""
        return self.classification.intent if self.classification else ""

    @property
    def language(self) -> str:
        """The customer's language; empty before the case was classified."""
        return self.classification.language if self.classification else ""


UNANSWERED = (
    CaseStatus.AWAITING_APPROVAL,
    CaseStatus.AWAITING_REVIEW,
    CaseStatus.ESCALATED,
    CaseStatus.WORKING,
    CaseStatus.NEW,
    CaseStatus.FAILED,
)
"""The statuses of a case whose customer waits for us, unless a person who has it answered by hand."""
COUNTED = ("status", "intent", "language", "queue", "priority")
"""The fields that cases can be counted by."""


class TicketTaken(ValueError):
    """The ticket belongs to another case already."""

    def __init__(self, helpdesk: str, ticket_id: str) -> None:
        super().__init__(f"ticket {ticket_id} of {helpdesk} already has a case")


class CaseRepository(Protocol):
    """Cases, one per ticket."""

    def get(self, case_id: str) -> CaseRecord | None:
        """By id."""
        ...

    def by_ticket(self, helpdesk: str, ticket_id: str) -> CaseRecord | None:
        """The case of a ticket."""
        ...

    def start(self, record: CaseRecord) -> CaseRecord:
        """Keep a new case, or give the one that the ticket has already: a second delivery is a no-op."""
        ...

    def save(self, record: CaseRecord, events: Sequence[CaseEvent] = ()) -> None:
        """Keep a case, new or known, and its events in one commit. Raises TicketTaken for a second case of a ticket."""
        ...

    def list(
        self, status: CaseStatus | None = None, intent: str = "", limit: int = 50, after: str = ""
    ) -> Sequence[CaseRecord]:
        """Newest first by creation. `after` is the id of the last case of the page before."""
        ...

    def of_customer(self, customer_id: str, limit: int) -> Sequence[CaseRecord]:
        """The cases of a customer, newest first by creation."""
        ...

    def count_by(self, field: str) -> dict[str, int]:
        """How many cases there are by one of COUNTED, largest first. Raises ValueError for another field."""
        ...


class ApprovalRepository(Protocol):
    """Requests for approval: the durable record that Slack, web and command line only show."""

    def open(self, request: ApprovalRequest) -> ApprovalRequest:
        """Ask. A case has one awaiting request: the same digest gives the one there is, another one replaces it."""
        ...

    def get(self, request_id: str) -> ApprovalRequest | None:
        """By id."""
        ...

    def swap(self, before: ApprovalRequest, after: ApprovalRequest) -> bool:
        """Replace `before` by `after` if it is still as it was (status and version); False when somebody was faster."""
        ...

    def list(
        self, status: ApprovalStatus | None = None, case_id: str = "", limit: int = 100
    ) -> Sequence[ApprovalRequest]:
        """Oldest first."""
        ...

    def counting(self, customer_id: str) -> Sequence[ApprovalRequest]:
        """Awaiting and executing requests that limits count: the customer's, and all that give value; oldest first."""
        ...

    def decided(self, intent: str, limit: int) -> Sequence[ApprovalRequest]:
        """Requests about an intent that a person answered, newest first by when they were asked."""
        ...

    def due(self, now: datetime, limit: int = 100) -> Sequence[ApprovalRequest]:
        """Awaiting requests whose time has run out, oldest first."""
        ...


class ExecutionLedger(Protocol):
    """Effects by their business key, for ever: a key that succeeded is never claimed again."""

    def get(self, key: str) -> LedgerEntry | None:
        """By key."""
        ...

    def claim(self, entry: LedgerEntry) -> bool:
        """Insert a pending entry; False when the key is taken."""
        ...

    def swap(self, before: LedgerEntry, after: LedgerEntry) -> bool:
        """Replace `before` by `after` if owner, attempt and status are still the same; False otherwise."""
        ...

    def release(self, entry: LedgerEntry) -> bool:
        """Give back a pending claim under which nothing was changed; False when it is no longer ours."""
        ...

    def of_case(self, case_id: str) -> Sequence[LedgerEntry]:
        """Oldest first."""
        ...

    def of_approval(self, approval_id: str) -> Sequence[LedgerEntry]:
        """Oldest first."""
        ...

    def unsettled(self, limit: int = 100) -> Sequence[LedgerEntry]:
        """Pending, unknown and unconfirmed, oldest first."""
        ...

    def history(
        self, since: datetime, customer_id: str, case_id: str, shop_since: datetime, kinds: Iterable[str]
    ) -> Sequence[LedgerEntry]:
        """What counts in limits, oldest first; failed effects do not.

        Of the customer since `since`, of the case ever, and of `kinds` by anybody since `shop_since`. An empty
        customer or case matches nothing.
        """
        ...

    def sent_to(self, recipient: str, since: datetime) -> Sequence[LedgerEntry]:
        """Messages to a recipient claimed after `since` that were not refused, oldest first."""
        ...


class AuditLog(Protocol):
    """The chain of what happened."""

    def append(self, note: AuditNote) -> AuditEntry:
        """Add one entry to the end, atomically with the head."""
        ...

    def entries(self, after: int = 0, limit: int | None = None) -> Iterable[AuditEntry]:
        """In order of `seq`, read in pages."""
        ...

    def head(self) -> AuditHead:
        """Count and last hash, as kept apart from the entries."""
        ...


class SwitchBoard(Protocol):
    """Which effects are stopped."""

    def set(self, switch: Switch) -> None:
        """Stop or resume a scope, from the next effect on, for every process."""
        ...

    def trip(self, switch: Switch) -> bool:
        """Stop a scope unless it is stopped already; True only for the call that stopped it."""
        ...

    def stopped(self, scopes: Sequence[str]) -> Switch | None:
        """The switch that stops one of `scopes` (`*` is always looked at), or None."""
        ...

    def all(self) -> Sequence[Switch]:
        """Every switch that was ever set, by scope."""
        ...


class CaseEvent(Noun):
    """One thing that happened in a case. `seq` grows over all cases and is set by the log."""

    case_id: Identifier
    seq: int = 0
    at: AwareDatetime
    kind: Identifier
    body: dict[str, JsonValue] = Field(default_factory=dict)


class EventLog(Protocol):
    """Events for live views; a reader comes back with the last `seq` it saw and misses nothing."""

    def append(self, events: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
        """Add events in one commit; gives them with their `seq`."""
        ...

    def read(self, after: int = 0, case_id: str = "", limit: int = 500) -> Sequence[CaseEvent]:
        """Events after a `seq`, of one case or of all, in order."""
        ...


class PromiseLedger(Protocol):
    """What we promised."""

    def record(self, entries: Sequence[PromiseEntry]) -> None:
        """Keep promises; one that is known already stays as it is."""
        ...

    def get(self, promise_id: str) -> PromiseEntry | None:
        """By id."""
        ...

    def swap(self, before: PromiseEntry, after: PromiseEntry) -> bool:
        """Replace `before` by `after` if its status is still the same; False otherwise."""
        ...

    def of_case(self, case_id: str) -> Sequence[PromiseEntry]:
        """Oldest first."""
        ...

    def by_effect(self, effect: str) -> Sequence[PromiseEntry]:
        """Promises that one effect keeps."""
        ...

    def late(self, now: datetime, limit: int = 100) -> Sequence[PromiseEntry]:
        """Open promises whose moment has passed, oldest due first."""
        ...
