"""The cards of order and customer add up, and say when what they say was counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from agent.case import Evidence
from server.ui.views.facts import OrderView, customer_view, order_view
from tools.commerce import Order, Refund, ReturnLine
from tools.connectors.demo import DemoWorld, generate
from tools.money import Money

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> DemoWorld:
    return generate()


def view(order: Order, *refunds: Refund) -> OrderView:
    found = order_view(order, None, refunds, (), None)
    assert found is not None
    return found


def cents(text: str) -> int:
    digits = int(re.sub(r"\D", "", text))
    return -digits if text.startswith("\N{MINUS SIGN}") else digits


def test_the_lines_of_every_order_of_the_demo_brand_make_its_total(world: DemoWorld) -> None:
    for order in world.orders:
        shown = view(order)
        added = [value for _, value in shown.sums]
        assert not shown.tax_inside or order.taxes_included
        assert sum(map(cents, [*(line.price for line in shown.lines), *added])) == cents(shown.total), order.number
    named = {name.split()[0] for order in world.orders for name, _ in view(order).sums}
    assert named == {"Discount", "Shipping", "Tax"}


def test_what_a_refunded_line_says_went_back_is_what_went_back(world: DemoWorld) -> None:
    order = next(each for each in world.orders if len(each.lines) > 1 and not each.refunded)
    first, second = (line.model_copy(update={"refunded": 1}) for line in order.lines[:2])
    order = order.model_copy(update={"lines": (first, second)})
    back = Refund(
        id="r1", order_id=order.id, amount=Money.of("13.50", order.currency), at=NOW,
        lines=(ReturnLine(line_id=first.id, quantity=1),),
    )  # fmt: skip
    assert [line.note for line in view(order, back).lines] == ["1 refunded, $13.50 back", "1 refunded"]
    both = back.model_copy(update={"lines": (*back.lines, ReturnLine(line_id=second.id, quantity=1))})
    assert [line.note for line in view(order, both).lines] == ["1 refunded", "1 refunded"]


def test_the_customer_card_says_when_its_numbers_were_counted(world: DemoWorld) -> None:
    fact = Evidence(
        id="customer-1", kind="customer", source="shop", as_of=NOW, fields={"orders_count": 3, "refunds_90d": 0}
    )
    found = customer_view(world.customers[0], None, fact)
    assert found is not None
    assert found.as_of == "16 Nov 2026, 15:00 UTC"
    bare = customer_view(world.customers[0], None, None)
    assert bare is not None
    assert bare.as_of == ""


def test_the_card_of_one_order_says_which_others_the_message_names(world: DemoWorld) -> None:
    order = world.orders[0]
    others = [each.number for each in world.orders[1:6]]

    def warned(*named: str) -> tuple[str, ...]:
        found = order_view(order, None, (), (), None, named)
        return found.warnings if found else ()

    plain = warned(order.number.lstrip("#"))
    assert warned(order.number, *others[:2]) == (*plain, f"Also named: {others[0]}, {others[1]}")
    assert warned(*others, others[0])[-1] == f"Also named: {', '.join(others[:3])} and 2 more"
    assert plain == warned()
