"""From facts to a refund that the store takes: never more than was paid and is left, and shipping at most once."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import assume, given
from hypothesis import strategies as st

from agent.policy import PolicyFacts
from agent.policy.amounts import amount_of
from agent.reasoners.base import Brief
from agent.reasoners.builders import build
from knowledge.playbooks import Engine, Step
from tests.agent.investigation.world import CUSHION, MIA, MUG, NOW, SOCKS, about, letter, line, look, order, parcel
from tools.actions import Lines, RefundOrder
from tools.commerce import LineItem, Order, Refund
from tools.facts import ActionFacts
from tools.money import Money, total
from tools.preconditions import check
from tools.store.changes.orders import refund_order
from tools.store.changes.result import Effecting

WE_OWE = Step.model_validate({"refund_order": {"amount": "owed_value", "shipping": "shipping_owed"}})
"""As the playbooks write it."""
ENGINE = Engine("America/New_York")
ALL, ONE = "everything in the order is broken", "the mug is broken"


def cents(minor: int) -> Money:
    return Money(minor=minor, currency="USD")


@dataclass
class Books:
    """An order and what was paid back for it."""

    order: Order
    refunds: list[Refund] = field(default_factory=list[Refund])

    def facts(self) -> ActionFacts:
        return ActionFacts(now=NOW, order=self.order, customer=MIA, refunds=tuple(self.refunds), currency="USD")

    def pay(self, action: RefundOrder) -> bool:
        """What the store would do; False when it refuses."""
        if check(action, self.facts(), MIA.id):
            return False
        changes = refund_order(action, Effecting(facts=self.facts(), key=f"k-{len(self.refunds)}"))
        for noun in changes.nouns:
            self.order = noun if isinstance(noun, Order) else self.order
            self.refunds += [noun] if isinstance(noun, Refund) else []
        return True

    def owed(self, text: str) -> RefundOrder | None:
        """What would be proposed; None when nothing is left to propose."""
        said = about("damaged_item", numbers=(self.order.number,))
        ticket = letter(text)
        arrived = parcel(self.order, delivered_at=NOW)
        found = look(ticket, said, self.order, arrived, *self.refunds)
        brief = Brief(ticket=ticket, classification=said, investigation=found.investigation, scope=found.scope, now=NOW)
        if not found.scope["items_value"] or not any(line.quantity > line.refunded for line in self.order.lines):
            return None
        action = build("refund_order", ENGINE.arguments(WE_OWE, found.scope), brief)
        assert isinstance(action, RefundOrder)
        return action


@st.composite
def lines(draw: st.DrawFn) -> list[LineItem]:
    kinds = draw(st.lists(st.sampled_from([SOCKS, CUSHION]), max_size=2, unique_by=lambda kind: kind.id))
    found: list[LineItem] = []
    for kind in (MUG, *kinds):
        quantity, price = draw(st.integers(1, 4)), draw(st.integers(0, 9_999))
        amounts = {
            "price": cents(price),
            "discount": cents(draw(st.integers(0, quantity * price))),
            "tax": cents(draw(st.integers(0, 2_000))),
        }
        found.append(line(kind, quantity=quantity).model_copy(update=amounts))
    return found


@st.composite
def books(draw: st.DrawFn) -> Books:
    """An order, fully paid or not, with or without tax in its prices, and refunds that the store took before."""
    plain = order("2145", *draw(lines()))
    priced = plain.model_copy(
        update={
            "shipping": cents(draw(st.integers(0, 2_000))),
            "shipping_tax": cents(draw(st.integers(0, 300))),
            "taxes_included": draw(st.booleans()),
        }
    )
    short = draw(st.sampled_from([0, 0, 0, 1, 500]))
    paid = plain.transactions[0].model_copy(update={"amount": cents(max(priced.total.minor - short, 0))})
    made = Books(priced.model_copy(update={"transactions": (paid,)}))
    before = st.tuples(st.integers(0, 2), st.integers(0, 4), st.booleans(), st.integers(1, 3_000))
    for at, units, shipping, amount in draw(st.lists(before, max_size=2)):
        named = (Lines(line_id=priced.lines[at % len(priced.lines)].id, quantity=units),) if units else ()
        made.pay(RefundOrder(order_id=priced.id, amount=cents(amount), lines=named, shipping=shipping))
    return made


@given(books(), st.sampled_from([ALL, ONE]))
def test_what_is_owed_is_never_more_than_is_left_and_the_store_takes_it(made: Books, text: str) -> None:
    action = made.owed(text)
    assume(action is not None)
    assert action is not None
    assert action.amount <= made.order.left_to_refund
    assert amount_of(action, PolicyFacts(world=made.facts())) == action.amount
    assert made.pay(action)
    assert made.order.refunded <= made.order.captured


@given(books(), st.lists(st.sampled_from([ALL, ONE]), min_size=1, max_size=3))
def test_shipping_is_paid_back_once_and_with_the_whole_order_alone(made: Books, texts: list[str]) -> None:
    for text in texts:
        before = made.order
        action = made.owed(text)
        if action is None:
            break
        assert made.pay(action)
        if action.shipping:
            assert not before.refunded
            assert {entry.line_id: entry.quantity for entry in action.lines} == {
                line.id: line.quantity for line in before.lines
            }
            assert action.amount == min(before.total, before.captured)
    back = total((refund.shipping for refund in made.refunds if refund.shipping is not None), "USD")
    assert back <= made.order.shipping_paid


@given(lines(), st.integers(1, 2_000), st.integers(0, 300), st.booleans())
def test_an_order_that_was_paid_and_not_touched_comes_back_to_the_cent(
    bought: list[LineItem], shipping: int, tax: int, included: bool
) -> None:
    plain = order("2145", *bought)
    update = {"shipping": cents(shipping), "shipping_tax": cents(tax), "taxes_included": included}
    priced = plain.model_copy(update=update)
    paid = plain.transactions[0].model_copy(update={"amount": priced.total})
    made = Books(priced.model_copy(update={"transactions": (paid,)}))
    action = made.owed(ALL)
    assume(action is not None)
    assert action is not None
    assert (action.amount, action.shipping) == (priced.total, True)
    assert made.pay(action)
    assert (made.refunds[0].shipping, made.order.left_to_refund) == (priced.shipping_paid, cents(0))
