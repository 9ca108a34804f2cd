"""Where money may go back to, what a unit that was sent again costs, and which units others can be sent for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tools.preconditions.test_check import changed, judged, of
from tests.tools.world import ADA, DELIVERED, MUG, NOW, PENDING, mug_line
from tools.actions import ACTION, Swap
from tools.commerce import Order, OrderStage, PaymentKind, PaymentMethod, StockLevel
from tools.facts import ActionFacts
from tools.money import Money
from tools.preconditions.settlement import difference, exchanged
from tools.store.changes.result import Effecting
from tools.store.changes.table import CHANGES

EUROS = PaymentMethod(id="gift-eur", kind=PaymentKind.GIFT_CARD, balance=Money.of("90.00", "EUR"))
CHEAPER = [{"line_id": "l-mug", "quantity": 1, "variant_id": "v-mug-red"}]


def world(order: Order) -> ActionFacts:
    """The order, Ada with a gift card in euros besides, and enough of everything."""
    variants = {name: (MUG, variant) for variant in MUG.variants for name in (variant.id, variant.sku)}
    stock = {variant.id: (StockLevel(variant_id=variant.id, available=9),) for variant in MUG.variants}
    ada = ADA.model_copy(update={"payment_methods": (*ADA.payment_methods, EUROS)})
    return replace(of(order), customer=ada, variants=variants, stock=stock)


def paid_with(order: Order, method: str) -> Order:
    paid = tuple(moved.model_copy(update={"method_id": method}) for moved in order.transactions)
    return changed(order, payment_method_id=method, transactions=paid)


@pytest.mark.parametrize(
    ("kind", "order", "arguments"),
    [
        ("change_order_items", PENDING, {"order_id": PENDING.id, "swaps": CHEAPER, "method_id": "gift-eur"}),
        ("exchange_items", DELIVERED, {"swaps": CHEAPER, "method_id": "gift-eur"}),
        ("exchange_items", paid_with(DELIVERED, "gift-eur"), {"swaps": CHEAPER}),
        ("cancel_order", paid_with(PENDING, "gift-eur"), {}),
        ("refund_order", paid_with(DELIVERED, "gift-eur"), {}),
        ("refund_order", paid_with(DELIVERED, "gift-eur"), {"method_id": "gift-eur"}),
        ("change_payment_method", paid_with(PENDING, "gift-eur"), {"method_id": "card-ada"}),
    ],
)
def test_money_never_goes_back_to_a_card_of_the_shop_in_another_currency(
    kind: str, order: Order, arguments: dict[str, object]
) -> None:
    assert judged(kind, world(order), **arguments) == {"wrong_currency"}


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("change_order_items", {"order_id": PENDING.id, "swaps": CHEAPER, "method_id": "gift-ada"}),
        ("cancel_order", {}),
        ("change_payment_method", {"method_id": "paypal-ada"}),
    ],
)
def test_what_is_not_refused_is_done(kind: str, arguments: dict[str, object]) -> None:
    facts = world(PENDING)
    assert judged(kind, facts, **arguments) == set()
    action = ACTION.validate_python({"kind": kind, "order_id": PENDING.id, **arguments})
    assert CHANGES[type(action)](action, Effecting(facts, "key")).nouns


def test_a_unit_that_was_sent_again_is_not_exchanged_as_well() -> None:
    swaps = [{"line_id": "l-mug", "quantity": 1, "variant_id": "v-mug-blue"}]
    facts = world(DELIVERED)
    assert judged("exchange_items", facts, swaps=swaps) == set()
    again = changed(DELIVERED, id="o-r", replaces_order_id=DELIVERED.id, lines=(mug_line(2),))
    assert judged("exchange_items", replace(facts, replacements=(again,)), swaps=swaps) == {"quantity_not_left"}


def sent_again(stage: OrderStage) -> Order:
    """Two grey mugs that were sent again for nothing."""
    free = mug_line().model_copy(update={"price": Money.zero("USD")})
    return changed(
        DELIVERED,
        stage=stage,
        lines=(free,),
        transactions=(),
        payment_method_id="",
        replaces_order_id="o-1",
        shipping=Money.zero("USD"),
    )


@pytest.mark.parametrize(("variant", "due"), [("v-mug-blue", "8.00 USD"), ("v-mug-red", "0.00 USD")])
def test_another_variant_of_what_was_sent_again_costs_what_it_is_dearer(variant: str, due: str) -> None:
    order = sent_again(OrderStage.PENDING)
    pairs = exchanged(order, [Swap(line_id="l-mug", quantity=2, variant_id=variant)], world(order).variants)
    assert str(difference(order, pairs)) == due


@pytest.mark.parametrize(("kind", "stage"), [("exchange_items", "delivered"), ("change_order_items", "pending")])
def test_what_it_is_dearer_is_paid_at_once(kind: str, stage: str) -> None:
    order, swaps = sent_again(OrderStage(stage)), [{"line_id": "l-mug", "quantity": 2, "variant_id": "v-mug-blue"}]
    facts = world(order)
    assert judged(kind, facts, order_id=order.id, swaps=swaps) == {"method_not_customers"}
    assert judged(kind, facts, order_id=order.id, swaps=swaps, method_id="card-ada") == set()
    action = ACTION.validate_python({"kind": kind, "order_id": order.id, "swaps": swaps, "method_id": "card-ada"})
    after = next(
        noun for noun in CHANGES[type(action)](action, Effecting(facts, "key")).nouns if isinstance(noun, Order)
    )
    assert [(str(moved.amount), moved.method_id, moved.at) for moved in after.transactions] == [
        ("8.00 USD", "card-ada", NOW)
    ]


def test_changing_one_of_two_units_that_were_sent_again_frees_neither_for_a_refund() -> None:
    order = sent_again(OrderStage.PENDING)
    swaps = [{"line_id": "l-mug", "quantity": 1, "variant_id": "v-mug-red"}]
    action = ACTION.validate_python({"kind": "change_order_items", "order_id": order.id, "swaps": swaps})
    changes = CHANGES[type(action)](action, Effecting(world(order), "key"))
    after = next(noun for noun in changes.nouns if isinstance(noun, Order))
    assert [line.quantity for line in after.lines] == [1, 1]
    facts = replace(world(DELIVERED), replacements=(after,))
    lines = [{"line_id": "l-mug", "quantity": 1}]
    for kind in ("refund_order", "replace_items"):
        assert judged(kind, facts, order_id=DELIVERED.id, lines=lines) == {"quantity_not_left"}
