"""Review calibration: shows a seeded draft to a reader now and then, and measures whether the fault is caught (U15).

What is seeded is a picture: the records with other words in them, for a view. No request is made or changed for it, so
there is nothing that an answer to it could carry out; the real request waits unchanged behind it, and is shown next.
"""

from __future__ import annotations

import secrets

from pydantic import JsonValue

from agent.approvals import ApprovalKind, ApprovalRequest, DecisionKind
from agent.audit import AuditNote
from agent.calibration import PREFIX, Answer, Seed, Showing, seeded, showing_id
from agent.case import Draft, ProposedResolution
from agent.feedback import BARS, edit_of
from agent.repositories import CaseRecord
from server.service import Service
from server.work import Decision, Outcome
from tools.actions import SendReply

__all__ = ["CALIBRATION", "PREFIX", "answered", "planted_in", "real_answer", "shown_to"]

HUNDRED = 100
CALIBRATION = "Calibration"
"""The `why` of an outcome whose sentence explains a planted fault."""


def shown_to(
    service: Service, record: CaseRecord, request: ApprovalRequest, person: str
) -> tuple[CaseRecord, ApprovalRequest]:
    """What this reader is shown: the case and its request, or, for a share of them, both with one planted fault.

    The same person sees the same until they answer. A seeded request has an id that no request has.
    """
    percent = service.settings.number("calibration_percent")
    draft = record.proposal.reply if record.proposal else None
    plain = percent == 0 or draft is None or not request.awaiting or request.kind is not ApprovalKind.REVIEW
    if plain or draft is None:
        return record, request
    showing = _showing(service, record, request, person, draft, percent)
    if showing.seed is None or showing.answered_at is not None:
        return record, request
    return _with_fault(record, showing.seed), _pictured(request, showing)


def _showing(
    service: Service, record: CaseRecord, request: ApprovalRequest, person: str, draft: Draft, percent: int
) -> Showing:
    known = service.database.showings.get(showing_id(request.id, person))
    if known is not None:
        return known
    chosen = secrets.randbelow(HUNDRED) < percent
    return service.database.showings.first(
        Showing(
            id=showing_id(request.id, person),
            request_id=request.id,
            case_id=record.case_id,
            person=person,
            shown_at=service.wall.now(),
            seed=seeded(draft, secrets.randbelow(1_000_000)) if chosen else None,
        )
    )


def _with_fault(record: CaseRecord, seed: Seed) -> CaseRecord:
    proposal = record.proposal
    if proposal is None or proposal.reply is None:
        return record
    moved = len(seed.planted) - len(seed.truth)
    spans = tuple(
        span.model_copy(
            update={
                "start": span.start + (moved if span.start > seed.start else 0),
                "end": span.end + (moved if span.end > seed.start else 0),
            }
        )
        for span in proposal.reply.spans
    )
    reply = proposal.reply.model_copy(update={"text": seed.text, "spans": spans})
    pictured: ProposedResolution = proposal.model_copy(update={"reply": reply})
    return record.model_copy(update={"proposal": pictured})


def _pictured(request: ApprovalRequest, showing: Showing) -> ApprovalRequest:
    words = showing.seed.text if showing.seed else ""
    effects = tuple(
        effect.model_copy(update={"text": words}) if isinstance(effect, SendReply) else effect
        for effect in request.effects
    )
    return request.model_copy(update={"id": showing.id, "effects": effects})


def answered(service: Service, decision: Decision) -> Outcome:
    """The answer to a seeded draft: approving it missed the fault, everything else caught it. Nothing is carried out.

    The outcome is a refusal with the explanation, so that whoever answered sees it, and then the real draft.
    """
    showing = service.database.showings.get(decision.request_id)
    if showing is None or showing.seed is None or showing.person != decision.by:
        return Outcome(refused="There is no such request.", why="UnknownRequest")
    answer = Answer.MISSED if _agrees(decision, showing.seed) else Answer.CAUGHT
    payload: dict[str, JsonValue] = {
        "request": showing.request_id,
        "fault": showing.seed.fault.value,
        "answer": answer.value,
    }
    event, at = "calibration.answered", service.clock.now()
    note = AuditNote(at=at, actor=decision.by, event=event, case_id=showing.case_id, payload=payload)
    service.database.showings.answer(showing, answer, service.wall.now(), note)
    found = "You caught it" if answer is Answer.CAUGHT else "It would have left"
    said = f"This draft was a test, and nothing was sent. {found}. {showing.seed.explained()} Here is the real draft."
    return Outcome(case_id=showing.case_id, refused=said, why=CALIBRATION)


def _agrees(decision: Decision, seed: Seed) -> bool:
    """Approving it, or sending other words that still hold the fault."""
    edited = decision.kind is DecisionKind.MODIFY and bool(decision.reply)
    return decision.kind is DecisionKind.APPROVE or (edited and _repeats(seed, decision.reply))


def planted_in(service: Service, decision: Decision) -> str:
    """Why these words may not go to a customer: they repeat a planted fault; empty when they do not."""
    if not decision.reply:
        return ""
    seeds = [each.seed for each in service.database.showings.of_request(decision.request_id) if each.seed]
    copied = next((seed for seed in seeds if _repeats(seed, decision.reply)), None)
    return f"This repeats a planted fault. {copied.explained()}" if copied else ""


def _repeats(seed: Seed, text: str) -> bool:
    near = edit_of(seed.text, text).changed <= BARS.major
    return near and seed.planted in text and " ".join(seed.truth.split()) not in " ".join(text.split())


def real_answer(service: Service, request: ApprovalRequest, decision: Decision) -> None:
    """Note when a reader answered a real draft, for how long they read."""
    if service.settings.number("calibration_percent") == 0:
        return
    showing = service.database.showings.get(showing_id(request.id, decision.by))
    if showing is not None and showing.seed is None:
        service.database.showings.answer(showing, Answer.NONE, service.wall.now())
