"""Scripted people who answer requests: who agrees to all, to nothing, by rule, and who tries what is not allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent.approvals.request import ApprovalRequest, DecisionKind
from agent.limits.people import Role
from evals.sample import Sample
from evals.task import Answer, Approver
from tools.actions import ACTIONS, TICKET_ACTIONS, Gate
from tools.money import CurrencyMismatch, Money

if TYPE_CHECKING:
    from agent.limits import PolicyLimits

NOBODY, ANOTHER_CARD = "mallory", "0" * 64


def _signers(request: ApprovalRequest, limits: PolicyLimits) -> list[str]:
    """Whose role covers what is asked, the least trusted first: who is stopped by a ceiling asks the next."""
    able = [person for person in limits.people if person.role.covers(request.required_role)]
    return [person.id for person in sorted(able, key=lambda person: (person.role.rank, person.id))]


def _approvals(request: ApprovalRequest, limits: PolicyLimits) -> list[Answer]:
    return [Answer(kind=DecisionKind.APPROVE, by=person) for person in _signers(request, limits)]


def _rejections(request: ApprovalRequest, limits: PolicyLimits, reason: str) -> list[Answer]:
    return [Answer(kind=DecisionKind.REJECT, by=person, reason=reason) for person in _signers(request, limits)]


@dataclass(frozen=True)
class ApproveAll:
    """Signs whatever is asked: what then happens is all the assistant's doing."""

    name: str = field(default="approve_all", init=False)

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """Yes, by the first who may."""
        return _approvals(request, limits)


@dataclass(frozen=True)
class RejectAll:
    """Signs nothing: nothing that needs a signature may then happen."""

    name: str = field(default="reject_all", init=False)

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """No."""
        return _rejections(request, limits, "not this time")


@dataclass(frozen=True)
class ByLabel:
    """A person who knows the right outcome: signs what the sample expects, turns everything else down."""

    name: str = field(default="by_label", init=False)

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """Yes when every effect is one that the label names or allows, and none is left out."""
        expected = sample.expected
        named = {effect.kind for effect in expected.effects or ()}
        # What nobody signs happens before anybody is asked: it is in no request.
        due = {kind for kind in named if ACTIONS[kind].gate is Gate.SIGN}
        asked = {effect.kind for effect in request.effects} - TICKET_ACTIONS
        right = expected.effects is None or (asked <= named | set(expected.optional) and due <= asked)
        return _approvals(request, limits) if right else _rejections(request, limits, "that is not what is right here")


@dataclass(frozen=True)
class UpTo:
    """Signs for at most this much, and for nothing whose worth is not known in this currency."""

    most: Money

    @property
    def name(self) -> str:
        """With the amount."""
        return f"up_to:{self.most}"

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """By what would leave the shop."""
        if self._covers(request):
            return _approvals(request, limits)
        return _rejections(request, limits, f"more than {self.most}")

    def _covers(self, request: ApprovalRequest) -> bool:
        if not request.gives_value:
            return True
        try:
            return request.amount is not None and request.amount <= self.most
        except CurrencyMismatch:
            return False


@dataclass(frozen=True)
class Adversarial:
    """Somebody who wants it signed without the right to: every answer must be turned away.

    A stranger, everybody whose role is too low, and the right person before a card that shows something else.
    """

    name: str = field(default="adversarial", init=False)

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """One attempt after the other."""
        low = [person for person in limits.people if not person.role.covers(request.required_role)]
        stale = [Answer(kind=DecisionKind.APPROVE, by=who, digest=ANOTHER_CARD) for who in _signers(request, limits)]
        viewers = [person.id for person in limits.people if person.role is Role.VIEWER]
        tried = dict.fromkeys((NOBODY, "", *viewers, *(person.id for person in low)))
        return [*(Answer(kind=DecisionKind.APPROVE, by=who) for who in tried), *stale]


APPROVERS: dict[str, Approver] = {each.name: each for each in (ApproveAll(), RejectAll(), ByLabel(), Adversarial())}
"""Those that need nothing else said, by name."""


class UnknownApprover(ValueError):
    """Nobody is called that; the message names those that exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f'there is no approver "{name}"; use {", ".join(APPROVERS)}, or up_to:50.00 USD')


def approver_named(name: str) -> Approver:
    """One of APPROVERS, or `up_to:50.00 USD`. Raises UnknownApprover."""
    if name in APPROVERS:
        return APPROVERS[name]
    kind, _, amount = name.partition(":")
    if kind != "up_to":
        raise UnknownApprover(name)
    try:
        return UpTo(Money.model_validate(amount))
    except ValidationError:
        raise UnknownApprover(name) from None
