"""The queue of what waits for a person: signatures first, then drafts to read, those that end soonest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals import ApprovalRequest
from agent.approvals.request import ApprovalKind
from server.ui.views.effects import kinds_of
from server.ui.words import age, moment, money, spoken
from tools.money import Money


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
    customer: str
    needs: str
    until: str
    left: str
    hurry: bool


def in_order(requests: Sequence[ApprovalRequest]) -> list[ApprovalRequest]:
    """Signatures first, and what ends soonest."""
    return sorted(requests, key=lambda each: (each.kind is not ApprovalKind.SIGN, each.expires_at, each.id))


def queue(
    requests: Sequence[ApprovalRequest],
    here: str,
    now: datetime,
    called: Mapping[str, str],
    back: Mapping[str, Money],
) -> tuple[Asked, ...]:
    """The lines of these requests, in their order.

    `called`: names of customers by id, where known; `back`: what a cancellation pays back, by request.
    """
    return tuple(_asked(each, here, now, called.get(each.customer_id, ""), back.get(each.id)) for each in requests)


def _asked(request: ApprovalRequest, here: str, now: datetime, customer: str, back: Money | None) -> Asked:
    left = request.expires_at - now
    return Asked(
        id=request.id,
        href=f"/approvals?request={request.id}",
        here=request.id == here,
        sign=request.kind is ApprovalKind.SIGN,
        amount=money(request.amount or back),
        what=kinds_of(request).capitalize(),
        about=spoken(request.intent),
        customer=customer,
        needs=request.required_role.value,
        until=moment(request.expires_at),
        left=f"{age(left).replace('now', 'under 1 min')} left" if left.total_seconds() > 0 else "expired",
        hurry=left.total_seconds() < 4 * 3600,
    )
