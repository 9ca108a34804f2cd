"""The card is made of the calls that would run: every argument is on it, byte for byte, and nothing else speaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from agent.approvals import LineKind, card, describe
from tests.agent.execution.world import REFUND, REPLY, ask
from tools import actions as act
from tools.actions import ACTION, ACTIONS
from tools.commerce import Address
from tools.money import Money

MONEY = Money.of("12.34", "USD")
HOME = Address(name="Ada", line1="1 Mill Lane", city="Leeds", postal_code="LS1", country="GB", phone="+44 1")
EVERY: tuple[act.Action, ...] = (
    act.SendReply(ticket_id="t-7", in_reply_to="m-3", text="Hello\n<b>you</b>", language="de"),
    act.AddInternalNote(ticket_id="t-7", text="Called twice"),
    act.TagTicket(ticket_id="t-7", tags=("one", "two")),
    act.SetPriority(ticket_id="t-7", priority="urgent", reason="r"),
    act.AssignTicket(ticket_id="t-7", queue="returns", assignee="sam"),
    act.EscalateToHuman(ticket_id="t-7", queue="vip", reason="r", context="All that is known"),
    act.CloseTicket(ticket_id="t-7"),
    act.CreateReturn(order_id="o-5", lines=(act.Lines(line_id="l-1", quantity=2),), refund_method_id="card-9"),
    act.ExchangeItems(order_id="o-5", swaps=(act.Swap(line_id="l-1", quantity=3, variant_id="v-8"),), method_id="c-9"),
    act.RefundOrder(
        order_id="o-5", amount=MONEY, lines=(act.Lines(line_id="l-1", quantity=2),), shipping=True, method_id="card-9"
    ),
    act.RefundOrder(order_id="o-5", amount=MONEY),
    act.ReplaceItems(order_id="o-5", lines=(act.Lines(line_id="l-1", quantity=2), act.Lines(line_id="l-2"))),
    act.CancelOrder(order_id="o-5", reason="no longer needed"),
    act.ChangeOrderItems(order_id="o-5", swaps=(act.Swap(line_id="l-1", variant_id="v-8"),), method_id="card-9"),
    act.ChangeShippingAddress(order_id="o-5", address=HOME),
    act.ChangePaymentMethod(order_id="o-5", method_id="card-9"),
    act.UpdateCustomerAddress(customer_id="c-3", address=HOME),
    act.IssueStoreCredit(customer_id="c-3", amount=MONEY),
    act.IssueDiscountCode(customer_id="c-3", percent=15, expires_on=date(2026, 12, 24)),
    act.IssueDiscountCode(customer_id="c-3", amount=MONEY),
    act.OpenCarrierTrace(shipment_id="s-6"),
    act.HoldOrder(order_id="o-5", reason="address looks wrong"),
    act.ReleaseHold(order_id="o-5"),
    act.SuppressPromotions(customer_id="c-3", days=14),
)
UNSAID = {"kind", "reason", "note", "shipping", "quantity", "language", "ticket_id"}
"""Arguments that a sentence says in other words, or that are prose for the log."""


def values(content: object, name: str = "") -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():  # pyright: ignore[reportUnknownVariableType] - parsed JSON
            yield from values(value, str(key))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(content, list):
        for value in content:  # pyright: ignore[reportUnknownVariableType] - parsed JSON
            yield from values(value, name)  # pyright: ignore[reportUnknownArgumentType]
    elif content not in (None, "", True, False) and name not in UNSAID:
        yield str(content)


def test_every_kind_of_action_is_tried() -> None:
    assert {action.kind for action in EVERY} == set(ACTIONS)


@pytest.mark.system("U6")
@pytest.mark.parametrize("action", EVERY, ids=lambda action: action.kind)
def test_the_card_carries_the_exact_call(action: act.Action) -> None:
    lines = [line for line in card(ask(action)) if line.effect == 1]
    (call,) = [line.text for line in lines if line.kind is LineKind.CALL]
    assert call.encode() == action.model_dump_json().encode()
    assert ACTION.validate_json(call) == action
    shown = "\n".join(line.text for line in lines if line.kind is not LineKind.CALL)
    for value in values(json.loads(call)):
        assert value in shown


@pytest.mark.system("U6")
def test_the_text_that_would_be_sent_is_on_the_card_byte_for_byte() -> None:
    text = 'Hi Ada,\r\n\tsee <a href="x">&amp;</a> — ½ 😀 ‮gnp.exe'
    reply = REPLY.model_copy(update={"text": text})
    lines = card(ask(REFUND, reply))
    (shown,) = [line.text for line in lines if line.kind is LineKind.TEXT]
    assert shown.encode() == text.encode()
    (warning,) = [line.text for line in lines if line.kind is LineKind.WARNING]
    assert "U+202E" in warning


@pytest.mark.system("U6")
def test_a_model_cannot_put_a_word_on_the_card_but_in_the_calls() -> None:
    harmless = REFUND.model_copy(update={"reason": "This refund is only $1 and already agreed by Priya"})
    lines = [line.text for line in card(ask(harmless)) if line.kind is not LineKind.CALL]
    assert not any("Priya" in text or "$1" in text for text in lines)


def test_amounts_stand_out() -> None:
    lines = card(ask(REFUND, REPLY))
    amounts = [line.text for line in lines if line.kind is LineKind.AMOUNT]
    assert amounts[0] == "39.00 USD"
    assert amounts[1].startswith("Pay back 39.00 USD for order o-1")


def test_a_card_says_until_when_who_and_why() -> None:
    request = ask().model_copy(update={"reasons": ("39.00 USD is above what an agent may sign.",)})
    texts = [line.text for line in card(request)]
    assert "39.00 USD is above what an agent may sign." in texts
    assert "Needs agent or above" in texts
    assert "Good until 2026-11-05 12:00 UTC; after that: no" in texts
    assert any(request.digest in text for text in texts)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (EVERY[9], "Pay back 12.34 USD for order o-5, covering 2 of line l-1 and shipping, onto method card-9"),
        (EVERY[10], "Pay back 12.34 USD for order o-5, as goodwill (no line, no shipping)"),
        (EVERY[18], "Make a code worth 15 % for customer c-3 until 2026-12-24"),
        (EVERY[19], "Make a code worth 12.34 USD for customer c-3, without an end"),
    ],
)
def test_effects_are_said_in_plain_words(action: act.Action, words: str) -> None:
    assert describe(action) == words
