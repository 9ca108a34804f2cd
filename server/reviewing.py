"""What people make of drafts, noticed where every answer passes, whatever page or program it came from.

`reviewed` wraps the work of a service: answers become feedback, replies by hand are held against the draft they took
the place of, and an answer to a seeded draft (`server.calibrating`) never reaches the work behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from agent.approvals import ApprovalRequest, DecisionKind
from agent.audit import AuditNote
from agent.feedback import Feedback, Via, digest_of_text, edit_of, feedback_id
from agent.repositories import CaseRecord
from agent.takeover import holder
from server.answering import undone
from server.calibrating import CALIBRATION, PREFIX, answered, planted_in, real_answer
from server.service import Service
from server.work import CaseWork, Decision, Outcome, QueueState, Received
from tools.actions import SendReply
from tools.helpdesk import Author, Ticket, TicketMessage

UNKNOWN_HAND = "helpdesk"
"""Who wrote a reply by hand, when the helpdesk's name for them is nobody's here."""


def reviewed(service: Service) -> Service:
    """The same service; what people make of drafts is kept."""
    return replace(service, work=ReviewedWork(service=service, inner=service.work))


def drafted_text(requests: Iterable[ApprovalRequest], record: CaseRecord) -> str:
    """The reply as the assistant drafted it for the message that the case is about; empty when it drafted none."""
    text, by_person = "", False
    for request in requests:
        reply = reply_of(request)
        if reply is not None and reply.in_reply_to == record.message_id and not by_person:
            text = reply.text
        by_person = request.decision is not None and request.decision.kind is DecisionKind.MODIFY
    reply = record.proposal.reply if record.proposal else None
    unedited = reply is not None and record.proposal is not None and not record.proposal.author
    return text or (reply.text if reply is not None and unedited and reply.in_reply_to == record.message_id else "")


def reply_of(request: ApprovalRequest) -> SendReply | None:
    """The reply that a request would send."""
    return next((effect for effect in request.effects if isinstance(effect, SendReply)), None)


def record_feedback(
    service: Service, record: CaseRecord, *, person: str, final: str, via: Via, seconds_open: float = 0.0
) -> Feedback | None:
    """Keep what `person` made of the draft of this case; `final` is empty for a draft that was thrown away.

    None when there was no draft to make anything of.
    """
    draft = drafted_text(service.database.approvals.list(None, record.case_id), record)
    if not draft:
        return None
    found = Feedback(
        id=feedback_id(record.case_id, record.message_id, person, via),
        case_id=record.case_id,
        ticket_id=record.ticket_id,
        message_id=record.message_id,
        intent=record.intent or "other",
        person=person,
        via=via,
        edit=edit_of(draft, final),
        draft_digest=digest_of_text(draft),
        final_digest=digest_of_text(final),
        seconds_open=max(0.0, min(seconds_open, 86_400.0)),
        at=service.clock.now(),
    )
    service.database.feedback.record(found)
    return found


@dataclass(frozen=True, kw_only=True)
class ReviewedWork:
    """CaseWork around another: the same answers, and what they say about the drafts is kept."""

    service: Service
    inner: CaseWork

    def receive(self, ticket: Ticket) -> Received:
        """As in CaseWork. A person's own reply is held against the draft that had been offered."""
        ticket = without_echo(self.service, ticket)
        before = self.service.database.cases.by_ticket(ticket.helpdesk, ticket.id)
        received = self.inner.receive(ticket)
        if received.fresh and before is not None:
            for message in _by_hand(ticket, before):
                person = _person(self.service, message)
                record_feedback(self.service, before, person=person, final=message.text, via=Via.BY_HAND)
        return received

    def decide(self, decision: Decision) -> Outcome:
        """As in CaseWork. A seeded draft ends here: there is no request behind it that anything could execute."""
        if decision.request_id.startswith(PREFIX):
            return answered(self.service, decision)
        planted = planted_in(self.service, decision)
        if planted:
            return Outcome(refused=planted, why=CALIBRATION)
        request = self.service.database.approvals.get(decision.request_id)
        record = self.service.database.cases.get(request.case_id) if request else None
        outcome = self.inner.decide(decision)
        if not outcome.refused and request is not None and record is not None:
            real_answer(self.service, request, decision)
            self._noticed(request, record, decision)
        return outcome

    def again(self, case_id: str, by: str) -> bool:
        """As in CaseWork. Who moves a case stands in the audit log, as whoever signs does."""
        return self._by_person("case.again", case_id, by, self.inner.again(case_id, by))

    def release(self, case_id: str, by: str) -> bool:
        """As in CaseWork."""
        had = self._with_person(case_id)
        return self._by_person("case.released", case_id, by, self.inner.release(case_id, by), news=had)

    def take_over(self, case_id: str, by: str, reason: str = "") -> bool:
        """As in CaseWork."""
        had = self._holder(case_id) == by
        return self._by_person("case.taken_over", case_id, by, self.inner.take_over(case_id, by, reason), news=not had)

    def finish(self, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        """As in CaseWork."""
        before = self._finished_at(case_id)
        there = self.inner.finish(case_id, by, reason, seen)
        return self._by_person("case.finished", case_id, by, there, news=self._finished_at(case_id) != before)

    def queue(self) -> QueueState:
        """As in CaseWork."""
        return self.inner.queue()

    def _with_person(self, case_id: str) -> bool:
        record = self.service.database.cases.get(case_id)
        return record is not None and bool(record.with_person)

    def _holder(self, case_id: str) -> str:
        record = self.service.database.cases.get(case_id)
        return holder(record) if record is not None else ""

    def _finished_at(self, case_id: str) -> datetime | None:
        record = self.service.database.cases.get(case_id)
        return record.finished_at if record is not None else None

    def _by_person(self, event: str, case_id: str, by: str, there: bool, *, news: bool = True) -> bool:
        if there and news:
            note = AuditNote(at=self.service.clock.now(), actor=by, event=event, case_id=case_id)
            self.service.database.audit.append(note)
        return there

    def _noticed(self, request: ApprovalRequest, record: CaseRecord, decision: Decision) -> None:
        # What was signed and did not happen left nothing, and another draft may have taken its place.
        if decision.kind is DecisionKind.APPROVE and undone(self.service, request.id):
            return
        reply = reply_of(request)
        final = _final(reply, decision)
        if reply is not None and final is not None:
            record_feedback(self.service, record, person=decision.by, final=final, via=Via.SENT)


def without_echo(service: Service, ticket: Ticket) -> Ticket:
    """The ticket, in which what we sent ourselves is ours: helpdesks deliver it back as a message of their staff."""
    if not ticket.staff:
        return ticket
    sent = service.store.readers().helpdesk.sent(ticket.id)
    ours = {digest_of_text(message.text) for message in sent if message.kind == "reply"}
    messages = tuple(
        message.model_copy(update={"author": Author.ASSISTANT})
        if message.author is Author.STAFF and digest_of_text(message.text) in ours
        else message
        for message in ticket.messages
    )
    return ticket.model_copy(update={"messages": messages})


def _final(reply: SendReply | None, decision: Decision) -> str | None:
    """What leaves by this answer; empty when the draft was refused, None when it says nothing about the words."""
    if decision.kind is DecisionKind.APPROVE:
        return reply.text if reply else None
    if decision.kind is DecisionKind.MODIFY:
        return decision.reply or None
    return "" if decision.kind is DecisionKind.REJECT else None


def _by_hand(ticket: Ticket, before: CaseRecord) -> list[TicketMessage]:
    """The newest message of a person after the one that the draft answers."""
    ids = [message.id for message in ticket.messages]
    later = ticket.messages[ids.index(before.message_id) + 1 :] if before.message_id in ids else ticket.messages
    return [message for message in later if message.author is Author.STAFF][-1:]


def _person(service: Service, message: TicketMessage) -> str:
    for name in (message.sender, message.sender_name):
        person = service.limits.person(name) if name else None
        if person is not None:
            return person.id
    return UNKNOWN_HAND
