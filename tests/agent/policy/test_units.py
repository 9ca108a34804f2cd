"""Which units a rule is about: those that came back, those that stayed, and those that were sent for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.policy import PolicyFacts
from tests.agent.policy.world import (
    NOW,
    PRODUCT,
    VARIANTS,
    delivered,
    every_action,
    facts,
    line,
    order,
    past,
    refund,
    rules,
    usd,
    verdict,
)
from tools import actions as act
from tools.commerce import OrderStage, ParcelStatus, Return, ReturnLine, ReturnStatus, Variant


def came_back(units: int, status: ReturnStatus) -> Return:
    """Asked for on day 25 of an order that was delivered 45 days ago."""
    lines = (ReturnLine(line_id="l1", quantity=units),)
    return Return(id="ret_1", order_id="ord_1", status=status, lines=lines, requested_at=NOW - timedelta(days=20))


BACK = ("create_return", "refund_order", "exchange_items")


@pytest.mark.system("B2")
@pytest.mark.parametrize("action", [one for one in every_action() if one.kind in BACK], ids=lambda one: one.kind)
def test_a_return_in_time_says_nothing_about_the_units_that_stayed(action: act.Action) -> None:
    about = facts(
        order(lines=(line(refunded=1),)), shipments=[delivered(45)], returns=[came_back(1, ReturnStatus.CLOSED)]
    )
    assert set(rules(verdict(action, about))) & {"refund.outside_window", "returns.window"}


@pytest.mark.parametrize(("units", "late"), [((1,), False), ((2,), True), ((1, 1), True)])
def test_units_beyond_those_that_came_back_are_late(units: tuple[int, ...], late: bool) -> None:
    half_refunded = order(lines=(line(refunded=1, returning=1),))
    about = facts(half_refunded, shipments=[delivered(45)], returns=[came_back(2, ReturnStatus.RECEIVED)])
    asked = refund(lines=tuple(act.Lines(line_id="l1", quantity=count) for count in units))
    assert ("refund.outside_window" in rules(verdict(asked, about))) is late


def test_goods_sent_again_for_nothing_are_worth_their_price_when_they_are_sent_once_more() -> None:
    free = order(lines=(line(price=usd("0.00")),), replaces_order_id="ord_0", transactions=())
    found = verdict(act.ReplaceItems(order_id="ord_1", lines=(act.Lines(line_id="l1", quantity=2),)), facts(free))
    assert rules(found)["replacement.over_ceiling"] == "lead"


OLD = order(stage=OrderStage.SHIPPED, placed_at=NOW - timedelta(days=400))
UNDERWAY = delivered(3).model_copy(update={"delivered_at": None, "status": ParcelStatus.IN_TRANSIT})


@pytest.mark.system("B2")
@pytest.mark.parametrize(
    ("about", "rule"),
    [
        (facts(OLD, shipments=[]), "refund.delivery_unknown"),
        (
            facts(OLD.model_copy(update={"placed_at": NOW - timedelta(days=31)}), shipments=[]),
            "refund.delivery_unknown",
        ),
        (facts(OLD.model_copy(update={"placed_at": NOW - timedelta(days=30)}), shipments=[]), ""),
        (facts(OLD.model_copy(update={"stage": OrderStage.PENDING}), shipments=[]), ""),
        (facts(OLD, shipments=[UNDERWAY]), ""),
        (facts(OLD, shipments=[delivered(45)]), "refund.outside_window"),
        (facts(OLD, shipments=[delivered(3)]), ""),
    ],
    ids=["old", "day 31", "day 30", "pending", "underway", "arrived long ago", "arrived"],
)
def test_an_old_order_that_only_says_shipped_is_not_taken_for_one_in_time(about: PolicyFacts, rule: str) -> None:
    found = rules(verdict(refund(), about))
    assert {name for name in found if name.startswith("refund.")} == ({rule} if rule else set())
    assert not rule or found[rule] == "lead"


@pytest.mark.parametrize(
    ("price", "role"), [("60.00", ""), ("70.00", ""), ("35.00", ""), ("34.99", "lead"), ("0.00", "lead")]
)
def test_what_an_exchange_pays_back_before_the_goods_are_here_has_its_ceiling(price: str, role: str) -> None:
    cheaper = Variant(id="var_2", price=usd(price))
    world = replace(facts().world, variants={"var_1": (PRODUCT, VARIANTS[0]), "var_2": (PRODUCT, cheaper)})
    about = replace(facts(), world=world)
    swap = act.ExchangeItems(order_id="ord_1", swaps=(act.Swap(line_id="l1", quantity=2, variant_id="var_2"),))
    assert rules(verdict(swap, about)).get("exchange.over_ceiling", "") == role
    before = past("49.00", 2, action=swap)
    assert rules(verdict(refund("2.00"), history=[before]))["limits.window_sum"] == "lead"
