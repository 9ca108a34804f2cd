"""What somebody does from a frame: send or sign, change the words, ask for a signature, flag, say what they used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.approvals import ApprovalRequest, ApprovalStatus, DecisionKind
from agent.case import CaseStatus
from agent.feedback import Via
from agent.repositories import CaseEvent, CaseRecord
from agent.weekly import Flag, flag_id
from server.answering import found_in_edit, undone
from server.auth.principal import Principal
from server.pages.dossier import may_sign
from server.pages.shell import NOT_DONE
from server.problems import Problem, unknown
from server.reviewing import record_feedback
from server.service import Service
from server.ui.views.rules import rules_of
from server.work import Decision, Outcome
from tools.actions import SendReply

Words = Annotated[str, Field(max_length=20_000)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Strict(BaseModel):
    """A body with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class AnswerBody(Strict):
    """What was pressed. `digest` is that of the card that was on the screen; `key` names the click."""

    does: Literal["send", "edit", "ask"]
    request_id: Annotated[str, Field(min_length=1, max_length=200)]
    digest: Annotated[str, Field(min_length=1, max_length=64)]
    key: Annotated[str, Field(min_length=8, max_length=80)]
    text: Words = ""
    seconds_open: Seconds = 0.0


class HoldBody(Strict):
    """What a person does with a ticket that they have. `seen`: how many messages of the customer were on the screen."""

    does: Literal["release", "done"]
    seen: Annotated[int, Field(ge=0, le=100_000)]


class UsedBody(Strict):
    """What became of the words in the helpdesk's own composer."""

    via: Literal["inserted", "copied", "by_hand"]
    text: Words = ""
    seconds_open: Seconds = 0.0


class FlagBody(Strict):
    """What is wrong with this case."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class Said(BaseModel):
    """What came of it. `sent`: the reply left, so that the helpdesk may close its composer.

    `held_back`: it counted, but nothing leaves before somebody looks at it.
    """

    said: str
    sent: bool = False
    held_back: bool = False
    refused: bool = False


def answer(service: Service, who: Principal, record: CaseRecord, body: AnswerBody) -> Said:
    """Do what was pressed. Raises a Problem (404) for a request of another case."""
    request = service.database.approvals.get(body.request_id)
    if request is None or request.case_id != record.case_id:
        raise unknown("request", body.request_id)
    if body.does == "ask":
        return _asked(service, who, request)
    if body.does == "edit":
        return _edited(service, who, record, request, body)
    return _sent(service, who, record, request, body)


def moved(service: Service, who: Principal, record: CaseRecord, body: HoldBody) -> Said:
    """Give it back, or close it; what the customer wrote meanwhile is read first."""
    if body.does == "release":
        service.work.release(record.case_id, who.id)
        return Said(said="Released. The assistant goes on with it.")
    service.work.finish(record.case_id, who.id, seen=body.seen)
    after = service.database.cases.get(record.case_id)
    if after is not None and after.status is CaseStatus.RESOLVED:
        return Said(said="Done. What the customer writes next is worked on again.")
    return Said(said="It is not closed: the customer has written, or it is under way. Read it again.", refused=True)


def used(service: Service, who: Principal, record: CaseRecord, body: UsedBody) -> Said:
    """Keep what became of the draft in the helpdesk's composer."""
    via = Via(body.via)
    found = record_feedback(service, record, person=who.id, final=body.text, via=via, seconds_open=body.seconds_open)
    return Said(said=found.edit.kind.value if found else "")


def flagged(service: Service, who: Principal, record: CaseRecord, body: FlagBody) -> Said:
    """Put a case before the leads in the weekly look back."""
    now = service.clock.now()
    identifier = flag_id(record.case_id, who.id, now)
    service.database.weekly.flag(
        Flag(id=identifier, case_id=record.case_id, person=who.id, reason=body.reason.strip() or "-", at=now)
    )
    return Said(said="Noted. A lead looks at it this week.")


def _sent(service: Service, who: Principal, record: CaseRecord, request: ApprovalRequest, body: AnswerBody) -> Said:
    outcome = service.work.decide(_decision(who, request.id, DecisionKind.APPROVE, body, body.digest))
    if outcome.refused:
        return Said(said=outcome.refused, refused=True)
    why = undone(service, request.id)
    if why is not None:
        return Said(said=NOT_DONE[why.value], refused=True)
    reply = _reply(request)
    if reply is not None:
        seconds = body.seconds_open
        record_feedback(service, record, person=who.id, final=reply.text, via=Via.SENT, seconds_open=seconds)
    return _came_of(service, outcome, request.id)


