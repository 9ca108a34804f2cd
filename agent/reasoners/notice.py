"""The queue notice: a person has your message, and this is when somebody answers. No fact and no outcome (row A20)."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reasoners.base import Brief
from agent.reasoners.playbook import names_of, written
from knowledge.playbooks import Engine, PlaybookBook, Scope, Voice, compose
from tools.actions import SendReply

MACRO = "handed_over"


@dataclass(frozen=True, kw_only=True)
class QueueNotice:
    """`agent.deps.Notice` from the brand's own macro; code writes it, never a reasoner."""

    book: PlaybookBook
    engine: Engine
    voice: Voice

    def __call__(self, brief: Brief) -> SendReply:
        """The notice to the newest message, in the customer's language."""
        language = written(brief.classification.language)
        first, full = names_of(brief)
        text = self.book.macro(MACRO, brief.classification.intent).text(language)
        body = self.engine.render(text, Scope(brief.scope), language)
        return SendReply(
            ticket_id=brief.ticket.id,
            in_reply_to=brief.ticket.latest.id,
            text=compose([body], language, first, self.voice, full),
            language=language,
            notice=True,
        )
