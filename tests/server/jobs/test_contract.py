"""CaseWork, whoever does it: at once in the calling thread, or through the queue on SQLite and Postgres."""

from __future__ import annotations

import time
from collections.abc import Callable

from agent.approvals import DecisionKind
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from server.work import Decision
from tests.journeys.shop import about
from tests.server.jobs.conftest import Desk
from tools.helpdesk import Ticket

WAIT = 30.0


def letter(desk: Desk, text: str = "Where is my parcel?", intent: str = "order_status") -> Ticket:
    shop = desk.shop
    order = shop.order(next(iter(shop.world.planted.values()))[0])
    found = shop.letter(text, shop.owner(order))
    shop.told.tell(found.id, about(intent))
    return found


def until(done: Callable[[], object]) -> None:
    """Wait for something that threads of this process bring about."""
    last = time.monotonic() + WAIT
    while not done():
        assert time.monotonic() < last, "it did not happen"
        time.sleep(0.02)


def case_of(desk: Desk, ticket: Ticket) -> CaseRecord | None:
    return desk.shop.database.cases.by_ticket(ticket.helpdesk, ticket.id)


def settled(desk: Desk, ticket: Ticket) -> CaseRecord:
    """The case, once nobody works on it."""

    def done() -> bool:
        case = case_of(desk, ticket)
        under_way = case is None or case.status in (CaseStatus.NEW, CaseStatus.WORKING)
        return not under_way and not desk.work.queue().running

    until(done)
    case = case_of(desk, ticket)
    assert case is not None
    return case


def approve(case: CaseRecord, by: str = "dana", key: str = "click-0001") -> Decision:
    return Decision(request_id=case.approval_id, kind=DecisionKind.APPROVE, by=by, key=key)


def test_what_came_in_is_worked_on_once(desk: Desk) -> None:
    ticket = letter(desk)
    first, second = desk.work.receive(ticket), desk.work.receive(ticket)
    assert (first.fresh, second.fresh) == (True, False)
    assert settled(desk, ticket).status is CaseStatus.AWAITING_REVIEW
    assert len(desk.shop.database.cases.list()) == 1


def test_of_two_people_one_decides_and_the_same_click_hears_the_same_answer(desk: Desk) -> None:
    ticket = letter(desk)
    desk.work.receive(ticket)
    case = settled(desk, ticket)
    assert desk.work.decide(approve(case)).status == "answered"
    late = desk.work.decide(approve(case, "noor"))
    assert late.why == "AlreadyDecided"
    assert "dana" in late.refused.lower()
    assert desk.work.decide(approve(case)).status == "answered"
    assert len(desk.shop.sent(case)) == 1
