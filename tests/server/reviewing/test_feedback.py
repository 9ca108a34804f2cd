"""What people make of drafts is kept, whatever way the answer came, and says how far drafts may be trusted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.approvals import ApprovalError, DecisionKind
from agent.autonomy import Earned
from agent.case import CaseStatus
from agent.feedback import EditClass, Feedback, Via, by_intent
from agent.reasoners.playbook import TOLD_BEFORE
from agent.repositories import CaseRecord
from server.reviewing import record_feedback
from tests.journeys.shop import draft
from tests.server.reviewing.conftest import Room
from tools.helpdesk import Author


def kept(room: Room, record: CaseRecord) -> dict[Via, Feedback]:
    return {each.via: each for each in room.service.database.feedback.of_case(record.case_id)}


@pytest.mark.parametrize(
    ("kind", "text", "edit"),
    [
        (DecisionKind.APPROVE, "", EditClass.UNCHANGED),
        (DecisionKind.MODIFY, "{draft} Have a good day.", EditClass.MINOR),
        (DecisionKind.MODIFY, "Mia, your neighbour has it. Noor", EditClass.DISCARDED),
        (DecisionKind.REJECT, "", EditClass.DISCARDED),
    ],
)
def test_every_answer_leaves_feedback(room: Room, kind: DecisionKind, text: str, edit: EditClass) -> None:
    record = room.case()
    words = text.format(draft=draft(record).text)
    outcome = room.answer(record.approval_id, kind, reply=words)
    assert not outcome.refused
    assert kept(room, record)[Via.SENT].edit.kind is edit
    counts = by_intent(room.service.database.feedback.counts())
    assert [(row.intent, row.counts[edit], row.unchanged.of) for row in counts] == [("order_status", 1, 1)]


def test_what_was_edited_and_then_approved_is_held_against_the_first_draft(room: Room) -> None:
    record = room.case()
    words = draft(record).text + " Have a good day."
    asked = room.answer(record.approval_id, DecisionKind.MODIFY, reply=words).asked
    assert room.answer(asked, DecisionKind.APPROVE).status == "answered"
    assert kept(room, record)[Via.SENT].edit.kind is EditClass.MINOR
    assert [message.text for message in room.shop.sent(record)] == [words]


def test_an_answer_that_did_not_count_leaves_none(room: Room) -> None:
    record = room.case()
    assert room.answer(record.approval_id, DecisionKind.APPROVE, by="nobody").refused
    assert not kept(room, record)


def test_who_signed_what_had_changed_meanwhile_threw_no_draft_away(room: Room) -> None:
    order = room.shop.planted("exchange_ok")
    text = f"I want to return everything from {order.number}."
    first, second = (room.shop.ask(text, order, "return_request") for _ in range(2))
    for record in (first, second):
        assert not room.answer(record.approval_id, DecisionKind.APPROVE).refused
    assert kept(room, first)[Via.SENT].edit.kind is EditClass.UNCHANGED
    assert not kept(room, second)


def test_no_text_of_a_customer_is_kept(room: Room) -> None:
    record = room.case()
    room.answer(record.approval_id, DecisionKind.APPROVE)
    (found,) = kept(room, record).values()
    owner = room.shop.owner(room.shop.planted("on_its_way"))
    assert owner.name.split()[0] not in found.model_dump_json()
    assert "#" not in found.model_dump_json()


def by_hand(room: Room, record: CaseRecord, text: str, sender: str = "noor") -> None:
    """The helpdesk's webhook: a person wrote a reply there."""
    ticket = room.shop.ticket(record)
    room.shop.clock.advance(timedelta(minutes=1))
    changes = {"id": f"{ticket.id}-h{len(ticket.messages)}", "author": Author.STAFF, "text": text, "sender": sender}
    message = ticket.messages[0].model_copy(update={**changes, "at": room.shop.clock.now()})
    room.service.work.receive(ticket.model_copy(update={"messages": (*ticket.messages, message)}))


@pytest.mark.system("U8")
def test_a_reply_by_hand_silences_the_assistant_and_is_held_against_its_draft(room: Room) -> None:
    """Through the service, as a webhook does it: the waiting request is over, and what comes next is silence."""
    record = room.case()
    by_hand(room, record, draft(record).text)
    now = room.now(record)
    assert now.status is CaseStatus.ESCALATED
    assert kept(room, record)[Via.BY_HAND].edit.kind is EditClass.UNCHANGED
    assert kept(room, record)[Via.BY_HAND].person == "noor"
    assert room.answer(record.approval_id, DecisionKind.APPROVE).refused
    with pytest.raises(ApprovalError):
        room.shop.sign(record)
    room.shop.clock.advance(timedelta(hours=1))
    room.service.work.receive(room.shop.answer(record.ticket_id, "And now?"))
    room.shop.runner.start(record.ticket_id)
    assert room.now(record).status is CaseStatus.ESCALATED
    assert not room.shop.sent(record)
    assert room.service.work.release(record.case_id, "noor")
    assert room.now(record).outcome == TOLD_BEFORE  # worked on: the draft would be what was written by hand


@pytest.mark.system("U8")
def test_our_own_reply_that_the_helpdesk_delivers_back_is_no_takeover(room: Room) -> None:
    record = room.case()
    room.answer(record.approval_id, DecisionKind.APPROVE)
    by_hand(room, record, draft(record).text.replace("\n\n", "\n"), sender="countersign@helpdesk.example")
    assert room.now(record).with_person == ""
    assert Via.BY_HAND not in kept(room, record)
    room.shop.clock.advance(timedelta(hours=1))
    room.service.work.receive(room.shop.answer(record.ticket_id, "And now?"))
    room.shop.runner.start(record.ticket_id)
    assert room.now(record).outcome == TOLD_BEFORE


@pytest.mark.system("U8")
def test_a_delivery_of_the_same_reply_again_changes_nothing(room: Room) -> None:
    record = room.case()
    by_hand(room, record, "I have it. Noor")
    before = room.now(record)
    room.service.work.receive(room.shop.ticket(record))
    assert room.now(record) == before
    assert len(kept(room, record)) == 1


@pytest.mark.system("A17")
def test_replies_by_hand_count_among_the_reviewed_drafts(room: Room) -> None:
    database, limits, now = room.service.database, room.service.limits, room.shop.clock.now()
    earned = Earned(approvals=database.approvals, limits=limits, feedback=database.feedback.about)
    assert earned("order_status", now).startswith("0 drafts")
    by_hand(room, room.case(), "I phoned them. Noor")
    record = room.case("day_45")
    by_hand(room, record, draft(record).text)
    signed = room.case("delivered_missing")
    room.answer(signed.approval_id, DecisionKind.APPROVE)
    said = earned("order_status", now)
    assert said.startswith("3 drafts about order status were reviewed"), said


def test_nothing_is_kept_where_nothing_was_drafted(room: Room) -> None:
    order = room.shop.planted("on_its_way")
    record = room.shop.ask("Thank you!", order, "thanks")
    if record.proposal is not None and record.proposal.reply is None:
        assert record_feedback(room.service, record, person="noor", final="x", via=Via.SENT) is None
