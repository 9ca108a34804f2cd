"""A ticket that comes in twice, a customer who writes again, two people at once, and what a person has to be told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Barrier

import pytest

from agent.approvals import ApprovalError, ApprovalStatus, DecisionKind, StaleDigest, UnknownPerson, UnknownRequest
from agent.case import CaseStatus, Promise
from agent.promises import PromiseStatus
from agent.record import case_id_of
from agent.repositories import CaseRecord
from tests.agent.graph.world import (
    CASE,
    REFUND,
    SmallShop,
    message,
    proposal,
    ticket,
)
from tools.errors import OutcomeUnknown, Unavailable
from tools.ports import Receipt, Writers

OpenShop = Callable[..., AbstractContextManager[SmallShop]]


# --- the same ticket again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", ["ask", "signature", "rejection"])
def test_a_ticket_that_comes_in_twice_changes_nothing(small: SmallShop, after: str) -> None:
    record = small.work()
    if after == "signature":
        record = small.sign()
    elif after == "rejection":
        record = small.decide(DecisionKind.REJECT, reason="no")
    trail, events = small.trail(), len(small.database.events.read())
    assert small.work() == record
    assert small.trail() == trail
    assert len(small.database.events.read()) == events
    assert len(small.stub.briefs) == 1


def test_a_ticket_that_nobody_knows_is_refused(small: SmallShop) -> None:
    with pytest.raises(Unavailable, match="has no ticket t-404"):
        small.runner.start("t-404")
    assert small.database.cases.list() == []


def test_a_request_that_nobody_knows_and_a_person_nobody_knows_are_refused(small: SmallShop) -> None:
    record = small.work()
    with pytest.raises(UnknownRequest):
        small.runner.decide("ap-404", DecisionKind.APPROVE, "dana")
    with pytest.raises(UnknownPerson):
        small.runner.decide(record.approval_id, DecisionKind.APPROVE, "mallory")
    assert small.case() == record


# --- the customer writes again --------------------------------------------------------------------------------------


def write_again(shop: SmallShop, text: str = "Any news?") -> CaseRecord:
    return shop.work(ticket(message(), message(text, 10)))


def test_a_second_message_is_another_turn_and_takes_the_place_of_what_waited(small: SmallShop) -> None:
    first = small.work()
    second = write_again(small)
    assert second.turn == 2
    assert second.message_id == "m-10"
    assert second.approval_id != first.approval_id
    assert small.request(first).status is ApprovalStatus.SUPERSEDED
    assert small.request(second).bindings["ticket:t-9"] == "m-10"
    with pytest.raises(StaleDigest):
        small.sign(first)
    assert small.sign(second).status is CaseStatus.ANSWERED
    assert small.refunded() == ["20.00 USD"]
    assert small.happened() == ["tag_ticket", "refund_order", "send_reply"]


def test_a_second_message_that_needs_nobody_withdraws_what_waited(small: SmallShop) -> None:
    first = small.work()
    small.stub.says = lambda brief: proposal(REFUND, reply="We have refunded $900.00.", reply_to="m-10")
    second = write_again(small, "Forget it, thank you.")
    assert second.status is CaseStatus.ESCALATED
    assert second.approval_id == ""
    assert small.request(first).status is ApprovalStatus.SUPERSEDED
    assert small.runner.recover().cases == ()


def test_a_second_message_after_an_answer_is_answered_too_and_nothing_is_paid_twice(small: SmallShop) -> None:
    small.work()
    small.sign()
    second = write_again(small, "Is it on its way?")
    assert second.status in (CaseStatus.AWAITING_APPROVAL, CaseStatus.AWAITING_REVIEW, CaseStatus.ESCALATED)
    if second.approval_id:
        small.sign(second)
    assert small.refunded() == ["20.00 USD"]


def test_a_second_message_meets_a_signature_that_was_not_carried_out(opening: OpenShop) -> None:
    with opening() as shop:
        first = shop.work()
        shop.stop()
        shop.sign()
    with opening() as shop:
        shop.stop(stopped=False)
        second = write_again(shop, "When do you pay?")
        assert second.status is CaseStatus.AWAITING_APPROVAL
        assert shop.request(first).status is ApprovalStatus.SUPERSEDED
        assert shop.refunded() == []
        shop.runner.recover()
        assert shop.refunded() == []
        assert shop.case() == second
        shop.sign(second)
        assert shop.refunded() == ["20.00 USD"]


def test_recovery_works_on_the_message_that_came_while_the_case_was_paused(opening: OpenShop) -> None:
    with opening() as shop:
        shop.stop()
        shop.work()
        shop.stop(stopped=False)
        shop.store.receive(ticket(message(), message("Hello?", 10)))
        (record,) = shop.runner.recover().cases
        assert record.message_id == "m-10"
        assert record.status is CaseStatus.AWAITING_APPROVAL


def test_a_promise_of_a_reply_that_was_never_sent_is_not_kept_track_of(small: SmallShop) -> None:
    small.work()
    small.sign()
    promise = Promise(text="we write again", kind="follow_up", due_at=small.clock.now() + timedelta(days=2))
    small.stub.says = lambda brief: proposal(
        REFUND, reply="We write to you again by March 12, 2026.", reply_to="m-10", promises=(promise,)
    )
    second = write_again(small)
    if second.approval_id:
        small.decide(DecisionKind.REJECT, second, reason="no")
    assert [promise.kind for promise in small.database.promises.of_case(CASE)] == ["refund"]


# --- several at once ------------------------------------------------------------------------------------------------


@pytest.mark.system("U2")
def test_of_two_people_who_sign_at_once_one_wins_and_the_other_hears_who(small: SmallShop) -> None:
    record, start = small.work(), Barrier(2)

    def sign(person: str) -> str:
        start.wait()
        try:
            return small.runner.decide(record.approval_id, DecisionKind.APPROVE, person).status.value
        except ApprovalError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(("dana", "priya"), pool.map(sign, ("dana", "priya")), strict=True))
    (winner,) = [person for person, text in said.items() if text == "answered"]
    loser = "priya" if winner == "dana" else "dana"
    assert said[loser].startswith(f"{winner} already approved")
    assert small.refunded() == ["20.00 USD"]
    assert len(small.replies()) == 1
    assert small.case().status is CaseStatus.ANSWERED


def test_a_decision_and_a_recovery_at_once_do_not_disturb_each_other(small: SmallShop) -> None:
    record, start = small.work(), Barrier(3)

    def together(work: Callable[[], object]) -> None:
        start.wait()
        work()

    jobs = [lambda: small.sign(record), small.runner.recover, lambda: small.runner.start(record.ticket_id)]
    with ThreadPoolExecutor(3) as pool:
        for job in [pool.submit(together, each) for each in jobs]:
            job.result()
    assert small.case().status is CaseStatus.ANSWERED
    assert small.refunded() == ["20.00 USD"]
    assert small.happened() == ["tag_ticket", "refund_order", "send_reply"]


# --- what a person has to be told -----------------------------------------------------------------------------------


class Silent:
    """A helpdesk that takes a reply and never answers."""

    def __init__(self, port: object) -> None:
        self._port = port

    def send_reply(self, action: object, key: str) -> Receipt:
        raise OutcomeUnknown("no answer from the helpdesk")

    def __getattr__(self, name: str) -> object:
        return getattr(self._port, name)


def silent(plain: Writers) -> Writers:
    return Writers(
        orders=plain.orders,
        customers=plain.customers,
        helpdesk=Silent(plain.helpdesk),  # pyright: ignore[reportArgumentType] - it has every method
        effects=plain.effects,
    )


def test_an_effect_that_nobody_confirms_is_told_once_and_kept_with_its_case(opening: OpenShop) -> None:
    with opening(writing=silent) as shop:
        shop.work()
        paused = shop.sign()
        assert paused.status is CaseStatus.WORKING
        assert "nobody knows yet whether send_reply happened" in paused.outcome
        assert shop.runner.recover().alerts == ()
        shop.clock.advance(timedelta(minutes=20))
        (alert,) = shop.runner.recover().alerts
        assert alert.kind == "unconfirmed"
        assert alert.case_id == CASE
        assert shop.runner.recover().alerts == ()
        kept = [event.body["key"] for event in shop.database.events.read(0, CASE) if event.kind == "alert"]
        assert kept == [alert.key]
        assert shop.refunded() == ["20.00 USD"]


def test_a_late_promise_is_told_once_and_kept_with_its_case(opening: OpenShop) -> None:
    text = "Hi Ada,\n\nwe have refunded $20.00. We will write to you again by March 12, 2026."
    with opening() as shop:
        promise = Promise(text="write again", kind="follow_up", due_at=shop.clock.now() + timedelta(days=2))
        shop.stub.says = lambda brief: proposal(reply=text, promises=(promise,))
        record = shop.work()
        assert record.status is CaseStatus.AWAITING_APPROVAL, record.outcome
        shop.sign()
        promises = {entry.kind: entry for entry in shop.database.promises.of_case(CASE)}
        assert promises["refund"].status is PromiseStatus.KEPT
        assert promises["follow_up"].status is PromiseStatus.OPEN
        shop.clock.advance(timedelta(days=3))
        (alert,) = shop.runner.recover().alerts
        assert alert.kind == "promise_overdue"
        assert shop.runner.recover().alerts == ()
        assert [event.kind for event in shop.database.events.read(0, CASE)].count("alert") == 1


def test_every_case_of_a_ticket_has_one_name() -> None:
    assert case_id_of(ticket()) == CASE
