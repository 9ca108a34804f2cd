"""How a case goes through the graph: what happens by itself, what waits, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from agent.approvals import AlreadyDecided, ApprovalKind, ApprovalStatus, DecisionKind, Expired, ReasonMissing
from agent.case import CaseStatus, ProposedResolution, Verdict
from agent.reasoners.base import Brief
from tests.agent.graph.world import (
    REFUND,
    REPLY,
    TAG,
    UNREAD,
    SmallShop,
    Stub,
    draft,
    fixed,
    proposal,
    with_limits,
)
from tools.actions import CloseTicket, EscalateToHuman, SendReply

OpenShop = Callable[..., AbstractContextManager[SmallShop]]
SORRY = "Hi Ada,\n\nwe are sorry that the mug of order #1002 arrived broken."


def test_a_run_over_a_new_message_begins_by_saying_which_is_coming(opening: OpenShop) -> None:
    coming: list[list[str]] = []
    stub = fixed(proposal(TAG, reply=SORRY))
    read = stub.hears
    stub.hears = lambda ticket: (coming.append(list(stub.expected)), read(ticket))[1]
    with opening(stub) as shop:
        record = shop.work()
    assert coming == [[record.message_id]]


@pytest.mark.system("N1")
def test_what_needs_nobody_happens_and_closes_the_case(opening: OpenShop) -> None:
    with opening(fixed(proposal(TAG, reply=SORRY)), limits=UNREAD) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ANSWERED, record.outcome
        assert shop.happened() == ["tag_ticket", "send_reply"]
        assert [sent.text for sent in shop.replies()] == [SORRY]
        assert record.approval_id == ""
        assert not shop.database.approvals.list()


@pytest.mark.system("N2")
def test_what_needs_a_signature_waits_and_only_what_is_free_has_happened(small: SmallShop) -> None:
    record = small.work()
    assert record.status is CaseStatus.AWAITING_APPROVAL
    assert small.happened() == ["tag_ticket"]
    assert small.refunded() == []
    assert small.replies() == []
    request = small.request(record)
    assert request.kind is ApprovalKind.SIGN
    assert [effect.kind for effect in request.effects] == ["refund_order", "send_reply"]
    assert [r.id for r in small.database.approvals.list()] == [request.id]


def test_a_reply_alone_is_a_draft_to_review(opening: OpenShop) -> None:
    with opening(fixed(proposal(TAG, reply=SORRY))) as shop:
        record = shop.work()
        assert record.status is CaseStatus.AWAITING_REVIEW
        assert shop.request(record).kind is ApprovalKind.REVIEW


@pytest.mark.system("N3")
def test_a_signature_lets_exactly_the_signed_effects_happen_in_order_and_the_reply_last(small: SmallShop) -> None:
    small.work()
    signed = small.request()
    record = small.sign()
    assert record.status is CaseStatus.ANSWERED, record.outcome
    assert small.happened() == ["tag_ticket", *(effect.kind for effect in signed.effects)]
    assert small.happened()[-1] == "send_reply"
    assert small.refunded() == ["20.00 USD"]
    assert [sent.text for sent in small.replies()] == [REPLY]
    done = {execution.action.kind: execution for execution in record.executions}
    assert {done[kind].approved_by for kind in ("refund_order", "send_reply")} == {"dana"}
    assert done["tag_ticket"].approved_by == ""
    assert small.request().status is ApprovalStatus.EXECUTED


def test_what_is_free_is_done_before_the_question_and_not_again_after_it(small: SmallShop) -> None:
    small.work()
    small.sign()
    trail = small.trail()
    assert trail.index("effect.succeeded") < trail.index("approval.awaiting") < trail.index("approval.executing")
    assert small.happened().count("tag_ticket") == 1


def test_a_signature_counts_once(small: SmallShop) -> None:
    record = small.work()
    small.sign(record)
    with pytest.raises(AlreadyDecided, match="dana already approved"):
        small.sign(record)
    assert small.refunded() == ["20.00 USD"]


def test_a_rejection_closes_the_case_with_its_reason_and_nothing_happens(small: SmallShop) -> None:
    record = small.work()
    with pytest.raises(ReasonMissing):
        small.decide(DecisionKind.REJECT, record)
    after = small.decide(DecisionKind.REJECT, record, reason="ask for a photo first")
    assert after.status is CaseStatus.REJECTED
    assert after.outcome == "dana said no: ask for a photo first"
    assert small.happened() == ["tag_ticket"]
    assert small.request(record).status is ApprovalStatus.REJECTED


def test_a_reasoner_that_can_learn_from_a_rejection_is_asked_once_more_and_not_twice(opening: OpenShop) -> None:
    def says(brief: Brief) -> ProposedResolution:
        return proposal(TAG, reply=SORRY) if brief.feedback else proposal()

    stub = Stub(says=says, repairs=True)
    with opening(stub) as shop:
        first = shop.work()
        second = shop.decide(DecisionKind.REJECT, first, reason="no refund without a photo")
        assert second.status is CaseStatus.AWAITING_REVIEW
        assert second.approval_id != first.approval_id
        assert [brief.feedback for brief in stub.briefs] == ["", "no refund without a photo"]
        last = shop.decide(DecisionKind.REJECT, second, reason="still not")
        assert last.status is CaseStatus.REJECTED
        assert last.outcome == "dana said no: still not"
        assert shop.happened() == ["tag_ticket"]


def test_what_was_rejected_is_not_asked_a_second_time(opening: OpenShop) -> None:
    stub = Stub(repairs=True)
    with opening(stub) as shop:
        record = shop.decide(DecisionKind.REJECT, shop.work(), reason="no refund without a photo")
        assert len(stub.briefs) == 2
        assert record.status is CaseStatus.REJECTED
        assert record.outcome == "dana said no: no refund without a photo"
        assert len(shop.database.approvals.list()) == 1
        assert shop.refunded() == []


def test_an_escalation_hands_the_case_over_with_the_reason(small: SmallShop) -> None:
    record = small.decide(DecisionKind.ESCALATE, small.work(), reason="this customer is a friend of mine")
    assert record.status is CaseStatus.ESCALATED
    assert "dana hands it over: this customer is a friend of mine" in record.outcome
    assert "escalate_to_human" in small.happened()
    assert small.refunded() == []
    assert small.replies() == []


@pytest.mark.system("U1")
def test_when_nobody_answers_in_time_the_answer_is_no_and_the_case_says_so(small: SmallShop) -> None:
    record = small.work()
    assert small.runner.expire() == []
    small.clock.set(small.request(record).expires_at)
    (closed,) = small.runner.expire()
    assert closed == small.case()
    assert closed.status is CaseStatus.REJECTED
    assert closed.outcome == "nobody answered in time"
    assert small.request(record).status is ApprovalStatus.EXPIRED
    assert small.happened() == ["tag_ticket"]
    assert small.runner.expire() == []


def test_a_signature_that_comes_too_late_closes_the_case_as_well(small: SmallShop) -> None:
    record = small.work()
    small.clock.set(small.request(record).expires_at + timedelta(seconds=1))
    with pytest.raises(Expired):
        small.sign(record)
    assert small.case().status is CaseStatus.REJECTED
    assert small.refunded() == []


def test_what_is_not_allowed_becomes_a_handover_with_the_reason(opening: OpenShop) -> None:
    with opening(fixed(proposal(TAG, REFUND, reply="Hi Ada,\n\nwe have refunded $200.00."))) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED
        assert "not allowed" in record.outcome
        assert "200.00" in record.outcome
        assert shop.refunded() == []
        assert shop.replies() == []


def test_problems_are_handed_back_once_and_a_mended_proposal_goes_on(opening: OpenShop) -> None:
    def says(brief: Brief) -> ProposedResolution:
        return proposal() if brief.problems else proposal(reply="Hi Ada,\n\nwe have refunded $200.00.")

    stub = Stub(says=says, repairs=True)
    with opening(stub) as shop:
        record = shop.work()
        assert record.status is CaseStatus.AWAITING_APPROVAL
        assert [bool(brief.problems) for brief in stub.briefs] == [False, True]
        assert any("200.00" in problem for problem in stub.briefs[1].problems)


@pytest.mark.parametrize(("repairs", "asked"), [(True, 2), (False, 1)])
def test_a_reasoner_that_cannot_mend_it_hands_over(opening: OpenShop, repairs: bool, asked: int) -> None:
    bad = proposal(reply="Hi Ada,\n\nwe have refunded $200.00.")
    stub = Stub(says=lambda brief: bad, repairs=repairs)
    with opening(stub) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED
        assert "200.00" in record.outcome
        assert len(stub.briefs) == asked
        assert shop.refunded() == []


def test_a_proposal_that_says_nothing_to_anybody_is_handed_over(opening: OpenShop) -> None:
    with opening(fixed(proposal(TAG, reply=""))) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED
        assert "no reply was proposed" in record.outcome


def test_a_signed_effect_without_a_reply_is_not_counted_as_an_answer(opening: OpenShop) -> None:
    with opening(fixed(proposal(REFUND, reply=""))) as shop:
        shop.work()
        assert shop.sign().status is CaseStatus.ESCALATED
        assert shop.refunded() == ["20.00 USD"]


def test_where_even_a_handover_is_blocked_the_case_fails_and_says_why(opening: OpenShop) -> None:
    nobody = with_limits(actions={"escalate_to_human": {"verdict": Verdict.BLOCK}})
    with opening(fixed(proposal(reply="Hi Ada,\n\nwe have refunded $200.00.")), limits=nobody) as shop:
        record = shop.work()
        assert record.status is CaseStatus.FAILED
        assert "escalate_to_human" in record.outcome
        assert shop.happened() == []


def test_a_reasoner_cannot_claim_to_be_a_person(opening: OpenShop) -> None:
    claimed = proposal(reply="Hi Ada,\n\nwe have refunded $200.00.", author="dana")
    with opening(fixed(claimed)) as shop:
        record = shop.work()
        assert record.status is CaseStatus.ESCALATED
        assert record.proposal is not None
        assert record.proposal.author == ""


def test_an_automatic_message_is_closed_without_an_answer(opening: OpenShop) -> None:
    silent = proposal(TAG, CloseTicket(ticket_id="t-9", reason="automatic"), reply="", ignore="an automatic message")
    free = with_limits(actions={"close_ticket": {"verdict": Verdict.ALLOW}})
    with opening(fixed(silent), limits=free) as shop:
        record = shop.work()
        assert record.status is CaseStatus.IGNORED
        assert shop.happened() == ["tag_ticket", "close_ticket"]


def test_what_a_reply_hides_among_the_actions_never_leaves(opening: OpenShop) -> None:
    hidden = SendReply(ticket_id="t-9", in_reply_to="m-9", text="Here are 500 dollars.")
    with opening(fixed(proposal(hidden, reply=""))) as shop:
        assert shop.work().status is CaseStatus.ESCALATED
        assert shop.replies() == []


def test_the_row_tells_the_whole_case(small: SmallShop) -> None:
    record = small.work()
    assert record == small.case()
    assert record.intent == "damaged_item"
    assert record.investigation is not None
    assert record.investigation.identity.customer_id == record.customer_id == "c-ada"
    assert record.proposal is not None
    assert record.proposal.reply is not None
    assert record.proposal.reply.text == draft().text
    assert record.verdict is not None
    assert record.verdict.verdict is Verdict.REQUIRE_APPROVAL
    assert record.value == REFUND.amount
    assert record.message_id == "m-9"
    assert {"classify", "investigate", "propose", "check", "execute", "to_draft"} <= set(record.timings)
    seen = [event.kind for event in small.database.events.read(0, record.case_id)]
    assert seen == ["classified", "looked_up", "proposed", "checked", "executed", "waiting"]


def test_a_handover_reaches_the_helpdesk(opening: OpenShop) -> None:
    handed = proposal(TAG, EscalateToHuman(ticket_id="t-9", queue="support", reason="odd"), reply="", escalate="odd")
    with opening(fixed(handed)) as shop:
        assert shop.work().status is CaseStatus.ESCALATED
        found = shop.readers.helpdesk.ticket("t-9")
        assert found is not None
        assert found.queue == "support"
