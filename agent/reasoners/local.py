"""The local classifier as reasoners use it: triage, references and automatic mail, put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.case import Classification, RankedIntent, References, Urgency
from agent.intake import extract, is_automatic_message
from agent.triage import Triage
from knowledge.embedding import Embedder
from tools.helpdesk import Author, Ticket


@dataclass(frozen=True)
class LocalClassifier:
    """Says what a ticket is about, on this machine, in a few milliseconds."""

    triage: Triage

    @classmethod
    def load(cls, embedder: Embedder, cache: Path) -> LocalClassifier:
        """With the shipped examples; trained once, then read from `cache`."""
        return cls(Triage.load(embedder, cache))

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        """The classification of the newest message of the customer."""
        message = ticket.latest
        found = self.triage.classify(message.text, ticket.subject, hint)
        return Classification(
            intent=found.intent,
            confidence=found.confidence,
            abstained=found.abstained,
            secondary=tuple(RankedIntent(intent=s.intent, confidence=s.confidence) for s in found.secondary),
            language=found.language,
            urgency=Urgency(found.urgency),
            sentiment=found.sentiment,
            high_emotion=found.high_emotion,
            legal_threat=found.legal_threat,
            human_request=found.human_request,
            automatic=message.automatic or is_automatic_message(ticket.subject, message.text, message.sender),
            references=references_of(ticket),
            reason=found.reason,
        )


def references_of(ticket: Ticket) -> References:
    """What the newest message names; an order named earlier in the thread still counts when this message names none."""
    now = extract(f"{ticket.subject}\n{ticket.latest.text}")
    earlier = "\n".join(message.text for message in ticket.messages if message.author is Author.CUSTOMER)
    orders = now.order_numbers or extract(earlier).order_numbers
    return References(
        order_numbers=tuple(orders),
        emails=tuple(now.emails),
        skus=tuple(now.skus),
        amounts=tuple(now.amounts),
        dates=tuple(now.dates),
        tracking_numbers=tuple(now.tracking_numbers),
    )
