"""What a reader of the log asks: what did Dana sign yesterday, and everything about one order."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from agent.limits import Role
from server.ui.words import local
from tests.server.web.conftest import Web, person
from tests.server.web.test_amounts import refund
from tests.server.web.test_console import HTML, order_of, status_case

DANA = "Dana Whitfield dana"


def rows(web: Web, query: str) -> list[tuple[str, str, str]]:
    """Who, what and case of each entry."""
    page = web.client(person(Role.VIEWER)).get(f"/audit?{query}", headers=HTML).text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("</tr>") if "<td" in row]
    cells = [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in line] for line in lines]
    return [(line[2], line[3], line[4]) for line in cells]


@pytest.mark.parametrize("who", ["dana", "Dana", "Dana Whitfield"])
def test_what_did_dana_sign_that_day(web: Web, who: str) -> None:
    record, other = refund(web), status_case(web)
    web.shop.sign(record)
    web.shop.sign(other, "priya")
    today = local(web.shop.clock.now()).date()
    asked = f"who={who}&what=approval.&from={today}&to={today}"
    assert {(actor, case) for actor, _, case in rows(web, asked)} == {(DANA, record.case_id)}
    assert (DANA, "signed", record.case_id) in rows(web, f"who={who}&what=approval.executing&from={today}")
    yesterday = today - timedelta(days=1)
    assert rows(web, f"who={who}&from={yesterday}&to={yesterday}") == []


@pytest.mark.parametrize("mark", ["%23", ""])
def test_everything_about_one_order_by_its_number(web: Web, mark: str) -> None:
    record, other = refund(web), status_case(web)
    number = web.shop.planted("exchange_ok").number.lstrip("#")
    assert number != order_of(web).number.lstrip("#")
    found = {case for _, _, case in rows(web, f"case={mark}{number}")}
    assert found == {record.case_id}
    assert {case for _, _, case in rows(web, f"case={other.ticket_id}")} == {other.case_id}
    assert rows(web, "case=%23999999") == []


def test_pages_keep_the_filters_and_days_are_one_click(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.pages.audit.PAGE", 2)
    record = refund(web)
    page = web.client(person(Role.VIEWER)).get(f"/audit?case={record.case_id}&who=system", headers=HTML).text
    older = re.search(r'href="(/audit[^"]*)" rel="next"', page)
    assert older is not None
    assert f"case={record.case_id}" in older[1]
    assert "who=system" in older[1]
    days = re.findall(r'<a href="(/audit\?[^"]*from=[^"]+)"', page)
    assert len(days) == 3
    assert all(f"case={record.case_id}" in each for each in days)


@pytest.mark.parametrize("wrong", ["from=yesterday", "to=2026-13-40", "from=9999-12-31&to=9999-12-31", "to=0001-01-01"])
def test_what_is_no_day_is_no_fault(web: Web, wrong: str) -> None:
    assert web.client(person(Role.VIEWER)).get(f"/audit?{wrong}", headers=HTML).status_code == 200
