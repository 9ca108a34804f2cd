"""What was accepted is carried out: after a crash, after a system was down, after a stop, after a deadline."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.approvals import ApprovalDecision, ApprovalStatus, DecisionKind
from agent.approvals.moves import decide
from agent.case import CaseStatus, ExecutionStatus
from agent.checkpoints import open_checkpoints, thread_ids
from agent.deps import SystemClock
from agent.limits import Role
from agent.record import new_record
from agent.repositories import CaseRecord
from agent.switches import EVERYTHING, Switch
from agent.testing import FixedClock
from server.jobs import kinds
from server.jobs.kinds import pause_after
from server.jobs.queue import Job, tried
from server.jobs.retention import Retention
from server.jobs.runs import RunStatus
from tests.journeys.shop import CHECKPOINTS, FILE, Brand, Shop, about
from tests.journeys.test_outcomes import Silent
from tests.server.jobs.conftest import QueueDesk, durable, until
from tests.server.jobs.test_contract import approve
from tools.errors import Unavailable
from tools.helpdesk import Ticket
from tools.ports import Readers


@dataclass
class Weather:
    """Whether the helpdesk answers."""

    down: bool = False

    def around(self, readers: Readers) -> Readers:
        plain = readers.helpdesk

        @dataclass
        class Helpdesk:
            weather: Weather

            def __getattr__(self, name: str) -> object:
                if self.weather.down:
                    raise Unavailable("the helpdesk does not answer")
                return getattr(plain, name)

        return replace(readers, helpdesk=Helpdesk(self))


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
def desk(brand: Brand, tmp_path: Path, weather: Weather, monkeypatch: pytest.MonkeyPatch) -> Generator[QueueDesk]:
    monkeypatch.setattr(kinds, "PAUSES", (0.1,))
    with brand.open(tmp_path, around=weather.around) as shop, durable(shop, f"sqlite:///{tmp_path / FILE}") as opened:
        yield opened


def letter(desk: QueueDesk) -> Ticket:
    """Somebody asks where a parcel is."""
    shop = desk.shop
    order = shop.order(next(iter(shop.world.planted.values()))[0])
    found = shop.letter("Where is my parcel?", shop.owner(order))
    shop.told.tell(found.id, about("order_status"))
    return found


def settled(desk: QueueDesk, ticket: Ticket) -> CaseRecord:
    """The case, once nobody works on it."""
    cases = desk.shop.database.cases

    def done() -> bool:
        case = cases.by_ticket(ticket.helpdesk, ticket.id)
        under_way = case is None or case.status in (CaseStatus.NEW, CaseStatus.WORKING)
        return not under_way and not desk.work.queue().running

    until(done)
    case = cases.by_ticket(ticket.helpdesk, ticket.id)
    assert case is not None
    return case


def waiting(desk: QueueDesk) -> CaseRecord:
    ticket = letter(desk)
    desk.work.receive(ticket)
    return settled(desk, ticket)


def test_what_is_received_is_seen_before_anybody_worked_on_it(brand: Brand, tmp_path: Path) -> None:
    with brand.open(tmp_path) as shop:
        with durable(shop, f"sqlite:///{tmp_path / FILE}", staffed=False) as desk:
            ticket = letter(desk)
            received = desk.work.receive(ticket)
            case = shop.database.cases.get(received.case_id)
            assert case is not None
            assert case.status is CaseStatus.NEW
            assert [event.kind for event in shop.database.events.read()] == ["received"]
            assert desk.work.queue().waiting == 1
        with durable(shop, f"sqlite:///{tmp_path / FILE}") as desk:
            assert settled(desk, ticket).status is CaseStatus.AWAITING_REVIEW


def test_a_system_that_is_down_costs_time_and_no_ticket(desk: QueueDesk, weather: Weather) -> None:
    weather.down = True
    ticket = letter(desk)
    desk.work.receive(ticket)
    until(lambda: len(desk.listed.list([RunStatus.DONE])) > 0)
    weather.down = False
    assert settled(desk, ticket).status is CaseStatus.AWAITING_REVIEW


def test_another_try_is_never_taken_for_another_message() -> None:
    """Ids of messages are any characters but spaces; `m~2` may have been carried out long ago."""
    messages = ["work:c-1:m", "work:c-1:m~2", "work:c-1:m~2~2", "work:c-1:m~"]
    tries = [tried(each, "2") for each in messages]
    assert len({*messages, *tries}) == 8
    assert [tried(each, "3") for each in tries] == [tried(each, "3") for each in messages]


def test_pauses_grow() -> None:
    assert [pause_after(attempt) for attempt in (1, 2, 3, 99)] == [5.0, 15.0, 60.0, 900.0]


def test_a_decision_that_was_recorded_and_not_carried_through_is_carried_through(desk: QueueDesk) -> None:
    case = waiting(desk)
    before = desk.shop.request(case)
    decision = approve(case)
    signed = ApprovalDecision(
        kind=DecisionKind.APPROVE, by="dana", role=Role.LEAD, at=desk.shop.clock.now(), digest=before.digest,
        key=decision.key,
    )  # fmt: skip
    assert desk.shop.database.approvals.swap(before, decide(before, signed, desk.shop.clock.now()))
    outcome = desk.work.decide(decision)
    assert (outcome.status, outcome.refused) == ("answered", "")
    assert len(desk.shop.sent(case)) == 1


@pytest.mark.system("L13")
def test_what_a_stop_paused_goes_on_when_somebody_says_go(desk: QueueDesk) -> None:
    case = waiting(desk)
    _switch(desk.shop, stopped=True)
    desk.duties.go()
    outcome = desk.work.decide(approve(case))
    assert (outcome.status, outcome.refused) == ("", "")
    assert desk.shop.sent(case) == []
    desk.duties.look_after()
    assert desk.listed.list([RunStatus.LATER, RunStatus.WAITING]) == []
    desk.shop.clock.advance(timedelta(seconds=1))
    _switch(desk.shop, stopped=False)
    desk.duties.go()
    until(lambda: len(desk.shop.sent(case)) == 1)


def _switch(shop: Shop, *, stopped: bool) -> None:
    now = shop.clock.now()
    shop.database.switches.set(Switch(scope=EVERYTHING, stopped=stopped, by="dana", reason="odd refunds", at=now))


def test_a_request_that_nobody_answered_is_closed_by_the_clock_once(desk: QueueDesk) -> None:
    case = waiting(desk)
    desk.shop.clock.advance(timedelta(days=30))
    desk.duties.expire()
    desk.duties.expire()
    until(lambda: desk.shop.request(case).status is ApprovalStatus.EXPIRED)
    until(lambda: (found := desk.shop.database.cases.get(case.case_id)) and found.status is CaseStatus.REJECTED)
    assert len([run for run in desk.listed.list() if run.kind == kinds.EXPIRE]) == 1
    assert desk.work.decide(approve(case)).why == "Expired"


def test_a_case_that_no_run_is_coming_for_is_found(desk: QueueDesk) -> None:
    ticket = letter(desk)
    desk.shop.parts.store.receive(ticket)
    lost = new_record(ticket, desk.shop.clock.now()).model_copy(update={"status": CaseStatus.NEW})
    desk.shop.database.cases.save(lost)
    desk.duties.sweep()
    assert settled(desk, ticket).status is CaseStatus.AWAITING_REVIEW


@pytest.mark.system("L29")
def test_a_run_that_went_wrong_says_why_and_can_be_begun_again(desk: QueueDesk) -> None:
    case = waiting(desk)
    desk.queue.put(Job(kind=kinds.EXPIRE, case_id=case.case_id, id="expire:odd", payload={"request_id": "ap-none"}))
    until(lambda: desk.work.queue().failed == 1)
    (failed,) = desk.listed.list([RunStatus.FAILED])
    assert (failed.kind, failed.case_id, failed.attempts) == (kinds.EXPIRE, case.case_id, 1)
    assert "ap-none" in failed.error
    assert not desk.listed.retry("no such run")
    assert desk.listed.retry(failed.id)
    until(lambda: [run.id for run in desk.listed.list([RunStatus.FAILED])] not in ([], [failed.id]))


@pytest.mark.system("U12")
def test_the_age_of_what_waits_longest_is_visible(brand: Brand, tmp_path: Path) -> None:
    with (
        brand.open(tmp_path) as shop,
        durable(
            shop,
            f"sqlite:///{tmp_path / FILE}",
            staffed=False,
            machine=FixedClock(SystemClock().now() + timedelta(seconds=90)),
        ) as desk,
    ):
        desk.work.receive(letter(desk))
        state = desk.work.queue()
        assert (state.waiting, state.running) == (1, 0)
        assert 88 <= state.oldest_seconds <= 95
        (run,) = desk.listed.list([RunStatus.WAITING])
        assert 88 <= run.seconds <= 95


def test_people_take_cases_and_give_them_back(desk: QueueDesk) -> None:
    case = waiting(desk)
    assert not desk.work.take_over("no-such-case", "noor")
    assert desk.work.take_over(case.case_id, "noor", "I know her")
    taken = desk.shop.database.cases.get(case.case_id)
    assert taken is not None
    assert (taken.status, taken.with_person) == (CaseStatus.ESCALATED, "noor took it over: I know her")
    assert desk.work.decide(approve(case)).why == "StaleDigest"
    assert desk.work.release(case.case_id, "noor")
    assert desk.work.again(case.case_id, "noor")
    assert settled(desk, desk.shop.ticket(case)).status is CaseStatus.AWAITING_REVIEW


@pytest.mark.system("L10")
def test_an_effect_that_nobody_confirms_in_time_is_told_once(brand: Brand, tmp_path: Path) -> None:
    with (
        brand.open(tmp_path, writing=Silent().around) as shop,
        durable(shop, f"sqlite:///{tmp_path / FILE}") as desk,
    ):
        order = shop.planted("return_ok")
        ticket = shop.letter(f"I would like to return {order.number}.", shop.owner(order))
        shop.told.tell(ticket.id, about("return_request"))
        desk.work.receive(ticket)
        case = settled(desk, ticket)
        assert desk.work.decide(approve(case)).status == ""
        shop.clock.advance(timedelta(minutes=16))
        desk.duties.tell()
        desk.duties.tell()
        (alert,) = (event for event in shop.database.events.read() if event.kind == "alert")
        assert (alert.case_id, alert.body["about"]) == (case.case_id, "unconfirmed")
        statuses = {entry.action.kind: entry.status for entry in shop.database.ledger.of_case(case.case_id)}
        assert statuses["create_return"] is ExecutionStatus.UNCONFIRMED


def test_what_is_old_is_forgotten_and_what_was_done_is_kept(desk: QueueDesk) -> None:
    case = waiting(desk)
    desk.work.decide(approve(case))
    open_case = waiting(desk)
    database, trail = desk.shop.database, desk.shop.database.audit.head()
    with open_checkpoints(desk.shop.parts.settings.data / CHECKPOINTS) as saver:
        retention = Retention(
            records=database.retention,
            saver=saver,
            queue=desk.queue,
            clock=desk.shop.clock,
            machine=FixedClock(SystemClock().now() + timedelta(days=400)),
            checkpoint_days=30,
            event_days=90,
        )
        assert retention.prune().threads == 0
        before = {each.rpartition("/")[0] for each in thread_ids(saver)}
        desk.shop.clock.advance(timedelta(days=400))
        pruned = retention.prune()
        assert {each.rpartition("/")[0] for each in thread_ids(saver)} == before - {case.case_id}
    assert pruned.events > 0
    assert {event.case_id for event in database.events.read()} == {open_case.case_id}
    assert desk.listed.list() == []
    assert database.audit.head() == trail
    assert database.ledger.of_case(case.case_id)
    assert database.approvals.get(case.approval_id) is not None
    assert desk.work.decide(approve(open_case)).why == "Expired"
