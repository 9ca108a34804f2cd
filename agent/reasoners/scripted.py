"""ScriptedReasoner: says what a script says, for tests, evals and benchmarks.

Used as a context (`with ScriptedReasoner([Turn(...), ...]) as reasoner:`) it fails on a surprise and on a leftover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from agent.case import Classification, ProposedResolution
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Usage
from tools.helpdesk import Ticket

Proposal = ProposedResolution | Callable[[Brief], ProposedResolution]


class Surprise(AssertionError):
    """The reasoner was asked something that its script does not hold."""


class Leftover(AssertionError):
    """The script holds something that was never asked."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message of one ticket: how it is classified, and what is proposed, in the order of asking.

    A proposal may be a function of the brief. `classification` None means that nobody asks for it (a resumed case).
    """

    ticket_id: str
    classification: Classification | None = None
    proposals: tuple[Proposal, ...] = ()
    needs: Needs = field(default_factory=lambda: Needs(lookups=frozenset()))


@dataclass
class _Open:
    turn: Turn
    classified: bool
    proposed: int = 0

    @property
    def done(self) -> bool:
        return self.classified and self.proposed == len(self.turn.proposals)


class ScriptedReasoner:
    """A reasoner without an opinion. Turns of one ticket are used in their order; tickets come in any order."""

    name = "scripted"

    def __init__(self, turns: Iterable[Turn], *, repairs: bool = True) -> None:
        self._turns = [_Open(turn, classified=turn.classification is None) for turn in turns]
        self._repairs = repairs

    @property
    def repairs(self) -> bool:
        """Whether the script holds another proposal for one that the guard refuses."""
        return self._repairs

    @property
    def versions(self) -> Mapping[str, str]:
        """None: a script rests on nothing."""
        return {}

    def expect(self, ticket: Ticket) -> None:
        """Nothing to begin with: a script waits for its turn."""

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """What the script says. Raises Surprise when it says nothing."""
        turn = self._next(ticket, "classify")
        said = turn.turn.classification
        if turn.classified or said is None:
            raise Surprise(f"ticket {ticket.id} was classified already")
        turn.classified = True
        return said

    def needs(self, classification: Classification) -> Needs:
        """The needs of every turn that is classified like this."""
        same = [each.turn.needs for each in self._turns if each.turn.classification in (None, classification)]
        return Needs(
            lookups=frozenset(lookup for needs in same for lookup in needs.lookups),
            cites=tuple(dict.fromkeys(cite for needs in same for cite in needs.cites)),
        )

    def propose(self, brief: Brief) -> ProposedResolution:
        """The next proposal of the script. Raises Surprise when there is none."""
        turn = self._next(brief.ticket, "propose")
        if turn.proposed == len(turn.turn.proposals):
            raise Surprise(f"no proposal is left for ticket {brief.ticket.id}")
        said = turn.turn.proposals[turn.proposed]
        turn.proposed += 1
        return said if isinstance(said, ProposedResolution) else said(brief)

    def usage(self) -> Usage:
        """Nothing: a script is free."""
        return Usage()

    def finish(self) -> None:
        """Raises Leftover when something of the script was never asked."""
        left = [_left(each) for each in self._turns if not each.done]
        if left:
            raise Leftover("; ".join(left))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # A failing test says more than what it left undone.
        if kind is None:
            self.finish()

    def _next(self, ticket: Ticket, asked: str) -> _Open:
        for each in self._turns:
            if each.turn.ticket_id == ticket.id and not each.done:
                return each
        raise Surprise(f"the script has nothing left for ticket {ticket.id}, and {asked} was asked")


def _left(turn: _Open) -> str:
    unused = len(turn.turn.proposals) - turn.proposed
    said = "" if turn.classified else "its classification and "
    return f"ticket {turn.turn.ticket_id}: {said}{unused} of {len(turn.turn.proposals)} proposals were never asked for"
