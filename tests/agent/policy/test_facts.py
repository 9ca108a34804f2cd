"""How far back the store is asked what a customer got."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.case import Verdict
from agent.limits import Per, PolicyLimits, Say, Window
from agent.policy.facts import basket_of, load_policy_facts, past_of_store
from tests.agent.investigation.world import LIMITS, MIA, NOW, Shelf, order, usd
from tools import actions as act
from tools.commerce import BY_CANCELLATION, Product, Refund, Variant

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


@pytest.mark.system("B7")
@pytest.mark.parametrize(("included", "price"), [(False, "95.00"), (True, "79.83")])
def test_a_margin_is_of_what_the_shop_gets_and_tax_is_not_the_shops(included: bool, price: str) -> None:
    line = ORDER.lines[0].model_copy(
        update={"quantity": 1, "price": usd("100.00"), "discount": usd("5.00"), "tax": usd("15.17")}
    )
    sold = ORDER.model_copy(update={"lines": (line,), "taxes_included": included})
    assert [part.price for part in basket_of(sold, Shelf((MIA, sold)).readers())] == [usd(price)]


@pytest.mark.parametrize("named", [{"product_id": "prd-tee"}, {"variant_id": "v-tee"}, {"sku": "TEE"}, {}])
def test_the_product_behind_a_line_is_found_however_the_line_names_it(named: dict[str, str]) -> None:
    nothing = {"product_id": "", "variant_id": "", "sku": "", "category": ""}
    sold = ORDER.model_copy(update={"lines": (ORDER.lines[0].model_copy(update=nothing | named),)})
    tee = Variant(id="v-tee", sku="TEE", price=usd("5.00"))
    product = Product(id="prd-tee", title="Tee", category="coffee", variants=(tee,))
    back = act.CreateReturn(order_id=sold.id, lines=(act.Lines(line_id=sold.lines[0].id),))
    found = load_policy_facts(back, Shelf((MIA, sold, product)).readers(), LIMITS, NOW).products
    assert [each.category for each in found.values()] == (["coffee"] if named else [])


@pytest.mark.parametrize(("later", "reason", "counted"), [(0, BY_CANCELLATION, 0), (1, BY_CANCELLATION, 1), (0, "", 1)])
def test_what_a_cancellation_paid_back_counts_under_no_ceiling(later: int, reason: str, counted: int) -> None:
    gone = ORDER.model_copy(update={"cancelled_at": NOW - timedelta(hours=1)})
    paid_back = OLD.model_copy(update={"at": NOW - timedelta(hours=1 - later), "reason": reason})
    refund = act.RefundOrder(order_id="o-1042", amount=usd("5.00"))
    facts = load_policy_facts(refund, Shelf((MIA, gone, paid_back)).readers(), limited(24), NOW)
    assert (len(past_of_store(facts)), facts.refunds) == (counted, (paid_back,))
