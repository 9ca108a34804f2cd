"""Money to the cent: whatever is refunded, in whatever order, the shares add up and never exceed what was paid."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tools.world import ADA, DELIVERED, NOW, paid_order
from tools.actions import Lines, RefundOrder, Swap
from tools.commerce import LineItem, Order, OrderStage, Product, Refund, Return, ReturnLine, ReturnStatus, Variant
from tools.facts import ActionFacts
from tools.money import Money, total
from tools.preconditions import check
from tools.preconditions.settlement import arrived_units, back_to_source, difference, exchanged, swapped, worth
from tools.store.changes.orders import refund_order
from tools.store.changes.result import Effecting


def cents(minor: int) -> Money:
    return Money(minor=minor, currency="USD")


@st.composite
def lines(draw: st.DrawFn, number: int) -> LineItem:
    quantity, price = draw(st.integers(1, 9)), draw(st.integers(0, 9_999))
    return LineItem(
        id=f"l{number}",
        variant_id=f"v{number}",
        title=f"Thing {number}",
        quantity=quantity,
        price=cents(price),
        discount=cents(draw(st.integers(0, quantity * price))),
        tax=cents(draw(st.integers(0, 2_000))),
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    found = [draw(lines(number)) for number in range(draw(st.integers(1, 3)))]
    order = paid_order("5", OrderStage.DELIVERED, found, shipping=str(cents(draw(st.integers(0, 999))).decimal))
    return order.model_copy(update={"taxes_included": draw(st.booleans())})


def captured_in_full(order: Order) -> Order:
    paid = order.transactions[0].model_copy(update={"amount": order.total})
    return order.model_copy(update={"transactions": (paid,)})


asks = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5), st.booleans(), st.integers(-50, 20_000)), max_size=12)


@given(orders().map(captured_in_full), asks)
def test_no_sequence_of_refunds_gives_back_more_than_was_paid(
    order: Order, wanted: list[tuple[int, int, bool, int]]
) -> None:
    refunds: list[Refund] = []
    for step, (line, units, shipping, amount) in enumerate(wanted):
        named = (Lines(line_id=f"l{line}", quantity=units),) if line < len(order.lines) else ()
        action = RefundOrder(order_id=order.id, amount=cents(amount), lines=named, shipping=shipping)
        facts = ActionFacts(now=NOW, order=order, customer=ADA, refunds=tuple(refunds), currency="USD")
        if check(action, facts, ADA.id):
            continue
        changes = refund_order(action, Effecting(facts, f"key {step}"))
        order = next(noun for noun in changes.nouns if isinstance(noun, Order))
        refunds += [noun for noun in changes.nouns if isinstance(noun, Refund)]
    assert order.refunded <= order.captured
    assert total((refund.amount for refund in refunds), "USD") == order.refunded
    assert total((refund.shipping for refund in refunds if refund.shipping), "USD") <= order.shipping_paid
    assert all(line.refunded <= line.quantity for line in order.lines)


@given(orders().map(captured_in_full), st.data())
def test_unit_by_unit_a_line_is_worth_what_was_paid_for_it(order: Order, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(order.lines))
    paid = Money.zero("USD")
    while line.refunded < line.quantity:
        units = data.draw(st.integers(1, line.quantity - line.refunded))
        now = order.model_copy(update={"lines": (line,)})
        paid += worth(now, [Lines(line_id=line.id, quantity=units)])
        line = line.model_copy(update={"refunded": line.refunded + units})
    assert paid == line.paid(order.taxes_included)


@given(orders(), st.data())
def test_swapping_a_line_in_parts_costs_what_swapping_it_whole_does(order: Order, data: st.DataObject) -> None:
    line = order.lines[0].model_copy(update={"discount": cents(0), "tax": cents(0)})
    order = order.model_copy(update={"lines": (line, *order.lines[1:])})
    variant = Variant(id="new", price=cents(data.draw(st.integers(0, 9_999))))
    variants = {"new": (Product(id="p", title="Thing", variants=(variant,)), variant)}
    first = data.draw(st.integers(0, line.quantity))
    parts = [units for units in (first, line.quantity - first) if units]
    swaps = [Swap(line_id=line.id, quantity=units, variant_id="new") for units in parts]
    due = difference(order, exchanged(order, swaps, variants))
    assert due == (variant.price - line.price) * line.quantity


def test_a_swap_keeps_the_discount_and_the_tax_rate() -> None:
    line = DELIVERED.lines[1]  # 75.00, 7.50 off, 8 % tax on 67.50
    dearer = Variant(id="v", price=cents(10_000))
    after = swapped(line, Product(id="p", title="Lamp", variants=(dearer,)), dearer)
    assert (after.discount, after.tax) == (cents(750), cents(740))
    cheap = swapped(line, Product(id="p", title="Lamp", variants=()), dearer.model_copy(update={"price": cents(500)}))
    assert (cheap.discount, cheap.tax, cheap.paid(False)) == (cents(500), cents(0), cents(0))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 500)), min_size=1, max_size=6), st.data())
def test_money_goes_back_to_where_it_came_from(captures: list[tuple[str, int]], data: st.DataObject) -> None:
    paid = DELIVERED.transactions[0]
    order = DELIVERED.model_copy(
        update={
            "transactions": tuple(paid.model_copy(update={"method_id": m, "amount": cents(a)}) for m, a in captures)
        }
    )
    amount = cents(data.draw(st.integers(1, order.left_to_refund.minor)))
    parts = back_to_source(order, amount)
    assert total((share for _, share in parts), "USD") == amount
    for method, share in parts:
        assert share <= total((cents(a) for m, a in captures if m == method), "USD")


def test_units_count_as_arrived_only_when_the_parcel_is_here() -> None:
    line = DELIVERED.lines[0].model_copy(update={"returning": 2})
    here, away = (
        Return(id=name, order_id="o", status=status, requested_at=NOW, lines=(ReturnLine(line_id="l-mug", quantity=1),))
        for name, status in (("here", ReturnStatus.INSPECTED), ("away", ReturnStatus.IN_TRANSIT))
    )
    assert arrived_units(line, [here, away]) == 1
    assert arrived_units(line, []) == 0
