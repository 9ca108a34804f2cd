"""The queue of what waits for a person: signatures first, then drafts to read, those that end soonest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.approvals import ApprovalRequest
from agent.approvals.request import ApprovalKind
from agent.limits import Role
from server.ui.views.effects import kinds_of
from server.ui.views.rules import a
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
    order: str
    needs: str
    mine: bool
    """Whether the role of whoever looks is enough; their own limits are looked at on the card."""
    waits: str
    until: str
    left: str
    hurry: bool


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around a request: whose it is, which order, since when they wait, what a cancellation pays."""

    customer: str = ""
    order: str = ""
    since: datetime | None = None
    back: Money | None = None


NOTHING = Around()


def in_order(requests: Sequence[ApprovalRequest]) -> list[ApprovalRequest]:
    """Signatures first, and what ends soonest."""
    return sorted(requests, key=lambda each: (each.kind is not ApprovalKind.SIGN, each.expires_at, each.id))


def queue(
    requests: Sequence[ApprovalRequest],
    here: str,
    now: datetime,
    role: Role,
    around: Mapping[str, Around],
) -> tuple[Asked, ...]:
    """The lines of these requests, in their order, for somebody of this role; `around` by request, if read."""
    return tuple(_asked(each, here, now, role, around.get(each.id, NOTHING)) for each in requests)


def _asked(request: ApprovalRequest, here: str, now: datetime, role: Role, around: Around) -> Asked:
    left = request.expires_at - now
    return Asked(
        id=request.id,
        href=f"/approvals?request={request.id}",
        here=request.id == here,
        sign=request.kind is ApprovalKind.SIGN,
        amount=money(request.amount or around.back),
        what=kinds_of(request).capitalize(),
        about=spoken(request.intent),
        customer=around.customer,
        order=around.order,
        needs=f"needs {a(request.required_role.value)}",
        mine=role.covers(request.required_role),
        waits=age(now - (around.since or request.created_at)),
        until=moment(request.expires_at),
        left=f"{age(left).replace('now', 'under 1 min')} left" if left.total_seconds() > 0 else "expired",
        hurry=left.total_seconds() < 4 * 3600,
    )
