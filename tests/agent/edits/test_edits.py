"""What a person changes before signing: the words, the amount, the way out; nothing else moves with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.case import Alternative, Draft, Promise, ProposedResolution, SourcedSpan, SpanKind
from agent.edits import CannotEdit, with_actions, with_alternative, with_amount, with_reply
from knowledge.playbooks.formatting import format_money
from tools import actions as act
from tools.money import Money

OLD, NEW = Money.of("98.00", "USD"), Money.of("5.00", "USD")
REFUND = act.RefundOrder(order_id="o-5", amount=OLD, lines=(act.Lines(line_id="l-1"),))
TAG = act.TagTicket(ticket_id="t-7", tags=("late",))
QUEUE = act.AssignTicket(ticket_id="t-7", queue="returns")
AGAIN = act.ReplaceItems(order_id="o-5", lines=(act.Lines(line_id="l-1"),))
CREDIT = act.IssueStoreCredit(customer_id="c-3", amount=OLD)


def reply(text: str, language: str = "en") -> Draft:
    span = SourcedSpan(start=0, end=1, kind=SpanKind.NAME, sources=("sender",))
    return Draft(text=text, language=language, in_reply_to="m-3", spans=(span,))


def proposal(text: str = "Hi. We have refunded $98.00.", language: str = "en", **fields: object) -> ProposedResolution:
    given = {
        "reply": reply(text, language),
        "actions": (TAG, REFUND, QUEUE),
        "rationale": "because",
        "promises": (Promise(text="refunded", kind="refund", fingerprint=REFUND.fingerprint()),),
        "bindings": {"order:o-5": "3"},
        **fields,
    }
    return ProposedResolution.model_validate(given)


def said(edited: ProposedResolution) -> str:
    assert edited.reply is not None
    return edited.reply.text


def test_other_words_keep_everything_but_the_words_and_their_sources() -> None:
    before = proposal()
    after = with_reply(before, "Hello.", "dana")
    assert (said(after), after.author) == ("Hello.", "dana")
    assert after.reply is not None
    assert (after.reply.in_reply_to, after.reply.language, after.reply.spans) == ("m-3", "en", ())
    assert (after.actions, after.bindings, after.promises) == (before.actions, before.bindings, before.promises)
    assert after.digest("t-7") != before.digest("t-7")


@pytest.mark.parametrize("text", ["", "  \n"])
def test_words_cannot_be_empty(text: str) -> None:
    with pytest.raises(CannotEdit, match="needs a text"):
        with_reply(proposal(), text, "dana")


def test_where_nothing_is_replied_nothing_is_reworded() -> None:
    with pytest.raises(CannotEdit, match="no reply"):
        with_reply(proposal(reply=None), "Hello.", "dana")


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_another_amount_is_also_what_the_reply_says(language: str) -> None:
    before = proposal(f"X {format_money(OLD, language)}. Y", language)
    after = with_amount(before, NEW, "dana")
    assert said(after) == f"X {format_money(NEW, language)}. Y"
    assert after.actions == (TAG, REFUND.model_copy(update={"amount": NEW}), QUEUE)


def test_what_was_promised_of_the_old_amount_is_kept_by_the_new() -> None:
    after = with_amount(proposal(), NEW, "dana")
    assert [promise.fingerprint for promise in after.promises] == [after.actions[1].fingerprint()]


def test_a_reply_that_names_no_amount_stays_the_reasoners() -> None:
    after = with_amount(proposal("We have refunded you."), NEW, "dana")
    assert after.reply == proposal("We have refunded you.").reply


@pytest.mark.parametrize(
    "text",
    ["You paid $98.00. We have refunded $98.00.", "We have refunded 98.00 USD.", "$98.00, that is 98,00 dollars."],
)
def test_where_only_a_person_can_tell_which_amount_changes_the_words_are_asked_for(text: str) -> None:
    with pytest.raises(CannotEdit, match="its new words"):
        with_amount(proposal(text), NEW, "dana")
    assert said(with_amount(proposal(text), NEW, "dana", "We have refunded $5.00.")) == "We have refunded $5.00."


@pytest.mark.parametrize("other", ["$198.00", "$98.001", "$1,198.00"])
def test_a_longer_number_is_another_number(other: str) -> None:
    text = f"It cost {other}. We have refunded $98.00."
    assert said(with_amount(proposal(text), NEW, "dana")) == f"It cost {other}. We have refunded $5.00."


@pytest.mark.parametrize("actions", [(TAG,), (REFUND, CREDIT), ()])
def test_an_amount_needs_exactly_one_refund_or_credit(actions: tuple[act.Action, ...]) -> None:
    with pytest.raises(CannotEdit, match="refunds or credits"):
        with_amount(proposal(actions=actions, promises=()), NEW, "dana")


@given(st.integers(min_value=1, max_value=10**7), st.integers(min_value=1, max_value=10**7))
def test_the_card_and_the_reply_never_name_two_amounts(old: int, new: int) -> None:
    before, after = Money(minor=old, currency="USD"), Money(minor=new, currency="USD")
    refund = REFUND.model_copy(update={"amount": before})
    text = f"We have refunded {format_money(before, 'en')} to you."
    edited = with_amount(proposal(text, actions=(refund,), promises=()), after, "dana")
    assert said(edited) == f"We have refunded {format_money(after, 'en')} to you."
    assert [action.amount for action in edited.actions if isinstance(action, act.RefundOrder)] == [after]


def test_an_alternative_brings_its_own_effects_words_and_promises() -> None:
    option = Alternative(title="Send it again", actions=(AGAIN,), reply=reply("On its way."))
    after = with_alternative(proposal(alternatives=(option,)), 1, "dana")
    assert after.actions == (TAG, QUEUE, AGAIN)
    assert said(after) == "On its way."
    assert (after.promises, after.alternatives, after.author) == ((), (), "")


def test_whoever_chooses_an_alternative_has_taken_the_case_over() -> None:
    option = Alternative(title="Make an exception", actions=(AGAIN,), reply=reply("On its way."))
    asked = proposal(alternatives=(option,)).model_copy(update={"escalate": "reported late; a person decides"})
    assert with_alternative(asked, 1, "dana").escalate == ""


def test_an_alternative_without_words_is_the_persons() -> None:
    after = with_alternative(proposal(alternatives=(Alternative(title="x", actions=(AGAIN,)),)), 1, "dana")
    assert after.author == "dana"


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_an_alternative_that_is_not_there_is_refused(number: int) -> None:
    option = Alternative(title="Send it again", actions=(AGAIN,))
    with pytest.raises(CannotEdit, match="this case has 1"):
        with_alternative(proposal(alternatives=(option,)), number, "dana")


def test_other_actions_altogether() -> None:
    after = with_actions(proposal(), (AGAIN,), "dana")
    assert (after.actions, after.author) == ((AGAIN,), "dana")
