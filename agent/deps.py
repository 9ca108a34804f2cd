"""All that a node may reach: readers, never writers. Built once at the top, by `server.container` or `evals.solver`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agent.guard.guard import Guard
    from agent.limits import PolicyLimits
    from agent.reasoners.base import Reasoner
    from knowledge.index import KnowledgeIndex
    from tools.ports import Readers


class Clock(Protocol):
    """Where the time comes from. Nothing else may ask the machine."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class AgentDeps:
    """The injected world of the nodes. There is no writer here: a node cannot even spell a write."""

    reasoner: Reasoner
    readers: Readers
    knowledge: KnowledgeIndex
    limits: PolicyLimits
    guard: Guard
    clock: Clock
