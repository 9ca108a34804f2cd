"""How far back the store is asked what a customer got."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.case import Verdict
from agent.limits import Per, PolicyLimits, Say, Window
from agent.policy.facts import load_policy_facts, past_of_store
from tests.agent.investigation.world import LIMITS, MIA, NOW, Shelf, order, usd
from tools import actions as act
from tools.commerce import Refund

ORDER = order("1042")
OLD = Refund(id="r-old", order_id="o-1042", amount=usd("5.00"), at=NOW - timedelta(days=6 * 365))


def limited(hours: int | None) -> PolicyLimits:
    block = Say(verdict=Verdict.BLOCK)
    window = Window(id="w", per=Per.CUSTOMER, hours=hours, count=1, above=block)
    return LIMITS.model_copy(update={"windows": LIMITS.windows.model_copy(update={"limits": (window,)})})


@pytest.mark.system("U7")
@pytest.mark.parametrize(("hours", "counted"), [(None, 1), (24, 0), (8760, 0), (7 * 8760, 1)])
def test_refunds_count_as_far_back_as_a_window_of_the_customer_goes(hours: int | None, counted: int) -> None:
    refund = act.RefundOrder(order_id="o-1042", amount=usd("5.00"))
    facts = load_policy_facts(refund, Shelf((MIA, ORDER, OLD)).readers(), limited(hours), NOW)
    assert len(past_of_store(facts)) == counted
