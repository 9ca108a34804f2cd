"""A person has a case until they give it back; meanwhile the assistant is silent and nothing is lost from view."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent.approvals import ApprovalError, ApprovalStatus
from agent.case import CaseStatus
from tests.journeys.shop import Brand, Shop, about, actions, draft
from tools.helpdesk import Author


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
