"""What goes wrong: effects that are refused, systems that are away, a stop, a reasoner that fails or says nonsense."""

from __future__ import annotations

import logging
from collections import UserDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import cast

import pytest

from agent.approvals import ApprovalStatus
from agent.case import CaseStatus, Classification, ExecutionStatus, ProposedResolution
from agent.investigation.needs import Needs
from agent.limits.service import Loop
from agent.reasoners.base import Reasoner
from agent.switches import intent_scope, workflow_scope
from tests.agent.graph.world import (
    ABOUT,
    CASE,
    REPLY,
    TAG,
    TICKET_ID,
    UNREAD,
    SmallShop,
    Stub,
    fixed,
    message,
    proposal,
)
from tests.tools.world import DELIVERED
from tools.actions import Lines, ReplaceItems, TagTicket
from tools.commerce import StockLevel
from tools.errors import Unavailable
from tools.helpdesk import Ticket
from tools.ports import CustomerReader, HelpdeskReader, OrderReader, Readers

OpenShop = Callable[..., AbstractContextManager[SmallShop]]
RESHIP = ReplaceItems(order_id=DELIVERED.id, lines=(Lines(line_id="l-mug"),))
SENT = "Hi Ada,\n\nwe are sending a replacement for the mug of order #1002."


# --- effects that are refused ---------------------------------------------------------------------------------------


@pytest.mark.system("B4")
def test_a_reship_that_was_signed_after_the_stock_fell_to_nothing_is_refused_and_proposed_anew(
    opening: OpenShop,
) -> None:
    said = [proposal(RESHIP, reply=SENT), proposal(reply=REPLY)]
    with opening(Stub(says=lambda brief: said[min(len(shop.stub.briefs), 2) - 1])) as shop:
        before = shop.work()
        assert before.status is CaseStatus.AWAITING_APPROVAL, before.outcome
        shop.put(*(StockLevel(variant_id="v-mug-grey", location=where, available=0) for where in ("leeds", "york")))
        after = shop.sign(before)
        assert not shop.readers.orders.replacements(DELIVERED.id)
        assert shop.replies() == []
        assert shop.request(before).status is ApprovalStatus.SUPERSEDED
        assert after.status is CaseStatus.AWAITING_APPROVAL
        assert "stock" in after.outcome
        assert [effect.kind for effect in shop.request(after).effects] == ["refund_order", "send_reply"]


def test_an_effect_that_is_refused_in_its_own_transaction_fails_the_case_with_the_reason(opening: OpenShop) -> None:
    """The facts were right when they were judged, and wrong a moment later: only the store sees it."""
    full = (StockLevel(variant_id="v-mug-grey", available=5),)

    def blind(readers: Readers) -> Readers:
        class Catalog:
            def stock(self, variant_id: str) -> object:
                return full

            def __getattr__(self, name: str) -> object:
                return getattr(readers.catalog, name)

        return replace(readers, catalog=Catalog())  # pyright: ignore[reportArgumentType] - it has every method

    with opening(fixed(proposal(RESHIP, reply=SENT)), around=blind) as shop:
        before = shop.work()
        shop.put(*(StockLevel(variant_id="v-mug-grey", location=where, available=0) for where in ("leeds", "york")))
        after = shop.sign(before)
        assert after.status is CaseStatus.FAILED
        assert "stock" in after.outcome
        assert shop.replies() == []
        assert shop.request(before).status is ApprovalStatus.FAILED
        assert [done.status for done in after.executions] == [ExecutionStatus.FAILED]


# --- systems that are away ------------------------------------------------------------------------------------------


