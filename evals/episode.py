"""Episode: everything that one run of one sample gave. Scorers read it and nothing else; reports show it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, JsonValue

from agent.approvals.request import ApprovalKind, ApprovalRequest
from agent.case import CaseStatus, Classification, ExecutionStatus, GuardVerdict, Investigation, ProposedResolution
from agent.ledger import LedgerEntry
from agent.repositories import CaseEvent
from tools.commerce import Identifier, Noun
from tools.helpdesk import SentMessage


class Change(Noun):
    """One noun that is not as it was before the run. `before` is None when it is new, `after` when it is gone."""

    noun: str
    """The table: one of `evals.sample.Table`, or `tickets`, or `sent`."""
    id: str
    before: dict[str, JsonValue] | None = None
    after: dict[str, JsonValue] | None = None

    def fields(self) -> dict[str, tuple[JsonValue, JsonValue]]:
        """The top-level fields that differ, each with its value before and after (None where there was none)."""
        old, new = self.before or {}, self.after or {}
        names = sorted({*old, *new})
        return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


class Measured(Noun):
    """What the run took. Kept apart, because it is never the same twice. `timings` are milliseconds by graph node."""

    seconds: float = 0.0
    timings: dict[str, float] = Field(default_factory=dict)


class Episode(Noun):
    """One run of one sample: what was understood, found, proposed, judged, asked, answered, done.

    `proposed` is what the reasoner itself said, in order and before anybody objected; empty when code handed the case
    over without asking it. `proposal` and `verdict` are what left `check` when the run first paused or ended, before
    any person edited it; `final` is the proposal that was carried out when an approver changed it, else None.
    `requests` are all that were asked, in order, each with its answer. `diff` is the world after against the world
    before, of every noun that changed, our own ticket and what was sent on it included.
    `error` is a fault of the machinery (not of the assistant): such an episode is neither right nor wrong.
    """

    sample_id: Identifier
    epoch: int = 1
    seed: int = 0
    solver: str = ""
    approver: str = ""
    status: CaseStatus = CaseStatus.NEW
    outcome: str = ""
    classification: Classification | None = None
    investigation: Investigation | None = None
    proposed: tuple[ProposedResolution, ...] = ()
    proposal: ProposedResolution | None = None
    verdict: GuardVerdict | None = None
    final: ProposedResolution | None = None
    requests: tuple[ApprovalRequest, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    sent: tuple[SentMessage, ...] = ()
    diff: tuple[Change, ...] = ()
    turned_away: tuple[str, ...] = ()
    """Answers of the approver that did not count, with the reason that was given."""
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    """Millionths of a US dollar that the model cost; 0 for the offline reasoner."""
    measured: Measured = Measured()
    error: str = ""

    @property
    def reply(self) -> str:
        """The text of the draft that left `check`; empty when there was none."""
        return self.proposal.reply.text if self.proposal and self.proposal.reply else ""

    @property
    def replies(self) -> Sequence[str]:
        """What really reached the customer, in order."""
        return [message.text for message in self.sent if message.kind == "reply"]

    @property
    def effects(self) -> Sequence[LedgerEntry]:
        """What really happened to the world, in order: ledger entries that succeeded."""
        return [entry for entry in self.ledger if entry.status is ExecutionStatus.SUCCEEDED]

    @property
    def signatures(self) -> Sequence[ApprovalRequest]:
        """What a person was asked to sign. Drafts that only wait to be read are not among them."""
        return [request for request in self.requests if request.kind is ApprovalKind.SIGN]
