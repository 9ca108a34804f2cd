"""Lives are read from what really happened, and the totals of the workflows are those of the run log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.case import CaseStatus
from agent.outcomes import Outcome, outcome_of
from server.db.lives import StoredLives
from server.figures.automation import workflow
from server.figures.ended import Ending, ending
from server.figures.life import Life
from tests.journeys.shop import Shop, about
from tools.commerce import Order
from tools.helpdesk import Author

DAY = timedelta(days=1)


def lives_of(shop: Shop) -> dict[str, Life]:
    now = shop.clock.now()
    return {life.case_id: life for life in shop.database.lives.between(now - 30 * DAY, now + DAY)}


def test_a_case_is_followed_from_draft_to_thanks_and_back(shop: Shop) -> None:
    order = _any(shop)
    record = shop.ask("Where is my parcel?", order, "order_status")
    assert ending(lives_of(shop)[record.case_id]) is Ending.OPEN

    shop.clock.advance(timedelta(hours=1))
    record = shop.sign(record, "noor")
    life = lives_of(shop)[record.case_id]
    assert life.first_answer == shop.clock.now()
    assert (life.signed, life.approved, life.edited) == (True, 1, 0)
    assert ending(life) is Ending.DRAFTED
    assert not life.reopened

    shop.clock.advance(DAY)
    shop.told.tell(record.ticket_id, about("thanks"))
    shop.answer(record.ticket_id, "Thank you!")
    record = shop.runner.start(record.ticket_id)
    life = lives_of(shop)[record.case_id]
    assert not life.reopened, "thanks ask for nothing"

    shop.clock.advance(DAY)
    shop.told.tell(record.ticket_id, about("order_status"))
    shop.answer(record.ticket_id, "It is still not here.")
    record = shop.runner.start(record.ticket_id)
    life = lives_of(shop)[record.case_id]
    assert life.reopened
    assert ending(life) not in (Ending.RESOLVED_ALONE, Ending.RESOLVED_WITH_US)


def test_an_edit_and_a_takeover_are_told_apart(shop: Shop) -> None:
    first = shop.ask("Where is it?", _any(shop), "order_status")
    shop.reject(first, "dana", "not like this")
    second = shop.ask("And this one?", _any(shop), "order_status")
    shop.runner.take_over(second.case_id, "dana")
    found = lives_of(shop)
    assert found[first.case_id].rejected == 1
    assert found[second.case_id].handed
    assert ending(found[second.case_id]) is Ending.HANDED_OVER


def test_what_a_person_finished_is_resolved_until_somebody_comes_back(shop: Shop) -> None:
    record = shop.ask("Where is it?", _any(shop), "order_status")
    shop.runner.take_over(record.case_id, "dana")
    shop.clock.advance(timedelta(hours=1))
    shop.answer(record.ticket_id, "It comes tomorrow. Dana", Author.STAFF)
    shop.runner.start(record.ticket_id)
    over = shop.runner.finish(record.case_id, "dana")
    assert over is not None
    life = lives_of(shop)[record.case_id]
    assert (ending(life), life.resolved_at) == (Ending.RESOLVED_WITH_US, shop.clock.now())
    assert outcome_of(over, shop.ticket(over)) is Outcome.RESOLVED
    shop.clock.advance(DAY)
    shop.answer(record.ticket_id, "And now?")
    back = shop.runner.start(record.ticket_id)
    assert lives_of(shop)[record.case_id].reopened
    assert outcome_of(back, shop.ticket(back)) is not Outcome.RESOLVED


@pytest.mark.parametrize("rejected", [True, False])
def test_what_a_person_closed_without_any_reply_is_not_resolved(shop: Shop, rejected: bool) -> None:
    record = shop.ask("Where is it?", _any(shop), "order_status")
    if rejected:
        shop.reject(record, "dana", "we cannot say")
    else:
        shop.runner.take_over(record.case_id, "dana")
    over = shop.runner.finish(record.case_id, "dana", "nothing to do")
    assert over is not None
    assert over.status is CaseStatus.RESOLVED
    assert ending(lives_of(shop)[record.case_id]) is Ending.CLOSED_UNANSWERED


@pytest.mark.system("K24")
def test_totals_equal_the_run_log(shop: Shop) -> None:
    for ticket in shop.parts.store.tickets()[:12]:
        shop.runner.start(ticket.id)
    total = workflow("all", lives_of(shop).values())
    ends = ("waiting", "paused", "failed", "closed")
    log = [event for event in shop.database.events.read(limit=5_000) if event.kind in ends]
    assert total.cases == sum(shop.database.cases.count_by("status").values()) == 12
    assert total.runs == len(log) == 12
    assert total.effects == sum(len(case.executions) for case in shop.database.cases.list(limit=50))


def test_only_the_period_counts(shop: Shop) -> None:
    record = shop.ask("Where is it?", _any(shop), "order_status")
    lives: StoredLives = shop.database.lives
    assert lives.between(record.created_at, record.created_at) == []
    assert len(lives.between(record.created_at, record.created_at + timedelta(microseconds=1))) == 1
    assert lives.between(record.created_at - DAY, record.created_at) == []
    assert lives.between(record.created_at, record.created_at + DAY)[0].status is CaseStatus.AWAITING_REVIEW


def _any(shop: Shop) -> Order:
    return shop.order(next(iter(shop.world.planted.values()))[0])