class Away:
    """Readers of one system that a test takes away and gives back."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def __call__(self, readers: Readers) -> Readers:
        return Readers(
            orders=cast("OrderReader", self._watched("orders", readers.orders)),
            customers=cast("CustomerReader", self._watched("customers", readers.customers)),
            catalog=readers.catalog,
            helpdesk=cast("HelpdeskReader", self._watched("helpdesk", readers.helpdesk)),
        )

    def _watched(self, name: str, port: object) -> object:
        away = self

        class Port:
            def __getattr__(self, method: str) -> object:
                if name in away.gone:
                    raise Unavailable(f"the {name} are away")
                return getattr(port, method)

        return Port()


@pytest.mark.parametrize("system", ["orders", "customers"])
def test_a_signature_given_while_a_system_is_away_is_carried_out_when_it_is_back(
    opening: OpenShop, system: str
) -> None:
    away = Away()
    with opening(around=away) as shop:
        shop.work()
        away.gone = {system}
        paused = shop.sign()
        assert paused.status is CaseStatus.WORKING
        assert paused.outcome == f"paused: the {system} are away"
        assert shop.request().status is ApprovalStatus.EXECUTING
        (still,) = shop.runner.recover().cases
        assert still.outcome == paused.outcome
    with opening(around=away) as shop:
        away.gone = set()
        (carried,) = shop.runner.recover().cases
        assert carried.status is CaseStatus.ANSWERED
        assert shop.happened() == ["tag_ticket", "refund_order", "send_reply"]
        assert shop.refunded() == ["20.00 USD"]
        assert shop.runner.recover().cases == ()


def test_nothing_is_decided_while_nobody_can_tell_whether_the_customer_wrote_again(opening: OpenShop) -> None:
    away = Away()
    with opening(around=away) as shop:
        record = shop.work()
        away.gone = {"helpdesk"}
        with pytest.raises(Unavailable):
            shop.sign(record)
        assert shop.request(record).status is ApprovalStatus.AWAITING
        away.gone = set()
        assert shop.sign(record).status is CaseStatus.ANSWERED


def test_a_case_that_arrives_while_a_system_is_away_waits_and_the_next_ones_go_on(opening: OpenShop) -> None:
    away = Away()
    with opening(around=away) as shop:
        away.gone = {"customers"}
        paused = shop.work()
        assert paused.status is CaseStatus.WORKING
        assert paused.outcome == "paused: the customers are away"
        away.gone = set()
        assert shop.runner.start(TICKET_ID).status is CaseStatus.AWAITING_APPROVAL
        assert shop.happened() == ["tag_ticket"]


# --- a stop ---------------------------------------------------------------------------------------------------------


@pytest.mark.system("L13")
@pytest.mark.parametrize("scope", ["*", workflow_scope("support"), intent_scope("damaged_item")])
def test_a_stop_takes_effect_before_the_next_effect_and_going_on_does_each_once(opening: OpenShop, scope: str) -> None:
    with opening() as shop:
        shop.stop(scope=scope)
        paused = shop.work()
        assert paused.status is CaseStatus.WORKING
        assert "dana stopped" in paused.outcome
        assert "odd refunds" in paused.outcome
        assert paused.proposal is not None
        assert paused.intent == "damaged_item"
        assert shop.happened() == []
        assert "switch.stopped" in shop.trail()
    with opening() as shop:
        assert [case.outcome for case in shop.runner.recover().cases] == [paused.outcome]
        shop.stop(stopped=False, scope=scope)
        (waiting,) = shop.runner.recover().cases
        assert waiting.status is CaseStatus.AWAITING_APPROVAL
        assert shop.happened() == ["tag_ticket"]
        assert len(shop.stub.briefs) == 0


@pytest.mark.system("L13")
def test_a_stop_after_the_signature_holds_it_and_going_on_carries_it_out_once(opening: OpenShop) -> None:
    with opening() as shop:
        shop.work()
        shop.stop()
        assert shop.sign().status is CaseStatus.WORKING
        assert shop.refunded() == []
    with opening() as shop:
        shop.runner.recover()
        assert shop.refunded() == []
        shop.stop(stopped=False)
        for _ in range(2):
            shop.runner.recover()
            assert shop.case().status is CaseStatus.ANSWERED
            assert shop.happened() == ["tag_ticket", "refund_order", "send_reply"]


@pytest.mark.parametrize("most", [3, 5])
def test_a_loop_goes_to_a_person_after_as_many_replies_as_the_limits_say(opening: OpenShop, most: int) -> None:
    talkative = UNREAD.replies.model_copy(update={"max_per_recipient": Loop(replies=most, minutes=5)})
    answer = Stub(says=lambda brief: proposal(TAG, reply="Sorry.", reply_to=brief.ticket.latest.id))
    with opening(answer, limits=UNREAD.model_copy(update={"replies": talkative})) as shop:
        talk = [message("It is broken.", number) for number in range(9, 10 + most)]
        for many in range(1, most + 1):
            assert shop.work(Ticket(id=TICKET_ID, messages=tuple(talk[:many]))).status is CaseStatus.ANSWERED
        assert shop.work(Ticket(id=TICKET_ID, messages=tuple(talk))).status is CaseStatus.ESCALATED
        shop.runner.recover()
        assert len(shop.replies()) == most


# --- a reasoner that fails ------------------------------------------------------------------------------------------


class Crash(RuntimeError):
    """What a library of somebody else raises."""


def crash(*arguments: object) -> ProposedResolution:
    raise Crash("connection reset\nby peer")


def nothing(*arguments: object) -> ProposedResolution:
    return cast("ProposedResolution", None)


def a_dict(*arguments: object) -> ProposedResolution:
    return cast("ProposedResolution", {"reply": "yes", "actions": ["refund"]})


def unreadable(*arguments: object) -> ProposedResolution:
    return ProposedResolution.model_construct(rationale=cast("str", 7), actions=cast("tuple[TagTicket]", ("refund",)))


class Broken(Stub):
    """A stub whose other methods can fail as well."""

    where = ""

    def needs(self, classification: Classification) -> Needs:
        if self.where == "needs":
            raise Crash("no playbook")
        return super().needs(classification)


@pytest.mark.parametrize("said", [crash, nothing, a_dict, unreadable])
def test_a_reasoner_that_proposes_nonsense_hands_over_with_a_reason(
    opening: OpenShop, said: Callable[..., ProposedResolution], caplog: pytest.LogCaptureFixture
) -> None:
    with opening(Stub(says=said)) as shop, caplog.at_level(logging.ERROR):
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED, record.outcome
        assert "could not be worked out" in record.outcome
        assert record.intent == "damaged_item"
        assert shop.refunded() == []
        assert shop.replies() == []
        assert "escalate_to_human" in shop.happened()
        assert len(shop.stub.briefs) == 1
    assert any(entry.exc_info for entry in caplog.records)


def test_the_reason_names_the_fault_in_one_line(opening: OpenShop) -> None:
    with opening(Stub(says=crash)) as shop:
        assert "(Crash: connection reset by peer)" in shop.work().outcome


def garbage(ticket: Ticket) -> Classification:
    return cast("Classification", "damaged_item")


def failing(ticket: Ticket) -> Classification:
    raise Crash("the model is gone")


@pytest.mark.parametrize("heard", [garbage, failing])
def test_a_reasoner_that_cannot_classify_hands_over(
    opening: OpenShop, heard: Callable[[Ticket], Classification]
) -> None:
    with opening(Stub(hears=heard)) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED, record.outcome
        assert record.intent == "other"
        assert shop.stub.briefs == []


def test_a_reasoner_that_does_not_know_what_it_needs_hands_over(opening: OpenShop) -> None:
    stub = Broken()
    stub.where = "needs"
    with opening(stub) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED, record.outcome
        assert record.investigation is not None
        assert record.investigation.identity.customer_id == "c-ada"


def test_a_fault_that_leaves_nothing_to_hand_over_fails_the_case_and_the_next_one_goes_on(opening: OpenShop) -> None:
    class Odd(UserDict[str, str]):
        def __iter__(self) -> Iterator[str]:
            raise Crash("odd versions")

    stub = Stub(versions=Odd(playbooks="x"))
    with opening(stub) as shop:
        record = shop.work()
        assert record.status is CaseStatus.FAILED
        assert record.outcome == "failed: Crash: odd versions"
        assert shop.case() == record
        assert shop.happened() == []
        kinds = [event.kind for event in shop.database.events.read(0, CASE)]
        assert kinds[-1] == "failed"
        assert shop.runner.start(TICKET_ID) == record
        assert shop.runner.recover().cases == ()
        stub.versions = {}
        other = Ticket(id="t-10", messages=(message(number=20),))
        stub.says = lambda brief: proposal(TagTicket(ticket_id="t-10", tags=("x",)), reply="Sorry.", reply_to="m-20")
        shop.store.receive(other)
        assert shop.runner.start("t-10").status is CaseStatus.AWAITING_REVIEW
        again = shop.runner.again(CASE)
        assert again is not None
        assert again.status is not CaseStatus.FAILED


def test_a_fault_while_effects_happen_fails_the_case_and_the_signature_counts_no_more(opening: OpenShop) -> None:
    stub = Stub()
    with opening(stub) as shop:
        before = shop.work()
        stub.needed = cast("Needs", "nothing of the kind")
        failed = shop.sign(before)
        assert failed.status is CaseStatus.FAILED
        assert failed.outcome.startswith("failed: AttributeError")
        assert shop.request(before).status is ApprovalStatus.FAILED
        assert shop.refunded() == []
        stub.needed = Needs(lookups=frozenset())
        shop.runner.recover()
        assert shop.refunded() == []


def test_the_stub_is_a_reasoner() -> None:
    reasoner: Reasoner = Stub()
    asked = Ticket(id="t", messages=(message(),))
    assert isinstance(reasoner.classify(asked, ""), Classification)
    assert ABOUT.intent == "damaged_item"
