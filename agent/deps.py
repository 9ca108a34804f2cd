"""All that a node may reach: readers, never writers. Built once at the top, by `server.container` or `evals.solver`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agent.guard.guard import Guard
    from agent.limits import PolicyLimits
    from agent.reasoners.base import Brief, Reasoner
    from agent.repositories import CaseRecord
    from knowledge.index import KnowledgeIndex
    from tools.actions import SendReply
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


class EarlierCases(Protocol):
    """What a customer wrote about before."""

    def __call__(self, customer_id: str, limit: int) -> Sequence[CaseRecord]:
        """Cases of a customer, newest first."""
        ...


def _none_known(customer_id: str, limit: int) -> Sequence[CaseRecord]:
    return ()


@dataclass(frozen=True, kw_only=True)
class AgentDeps:
    """The injected world of the nodes. There is no writer here: a node cannot even spell a write."""

    reasoner: Reasoner
    readers: Readers
    knowledge: KnowledgeIndex
    limits: PolicyLimits
    guard: Guard
    clock: Clock
    notice: Callable[[Brief], SendReply] | None = None
    """Tells whoever has to wait when somebody answers; None when the shop has not asked for it."""
    earlier_cases: EarlierCases = _none_known
    """For the person a case is handed to; nothing of it reaches a draft."""
