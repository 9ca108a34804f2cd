"""Reasoner: what classifies a ticket and proposes what to do about it. It is never handed a write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from agent.case import Classification, Investigation, LookupCall, ProposedResolution
from agent.investigation.needs import Needs
from tools.helpdesk import Ticket

if TYPE_CHECKING:
    from agent.investigation.asked import CaseLookups
    from agent.repositories import CaseRecord


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything a reasoner may know when it proposes.

    `scope` holds the facts behind `investigation.evidence` as Python values (see agent/investigation/README.md);
    `feedback` is what a person said when they rejected the proposal before.
    """

    ticket: Ticket
    classification: Classification
    investigation: Investigation
    scope: Mapping[str, object]
    now: datetime
    feedback: str = ""
    problems: tuple[str, ...] = ()
    """What the guard found in the proposal before this one: mend exactly that."""
    asked: tuple[LookupCall, ...] = ()
    """What the proposal before this one asked; its answers are among the evidence."""
    lookups: Callable[[], CaseLookups] | None = None
    """What more may be asked, bound to this case's customer. None where nothing may."""
    earlier: Callable[[], Sequence[CaseRecord]] | None = None
    """The customer's other cases, for the person who takes over; never for a draft."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a reasoner spent on one case."""

    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Reasoner(Protocol):
    """Classifies and proposes. The same ticket and facts give the same answer, as far as the reasoner can."""

    @property
    def name(self) -> str:
        """`playbook`, `llm`, `hybrid` or `scripted`."""
        ...

    @property
    def repairs(self) -> bool:
        """Whether asking again, with the problems named, can give another answer."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """What a signature on its proposals rests on besides facts, by name, such as the digest of the playbooks."""
        ...

    def expect(self, ticket: Ticket) -> None:
        """This ticket is classified soon: what takes long may begin beside other work. Changes no answer."""
        ...

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """What the newest message is about; `hint` is the customer's language on record."""
        ...

    def needs(self, classification: Classification) -> Needs:
        """What to look up before proposing."""
        ...

    def propose(self, brief: Brief) -> ProposedResolution:
        """A reply and actions. Raises nothing for odd tickets: escalates instead."""
        ...

    def usage(self) -> Usage:
        """What was spent since the last call of this method."""
        ...
