"""What was signed while effects are stopped says so, and by whom and since when, instead of seeming to be at work."""

from __future__ import annotations

import re
from contextvars import copy_context
from datetime import timedelta
from html import unescape

import pytest

from agent.limits import Role
from agent.repositories import CaseRecord
from agent.switches import EVERYTHING, Switch, intent_scope, loop_scope
from server.ui.people import call_by_name
from server.ui.views.stopped import paused_says, stop_says
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
    assert f"Priya Raman stopped {stop_says(switch.scope)} on 16 Nov 2026, 08:00 EST (odd refunds)" in says
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


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        (
            EVERYTHING,
            "Everything is stopped: nothing leaves and nothing is paid. Priya Raman stopped it (odd refunds).",
        ),
        (
            intent_scope("damaged_item"),
            "Everything about damaged item is stopped; the rest goes on. Priya Raman stopped it (odd refunds).",
        ),
        (
            loop_scope("support", "0123456789abcdef"),
            "Replies to one sender are stopped; the rest goes on. Priya Raman stopped it (odd refunds).",
        ),
    ],
)
def test_every_page_says_what_is_stopped_in_words_and_only_that(web: Web, scope: str, says: str) -> None:
    stop(web, scope)
    page = text(web.client(person(Role.LEAD)).get("/settings?told=stopped", headers=HTML).text)
    assert says in page
    assert page.count("nothing leaves and nothing is paid") == (scope == EVERYTHING)
    assert scope not in page.partition("Stop switch")[0]


def test_the_reason_of_a_pause_names_people_and_intents_in_words() -> None:
    def said(why: str) -> str:
        call_by_name(lambda: {"dana": "Dana Whitfield"})
        return paused_says(why)

    apart = copy_context()
    assert apart.run(said, "paused: dana stopped intent order_status: a wrong feed") == (
        "Dana Whitfield stopped everything about order status: a wrong feed"
    )
    assert apart.run(said, "paused: dana stopped everything: odd") == "Dana Whitfield stopped everything: odd"


def test_a_handed_over_case_whose_answer_waits_for_the_switch_is_not_to_be_answered_again(web: Web) -> None:
    record, _ = signed(web, EVERYTHING)
    database, lead = web.shop.database, web.client(person(Role.LEAD))
    held = database.cases.get(record.case_id)
    assert held is not None
    database.cases.save(held.model_copy(update={"with_person": "handed to a person: look at it"}))
    page = lead.get(f"/cases/{record.case_id}", headers=HTML).text
    assert "What was answered waits below for the switch." in page
    assert "is silent until" not in page
    assert "You answer it in your helpdesk" not in page
