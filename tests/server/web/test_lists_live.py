"""What a list asks for while it is read: what others dealt with, by whom, and what is new."""

from __future__ import annotations

import re
from html import unescape

import pytest

from agent.case import CaseStatus
from agent.limits import Role
from tests.server.web.conftest import Web, person
from tests.server.web.test_amounts import refund
from tests.server.web.test_console import HTML, status_case


@pytest.mark.parametrize(("view", "over"), [("needs", True), ("sign", True), ("all", False)])
def test_a_case_that_a_colleague_answered_is_over_in_the_views_that_it_left(web: Web, view: str, over: bool) -> None:
    record = refund(web)
    client, address = web.client(person(Role.LEAD)), f"/inbox/newer?view={view}&row={record.case_id}&row=unknown"
    assert client.get(address).json()["rows"] == {record.case_id: {"says": "to sign", "tone": "waits", "over": False}}
    web.shop.sign(record, "priya")
    assert client.get(address).json()["rows"] == {
        record.case_id: {"says": "answered, Priya Raman" if over else "answered", "tone": "good", "over": over}
    }


def test_what_somebody_takes_over_is_theirs_and_no_longer_mine(web: Web) -> None:
    record = status_case(web)
    web.shop.runner.take_over(record.case_id, "noor")
    address = f"/inbox/newer?view=mine&row={record.case_id}"
    client = web.client(person(Role.AGENT))
    assert client.get(address).json()["rows"][record.case_id]["over"] is False
    web.shop.runner.take_over(record.case_id, "dana")
    assert client.get(address).json()["rows"][record.case_id] == {
        "says": "with a person, Dana Whitfield", "tone": "person", "over": True,
    }  # fmt: skip


def test_who_signed_a_part_of_what_waits_for_anybody_does_not_have_it(web: Web) -> None:
    record = status_case(web)
    web.shop.sign(record)
    database = web.shop.database
    signed = database.cases.get(record.case_id)
    assert signed is not None
    database.cases.save(signed.model_copy(update={"status": CaseStatus.ESCALATED}))
    address = f"/inbox/newer?view=needs&row={record.case_id}"
    row = web.client(person(Role.AGENT)).get(address).json()["rows"][record.case_id]
    assert (row["says"], row["over"]) == ("with a person", True)


def test_views_are_counted_anew_and_nothing_new_costs_nothing(web: Web) -> None:
    record = status_case(web)
    client, address = web.client(person(Role.LEAD)), f"/inbox/newer?view=read&row={record.case_id}"
    answer = client.get(address)
    assert answer.json()["views"]["read"] == 1
    assert client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    through_a_proxy = {"If-None-Match": f"W/{answer.headers['etag']}"}
    assert client.get(address, headers=through_a_proxy).status_code == 304
    web.shop.sign(record)
    assert client.get(address).json()["views"]["read"] == 0


def test_sign_off_says_who_signed_and_which_requests_wait(web: Web) -> None:
    record, later = refund(web), status_case(web)
    client, address = web.client(person(Role.AGENT)), f"/approvals/now?row={record.approval_id}"
    waiting = client.get(address).json()["waiting"]
    assert sorted(waiting) == sorted([record.approval_id, later.approval_id])
    web.shop.sign(record)
    answer = client.get(address).json()
    assert answer["waiting"] == [later.approval_id]
    assert answer["rows"] == {record.approval_id: {"says": "signed, Dana Whitfield", "tone": "good", "over": True}}


def test_a_row_of_sign_off_says_whose_which_order_how_much_who_signs_and_how_long_they_wait(web: Web) -> None:
    record = refund(web)
    order = web.shop.planted("exchange_ok")
    amount = web.shop.request(record).amount
    assert amount is not None
    for role, mark in ((Role.LEAD, 'class="row-intent"'), (Role.AGENT, 'class="row-intent waits"')):
        page = web.client(person(role)).get("/approvals", headers=HTML).text
        row = re.search(rf'<a class="row[^>]*data-row="{record.approval_id}".*?</a>', page, re.DOTALL)
        assert row is not None
        says = " ".join(unescape(re.sub(r"<[^>]+>", " ", row[0])).split())
        assert web.shop.owner(order).name in says
        assert order.number in says
        assert f"${amount.minor / 100:.2f}" in says
        assert "needs a lead" in says
        assert re.search(r"waits (now|\d+ (min|h|d))", says)
        assert mark in row[0]


def test_the_order_of_a_reply_to_read_is_named_too(web: Web) -> None:
    record = status_case(web)
    assert record.status is CaseStatus.AWAITING_REVIEW
    page = web.client(person(Role.LEAD)).get("/approvals", headers=HTML).text
    assert re.search(r'row-value number">#\d+<', page)
