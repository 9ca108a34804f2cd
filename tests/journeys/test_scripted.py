"""The same product with a scripted model in place of the playbooks: no network, and no way around a signature."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.case import CaseStatus, Draft, ProposedResolution
from agent.investigation.needs import Needs
from agent.reasoners.scripted import ScriptedReasoner, Turn
from agent.repositories import CaseRecord
from tests.journeys.shop import Brand, Shop, about
from tools import actions as act
from tools.actions import ACTIONS, Action, Gate
from tools.commerce import Address, Hold, Order
from tools.money import Money

LOOKUPS = Needs(lookups=frozenset({"customer", "orders", "order", "shipment"}))
PERSON = "priya"
HOME = Address(
    name="Sam Sample", line1="48 Birch Lane", city="Portland", region="OR", postal_code="97205", country="US"
)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to reach anything fails."""

    def refuse(self: socket.socket, address: object) -> None:
        raise AssertionError(f"a test wants to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def turn(intent: str, *effects: Action, reply: str = "") -> Turn:
    """What the model says to the first letter that a shop gets."""
    draft = Draft(text=reply, language="en", in_reply_to="journey-1-m1") if reply else None
    proposal = ProposedResolution(actions=effects, reply=draft, rationale="the script says so")
    return Turn(ticket_id="journey-1", classification=about(intent), proposals=(proposal,), needs=LOOKUPS)


@pytest.mark.system("N1")
@pytest.mark.system("N12")
def test_a_case_runs_to_its_end_with_a_scripted_model(brand: Brand, tmp_path: Path) -> None:
    number = next(order.number for order in brand.world.orders if order.id == brand.world.planted["on_its_way"][0])
    text = f"Hi there,\n\nOrder {number} is on its way.\n\nThe Alder & Wren team"
    said = turn("order_status", reply=text)
    with ScriptedReasoner([said], repairs=False) as reasoner, brand.open(tmp_path, reasoner=reasoner) as shop:
        order = shop.planted("on_its_way")
        record = shop.work(shop.letter(f"Where is {number}?", shop.owner(order)), about("order_status"))
        assert record.status is CaseStatus.AWAITING_REVIEW
        assert shop.sign(record, "noor").status is CaseStatus.ANSWERED
        assert [sent.text for sent in shop.sent(record)] == [text]


@pytest.mark.system("N12")
def test_an_invented_fact_of_a_model_does_not_get_past_the_same_check(brand: Brand, tmp_path: Path) -> None:
    text = "Hi there,\n\nOrder #9999 arrives on March 3 and we give you $25.00.\n\nThe Alder & Wren team"
    said = turn("order_status", reply=text)
    with ScriptedReasoner([said], repairs=False) as reasoner, brand.open(tmp_path, reasoner=reasoner) as shop:
        order = shop.planted("on_its_way")
        record = shop.work(shop.letter("Where is it?", shop.owner(order)), about("order_status"))
        assert record.status is CaseStatus.ESCALATED
        assert record.proposal is not None
        assert record.proposal.reply is None
        assert "grounding" in record.outcome


CLAIMS = (
    "I've refunded you in full.",
    "We have sent a replacement.",
    "Your order has been cancelled.",
    "You will get store credit for it.",
    "We have opened a trace with the carrier.",
)


@pytest.mark.system("U3")
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_model_cannot_say_done_what_nothing_does(brand: Brand, tmp_path: Path, claim: str) -> None:
    said = turn("order_status", reply=f"Hi there,\n\n{claim}\n\nThe Alder & Wren team")
    with ScriptedReasoner([said], repairs=False) as reasoner, brand.open(tmp_path, reasoner=reasoner) as shop:
        order = shop.planted("on_its_way")
        record = shop.work(shop.letter("Where is it?", shop.owner(order)), about("order_status"))
        assert record.proposal is not None
        assert record.proposal.reply is None
        assert "promise.without_effect" in record.outcome
        assert not shop.sent(record)


def lines(order: Order) -> tuple[act.Lines, ...]:
    return (act.Lines(line_id=order.lines[0].id),)


def swap(shop: Shop, order: Order) -> tuple[act.Swap, ...]:
    product = shop.readers.catalog.product(order.lines[0].product_id)
    assert product is not None
    others = [v for v in product.variants if v.id != order.lines[0].variant_id and v.price == order.lines[0].price]
    there = [v for v in others if sum(level.available for level in shop.readers.catalog.stock(v.id))]
    return (act.Swap(line_id=order.lines[0].id, variant_id=there[0].id),)


def other_method(shop: Shop, order: Order) -> str:
    methods = shop.owner(order).payment_methods
    return next(m.id for m in methods if m.id != order.payment_method_id and m.kind != "gift_card")


def two_methods(shop: Shop) -> Order:
    return next(
        order
        for order in (shop.order(name) for name in shop.world.planted["pending"])
        if len([m for m in shop.owner(order).payment_methods if m.kind != "gift_card"]) > 1
    )


def held(shop: Shop) -> Order:
    order = shop.planted("pending", 2)
    shop.put(order.model_copy(update={"hold": Hold(reason="address check", by="sam", at=shop.clock.now())}))
    return shop.order(order.id)


Made = tuple[Order, Action]
MAKE: dict[str, Callable[[Shop], Made]] = {
    "create_return": lambda s: (o := s.planted("return_ok"), act.CreateReturn(order_id=o.id, lines=lines(o))),
    "exchange_items": lambda s: (o := s.planted("exchange_ok"), act.ExchangeItems(order_id=o.id, swaps=swap(s, o))),
    "refund_order": lambda s: (
        o := s.planted("damaged"),
        act.RefundOrder(order_id=o.id, amount=o.lines[0].paid(o.taxes_included), lines=lines(o)),
    ),
    "replace_items": lambda s: (o := s.planted("damaged"), act.ReplaceItems(order_id=o.id, lines=lines(o))),
    "cancel_order": lambda s: (
        o := s.planted("pending"),
        act.CancelOrder(order_id=o.id, reason="customer request"),
    ),
    "change_order_items": lambda s: (
        o := s.planted("pending_sized"),
        act.ChangeOrderItems(order_id=o.id, swaps=swap(s, o)),
    ),
    "change_shipping_address": lambda s: (
        o := s.planted("pending"),
        act.ChangeShippingAddress(order_id=o.id, address=HOME),
    ),
    "change_payment_method": lambda s: (
        o := two_methods(s),
        act.ChangePaymentMethod(order_id=o.id, method_id=other_method(s, o)),
    ),
    "update_customer_address": lambda s: (
        o := s.planted("pending"),
        act.UpdateCustomerAddress(customer_id=o.customer_id, address=HOME),
    ),
    "issue_store_credit": lambda s: (
        o := s.planted("return_ok"),
        act.IssueStoreCredit(customer_id=o.customer_id, amount=Money.of("5.00", "USD")),
    ),
    "issue_discount_code": lambda s: (
        o := s.planted("return_ok"),
        act.IssueDiscountCode(
            customer_id=o.customer_id, percent=5, expires_on=(s.clock.now() + timedelta(days=30)).date()
        ),
    ),
    "hold_order": lambda s: (o := s.planted("pending"), act.HoldOrder(order_id=o.id, reason="customer request")),
    "release_hold": lambda s: (o := held(s), act.ReleaseHold(order_id=o.id)),
}


@pytest.mark.system("N2")
def test_there_is_a_sample_of_every_action_that_a_person_signs() -> None:
    assert set(MAKE) == {kind for kind, action in ACTIONS.items() if action.gate is Gate.SIGN}


@pytest.mark.system("N2")
@pytest.mark.parametrize("kind", sorted(MAKE))
def test_every_signed_action_stops_for_its_signature_and_happens_after_it(
    brand: Brand, tmp_path: Path, kind: str
) -> None:
    with brand.open(tmp_path) as shop:
        order, action = MAKE[kind](shop)
        owner = shop.owner(order)
    said = turn("damaged_item", action)
    with ScriptedReasoner([said], repairs=False) as reasoner, brand.open(tmp_path, reasoner=reasoner) as shop:
        record: CaseRecord = shop.work(shop.letter(f"About {order.number}", owner), about("damaged_item"))
        assert record.status is CaseStatus.AWAITING_APPROVAL, record.outcome
        assert [effect.kind for effect in shop.request(record).effects] == [kind]
        assert shop.done(record) == []
        shop.runner.recover()
        shop.runner.start(record.ticket_id)
        assert shop.done(record) == []
        shop.sign(record, PERSON)
        assert shop.done(record) == [kind]
