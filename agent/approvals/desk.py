"""Where answers are given: looks the person up, applies the rules, and lets exactly one answer win."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals.errors import AlreadyDecided, Expired, NotAllowed, UnknownPerson, UnknownRequest
from agent.approvals.moves import decide, expire
from agent.approvals.request import ApprovalDecision, ApprovalRequest, DecisionKind
from agent.limits.people import Person
from agent.repositories import ApprovalRepository
from tools.actions import Action

FindPerson = Callable[[str], Person | None]
"""The person behind an id, name, e-mail or Slack id: `PolicyLimits.person`."""
Objections = Callable[[ApprovalRequest, Person, datetime], Sequence[str]]
"""Why a person may not sign a request (ceilings, sums of the day), in plain sentences; empty when they may."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody clicked or typed. `by` is any name they answer to; `digest` is that of the card they saw.

    `key` names the click itself, so that the same one is known again after a crash.
    """

    request_id: str
    kind: DecisionKind
    by: str
    digest: str
    reason: str = ""
    effects: tuple[Action, ...] | None = None
    text: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class ApprovalDesk:
    """The one place where a request is answered, whatever the channel."""

    approvals: ApprovalRepository
    person: FindPerson
    objections: Objections

    def decide(self, answer: Answer, now: datetime) -> ApprovalRequest:
        """Record an answer and give the request as it stands after it. Raises an ApprovalError; then nothing changed.

        Of several answers at once exactly one wins; the others get AlreadyDecided with the winner's name.
        """
        before = self.approvals.get(answer.request_id)
        if before is None:
            raise UnknownRequest(answer.request_id)
        person = self.person(answer.by)
        if person is None:
            raise UnknownPerson(answer.by)
        try:
            after = decide(before, _decision(answer, person, now), now)
        except Expired:
            self._expire(before, now)
            raise
        self._may(before, answer, person, now)
        if not self.approvals.swap(before, after):
            raise AlreadyDecided(self.approvals.get(before.id) or before)
        return after

    def _may(self, request: ApprovalRequest, answer: Answer, person: Person, now: datetime) -> None:
        if answer.kind is DecisionKind.APPROVE:
            reasons = tuple(self.objections(request, person, now))
            if reasons:
                raise NotAllowed(request, person.id, person.role, reasons)

    def knows(self, request: ApprovalRequest, by: str, key: str) -> bool:
        """Whether this very click was recorded already: the same key, by the same person."""
        decision, person = request.decision, self.person(by)
        return (
            bool(key)
            and decision is not None
            and person is not None
            and (decision.key, decision.by) == (key, person.id)
        )

    def expire_due(self, now: datetime) -> list[ApprovalRequest]:
        """Turn every request whose time ran out into a no; gives those that this call expired, so each is told once."""
        return [after for request in self.approvals.due(now) if (after := self._expire(request, now)) is not None]

    def lapse(self, request: ApprovalRequest, now: datetime) -> ApprovalRequest:
        """A request whose time ran out, as it stands after it was turned into a no, or after somebody was faster."""
        return self._expire(request, now) or self.approvals.get(request.id) or request

    def _expire(self, request: ApprovalRequest, now: datetime) -> ApprovalRequest | None:
        if not request.awaiting:
            return None
        after = expire(request, now)
        return after if self.approvals.swap(request, after) else None


def _decision(answer: Answer, person: Person, now: datetime) -> ApprovalDecision:
    return ApprovalDecision(
        kind=answer.kind,
        by=person.id,
        role=person.role,
        at=now,
        digest=answer.digest,
        reason=answer.reason.strip(),
        effects=answer.effects,
        text=answer.text,
        key=answer.key,
    )
