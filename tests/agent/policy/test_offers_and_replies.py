"""Offers keep a margin and an end; replies are read, and two machines stop answering each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from agent.case import Verdict
from agent.policy import BasketLine, PastEffect, amount_of
from tests.agent.policy.world import LIMITS, NOW, allowing, facts, rules, usd, verdict
from tools import actions as act
from tools.money import Money


def offer(**terms: object) -> act.IssueDiscountCode:
    base: dict[str, object] = {"customer_id": "cus_1", "expires_on": date(2026, 12, 1)}
    return act.IssueDiscountCode.model_validate(base | terms)


@pytest.mark.system("B7")
@pytest.mark.parametrize(
    ("terms", "price", "cost", "fine"),
    [
        ({"percent": 10}, "100.00", "54.00", True),
        ({"percent": 10}, "100.00", "54.01", False),
        ({"amount": "10.00 USD"}, "100.00", "54.00", True),
        ({"amount": "10.01 USD"}, "100.00", "54.00", False),
        ({"amount": "100.00 USD"}, "100.00", "1.00", False),
    ],
)
def test_an_offer_keeps_the_margin_floor(terms: dict[str, object], price: str, cost: str, fine: bool) -> None:
    basket = [BasketLine(price=usd(price), cost=usd(cost))]
    assert ("offer.margin_floor" in rules(verdict(offer(**terms), facts(basket=basket)))) is not fine


@pytest.mark.parametrize("basket", [[], [BasketLine(price=usd("9.00"), cost=None)]])
def test_an_unknown_margin_takes_a_lead(basket: list[BasketLine]) -> None:
    assert rules(verdict(offer(percent=5), facts(basket=basket)))["offer.margin_unknown"] == "lead"


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"percent": 20}, ""),
        ({"percent": 21}, "offer.max_percent"),
        ({"percent": 5, "expires_on": None}, "offer.no_end"),
        ({"percent": 5, "expires_on": date(2027, 2, 14)}, ""),
        ({"percent": 5, "expires_on": date(2027, 2, 15)}, "offer.far_end"),
    ],
)
def test_the_size_and_end_of_an_offer(terms: dict[str, object], rule: str) -> None:
    found = rules(verdict(offer(**terms), facts(basket=[BasketLine(price=usd("9.00"), cost=usd("1.00"))])))
    assert {name for name in found if name.startswith("offer.")} == ({rule} if rule else set())


@pytest.mark.system("B17")
def test_replies_are_read_unless_their_intent_has_an_owner() -> None:
    reply = act.SendReply(ticket_id="tic_1", in_reply_to="m1", text="Hi")
    assert verdict(reply, intent="order_status").verdict is Verdict.REQUIRE_APPROVAL
    assert verdict(reply, intent="order_status", limits=allowing("send_reply")).verdict is Verdict.REQUIRE_APPROVAL
    listed = {"mode": "listed_intents", "auto_intents": {"order_status": {"owner": "dana"}}}
    replies = LIMITS.replies.model_validate_json(
        LIMITS.replies.model_copy(update=listed).model_dump_json(warnings=False)
    )
    auto = LIMITS.model_copy(update={"replies": replies})
    assert verdict(reply, intent="order_status", limits=auto).verdict is Verdict.ALLOW
    assert verdict(reply, intent="refund_request", limits=auto).verdict is Verdict.REQUIRE_APPROVAL


def test_three_replies_in_five_minutes_are_enough() -> None:
    reply = act.SendReply(ticket_id="tic_1", in_reply_to="m1", text="Hi")

    def sent(*minutes_ago: int) -> dict[str, str]:
        past_replies = [
            PastEffect(action=reply, at=NOW - timedelta(minutes=minutes), case_id="case_1") for minutes in minutes_ago
        ]
        return rules(verdict(reply, history=past_replies))

    assert sent(1, 2, 4)["reply.loop"] == "block"
    assert "reply.loop" not in sent(1, 2)
    assert "reply.loop" not in sent(1, 2, 5)


@pytest.mark.parametrize(("percent", "role"), [(5, "agent"), (6, "lead"), (20, "lead")])
def test_a_code_of_a_percentage_counts_with_what_it_takes_off(percent: int, role: str) -> None:
    basket = [BasketLine(price=usd("120.00"), cost=usd("1.00")), BasketLine(price=usd("80.00"), cost=usd("1.00"))]
    assert verdict(offer(percent=percent), facts(basket=basket)).role == role


def test_a_code_of_a_percentage_adds_to_what_the_customer_got_today() -> None:
    basket = [BasketLine(price=usd("100.00"), cost=usd("1.00"))]
    refunded = act.RefundOrder(order_id="ord_1", amount=usd("45.00"))
    past = PastEffect(action=refunded, at=NOW - timedelta(hours=2), customer_id="cus_1", amount=usd("45.00"))
    assert verdict(offer(percent=5), facts(basket=basket), history=[past]).role == "agent"
    assert verdict(offer(percent=6), facts(basket=basket), history=[past]).role == "lead"


@pytest.mark.parametrize(("percent", "price", "takes"), [(10, "0.01", 1), (10, "19.99", 200), (15, "33.33", 500)])
def test_what_a_percentage_takes_off_is_rounded_against_the_one_who_signs(percent: int, price: str, takes: int) -> None:
    found = amount_of(offer(percent=percent), facts(basket=[BasketLine(price=usd(price), cost=None)]))
    assert found is not None
    assert found.minor == takes


def test_without_prices_in_one_currency_a_percentage_has_no_amount() -> None:
    mixed = [BasketLine(price=usd("10.00"), cost=None), BasketLine(price=Money.of("10.00", "EUR"), cost=None)]
    assert amount_of(offer(percent=10), facts(basket=mixed)) is None
    assert amount_of(offer(percent=10), facts()) is None
