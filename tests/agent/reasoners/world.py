"""The demo brand for reasoners: tickets picked by what was planted in them, labels in place of a classifier."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from agent.case import Classification, RankedIntent, References
from agent.investigation import investigate
from agent.investigation.asked import case_lookups
from agent.reasoners.base import Brief, Reasoner
from agent.reasoners.budget import Budget, Meter
from agent.reasoners.llm import LlmReasoner
from agent.reasoners.llm.answer import offered_actions
from agent.reasoners.llm.chat import Chat
from agent.reasoners.playbook import PlaybookReasoner
from agent.reasoners.prompting import Prompts, load_prompts
from agent.reasoners.vocabulary import vocabulary
from knowledge.index import KnowledgeIndex
from knowledge.playbooks import Engine, load_playbooks, load_voice
from server.container import Parts, open_embedder, open_knowledge, open_parts
from server.settings import Settings
from tools.connectors.demo import TicketLabel
from tools.helpdesk import Ticket
from tools.lookups import Fields

_NUMBER = re.compile(r"#?\b(\d{4})\b")


@dataclass(frozen=True)
class Labelled:
    """Says what the label says: reasoners are tested here, not the classifier."""

    labels: dict[str, TicketLabel]
    unsure: bool = False

    def expect(self, ticket: Ticket) -> None:
        """Nothing: it knows."""

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        label = self.labels[ticket.id]
        return Classification(
            intent=label.intent,
            confidence=0.3 if self.unsure else 0.9,
            abstained=self.unsure,
            secondary=tuple(RankedIntent(intent=intent, confidence=0.6) for intent in label.secondary_intents),
            language=label.language,
            references=References(order_numbers=tuple(f"#{n}" for n in _NUMBER.findall(ticket.latest.text))),
            reason="labelled",
        )


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything a reasoner needs, over the demo brand in a folder."""

    parts: Parts
    knowledge: KnowledgeIndex
    tickets: dict[str, Ticket]
    labels: dict[str, TicketLabel]
    playbook: PlaybookReasoner

    def ticket(self, situation: str, intent: str, *, tag: str = "") -> Ticket:
        """The first English ticket of this kind; with `tag`, one that this was planted in."""
        fits = (label for label in self.labels.values() if (label.situation, label.intent) == (situation, intent))
        fits = [label for label in fits if label.language == "en" and (tag in label.tags if tag else not label.tags)]
        return self.tickets[fits[0].ticket_id]

    def brief(self, ticket: Ticket, reasoner: Reasoner, said: Classification | None = None) -> Brief:
        """What the graph would tell the reasoner."""
        said = said or self.playbook.classify(ticket, "")
        readers, limits, now = self.parts.store.readers(), self.parts.limits, self.parts.clock.now()
        needs = reasoner.needs(said)
        inquiry = investigate(ticket, said, needs, readers=readers, knowledge=self.knowledge, limits=limits, now=now)
        identity = inquiry.investigation.identity
        return Brief(
            ticket=ticket,
            classification=said,
            investigation=inquiry.investigation,
            scope=inquiry.scope,
            now=now,
            lookups=partial(case_lookups, identity, readers, self.knowledge, now),
        )

    def prompts(self) -> Prompts:
        titles = {intent: book.title for intent, book in self.playbook.book.playbooks.items()}
        zone = self.parts.limits.business_hours.zone
        return load_prompts(self.playbook.voice, zone, offered_actions(), titles)

    def llm(self, chat: Chat, budget: Budget | None = None, *, unsure: bool = False) -> LlmReasoner:
        """A reasoner over any chat."""
        playbook = replace(self.playbook, classifier=Labelled(self.labels, unsure)) if unsure else self.playbook
        return LlmReasoner(chat=chat, playbook=playbook, prompts=self.prompts(), meter=Meter(budget or Budget()))


@contextmanager
def open_desk(folder: Path, tickets: dict[str, Ticket], labels: dict[str, TicketLabel]) -> Generator[Desk]:
    settings = Settings(data_dir=str(folder))
    with open_parts(settings) as parts:
        embedder, _ = open_embedder(settings)
        knowledge = open_knowledge(settings, embedder)
        playbook = PlaybookReasoner(
            classifier=Labelled(labels),
            book=load_playbooks(settings.playbooks, settings.macros, vocabulary(parts.limits)),
            engine=Engine(parts.limits.business_hours.time_zone),
            voice=load_voice(settings.voice),
        )
        try:
            yield Desk(parts=parts, knowledge=knowledge, tickets=tickets, labels=labels, playbook=playbook)
        finally:
            knowledge.close()


def answer(reply: str, **changed: object) -> Fields:
    """A complete answer of a model."""
    empty: dict[str, object] = {
        "reply": reply,
        "language": "en",
        "actions": [],
        "citations": [],
        "follow_up": None,
        "escalate": "",
        "rationale": "the facts say so",
    }
    return {**empty, **changed}  # pyright: ignore[reportReturnType] - written as JSON right away, whatever it is