def _edited(service: Service, who: Principal, record: CaseRecord, request: ApprovalRequest, body: AnswerBody) -> Said:
    """Other words. Whoever may sign exactly that sends it with the same click; otherwise it is asked anew."""
    if not body.text.strip():
        raise Problem(422, "unfit", "The reply needs a text", "Write the reply, or close the editor.")
    outcome = service.work.decide(_decision(who, request.id, DecisionKind.MODIFY, body, body.digest))
    if outcome.refused:
        return Said(said=outcome.refused, refused=True)
    seconds = body.seconds_open
    record_feedback(service, record, person=who.id, final=body.text, via=Via.SENT, seconds_open=seconds)
    after = service.database.approvals.get(outcome.asked) if outcome.asked else None
    if after is not None and (found := found_in_edit(request, after)):
        return Said(
            said=f"Your words are kept, and not sent. {_named(found)} Read it, then send or edit.", held_back=True
        )
    if after is None or not only_words_changed(request, after, body.text) or not may_sign(service, after, who):
        return Said(said="Your words are kept, and wait for a signature." if after else _done(outcome))
    sent = service.work.decide(_decision(who, after.id, DecisionKind.APPROVE, body, after.digest))
    if sent.refused:
        return Said(said=sent.refused, refused=True)
    record_feedback(service, record, person=who.id, final=body.text, via=Via.SENT, seconds_open=seconds)
    return _came_of(service, sent, after.id)


def _named(found: Sequence[str]) -> str:
    return " ".join(f"{rule.says.rstrip('.')}." for rule in rules_of(found)[:3])


def only_words_changed(before: ApprovalRequest, after: ApprovalRequest, text: str) -> bool:
    """Whether what is asked now is what was asked before, with these words for its reply and nothing else."""
    reply = _reply(after)
    same = [effect.fingerprint() for effect in before.effects] == [effect.fingerprint() for effect in after.effects]
    return same and reply is not None and reply.text == text and after.amounts == before.amounts


def _asked(service: Service, who: Principal, request: ApprovalRequest) -> Said:
    if not request.awaiting:
        return Said(said="Nothing waits here any more.", refused=True)
    known = service.database.events.read(case_id=request.case_id, limit=5_000)
    if not any(event.kind == "sign_off_wanted" and event.body.get("request") == request.id for event in known):
        body = {"request": request.id, "by": who.id}
        event = CaseEvent(case_id=request.case_id, at=service.clock.now(), kind="sign_off_wanted", body=dict(body))
        service.database.events.append([event])
        service.feed.wake()
    return Said(said=f"Asked. It waits for {request.required_role.value} or above.")


def _decision(who: Principal, request_id: str, kind: DecisionKind, body: AnswerBody, digest: str) -> Decision:
    name = hashlib.sha256(f"{who.id}\n{body.key}\n{request_id}\n{kind}".encode()).hexdigest()
    reply = body.text if kind is DecisionKind.MODIFY else ""
    return Decision(request_id=request_id, kind=kind, by=who.id, key=name, digest=digest, reply=reply)


def _reply(request: ApprovalRequest) -> SendReply | None:
    return next((effect for effect in request.effects if isinstance(effect, SendReply)), None)


def _came_of(service: Service, outcome: Outcome, request_id: str) -> Said:
    """A reply may leave while the ticket stays with a person: what was done counts, not where the case stands."""
    request = service.database.approvals.get(request_id)
    sent = request is not None and request.status is ApprovalStatus.EXECUTED and _reply(request) is not None
    if sent and outcome.status == CaseStatus.ESCALATED:
        return Said(said="Sent. A person has the ticket.", sent=True)
    return Said(said="Sent." if sent else _done(outcome), sent=sent)


def _done(outcome: Outcome) -> str:
    if outcome.status == CaseStatus.ANSWERED:
        return "Sent."
    return "It is being carried out." if not outcome.status else f"Done: {outcome.status.replace('_', ' ')}."
