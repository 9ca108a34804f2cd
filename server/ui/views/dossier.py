"""A case with everything that belongs to it, read before anything is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.approvals.names import Names
from agent.repositories import CaseEvent, CaseRecord
from agent.switches import Switch
from server.ui.views.signing import Signing
from tools.commerce import Customer, Order, Refund, Return, Shipment
from tools.helpdesk import SentMessage, Ticket
from tools.money import Money


@dataclass(frozen=True, kw_only=True)
class Shop:
    """What the shop's systems say now about the order and the customer of a case."""

    customer: Customer | None = None
    order: Order | None = None
    shipments: Sequence[Shipment] = ()
    refunds: Sequence[Refund] = ()
    returns: Sequence[Return] = ()


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """`request` is what waits for an answer; `asked` every request, oldest first."""

    record: CaseRecord
    ticket: Ticket
    sent: Sequence[SentMessage]
    request: ApprovalRequest | None
    asked: Sequence[ApprovalRequest]
    names: Names
    methods: Mapping[str, str]
    signing: Signing | None
    shop: Shop
    earlier: Sequence[CaseRecord]
    events: Sequence[CaseEvent]
    now: datetime
    paid_back: Mapping[str, Money] = field(default_factory=dict[str, Money])
    """What a cancellation that waits gives back, by fingerprint."""
    stop: Switch | None = None
    """The switch at which the case stands still."""

    @property
    def signed_by(self) -> str:
        """Who signed what is still being carried out; empty when nothing is."""
        under_way = (each for each in self.asked if each.status is ApprovalStatus.EXECUTING)
        return next((each.decided_by for each in under_way), "")
