"""HybridReasoner: chosen per step. The local classifier and the playbook answer above the bar, the model below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.case import Classification, ProposedResolution
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Usage
from agent.reasoners.llm.reasoner import LlmReasoner, settled
from tools.helpdesk import Ticket


@dataclass(frozen=True, kw_only=True)
class HybridReasoner:
    """The playbook where it is sure and has something to say; the model where it is not, and to mend a draft."""

    llm: LlmReasoner
    name: str = field(default="hybrid", init=False)
    repairs: bool = field(default=True, init=False)

    @property
    def versions(self) -> Mapping[str, str]:
        """Those of the shop's procedures."""
        return self.llm.versions

    def expect(self, ticket: Ticket) -> None:
        """The local classifier."""
        self.llm.expect(ticket)

    def classify(self, ticket: Ticket, hint: str) -> Classification:
        """The local classifier; below its bar the model chooses."""
        return self.llm.classify(ticket, hint)

    def needs(self, classification: Classification) -> Needs:
        """What the model would need: which of the two proposes is not known yet."""
        return self.llm.needs(classification)

    def usage(self) -> Usage:
        """What the model cost."""
        return self.llm.usage()

    def propose(self, brief: Brief) -> ProposedResolution:
        """By the playbook above the bar; by the model below it, and for a draft that was refused."""
        if brief.classification.abstained or brief.problems or brief.feedback:
            return self.llm.propose(brief)
        procedure = self.llm.procedure(brief)
        if settled(brief, procedure) or procedure.standard.reply is not None:
            return procedure.standard
        return self.llm.propose(brief)
