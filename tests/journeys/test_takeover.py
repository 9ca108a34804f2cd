"""A person has a case until they give it back; meanwhile the assistant is silent and nothing is lost from view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent.approvals import ApprovalError, ApprovalStatus
from agent.case import CaseStatus, Classification
from agent.reasoners.playbook import Classifier
from agent.record import new_record
from server.container import build_runner
from tests.journeys.shop import LIMITS, Brand, Shop, about, actions, draft, with_limits
from tools.helpdesk import Author, Ticket


@pytest.mark.system("U8")
def test_after_a_person_replied_nothing_is_drafted_until_the_case_is_given_back(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    shop.clock.advance(timedelta(hours=1))
    shop.answer(record.ticket_id, "I am looking at it myself. Noor", Author.STAFF)
    for text in ("Any news?", "Hello?"):
        shop.clock.advance(timedelta(hours=1))
        shop.answer(record.ticket_id, text)
        quiet = shop.runner.start(record.ticket_id)
        assert quiet.status is CaseStatus.ESCALATED
        assert "a person answered" in quiet.outcome
        assert not shop.database.approvals.list(ApprovalStatus.AWAITING, record.case_id)
        assert shop.runner.start(record.ticket_id) == quiet
    with pytest.raises(ApprovalError):
        shop.sign(record)
    assert not shop.sent(record)
    assert quiet.turn == 3
    back = shop.runner.release(record.case_id, "noor")
    assert back is not None
    assert back.status is CaseStatus.AWAITING_REVIEW
    shop.sign(back)
    assert len(shop.sent(back)) == 1


@pytest.mark.system("U8")
def test_a_reply_by_a_person_ends_what_waited_for_a_reader(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    shop.answer(record.ticket_id, "It comes tomorrow, Mia. Noor", Author.STAFF)
    assert shop.runner.start(record.ticket_id).status is CaseStatus.ESCALATED
    with pytest.raises(ApprovalError):
        shop.sign(record)
    assert not shop.sent(record)


@pytest.mark.system("U8")
def test_what_the_shop_began_is_answered_once_somebody_answers(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    letter = shop.letter("Your parcel leaves us today.", shop.owner(order))
    staff = letter.messages[0].model_copy(update={"author": Author.STAFF})
    outgoing = letter.model_copy(update={"messages": (staff,)})
    arrived = new_record(outgoing, shop.clock.now()).model_copy(update={"status": CaseStatus.NEW})
    shop.database.cases.start(arrived)  # as the service does when a ticket comes in
    begun = shop.work(outgoing, about("order_status"))
    assert begun.status is CaseStatus.ESCALATED
    assert "the shop began" in begun.outcome
    shop.clock.advance(timedelta(hours=1))
    shop.answer(begun.ticket_id, f"Where is {order.number} now?")
    asked = shop.runner.start(begun.ticket_id)
    assert asked.status is CaseStatus.AWAITING_REVIEW
    assert draft(asked).text


@pytest.mark.system("U8")
@pytest.mark.system("U9")
def test_a_handed_over_case_stays_with_the_person_also_after_a_restart(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path) as shop:
        order = shop.planted("on_its_way")
        record = shop.ask("A person please.", order, "human_request")
        shop.sign(record)
    with brand.open(tmp_path) as shop:
        shop.told.tell(record.ticket_id, about("order_status"))
        shop.clock.advance(timedelta(hours=2))
        shop.answer(record.ticket_id, f"And where is {order.number}?")
        quiet = shop.runner.start(record.ticket_id)
        assert quiet.status is CaseStatus.ESCALATED
        assert len(shop.sent(quiet)) == 1
        kinds = [event.kind for event in shop.database.events.read(case_id=record.case_id)]
        assert "taken" in kinds
        back = shop.runner.release(record.case_id, "dana")
        assert back is not None
        assert order.number in draft(back).text
        events = shop.database.events.read(case_id=record.case_id)
        assert [event.body for event in events if event.kind == "given_back"] == [{"by": "dana"}]


@pytest.mark.system("U8")
def test_a_draft_that_was_taken_over_comes_back_with_the_case(shop: Shop) -> None:
    """Its request counts no more: without a new message nothing else would ask for a signature again."""
    order = shop.planted("on_its_way")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    shop.runner.take_over(record.case_id, "dana", "I know her")
    back = shop.runner.release(record.case_id, "dana")
    assert back is not None
    assert back.status is CaseStatus.AWAITING_REVIEW
    assert back.approval_id not in ("", record.approval_id)
    assert order.number in draft(back).text
    twice = shop.runner.release(record.case_id, "dana")  # a second click changes nothing
    assert twice is not None
    assert twice.approval_id == back.approval_id
    assert len(shop.sent(shop.sign(back))) == 1


@pytest.mark.system("U8")
def test_what_a_person_finished_is_over_until_the_customer_writes_again(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask(f"Where is {order.number}?", order, "order_status")
    assert shop.runner.finish(record.case_id, "dana") == record  # a draft waits: it is answered first
    shop.runner.take_over(record.case_id, "dana")
    shop.answer(record.ticket_id, "I found it myself, thanks.")
    with_dana = shop.runner.start(record.ticket_id)
    early = shop.runner.finish(record.case_id, "dana", seen=with_dana.turn - 1)
    assert early is not None
    assert early.status is CaseStatus.ESCALATED  # somebody wrote what she has not seen
    over = shop.runner.finish(record.case_id, "dana", "she found it", seen=with_dana.turn)
    assert over is not None
    assert (over.status, over.with_person) == (CaseStatus.RESOLVED, "")
    assert over.outcome == "dana finished it: she found it"
    assert shop.runner.start(record.ticket_id) == over  # what was finished is not worked on
    assert shop.runner.finish(record.case_id, "noor") == over
    shop.answer(record.ticket_id, f"It is gone again. Where is {order.number}?")
    again = shop.runner.start(record.ticket_id)
    assert again.status is CaseStatus.AWAITING_REVIEW
    assert order.number in draft(again).text
    kinds = [event.kind for event in shop.database.events.read(case_id=record.case_id)]
    assert kinds.count("finished") == 1


@pytest.mark.system("U8")
def test_what_a_person_answered_by_hand_and_finished_stays_answered(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.ask("A person please.", order, "human_request")
    shop.runner.take_over(record.case_id, "dana")
    shop.clock.advance(timedelta(minutes=5))
    shop.answer(record.ticket_id, "Hello, how can I help?", Author.STAFF)
    shop.runner.start(record.ticket_id)
    shop.clock.advance(timedelta(minutes=5))
    over = shop.runner.finish(record.case_id, "dana")
    assert over is not None
    assert over.status is CaseStatus.RESOLVED
    assert shop.runner.start(record.ticket_id).status is CaseStatus.RESOLVED


@pytest.mark.system("U9")
def test_whoever_asks_again_after_the_case_came_back_gets_a_person_again(shop: Shop) -> None:
    order = shop.planted("on_its_way")
    record = shop.sign(shop.ask("A person please.", order, "human_request"))
    assert len(shop.sent(record, "note")) == 1
    shop.runner.release(record.case_id, "dana")
    shop.clock.advance(timedelta(hours=5))
    shop.answer(record.ticket_id, "Nobody wrote to me. Please, a person!")
    again = shop.runner.start(record.ticket_id)
    assert "escalate_to_human" in actions(again)
    assert len(shop.sent(again, "note")) == 2


@pytest.mark.system("U8")
def test_what_staff_wrote_before_we_came_is_only_history(shop: Shop) -> None:
    """Threads of the demo brand have answers by staff in them; they were there when the case began."""
    (label,) = [label for label in shop.world.labels if "long_thread" in label.tags]
    record = shop.runner.start(label.ticket_id)
    assert record.status is CaseStatus.AWAITING_REVIEW
    assert record.with_person == ""


@pytest.mark.system("U8")
def test_a_reply_by_a_person_between_the_question_and_the_signature_ends_the_question(shop: Shop) -> None:
    """The delivery is kept and not worked on yet: whoever signs in that moment signs nothing."""
    record = shop.ask("I want my money back.", shop.planted("day_45"), "refund_request")
    shop.clock.advance(timedelta(minutes=1))
    shop.answer(record.ticket_id, "I have it, Mia. Noor", Author.STAFF)
    with pytest.raises(ApprovalError):
        shop.sign(record, "priya")
    assert not shop.sent(record)
    assert shop.request(record).status is ApprovalStatus.SUPERSEDED
    now = shop.database.cases.get(record.case_id)
    assert now is not None
    assert now.status is CaseStatus.ESCALATED
    assert "a person answered" in now.with_person


class Interrupting:
    """A classifier during whose work a person writes to the customer."""

    def __init__(self, told: Classifier, write: Callable[[], object]) -> None:
        self._told, self._write = told, write

    def expect(self, ticket: Ticket) -> None:
        self._told.expect(ticket)

    def __call__(self, ticket: Ticket, hint: str) -> Classification:
        found = self._told(ticket, hint)
        self._write()
        return found


@pytest.mark.system("U8")
@pytest.mark.parametrize("unread", [False, True])
def test_a_reply_by_a_person_while_a_run_is_under_way_silences_the_run(
    brand: Brand, tmp_path: Path, unread: bool
) -> None:
    """Also when the intent may go unread: two voices never answer one message."""
    auto = {"mode": "listed_intents", "auto_intents": {"order_status": {"owner": "dana"}}}
    earned = {"reviewed_samples": 1, "accuracy_percent": 0, "lower_below_percent": 0}
    limits = with_limits(replies=auto, autonomy=earned) if unread else LIMITS
    with brand.open(tmp_path, limits=limits) as shop:
        order = shop.planted("on_its_way")
        shop.sign(shop.ask(f"Where is {order.number}?", order, "order_status"))
        letter = shop.letter(f"And now, where is {order.number}?", shop.owner(order))
        shop.told.tell(letter.id, about("order_status"))
        shop.parts.store.receive(letter)
        if unread:
            probe = shop.letter(f"Where is my parcel {order.number}?", shop.owner(order))
            assert shop.work(probe, about("order_status")).status is CaseStatus.ANSWERED  # it would have left unread
        said = Interrupting(shop.told, lambda: shop.answer(letter.id, "Mia, I phoned them. Noor", Author.STAFF))
        runner = build_runner(shop.parts, brand.playbook(said, limits), shop.knowledge, InMemorySaver())
        record = runner.start(letter.id)
        assert not shop.sent(record)
        quiet = runner.start(letter.id)
        assert quiet.status is CaseStatus.ESCALATED
        assert not shop.sent(quiet)
        assert not shop.database.approvals.list(ApprovalStatus.AWAITING, quiet.case_id)
