"""Who waits longest first: an order beside the filters that links, pages, the list beside a case and news keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import pytest

from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from server.ui.words import money
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, form, status_case
from tests.server.web.test_with_people import now, written
from tools.helpdesk import Author

__all__ = ["sqlite_alone"]

BY_WAITING = "view=read&order=waiting"


def page(web: Web, path: str) -> str:
    return unescape(web.client(person(Role.AGENT)).get(path, headers=HTML).text)


def listed(web: Web, path: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page(web, path))


def ids(records: Sequence[CaseRecord]) -> list[str]:
    return [record.case_id for record in records]


def asked(web: Web, many: int) -> list[CaseRecord]:
    """Cases to read, a minute apart."""
    found: list[CaseRecord] = []
    for number in range(many):
        web.shop.clock.advance(timedelta(minutes=1))
        found.append(status_case(web, f"Where is parcel {number}?"))
    return found


def test_who_wrote_again_waits_since_then_and_the_order_is_that_of_the_ages_shown(web: Web) -> None:
    first, second, third = asked(web, 3)
    written(web, first, Author.CUSTOMER)
    assert listed(web, "/?view=read") == ids([third, second, first])
    assert listed(web, f"/?{BY_WAITING}") == ids([first, second, third]), "they wrote again at once"
    web.shop.clock.advance(timedelta(hours=5))
    late = web.shop.ticket(first).messages[-1].model_copy(update={"id": "later", "at": web.shop.clock.now()})
    ticket = web.shop.ticket(first)
    web.service.work.receive(ticket.model_copy(update={"messages": (*ticket.messages, late)}))
    assert listed(web, f"/?{BY_WAITING}") == ids([second, third, first])
    html = page(web, f"/?{BY_WAITING}")
    assert re.findall(r'row-age number">([^<]+)<', html) == ["5 h", "5 h", "now"]
    assert '<option value="waiting" selected>Longest wait first' in html
    assert f'/cases/{second.case_id}?{BY_WAITING}"' in html


def test_the_choice_is_there_where_somebody_waits_and_goes_along_from_view_to_view(web: Web) -> None:
    asked(web, 1)
    for view in ("needs", "sign", "read", "people", "mine", "late", "failed", "all"):
        html = page(web, f"/?view={view}&order=waiting&language=en")
        assert 'name="order"' in html, view
        assert 'href="/?view=sign&order=waiting&language=en"' in html, view
        assert 'href="/?view=answered&language=en"' in html, view
        assert f'href="/?view={view}&order=waiting">Clear' in html, view
    for view in ("answered", "ignored"):
        assert 'name="order"' not in page(web, f"/?view={view}&order=waiting")
    assert 'name="order"' not in page(web, "/?q=parcel")
    assert "order=" not in page(web, "/?view=read&order=nonsense").partition('id="rows"')[2].partition("</ol>")[0]


def test_the_pages_of_all_are_who_waits_and_then_what_nobody_waits_for(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.pages import inbox

    monkeypatch.setattr(inbox, "PAGE", 2)
    cases = asked(web, 5)
    for each in cases[1:3]:
        web.shop.sign(each, "noor")
    held = cases[3]
    web.service.work.take_over(held.case_id, "noor")
    written(web, held, Author.STAFF)
    seen: list[str] = []
    path = "/?view=all&order=waiting"
    while path:
        html = page(web, path)
        seen += re.findall(r'data-row="([^"]+)"', html)
        onward = re.search(r'href="([^"]+)" rel="next">More cases', html)
        path = onward[1] if onward else ""
    assert seen == ids([cases[0], cases[4], held, cases[2], cases[1]])


def test_with_people_who_was_answered_by_hand_comes_last(web: Web) -> None:
    cases = asked(web, 3)
    for each in cases:
        web.service.work.take_over(each.case_id, "noor")
    written(web, cases[0], Author.STAFF)
    for view in ("people", "mine"):
        assert listed(web, f"/?view={view}&order=waiting") == ids([cases[1], cases[2], cases[0]]), view
    assert now(web, cases[0]).status is CaseStatus.ESCALATED
    web.shop.clock.advance(timedelta(days=1))
    assert listed(web, "/?view=late&order=waiting") == ids(cases[1:])
    assert listed(web, "/?view=late") == ids(cases[:0:-1])


@pytest.mark.parametrize("view", ["people", "mine", "late"])
def test_a_view_that_is_one_list_has_other_cases_on_its_next_page(
    web: Web, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    from server.pages import inbox

    monkeypatch.setattr(inbox, "PAGE", 2)
    cases = asked(web, 3)
    for each in cases:
        web.service.work.take_over(each.case_id, "noor")
    web.shop.clock.advance(timedelta(days=1))
    for order in ("", "&order=waiting"):
        html = page(web, f"/?view={view}{order}")
        onward = re.search(r'href="([^"]+)" rel="next"', html)
        assert onward is not None
        seen = [*re.findall(r'data-row="([^"]+)"', html), *listed(web, onward[1])]
        assert sorted(seen) == sorted(ids(cases)), order


@pytest.mark.parametrize("view", ["needs", "read", "late"])
def test_an_answer_opens_whoever_waits_next(web: Web, view: str) -> None:
    cases = asked(web, 3)
    web.shop.clock.advance(timedelta(days=1))
    client, carried = web.client(person(Role.AGENT)), f"?view={view}&order=waiting"
    for record, onward in zip(cases, [f"/cases/{each.case_id}" for each in cases[1:]] + ["/"], strict=True):
        path = f"/cases/{record.case_id}"
        fields = form(client.get(f"{path}{carried}", headers=HTML).text)
        assert fields["carried"] == carried
        answer = client.post(f"{path}/decide", data=fields, headers=HTML, follow_redirects=False)
        assert answer.headers["location"].startswith(f"{onward}{carried}&told=sent")


@pytest.mark.parametrize("view", ["read", "all"])
def test_the_list_beside_a_case_goes_on_below_it(web: Web, view: str) -> None:
    cases = asked(web, 28)
    for order, ordered in (("&order=waiting", cases), ("", cases[::-1])):
        path = f"/cases/{ordered[26].case_id}?view={view}{order}"
        assert listed(web, path) == ids(ordered[26:]), order
        assert ("longest wait first" in page(web, path)) == bool(order)
        assert listed(web, f"/cases/{ordered[3].case_id}?view={view}{order}") == ids(ordered[:25]), order
    web.shop.sign(cases[0], "noor")
    web.shop.sign(cases[1], "noor")
    done = [cases[1].case_id, cases[0].case_id]
    assert listed(web, f"/cases/{cases[1].case_id}?view=all&order=waiting") == done


def test_what_is_new_is_what_came_since_and_not_what_stands_on_another_page(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.pages import inbox

    monkeypatch.setattr(inbox, "PAGE", 2)
    cases = asked(web, 5)
    html = page(web, f"/?{BY_WAITING}")
    newest = re.search(r'data-newest="([^"]+)" data-query="\?([^"]+)"', html)
    assert newest is not None
    assert newest.groups() == (cases[-1].case_id, BY_WAITING)
    client = web.client(person(Role.AGENT))
    assert client.get(f"/inbox/newer?{newest[2]}&than={newest[1]}").json()["newer"] == 0
    asked(web, 1)
    assert client.get(f"/inbox/newer?{newest[2]}&than={newest[1]}").json()["newer"] == 1
    for order in ("", "&order=waiting"):
        further = page(web, f"/?view=read{order}&after={cases[2].case_id}")
        assert 'data-newest=""' in further, "what is new does not belong on a later page"


def test_a_cancellation_shows_its_sum_like_a_refund_before_and_after_it_is_signed(web: Web) -> None:
    order = web.shop.planted("pending")
    record = web.shop.ask(f"Please cancel {order.number}.", order, "cancel_order")
    left = money(order.left_to_refund)
    sums = r'row-value number">([^<]*)<'
    assert re.findall(sums, page(web, "/?view=sign")) == [left]
    assert re.findall(sums, page(web, f"/cases/{record.case_id}?view=sign")) == [left]
    web.shop.sign(record)
    assert now(web, record).status in (CaseStatus.ANSWERED, CaseStatus.RESOLVED)
    assert re.findall(sums, page(web, "/?view=answered")) == [left]


def test_a_cancellation_that_was_said_no_to_or_that_nobody_paid_shows_no_sum(web: Web) -> None:
    order = web.shop.planted("pending")
    for paid in (True, False):
        if not paid:
            web.shop.put(order.model_copy(update={"transactions": ()}))
        record = web.shop.ask(f"Please cancel {order.number}.", order, "cancel_order")
        record = web.shop.reject(record) if paid else record
        row = re.search(rf'data-row="{record.case_id}".*?</a>', page(web, "/?view=all"), re.DOTALL)
        assert row is not None
        assert 'row-value number"></span>' in row[0]


def test_no_list_says_that_a_case_needs_somebody_who_answers_nothing(web: Web) -> None:
    record = status_case(web)
    viewer, agent = web.client(person(Role.VIEWER)), web.client(person(Role.AGENT))
    for path in ("/", f"/cases/{record.case_id}?view=needs", "/?q=parcel"):
        seen = viewer.get(path, headers=HTML).text
        assert "Needs you" not in seen
        assert "Needs somebody" in seen
        assert "Needs you" in agent.get(path, headers=HTML).text
    assert "view=mine" not in viewer.get("/", headers=HTML).text
    assert "their limit" in viewer.get("/", headers=HTML).text
