"""Who signs a cancellation signs for money: the sum and where it goes are on the card, the button and every list."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from agent.limits import Role
from server.ui.words import money
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, request_of
from tools.commerce import Order, Transaction, TransactionKind
from tools.money import Money

__all__ = ["sqlite_alone"]


def shown(web: Web, path: str) -> str:
    return unescape(web.client(person(Role.LEAD)).get(path, headers=HTML).text)


def asked_to_cancel(web: Web, order: Order) -> str:
    record = web.shop.ask(f"Please cancel {order.number}.", order, "cancel_order")
    assert "cancel_order" in [action.kind for action in request_of(web, record).effects]
    return record.case_id


def test_a_cancellation_says_what_it_pays_back_and_where_to(web: Web) -> None:
    order = web.shop.planted("pending")
    case = asked_to_cancel(web, order)
    method = web.shop.owner(order).method(order.payment_method_id)
    assert method is not None
    left = money(order.left_to_refund)
    html = shown(web, f"/cases/{case}")
    for path in (f"/cases/{case}", "/approvals"):
        page = shown(web, path)
        sums = [each.strip() for each in re.findall(r'<p class="sum-to-sign">(.*?)</p>', page, re.DOTALL)]
        assert sums == [f"{left} to {method.label()}"], path
        assert f"Cancel, pay back {left} to {method.label()} and reply" in page, path
        assert f"{left} of what the customer paid goes back; it does not count against your limit" in page, path
        assert "No money leaves" not in page, path
    assert html.count(left) >= 3
    row = re.search(r'<a class="row unread".*?</a>', shown(web, "/approvals"), re.DOTALL)
    assert row is not None
    assert f"<b>{left}</b>" in row[0]


def test_the_heading_of_sign_off_says_the_sum_once(web: Web) -> None:
    order = web.shop.planted("pending")
    asked_to_cancel(web, order)
    page = shown(web, "/approvals")
    head = page[page.index('<header class="case-head">') : page.index("</header>", page.index("case-head"))]
    assert head.count(money(order.left_to_refund)) == 1
    assert '<h1 class="ask-title">Cancel the order and reply</h1>' in head


def test_an_order_that_was_paid_in_two_ways_says_both(web: Web) -> None:
    order = web.shop.planted("pending")
    owner = web.shop.owner(order)
    card = owner.method(order.payment_method_id)
    assert card is not None
    other = card.model_copy(update={"id": f"{card.id}-b", "last4": "0042"})
    first = order.transactions[0]
    part = Money(minor=500, currency=order.currency)
    both = (
        first.model_copy(update={"amount": first.amount - part}),
        Transaction(
            id="txn-b", kind=TransactionKind.CAPTURE, amount=part, method_id=other.id, at=first.at + timedelta(1)
        ),
    )
    web.shop.put(owner.model_copy(update={"payment_methods": (*owner.payment_methods, other)}))
    web.shop.put(order.model_copy(update={"transactions": both}))
    case = asked_to_cancel(web, order)
    html = shown(web, f"/cases/{case}")
    assert f"{card.label()} ({money(first.amount - part)}) and {other.label()} ($5.00)" in html


def test_an_order_that_nobody_paid_moves_no_sum(web: Web) -> None:
    order = web.shop.planted("pending")
    web.shop.put(order.model_copy(update={"transactions": ()}))
    html = shown(web, f"/cases/{asked_to_cancel(web, order)}")
    assert "sum-to-sign" not in html
    assert "pay back $" not in html
