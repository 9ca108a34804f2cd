"""Service: everything that routes and pages may reach. Built once, in `server.serving`; tests build it over fakes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from agent.deps import Clock, SystemClock
from server.auth.passwords import Passwords
from server.auth.people import names_of_people
from server.auth.principal import Gate

if TYPE_CHECKING:
    from agent.limits import PolicyLimits
    from knowledge.index import KnowledgeIndex
    from server.db.database import Database
    from server.feed import EventFeed
    from server.observability.traces import Tracing
    from server.settings import Settings
    from server.work import CaseWork
    from tools.store.local import LocalStore


@dataclass(frozen=True, kw_only=True)
class Service:
    """The parts of a running service. Reading goes to `store` and `database`; every change goes through `work`."""

    settings: Settings
    limits: PolicyLimits
    clock: Clock
    store: LocalStore
    database: Database
    knowledge: KnowledgeIndex
    work: CaseWork
    feed: EventFeed
    gate: Gate
    wall: Clock = field(default_factory=SystemClock)
    """The machine's time: what others sign, send and let expire. `clock` is the shop's, and may be the demo brand's."""
    passwords: Passwords = field(default_factory=Passwords)
    tracing: Tracing | None = None
    """Where requests and runs leave spans; None: nowhere."""
    began: datetime = field(default_factory=SystemClock().now)
    """When its rules and playbooks were read: what is changed in their files later counts from the next start on."""
    demo: bool = False
    """Whether the data is the demo brand's: pages say so."""

    def names(self) -> dict[str, str]:
        """Name by id of everybody who may have done something."""
        return names_of_people(self.limits.people, self.database.accounts.list())
