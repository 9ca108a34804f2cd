"""What was signed while effects are stopped says so, and by whom and since when, instead of seeming to be at work."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from agent.limits import Role
from agent.repositories import CaseRecord
from agent.switches import EVERYTHING, Switch, intent_scope
from server.ui.words import spoken
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_amounts import HTML, refund

__all__ = ["sqlite_alone"]


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def stop(web: Web, scope: str, *, stopped: bool = True) -> Switch:
    at = web.shop.clock.now() - timedelta(hours=2)
    switch = Switch(scope=scope, stopped=stopped, by="priya", reason="odd refunds", at=at)
    web.shop.database.switches.set(switch)
    return switch


def signed(web: Web, scope: str) -> tuple[CaseRecord, Switch]:
    record = refund(web)
    switch = stop(web, scope)
    web.shop.sign(record)
    return record, switch


@pytest.mark.parametrize("scope", [EVERYTHING, intent_scope("damaged_item")])
def test_what_was_signed_under_a_stop_says_who_stopped_and_that_it_goes_on(web: Web, scope: str) -> None:
    record, switch = signed(web, scope)
    page = web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text
    says = text(page)
    assert "Signed by Dana Whitfield, and effects are stopped" in says
    assert f"Priya Raman stopped {spoken(switch.stops)} on 16 Nov 2026, 08:00 EST (odd refunds)" in says
    assert "It goes on by itself when the switch is released" in says
    assert "Being worked on" not in says
    assert "being worked on" not in says
    assert 'href="/settings#stop"' in page
    listed = text(web.client(person(Role.AGENT)).get("/?view=all", headers=HTML).text)
    assert "stopped" in listed
    assert "being worked on" not in listed


def test_a_stop_of_something_else_is_not_said(web: Web) -> None:
    record = refund(web)
    stop(web, intent_scope("promotion"))
    web.shop.sign(record)
    assert "effects are stopped" not in web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text


def test_released_it_is_said_no_more(web: Web) -> None:
    record, _ = signed(web, EVERYTHING)
    stop(web, EVERYTHING, stopped=False)
    web.shop.runner.carry_on(record.case_id)
    says = text(web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text)
    assert "effects are stopped" not in says
    assert "It went" not in says
