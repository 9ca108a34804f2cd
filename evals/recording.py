"""RecordingReasoner: any reasoner, with what it proposed kept aside before the guard sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.case import Classification, ProposedResolution
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Reasoner, Usage
from tools.helpdesk import Ticket


@dataclass
class RecordingReasoner:
    """Says what `inner` says. The guard turns what it refuses into a handover, so only here is seen what was meant."""

    inner: Reasoner
    _proposed: list[ProposedResolution] = field(default_factory=list[ProposedResolution])

    @property
    def name(self) -> str:
        """That of the inner reasoner."""
        return self.inner.name

    @property
    def repairs(self) -> bool:
        """As the inner reasoner."""
        return self.inner.repairs

    @property
    def versions(self) -> Mapping[str, str]:
        """As the inner reasoner."""
        return self.inner.versions

    def expect(self, ticket: Ticket) -> None:
        """As the inner reasoner."""
        self.inner.expect(ticket)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """As the inner reasoner."""
        return self.inner.classify(ticket, hint)

    def needs(self, classification: Classification) -> Needs:
        """As the inner reasoner."""
        return self.inner.needs(classification)

    def propose(self, brief: Brief) -> ProposedResolution:
        """As the inner reasoner; the answer is kept."""
        proposal = self.inner.propose(brief)
        self._proposed.append(proposal)
        return proposal

    def usage(self) -> Usage:
        """As the inner reasoner."""
        return self.inner.usage()

    def taken(self) -> tuple[ProposedResolution, ...]:
        """What was proposed since the last call, in order: `Episode.proposed`. Call it once before a sample too."""
        found, self._proposed = tuple(self._proposed), []
        return found
