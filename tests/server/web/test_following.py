"""Working through a list: an answer opens the case below, says whose the last one was, and keeps the place."""

from __future__ import annotations

import re
from html import unescape

import pytest

from agent.approvals import ApprovalStatus
from agent.limits import Role
from server.pages.approvals import in_order
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, fields_of, form, status_case, to_sign

__all__ = ["sqlite_alone"]


@pytest.mark.parametrize("kind", ["approve", "reject"])
def test_an_answer_opens_the_case_below_and_names_the_one_above(web: Web, kind: str) -> None:
    below, case, above = (status_case(web, f"Where is my parcel, {n}?") for n in range(3))
    client = web.client(person(Role.AGENT))
    fields = form(client.get(f"/cases/{case.case_id}?view=read", headers=HTML).text)
    sent = {**fields, "kind": kind, "reason": "told by phone" if kind == "reject" else ""}
    answer = client.post(f"/cases/{case.case_id}/decide", data=sent, headers=HTML, follow_redirects=False)
    place = answer.headers["location"]
    assert place.startswith(f"/cases/{below.case_id}?view=read&told=")
    html = unescape(client.get(place, headers=HTML).text)
    notice = re.search(r'<div class="notice told".*?</div>', html, re.DOTALL)
    assert notice is not None
    ticket = web.service.store.readers().helpdesk.ticket(case.ticket_id)
    assert ticket is not None
    assert ticket.latest.sender_name in notice[0]
    assert f'href="/cases/{case.case_id}"' in notice[0]
    assert 'class="actions arrived"' in html
    assert above.case_id in html, "the list beside it is the same"


def test_the_last_answer_leads_back_to_the_list_and_one_without_a_list_stays(web: Web) -> None:
    last, other = status_case(web), status_case(web)
    client = web.client(person(Role.AGENT))
    for record, query, goes in ((last, "?view=needs", "/?view=needs&told=sent&of="), (other, "", "/cases/")):
        path = f"/cases/{record.case_id}"
        fields = form(client.get(f"{path}{query}", headers=HTML).text)
        answer = client.post(f"{path}/decide", data=fields, headers=HTML, follow_redirects=False)
        assert answer.headers["location"].startswith(goes)
    assert 'class="actions arrived"' not in client.get(f"/cases/{other.case_id}", headers=HTML).text


def test_a_search_and_a_view_of_what_is_over_do_not_lead_on(web: Web) -> None:
    status_case(web, "Where is my xylophone?")
    for query in ("?q=xylophone", "?view=all"):
        record = status_case(web, "Where is my other xylophone?")
        client, path = web.client(person(Role.AGENT)), f"/cases/{record.case_id}"
        fields = form(client.get(f"{path}{query}", headers=HTML).text)
        answer = client.post(f"{path}/decide", data=fields, headers=HTML, follow_redirects=False)
        assert answer.headers["location"] == f"{path}{query}&told=sent"


def test_a_case_far_down_the_list_stands_in_the_list_beside_it(web: Web) -> None:
    cases = [status_case(web, f"Where is parcel {n}?") for n in range(27)]
    html = web.client(person(Role.AGENT)).get(f"/cases/{cases[0].case_id}?view=read", headers=HTML).text
    listed = re.findall(r'data-row="([^"]+)"', html)
    assert cases[0].case_id in listed
    assert re.search(rf'aria-current="true" data-row="{cases[0].case_id}"', html)


@pytest.mark.parametrize("order", ["", "&order=waiting"])
def test_a_case_that_was_taken_over_keeps_its_place_in_the_list_beside_it(web: Web, order: str) -> None:
    cases = [status_case(web, f"Where is parcel {n}?").case_id for n in range(3)]
    web.service.work.take_over(cases[1], "noor")
    html = web.client(person(Role.AGENT)).get(f"/cases/{cases[1]}?view=needs{order}", headers=HTML).text
    shown = re.findall(r'data-row="([^"]+)"', html)
    assert shown == (cases if order else cases[::-1])
    assert re.search(rf'aria-current="true" data-row="{cases[1]}"', html)
    elsewhere = web.client(person(Role.AGENT)).get(f"/cases/{cases[1]}", headers=HTML).text
    assert cases[1] not in re.findall(r'data-row="([^"]+)"', elsewhere), "it was opened from no list"


def test_one_far_down_the_list_that_was_taken_over_is_followed_by_what_came_next(web: Web) -> None:
    cases = sorted(status_case(web, f"Where is parcel {n}?").case_id for n in range(29))
    web.service.work.take_over(cases[2], "noor")
    html = web.client(person(Role.AGENT)).get(f"/cases/{cases[2]}?view=needs", headers=HTML).text
    shown = re.findall(r'data-row="([^"]+)"', html)
    assert shown[-3:] == [cases[2], cases[1], cases[0]]


def test_sign_off_goes_on_with_the_request_below(web: Web) -> None:
    to_sign(web)
    for _ in range(2):
        status_case(web)
    client, approvals = web.client(person(Role.LEAD)), web.service.database.approvals
    first, second, third = in_order(approvals.list(ApprovalStatus.AWAITING))[:3]
    html = client.get(f"/approvals?request={second.id}", headers=HTML).text
    answer = client.post(f"/cases/{second.case_id}/decide", data=form(html), headers=HTML, follow_redirects=False)
    place = answer.headers["location"]
    assert place.startswith(f"/approvals?request={third.id}&told=")
    assert f'data-row="{third.id}" aria-current="true"' in client.get(place, headers=HTML).text
    # Somebody else may have answered that one meanwhile: then the first that waits is shown.
    web.shop.sign(web.service.database.cases.get(third.case_id), "priya")  # pyright: ignore[reportArgumentType]
    assert f'data-row="{first.id}" aria-current="true"' in client.get(place, headers=HTML).text
    assert fields_of(html, 'value="reject"')["back"] == f"/approvals?request={third.id}"


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://testserver/cases/c-1?view=read", "/cases/c-1%3Fview%3Dread"),
        ("http://testserver/cases/c-1/edit", "/cases/c-1"),
        ("http://testserver/settings", "/settings"),
        ("https://elsewhere.example/cases/c-1", "/"),
        ("", "/"),
    ],
)
def test_who_was_signed_out_meanwhile_comes_back_to_where_they_wrote(web: Web, came_from: str, goes_to: str) -> None:
    answer = web.client(None).post(
        "/cases/c-1/edit", data={"key": "abcdefgh"}, headers={**HTML, "referer": came_from}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={goes_to}&told=lost"
