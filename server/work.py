"""CaseWork: what the service asks of whoever works on cases. `server.jobs` does it through durable queues.

`DirectWork` does it at once in the calling thread, for tests and for embedding; a crash in it is carried on by
`CaseRunner.recover`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

from pydantic import Field

from agent import edits
from agent.approvals import ApprovalError, DecisionKind
from agent.edits import CannotEdit
from agent.record import case_id_of
from agent.repositories import CaseRecord
from agent.runner import CaseRunner, Edit
from tools.commerce import Identifier, Noun
from tools.helpdesk import Ticket
from tools.money import Money
from tools.store.local import LocalStore


class Received(Noun):
    """What came of a delivery. Not `fresh`: every message of it was known, and nothing happens."""

    ticket_id: Identifier
    case_id: Identifier
    fresh: bool


class Decision(Noun):
    """A person's answer to a request. `digest` is that of the card they saw; `key` names the click.

    The same key twice is one answer. `reply`, `amount` and `alternative` are what a MODIFY asks for instead.
    """

    request_id: Identifier
    kind: DecisionKind
    by: Identifier
    key: Annotated[str, Field(min_length=8, max_length=120)]
    digest: str = ""
    reason: Annotated[str, Field(max_length=2_000)] = ""
    reply: Annotated[str, Field(max_length=20_000)] = ""
    amount: Money | None = None
    alternative: Annotated[int, Field(ge=0, le=20)] = 0


class Outcome(Noun):
    """What came of an answer. `refused` is the sentence for the person when it did not count; `why` names the rule."""

    case_id: Identifier = "-"
    status: str = ""
    """The case's status afterwards; empty while it is still being carried out."""
    asked: str = ""
    """The request that waits now, when there is one: another than the one that was answered."""
    refused: str = ""
    why: str = ""


class QueueState(Noun):
    """How much waits. `oldest_seconds`: how long the oldest has waited; 0 when nothing does."""

    waiting: int = 0
    running: int = 0
    failed: int = 0
    oldest_seconds: float = 0.0


class CaseWork(Protocol):
    """Takes tickets in and carries decisions out, one at a time for each case, surviving a crash at any moment."""

    def receive(self, ticket: Ticket) -> Received:
        """Keep a ticket or its new messages, and see to it that they are worked on. A repetition changes nothing.

        When this returns, both are durable. Raises StoreError or Unavailable; then the sender has to send again.
        """
        ...

    def decide(self, decision: Decision) -> Outcome:
        """Carry an answer out and say what came of it. Waits a few seconds; what takes longer goes on without us."""
        ...

    def again(self, case_id: str, by: str) -> bool:
        """Work on a case anew; False when there is none."""
        ...

    def release(self, case_id: str, by: str) -> bool:
        """Give a case back to the assistant; False when there is none."""
        ...

    def take_over(self, case_id: str, by: str, reason: str = "") -> bool:
        """A person has the case from now on; False when there is none."""
        ...

    def finish(self, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        """A person says that nothing is left to do about the messages they have `seen` (None: all that the case knows).

        False when there is no case. One that waits for an answer, or to which somebody wrote meanwhile, stays as it is.
        """
        ...

    def queue(self) -> QueueState:
        """How much waits."""
        ...


@dataclass(frozen=True, kw_only=True)
class DirectWork:
    """CaseWork in the calling thread."""

    store: LocalStore
    runner: CaseRunner

    def receive(self, ticket: Ticket) -> Received:
        """As in CaseWork."""
        fresh = self.store.append(ticket)
        if fresh:
            self.runner.start(ticket.id)
        return Received(ticket_id=ticket.id, case_id=case_id_of(ticket), fresh=fresh)

    def decide(self, decision: Decision) -> Outcome:
        """As in CaseWork."""
        return settled(lambda: decide_with(self.runner, decision), decision)

    def again(self, case_id: str, by: str) -> bool:
        """As in CaseWork."""
        return self.runner.again(case_id) is not None

    def release(self, case_id: str, by: str) -> bool:
        """As in CaseWork."""
        return self.runner.release(case_id, by) is not None

    def take_over(self, case_id: str, by: str, reason: str = "") -> bool:
        """As in CaseWork."""
        return self.runner.take_over(case_id, by, reason) is not None

    def finish(self, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        """As in CaseWork."""
        return self.runner.finish(case_id, by, reason, seen) is not None

    def queue(self) -> QueueState:
        """Nothing ever waits."""
        return QueueState()


def decide_with(runner: CaseRunner, decision: Decision) -> CaseRecord:
    """Answer through the runner. Raises ApprovalError or CannotEdit."""
    return runner.decide(
        decision.request_id,
        decision.kind,
        decision.by,
        reason=decision.reason,
        digest=decision.digest,
        edit=edit_of(decision),
        key=decision.key,
    )


def edit_of(decision: Decision) -> Edit | None:
    """The edit that a MODIFY asks for. Raises CannotEdit when it asks for none, or for two that exclude each other."""
    if decision.kind is not DecisionKind.MODIFY:
        return None
    by, text, amount, choice = decision.by, decision.reply, decision.amount, decision.alternative
    if bool(choice) == (bool(text) or amount is not None):
        raise CannotEdit("say one change: another reply, another amount, or one of the alternatives")
    if choice:
        return lambda proposal: edits.with_alternative(proposal, choice, by)
    if amount is not None:
        return lambda proposal: edits.with_amount(proposal, amount, by, text)
    return lambda proposal: edits.with_reply(proposal, text, by)


def settled(answer: Callable[[], CaseRecord], decision: Decision) -> Outcome:
    """What came of an answer, its refusal included."""
    try:
        record = answer()
    except (ApprovalError, CannotEdit) as error:
        return Outcome(refused=str(error), why=type(error).__name__)
    asked = record.approval_id if record.approval_id != decision.request_id else ""
    return Outcome(case_id=record.case_id, status=record.status.value, asked=asked)
