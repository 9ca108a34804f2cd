"""One order line gets one remedy."""

from __future__ import annotations

import pytest

from agent.remedies import clash, clashes, remedied
from tools import actions as act
from tools.money import Money

USD = Money.of("10.00", "USD")
LINE, OTHER = act.Lines(line_id="l1"), act.Lines(line_id="l2")
SWAP = act.Swap(line_id="l1", variant_id="v2")
RETURN = act.CreateReturn(order_id="o1", lines=(LINE,))
REPLACE = act.ReplaceItems(order_id="o1", lines=(LINE,))
EXCHANGE = act.ExchangeItems(order_id="o1", swaps=(SWAP,))
REFUND = act.RefundOrder(order_id="o1", amount=USD, lines=(LINE,))
GOODWILL = act.RefundOrder(order_id="o1", amount=USD)
SHIPPING = act.RefundOrder(order_id="o1", amount=USD, shipping=True)
CANCEL = act.CancelOrder(order_id="o1", reason="customer request")
TRACE = act.OpenCarrierTrace(shipment_id="s1")


@pytest.mark.parametrize("other", [RETURN, EXCHANGE, REFUND, GOODWILL, CANCEL])
def test_what_is_sent_again_is_not_made_good_another_way(other: act.Action) -> None:
    assert clash(REPLACE, other)
    assert clash(other, REPLACE)


@pytest.mark.parametrize(
    "other",
    [
        act.ReplaceItems(order_id="o1", lines=(OTHER,)),
        act.ReplaceItems(order_id="o2", lines=(LINE,)),
        SHIPPING,
        TRACE,
    ],
)
def test_other_goods_and_the_shipping_are_made_good_beside_it(other: act.Action) -> None:
    assert not clash(REFUND, other)
    assert clashes([REFUND, other, TRACE]) == []


def test_every_pair_is_named_once() -> None:
    assert clashes([RETURN, TRACE, REFUND]) == [(RETURN, REFUND)]
    assert remedied(TRACE) == frozenset()
