"""The numbers beside views and filters are what choosing them shows."""

from __future__ import annotations

import re
from html import unescape

import pytest

from agent.limits import Role
from server.db import tally
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, order_of


def options(page: str, name: str) -> dict[str, int]:
    """Value and number of each option of a filter; -1 where none stands."""
    found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert found is not None
    every = re.findall(r'<option value="([^"]+)"[^>]*>[^<(]*(?:\((\d+)\))?</option>', found[0])
    return {unescape(value): int(many or -1) for value, many in every}


def views(page: str) -> dict[str, tuple[str, int]]:
    """Address and number of each view."""
    found = re.findall(r'<a href="([^"]+)" data-view="(\w+)".*?</a>', page, re.DOTALL)
    links = {key: unescape(href) for href, key in found}
    numbers = dict(re.findall(r'data-view="(\w+)"[^>]*><span>[^<]*</span><span class="badge[^"]*">(\d+)<', page))
    return {key: (href, int(numbers.get(key, 0))) for key, href in links.items()}


def many(web: Web, address: str) -> int:
    return len(re.findall(r'data-row="', web.client(person(Role.LEAD)).get(address, headers=HTML).text))


@pytest.fixture
def three(web: Web) -> Web:
    """Two questions where a parcel is, one of them with a person, and a refund."""
    order = order_of(web)
    web.shop.ask("Where is my parcel?", order, "order_status")
    held = web.shop.ask("Where is my xylophone?", order, "order_status")
    web.shop.ask("I want my money back", order, "refund_request")
    web.shop.runner.take_over(held.case_id, "dana")
    return web


@pytest.mark.parametrize("here", ["?view=all", "?view=people", "?view=mine", "?view=all&intent=order_status"])
def test_a_filter_counts_what_it_would_show(three: Web, here: str) -> None:
    page = three.client(person(Role.LEAD)).get(f"/{here}", headers=HTML).text
    found = options(page, "intent")
    assert found
    bare = here.partition("&")[0]
    assert found == {value: many(three, f"/{bare}&intent={value}") for value in found}


def test_a_view_counts_what_it_would_show_under_the_filters(three: Web) -> None:
    page = three.client(person(Role.LEAD)).get("/?view=all&intent=order_status", headers=HTML).text
    found = views(page)
    assert {key: number for key, (_, number) in found.items() if number} == {
        "all": 2, "people": 1, "read": 1, "needs": 1,
    }  # fmt: skip
    for href, number in (found[key] for key in ("all", "people", "read", "needs", "sign")):
        assert "intent=order_status" in href
        assert many(three, href) == number


def test_a_search_counts_what_it_found_and_its_views_stay_in_it(three: Web) -> None:
    client = three.client(person(Role.LEAD))
    found = views(client.get("/?q=xylophone", headers=HTML).text)
    assert {key: number for key, (_, number) in found.items() if number} == {"all": 1, "people": 1}
    assert {many(three, found[key][0]) for key in ("all", "people")} == {1}
    assert many(three, found["read"][0]) == 0
    assert "None of the 1 found is here" in client.get(found["read"][0], headers=HTML).text


def test_too_many_are_not_counted_and_nothing_wrong_is_said(three: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.db.queues.LOOKED_AT", 1)
    assert tally.MOST > 1
    page = three.client(person(Role.LEAD)).get("/?view=all&intent=order_status", headers=HTML).text
    assert options(page, "intent") == {"order_status": -1, "refund_request": -1}
    assert all(number == 0 for _, number in views(page).values())
    whole = three.client(person(Role.LEAD)).get("/?view=all", headers=HTML).text
    assert options(whole, "intent") == {"order_status": 2, "refund_request": 1}
