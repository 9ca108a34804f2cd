"""A process that ends at any moment, and the one after it: everything is carried on, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import pytest

from agent import edits
from agent.approvals import ApprovalStatus, DecisionKind
from agent.approvals.desk import Answer, ApprovalDesk
from agent.approvals.moves import expire
from agent.audit import verify
from agent.case import CaseStatus
from agent.history import AskedHistory, LedgerHistory
from agent.objections import Objections
from agent.reasoners.base import Brief
from agent.testing import FixedClock
from tests.agent.graph.world import CASE, LIMITS, REFUND, REPLY, Died, SmallShop, Stub, fixed, proposal
from tests.agent.runner.deaths import Moment, watched_database, watched_saver, watched_writers
from tests.tools.world import usd
from tools.actions import Action
from tools.errors import StoreError

OpenShop = Callable[..., AbstractContextManager[SmallShop]]
Effects = tuple[Action, ...] | None
WRITES = 37
"""From the arrival of a ticket to the end of its case."""


def mortal(opening: OpenShop, moment: Moment, stub: Stub | None = None) -> AbstractContextManager[SmallShop]:
    """The shop in a process that ends at a moment."""
    return opening(
        stub, database=watched_database(moment), saver=watched_saver(moment), writing=watched_writers(moment)
    )


def sign_what_comes(shop: SmallShop) -> None:
    shop.work()
    shop.sign()


def carry_through(shop: SmallShop) -> None:
    """What happens after a restart: recovery, the ticket comes in again, and somebody signs what waits."""
    shop.runner.recover()
    record = shop.work()
    if record.status is CaseStatus.AWAITING_APPROVAL:
        shop.sign(record)


def check_exactly_once(shop: SmallShop) -> None:
    record = shop.case()
    assert record.status is CaseStatus.ANSWERED, record.outcome
    assert shop.refunded() == ["20.00 USD"]
    assert [sent.text for sent in shop.replies()] == [REPLY]
    found = shop.readers.helpdesk.ticket(record.ticket_id)
    assert found is not None
    assert found.tags == ("broken",)
    assert {execution.status.value for execution in record.executions} == {"succeeded"}
    assert len(record.executions) == 3
    requests = shop.database.approvals.list()
    assert [request.status for request in requests] == [ApprovalStatus.EXECUTED]
    report = verify(shop.database.audit.entries(), shop.database.audit.head())
    assert report.ok, report.message


def test_the_whole_way_has_as_many_writes_as_we_say(opening: OpenShop) -> None:
    moment = Moment()
    with mortal(opening, moment) as shop:
        shop.work()
        shop.sign()
        check_exactly_once(shop)
    assert len(moment.writes) == WRITES, moment.writes


@pytest.mark.system("N3")
@pytest.mark.parametrize("last", range(1, WRITES + 1))
def test_after_the_end_at_any_write_each_effect_happens_once(opening: OpenShop, last: int) -> None:
    with mortal(opening, Moment(last)) as shop, pytest.raises(Died):
        sign_what_comes(shop)
    with opening() as shop:
        carry_through(shop)
        check_exactly_once(shop)
        assert shop.runner.recover().cases == ()
        assert len(shop.stub.briefs) <= 1


def dies(*arguments: object) -> NoReturn:
    raise Died


@pytest.mark.parametrize("hook", ["hears", "says", "needs"])
def test_after_the_end_inside_a_node_that_thinks_the_case_is_carried_on(opening: OpenShop, hook: str) -> None:
    stub = Stub()
    setattr(stub, hook, dies)
    with pytest.raises(Died), opening(stub) as shop:
        shop.work()
    with opening() as shop:
        (record,) = shop.runner.recover().cases
        assert record.status is CaseStatus.AWAITING_APPROVAL
        carry_through(shop)
        check_exactly_once(shop)


def test_a_stop_by_hand_in_the_middle_loses_nothing(opening: OpenShop) -> None:
    def interrupted(brief: Brief) -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), opening(Stub(says=interrupted)) as shop:
        shop.work()
    with opening() as shop:
        carry_through(shop)
        check_exactly_once(shop)


# --- decisions that were given and not carried in -------------------------------------------------------------------


def only_decided(shop: SmallShop, kind: DecisionKind, *, reason: str = "", effects: Effects = None) -> None:
    """The decision is on disk, and the process ended before the case heard of it."""
    done = LedgerHistory(ledger=shop.database.ledger, limits=LIMITS)
    asked = AskedHistory(done=done, approvals=shop.database.approvals)
    desk = ApprovalDesk(
        approvals=shop.database.approvals, person=LIMITS.person, objections=Objections(limits=LIMITS, history=asked)
    )
    request = shop.request()
    answer = Answer(request_id=request.id, kind=kind, by="dana", digest=request.digest, reason=reason, effects=effects)
    desk.decide(answer, shop.clock.now())


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        (DecisionKind.APPROVE, CaseStatus.ANSWERED),
        (DecisionKind.REJECT, CaseStatus.REJECTED),
        (DecisionKind.ESCALATE, CaseStatus.ESCALATED),
    ],
)
def test_a_decision_that_was_given_before_the_end_is_carried_in(
    opening: OpenShop, kind: DecisionKind, ends: CaseStatus
) -> None:
    with opening() as shop:
        shop.work()
        only_decided(shop, kind, reason="because")
    with opening() as shop:
        (record,) = shop.runner.recover().cases
        assert record.status is ends
        assert shop.refunded() == (["20.00 USD"] if kind is DecisionKind.APPROVE else [])
        assert shop.runner.recover().cases == ()


def test_an_edit_that_was_decided_before_the_end_is_asked_as_it_was_written(opening: OpenShop) -> None:
    with opening() as shop:
        record = shop.work()
        assert record.proposal is not None
        edited = edits.with_amount(edits.with_reply(record.proposal, "We are sorry.", "dana"), usd("7.00"), "dana")
        only_decided(shop, DecisionKind.MODIFY, effects=edited.effects(record.ticket_id))
    with opening() as shop:
        (after,) = shop.runner.recover().cases
        assert after.approval_id != record.approval_id
        shop.sign(after)
        assert shop.refunded() == ["7.00 USD"]
        assert [sent.text for sent in shop.replies()] == ["We are sorry."]
        assert shop.happened().count("tag_ticket") == 1


def test_a_request_that_expired_before_the_end_closes_its_case(opening: OpenShop) -> None:
    with opening() as shop:
        request = shop.request(shop.work())
        late = request.expires_at
        shop.database.approvals.swap(request, expire(request, late))
    with opening(clock=FixedClock(late)) as shop:
        (record,) = shop.runner.recover().cases
        assert record.status is CaseStatus.REJECTED
        assert record.outcome == "nobody answered in time"


# --- checkpoints that are lost --------------------------------------------------------------------------------------


def lose_checkpoints(folder: Path) -> None:
    for path in folder.glob("checkpoints.db*"):
        path.unlink()


def test_a_signature_outlives_the_checkpoints(opening: OpenShop, tmp_path: Path) -> None:
    with opening() as shop:
        shop.work()
        only_decided(shop, DecisionKind.APPROVE)
    lose_checkpoints(tmp_path)
    with opening() as shop:
        (record,) = shop.runner.recover().cases
        assert record.status is CaseStatus.ANSWERED
        check_exactly_once(shop)


def test_a_request_can_be_signed_although_the_checkpoints_are_lost(opening: OpenShop, tmp_path: Path) -> None:
    with opening() as shop:
        record = shop.work()
    lose_checkpoints(tmp_path)
    with opening() as shop:
        assert shop.sign(record).status is CaseStatus.ANSWERED
        check_exactly_once(shop)


def test_what_comes_out_differently_the_second_time_is_asked_anew(opening: OpenShop, tmp_path: Path) -> None:
    with opening() as shop:
        record = shop.work()
    lose_checkpoints(tmp_path)
    less = proposal(REFUND.model_copy(update={"amount": usd("5.00")}), reply="Hi Ada,\n\nwe have refunded $5.00.")
    with opening(fixed(less)) as shop:
        after = shop.sign(record)
        assert after.status is CaseStatus.AWAITING_APPROVAL
        assert after.approval_id != record.approval_id
        assert shop.request(record).status is ApprovalStatus.SUPERSEDED
        assert shop.refunded() == []
        shop.sign(after)
        assert shop.refunded() == ["5.00 USD"]


def test_a_closed_case_without_checkpoints_stays_closed(opening: OpenShop, tmp_path: Path) -> None:
    with opening() as shop:
        shop.work()
        done = shop.sign()
    lose_checkpoints(tmp_path)
    with opening() as shop:
        assert shop.runner.recover().cases == ()
        assert shop.work() == done
        again = shop.runner.again(CASE)
        assert again is not None
        if again.status is CaseStatus.AWAITING_APPROVAL:
            shop.sign(again)
        assert shop.refunded() == ["20.00 USD"]
        assert len(shop.replies()) == 1


def test_checkpoints_that_are_no_database_are_named_in_a_clear_error(opening: OpenShop, tmp_path: Path) -> None:
    (tmp_path / "checkpoints.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"checkpoints\.db cannot be used"), opening():
        pass
