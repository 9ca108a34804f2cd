"""The queue of what waits for a person: signatures first, then drafts to read, those that end soonest on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals import ApprovalRequest
from agent.approvals.request import ApprovalKind
from server.ui.views.effects import kinds_of
from server.ui.words import age, moment, money, spoken


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One line of the queue."""

    id: str
    href: str
    here: bool
    sign: bool
    amount: str
    what: str
    about: str
    needs: str
    until: str
    left: str
    hurry: bool


def queue(requests: Sequence[ApprovalRequest], here: str, now: datetime) -> tuple[Asked, ...]:
    """Every request that waits, in the order in which to answer."""
    ordered = sorted(requests, key=lambda each: (each.kind is not ApprovalKind.SIGN, each.expires_at, each.id))
    return tuple(_asked(each, here, now) for each in ordered)


def _asked(request: ApprovalRequest, here: str, now: datetime) -> Asked:
    left = request.expires_at - now
    return Asked(
        id=request.id,
        href=f"/approvals?request={request.id}",
        here=request.id == here,
        sign=request.kind is ApprovalKind.SIGN,
        amount=money(request.amount),
        what=kinds_of(request).capitalize(),
        about=spoken(request.intent),
        needs=request.required_role.value,
        until=moment(request.expires_at),
        left=f"{age(left)} left" if left.total_seconds() > 0 else "expired",
        hurry=left.total_seconds() < 4 * 3600,
    )
