"""Doubles that tests, evals and the demo share: the ports of `agent.repositories` in memory, a clock that stands."""

from __future__ import annotations

from agent.testing.approvals import InMemoryApprovals
from agent.testing.audit import InMemoryAudit, InMemorySwitches
from agent.testing.clock import NOON, FixedClock
from agent.testing.ledger import InMemoryLedger
from agent.testing.records import InMemoryCases, InMemoryEvents, InMemoryPromises

__all__ = [
    "NOON",
    "FixedClock",
    "InMemoryApprovals",
    "InMemoryAudit",
    "InMemoryCases",
    "InMemoryDatabase",
    "InMemoryEvents",
    "InMemoryLedger",
    "InMemoryPromises",
    "InMemorySwitches",
]


class InMemoryDatabase:
    """All repositories over one audit log, with the attributes of `server.db.Database`."""

    def __init__(self) -> None:
        self.audit = InMemoryAudit()
        self.events = InMemoryEvents()
        self.cases = InMemoryCases(self.events)
        self.approvals = InMemoryApprovals(self.audit)
        self.ledger = InMemoryLedger(self.audit)
        self.switches = InMemorySwitches(self.audit)
        self.promises = InMemoryPromises(self.audit)
