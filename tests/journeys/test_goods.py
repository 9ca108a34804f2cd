"""Goods come back, are sent again or paid back: eligibility, amounts to the cent, nothing before a signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from agent.approvals import ApprovalStatus, NotAllowed
from agent.case import CaseStatus
from agent.repositories import CaseRecord
from knowledge.playbooks.formatting import format_money
from tests.journeys.shop import Shop, about, actions, draft, rules
from tools.actions import CreateReturn, IssueStoreCredit, RefundOrder, ReplaceItems
from tools.commerce import LineItem, Order, Return, StockLevel
from tools.money import Money


def returns_of(shop: Shop, order: Order) -> Sequence[Return]:
    return shop.readers.orders.returns(order.id)


@pytest.mark.system("A7")
def test_on_day_29_a_label_is_proposed_and_made_when_somebody_signs(shop: Shop) -> None:
    order = shop.planted("day_29")
    record = shop.ask(f"I would like to send {order.number} back.", order, "return_request")
    assert record.status is CaseStatus.AWAITING_APPROVAL
    assert isinstance(actions(record)["create_return"], CreateReturn)
    assert not returns_of(shop, order)
    signed = shop.sign(record, "noor")
    assert signed.status is CaseStatus.ANSWERED
    (made,) = returns_of(shop, order)
    assert made.label_url
    assert "return label" in shop.sent(record)[0].text


@pytest.mark.system("A7")
@pytest.mark.parametrize("case", ["day_31", "final_sale"])
def test_too_late_and_final_sale_are_refused_with_the_policy_and_an_exception_for_a_person(
    shop: Shop, case: str
) -> None:
    order = shop.planted(case)
    record = shop.ask(f"I want to return {order.number}.", order, "return_request")
    assert "We cannot take back" in draft(record).text
    assert record.proposal is not None
    assert {"returns@v5#window", "returns@v5#exceptions"} <= set(record.proposal.citations)
    assert "create_return" not in actions(record)
    (exception,) = record.proposal.alternatives
    assert [action.kind for action in exception.actions] == ["create_return"]
    asked = shop.choose(record, "create_return", "noor")
    assert any("outside policy" in reason for reason in shop.request(asked).reasons)
    with pytest.raises(NotAllowed):
        shop.sign(asked, "noor")
    assert not returns_of(shop, order)
    shop.sign(asked, "dana")
    assert len(returns_of(shop, order)) == 1


@pytest.mark.system("B2")
def test_a_refund_after_45_days_is_marked_and_only_a_lead_can_sign_it_once(shop: Shop) -> None:
    order = shop.planted("day_45")
    record = shop.ask(f"I want my money back for {order.number}.", order, "refund_request")
    asked = shop.choose(record, "refund_order", "sam")
    request = shop.request(asked)
    assert "refund.outside_window" in rules(asked)
    assert any("outside policy" in reason for reason in request.reasons)
    with pytest.raises(NotAllowed, match="lead"):
        shop.sign(asked, "sam")
    assert not shop.order(order.id).refunded
    shop.sign(asked, "dana")
    paid = shop.order(order.id).refunded
    assert paid == request.amount
    with pytest.raises(Exception, match="already"):
        shop.sign(asked, "priya")
    assert shop.order(order.id).refunded == paid


def odd_line(line: LineItem, quantity: int, price: str, discount: str, tax: str) -> LineItem:
    money = {"price": price, "discount": discount, "tax": tax}
    amounts = {name: Money.of(text, "USD") for name, text in money.items()}
    return line.model_copy(update={"quantity": quantity, **amounts})


@pytest.mark.system("A12")
@pytest.mark.parametrize(("taxes_included", "expected"), [(False, "24.46"), (True, "22.53")])
def test_a_refund_of_one_of_three_lines_is_the_amount_worked_out_by_hand(
    shop: Shop, taxes_included: bool, expected: str
) -> None:
    """The mug: 26.00, less its share 3.47 of the discount, is 22.53; with 1.93 tax on top 24.46."""
    plain = shop.planted("several_lines")
    first, mug, socks = plain.lines
    lines = (
        odd_line(first, 1, "42.00", "5.60", "3.12"),
        odd_line(mug, 1, "26.00", "3.47", "1.93"),
        odd_line(socks, 1, "14.00", "1.87", "1.04"),
    )
    order = plain.model_copy(update={"lines": lines, "taxes_included": taxes_included, "transactions": ()})
    capture = plain.transactions[0].model_copy(update={"amount": order.total})
    shop.put(order.model_copy(update={"transactions": (capture,)}))
    empty(shop, mug.variant_id)
    record = shop.ask(f"The mug of {plain.number} arrived in pieces.", plain, "damaged_item")
    refund = actions(record)["refund_order"]
    assert isinstance(refund, RefundOrder)
    assert refund.amount == Money.of(expected, "USD")
    assert [line.line_id for line in refund.lines] == [mug.id]
    assert not refund.shipping
    assert record.proposal is not None
    assert "refunds@v2#partial-refunds" not in record.proposal.citations
    assert expected in draft(record).text
    assert not shop.order(plain.id).refunded
    shop.sign(record)
    assert shop.order(plain.id).refunded == Money.of(expected, "USD")


def empty(shop: Shop, variant_id: str) -> None:
    """The last units of a variant are sold elsewhere."""
    levels = shop.readers.catalog.stock(variant_id)
    shop.put(*(StockLevel(variant_id=variant_id, location=level.location, available=0) for level in levels))


@pytest.mark.system("A8")
def test_a_wrong_item_is_replaced_by_what_was_ordered_once_somebody_signed(shop: Shop) -> None:
    order = shop.planted("several_lines", 1)
    mug = next(line for line in order.lines if line.sku == "BK-4711")
    letter = shop.letter(
        f"You sent me the wrong mug with {order.number}. Photo: the box says BK-4713.",
        shop.owner(order),
        attachments=["box-bk-4713.jpg"],
    )
    record = shop.work(letter, about("wrong_item"))
    replacement = actions(record)["replace_items"]
    assert isinstance(replacement, ReplaceItems)
    assert [line.line_id for line in replacement.lines] == [mug.id]
    assert "BK-4711" in draft(record).text
    assert not shop.readers.orders.replacements(order.id)
    before = units(shop, mug.variant_id)
    shop.sign(record)
    (new,) = shop.readers.orders.replacements(order.id)
    assert [line.sku for line in new.lines] == ["BK-4711"]
    assert units(shop, mug.variant_id) == before - 1


def units(shop: Shop, variant_id: str) -> int:
    return sum(level.available for level in shop.readers.catalog.stock(variant_id))


@pytest.mark.system("A8")
def test_what_is_out_of_stock_is_not_offered_again(shop: Shop) -> None:
    order = shop.planted("several_lines", 1)
    mug = next(line for line in order.lines if line.sku == "BK-4711")
    empty(shop, mug.variant_id)
    record = shop.ask(f"The mug in {order.number} is the wrong one.", order, "wrong_item")
    assert "replace_items" not in actions(record)
    assert "refund_order" in actions(record)


@pytest.mark.system("B4")
def test_a_replacement_that_sold_out_after_the_ask_is_refused_and_asked_again(shop: Shop) -> None:
    order = shop.planted("damaged")
    record = shop.ask(f"{order.number} came broken.", order, "damaged_item")
    assert "replace_items" in actions(record)
    empty(shop, order.lines[0].variant_id)
    after = shop.sign(record)
    assert not shop.readers.orders.replacements(order.id)
    assert shop.request(record).status is ApprovalStatus.SUPERSEDED
    assert after.status is CaseStatus.AWAITING_APPROVAL
    assert "refund_order" in actions(after)
    assert "replace_items" not in actions(after)
    assert not shop.sent(record)


@pytest.mark.system("B11")
def test_a_replacement_is_tied_to_its_order_free_and_made_once(shop: Shop) -> None:
    order = shop.planted("damaged")
    line = order.lines[0]
    before = units(shop, line.variant_id)
    record = shop.ask(f"{order.number} came broken.", order, "damaged_item")
    shop.sign(record)
    (new,) = shop.readers.orders.replacements(order.id)
    assert new.replaces_order_id == order.id
    assert not new.total
    assert units(shop, line.variant_id) == before - line.quantity
    with pytest.raises(Exception, match="already"):
        shop.sign(record, "priya")
    assert len(shop.readers.orders.replacements(order.id)) == 1


@pytest.mark.system("B3")
@pytest.mark.parametrize("intent", ["damaged_item", "missing_item"])
def test_damaged_and_missing_are_decided_by_a_person_with_the_evidence(shop: Shop, intent: str) -> None:
    order = shop.planted("several_lines", 2)
    record = shop.ask(f"Something is wrong with the mug of {order.number}.", order, intent)
    assert record.status is CaseStatus.AWAITING_APPROVAL
    assert "close_ticket" not in shop.done(record)
    assert shop.ticket(record).status != "closed"
    assert record.investigation is not None
    evidence = {item.kind for item in record.investigation.evidence}
    assert {"order", "items", "shipment", "customer"} <= evidence
    assert all(item.source and item.as_of for item in record.investigation.evidence)
    assert shop.request(record).verdicts


@pytest.mark.system("B9")
def test_the_same_request_twice_makes_one_label(shop: Shop) -> None:
    order = shop.planted("return_ok")
    record = shop.ask(f"I would like to return {order.number}.", order, "return_request")
    shop.sign(record)
    assert shop.runner.start(record.ticket_id).status is CaseStatus.ANSWERED
    again = shop.ask(f"I would like to return {order.number}.", order, "return_request")
    assert "create_return" not in actions(again)
    assert len(returns_of(shop, order)) == 1


@pytest.mark.system("B9")
def test_two_requests_that_both_wait_for_a_signature_still_make_one_label(shop: Shop) -> None:
    order = shop.planted("return_ok", 1)
    asked: list[CaseRecord] = []
    for _ in range(2):
        asked.append(shop.ask(f"I would like to return {order.number}.", order, "return_request"))
    for record in asked:
        shop.sign(record)
    assert len(returns_of(shop, order)) == 1


@pytest.mark.system("B9")
def test_coffee_gets_no_label(shop: Shop) -> None:
    order = shop.planted("coffee_delivered")
    record = shop.ask(f"I want to return the coffee of {order.number}.", order, "return_request")
    assert "create_return" not in actions(record)
    shop.sign(record)
    assert not returns_of(shop, order)


@pytest.mark.system("A12")
def test_an_order_cannot_be_paid_back_twice_by_two_tickets(shop: Shop) -> None:
    order = shop.planted("damaged", 1)
    empty(shop, order.lines[0].variant_id)
    asked = [shop.ask(f"{order.number} came broken.", order, "damaged_item") for _ in range(2)]
    assert all("refund_order" in actions(record) for record in asked)
    for record in asked:
        shop.clock.advance(timedelta(minutes=1))
        shop.sign(record)
    assert shop.order(order.id).refunded == order.total


@pytest.mark.system("A12")
@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "{} came broken.", "shipping included"),
        ("de", "{} kam zerbrochen an.", "einschließlich der Versandkosten"),
        ("fr", "{} est arrivé cassé.", "frais de livraison compris"),
        ("es", "{} ha llegado roto.", "gastos de envío incluidos"),
    ],
)
def test_a_whole_order_that_arrived_broken_is_paid_back_with_its_shipping_once(
    shop: Shop, language: str, text: str, words: str
) -> None:
    order = shop.planted("damaged", 1)
    assert order.shipping_paid
    empty(shop, order.lines[0].variant_id)
    record = shop.ask(text.format(order.number), order, "damaged_item", language=language)
    refund, said = actions(record)["refund_order"], draft(record).text
    assert isinstance(refund, RefundOrder)
    assert (refund.shipping, refund.amount) == (True, order.total)
    assert words in said
    assert format_money(order.total, language) in said
    assert record.proposal is not None
    assert "refunds@v2#partial-refunds" in record.proposal.citations
    (credit,) = (option.actions[0] for option in record.proposal.alternatives)
    assert isinstance(credit, IssueStoreCredit)
    assert credit.amount == order.total
    assert shop.request(record).amount == order.total
    shop.sign(record, "dana")
    (paid,) = shop.readers.orders.refunds(order.id)
    assert (paid.amount, paid.shipping) == (order.total, order.shipping_paid)
    assert not shop.order(order.id).left_to_refund
    again = shop.ask(text.format(order.number), order, "damaged_item", language=language)
    assert "refund_order" not in actions(again)


@pytest.mark.system("A12")
def test_shipping_counts_when_the_amount_chooses_who_signs(shop: Shop) -> None:
    """48.00 for the items are an agent's to sign; with 6.00 for shipping they are a lead's."""
    plain = shop.planted("damaged", 1)
    (mug,) = plain.lines
    six, nothing = Money.of("6.00", "USD"), Money.zero("USD")
    order = plain.model_copy(
        update={
            "lines": (odd_line(mug, 1, "48.00", "0.00", "0.00"),),
            "shipping": six,
            "shipping_tax": nothing,
            "transactions": (plain.transactions[0].model_copy(update={"amount": Money.of("54.00", "USD")}),),
        }
    )
    shop.put(order)
    empty(shop, mug.variant_id)
    record = shop.ask(f"{order.number} came broken.", order, "damaged_item")
    request = shop.request(record)
    assert request.amount == Money.of("54.00", "USD")
    assert request.required_role == "lead"
    with pytest.raises(NotAllowed, match="lead"):
        shop.sign(record, "sam")
    shop.sign(record, "dana")
    assert shop.order(order.id).refunded == Money.of("54.00", "USD")


@pytest.mark.parametrize("intent", ["damaged_item", "wrong_item", "missing_item"])
def test_an_exception_for_a_late_report_is_the_items_alone(shop: Shop, intent: str) -> None:
    order = shop.planted("damaged_late")
    assert order.shipping_paid
    record = shop.ask(f"{order.number} was not right.", order, intent)
    asked = shop.choose(record, "refund_order")
    refund = actions(asked)["refund_order"]
    assert isinstance(refund, RefundOrder)
    assert (refund.shipping, refund.amount) == (False, order.total - order.shipping_paid)
    assert "shipping included" not in draft(asked).text


@pytest.mark.system("A12")
@pytest.mark.parametrize("intent", ["refund_request", "cancel_order", "order_status", "not_received"])
def test_a_lost_order_is_paid_back_with_its_shipping_whatever_is_asked(shop: Shop, intent: str) -> None:
    order = shop.planted("lost")
    assert order.shipping_paid
    for line in order.lines:
        empty(shop, line.variant_id)
    record = shop.ask(f"Where is {order.number}? I want my money back.", order, intent)
    refund = actions(record)["refund_order"]
    assert isinstance(refund, RefundOrder)
    assert (refund.shipping, refund.amount) == (True, order.total)
    assert "shipping included" in draft(record).text
