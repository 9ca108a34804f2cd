"""What a person changes before signing, and what the world changes after the ask: refused, and asked anew."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from agent import edits
from agent.approvals import ApprovalError, ApprovalStatus, DecisionKind, StaleDigest
from agent.case import Alternative, CaseStatus, ProposedResolution
from agent.investigation.needs import Needs
from agent.repositories import CaseRecord
from agent.runner import Edit
from agent.threads import thread
from tests.agent.graph.world import (
    CASE,
    REFUND,
    REPLY,
    SmallShop,
    Stub,
    draft,
    fixed,
    message,
    passage,
    proposal,
    ticket,
    with_limits,
)
from tests.tools.world import ADA, usd
from tools.actions import RefundOrder

OpenShop = Callable[..., AbstractContextManager[SmallShop]]
SHORTER = "Hi Ada,\n\nwe have refunded $20.00."


def asked_anew(shop: SmallShop, before: CaseRecord, after: CaseRecord) -> None:
    """Nothing happened under the signature; another request waits, and the old one is beyond answering."""
    assert shop.refunded() == []
    assert shop.replies() == []
    assert after.status in (CaseStatus.AWAITING_APPROVAL, CaseStatus.AWAITING_REVIEW), after.outcome
    assert after.approval_id != before.approval_id
    assert shop.request(before).status is ApprovalStatus.SUPERSEDED
    assert shop.request(after).status is ApprovalStatus.AWAITING
    with pytest.raises(ApprovalError):
        shop.sign(before)
    assert shop.refunded() == []


# --- what a person changes ------------------------------------------------------------------------------------------


def test_another_text_is_checked_asked_anew_and_sent_as_it_was_signed(small: SmallShop) -> None:
    before = small.work()
    after = small.change(lambda said: edits.with_reply(said, SHORTER, "dana"))
    asked_anew(small, before, after)
    assert small.sign(after).status is CaseStatus.ANSWERED
    assert [sent.text for sent in small.replies()] == [SHORTER]
    assert small.refunded() == ["20.00 USD"]
    assert small.happened().count("tag_ticket") == 1


@pytest.mark.system("U1")
def test_another_amount_needs_another_signature(opening: OpenShop) -> None:
    with opening(fixed(proposal(reply="Hi Ada,\n\nwe are sorry that the mug of order #1002 arrived broken."))) as shop:
        before = shop.work()
        after = shop.change(lambda said: edits.with_amount(said, usd("12.00"), "dana"))
        asked_anew(shop, before, after)
        (refund, _) = shop.request(after).effects
        assert isinstance(refund, RefundOrder)
        assert refund.amount == usd("12.00")
        with pytest.raises(StaleDigest):
            shop.decide(DecisionKind.APPROVE, after, digest=shop.request(before).digest)
        shop.sign(after)
        assert shop.refunded() == ["12.00 USD"]


def test_an_alternative_takes_the_place_of_what_was_proposed(opening: OpenShop) -> None:
    other = Alternative(title="Only say sorry", actions=(), reply=draft("Hi Ada,\n\nwe are sorry about the mug."))
    with opening(fixed(proposal(alternatives=(other,)))) as shop:
        before = shop.work()
        after = shop.change(lambda said: edits.with_alternative(said, 1, "dana"))
        asked_anew(shop, before, after)
        assert [effect.kind for effect in shop.request(after).effects] == ["send_reply"]
        shop.sign(after)
        assert shop.refunded() == []
        assert len(shop.replies()) == 1


@pytest.mark.parametrize("amount", ["500.00", "0.00"])
def test_an_edit_that_could_never_happen_is_refused_before_anything_is_decided(small: SmallShop, amount: str) -> None:
    before = small.work()
    with pytest.raises((edits.CannotEdit, ValueError)):
        small.change(lambda said: edits.with_amount(said, usd(amount), "dana"))
    assert small.case() == before
    assert small.request(before).status is ApprovalStatus.AWAITING
    small.sign(before)
    assert small.refunded() == ["20.00 USD"]


def third(said: ProposedResolution) -> ProposedResolution:
    return edits.with_alternative(said, 3, "dana")


@pytest.mark.parametrize("edit", [None, third])
def test_an_edit_without_content_is_refused(small: SmallShop, edit: Edit | None) -> None:
    before = small.work()
    with pytest.raises(edits.CannotEdit):
        small.runner.decide(before.approval_id, DecisionKind.MODIFY, "dana", edit=edit)
    assert small.case() == before


def test_what_a_person_wrote_survives_a_world_that_moves_on(small: SmallShop) -> None:
    small.work()
    asked = small.change(lambda said: edits.with_reply(said, SHORTER, "dana"))
    small.put(small.order().model_copy(update={"note": "called"}))
    after = small.sign(asked)
    asked_anew(small, asked, after)
    small.sign(after)
    assert [sent.text for sent in small.replies()] == [SHORTER]


# --- what the world changes -----------------------------------------------------------------------------------------


@pytest.mark.system("U1")
def test_an_order_that_changed_after_the_ask_is_asked_again(small: SmallShop) -> None:
    before = small.work()
    small.put(small.order().model_copy(update={"note": "customer called"}))
    after = small.sign(before)
    asked_anew(small, before, after)
    assert "changed since it was asked: order:o-1002" in after.outcome
    assert len(small.stub.briefs) == 2
    assert small.sign(after).status is CaseStatus.ANSWERED
    assert small.refunded() == ["20.00 USD"]


@pytest.mark.system("U1")
def test_a_customer_who_changed_after_the_ask_is_asked_again(small: SmallShop) -> None:
    before = small.work()
    small.put(ADA.model_copy(update={"name": "Ada King"}))
    asked_anew(small, before, small.sign(before))


@pytest.mark.system("U1")
def test_limits_that_changed_after_the_ask_are_asked_again(opening: OpenShop) -> None:
    with opening() as shop:
        before = shop.work()
    with opening(limits=with_limits(approvals={"expire_after_hours": 47})) as shop:
        asked_anew(shop, before, shop.sign(before))


@pytest.mark.system("U1")
def test_playbooks_that_changed_after_the_ask_are_asked_again(opening: OpenShop) -> None:
    with opening(Stub(versions={"playbooks": "one"})) as shop:
        before = shop.work()
        assert shop.request(before).bindings["playbooks"] == "one"
    with opening(Stub(versions={"playbooks": "two"})) as shop:
        after = shop.sign(before)
        asked_anew(shop, before, after)
        assert "playbooks" in after.outcome
    with opening(Stub(versions={"playbooks": "two"})) as shop:
        assert shop.sign(after).status is CaseStatus.ANSWERED


CITED = proposal(citations=("returns@v1#window",))
NEEDS = Needs(lookups=frozenset(), cites=("returns#window",))
BROKEN = "What arrives broken is refunded."


@pytest.mark.system("U1")
@pytest.mark.parametrize(
    "now",
    [passage(BROKEN, version=2), passage("What arrives broken is exchanged."), None],
    ids=["version", "words", "gone"],
)
def test_a_cited_passage_that_changed_after_the_ask_is_asked_again(opening: OpenShop, now: object) -> None:
    def citing() -> Stub:
        stub = Stub(needed=NEEDS)
        stub.says = lambda brief: proposal(citations=tuple(p.passage_id for p in brief.investigation.passages))
        return stub

    with opening(citing(), passages=[passage(BROKEN)]) as shop:
        before = shop.work()
        assert before.status is CaseStatus.AWAITING_APPROVAL, before.outcome
        assert shop.request(before).bindings["passage:returns#window"].startswith("v1:")
    with opening(citing(), passages=[now] if now else []) as shop:
        after = shop.sign(before)
        asked_anew(shop, before, after)
        assert "passage:returns#window" in after.outcome


def test_a_passage_that_nobody_cites_does_not_make_a_signature_stale(opening: OpenShop) -> None:
    with opening(Stub(needed=NEEDS), passages=[passage(BROKEN)]) as shop:
        before = shop.work()
    with opening(Stub(needed=NEEDS), passages=[passage(BROKEN, version=2)]) as shop:
        assert shop.sign(before).status is CaseStatus.ANSWERED


@pytest.mark.system("U1")
def test_a_new_message_after_the_ask_is_worked_on_before_anything_is_decided(small: SmallShop) -> None:
    before = small.work()
    small.store.receive(ticket(message(), message("Also, when does it arrive?", 10)))
    with pytest.raises(StaleDigest, match="replaced"):
        small.sign(before)
    asked_anew(small, before, small.case())
    small.sign()
    assert small.refunded() == ["20.00 USD"]
    assert len(small.replies()) == 1


def test_an_amount_edited_in_a_checkpoint_is_not_what_was_signed(small: SmallShop) -> None:
    before = small.work()
    assert before.proposal is not None
    dearer = proposal(REFUND.model_copy(update={"amount": usd("75.00")}))
    tampered = dearer.model_copy(update={"bindings": before.proposal.bindings}).model_dump(mode="json")
    saver_config = thread(CASE, "m-9")
    found = small.saver.get_tuple(saver_config)
    assert found is not None
    found.checkpoint["channel_values"]["proposal"] = tampered
    small.saver.put(found.config, found.checkpoint, found.metadata, {})
    after = small.sign(before)
    asked_anew(small, before, after)
    assert "these are not the effects that dana signed" in after.outcome


def test_a_request_that_nobody_changed_is_good_until_it_expires(opening: OpenShop) -> None:
    with opening() as shop:
        before = shop.work()
    for _ in range(2):
        with opening() as shop:
            shop.runner.recover()
            assert shop.case().approval_id == before.approval_id
    with opening() as shop:
        assert shop.sign(before).status is CaseStatus.ANSWERED
        assert [sent.text for sent in shop.replies()] == [REPLY]
