"""Somebody's own words: sent with the click that saves them, unless the check found what they have not seen named."""

from __future__ import annotations

from html import unescape

import pytest

from agent.case import CaseStatus
from agent.limits import Role
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, form, request_of, status_case
from tools.helpdesk import Author

__all__ = ["sqlite_alone"]

PROMISE = "We pay you back $500.00 tomorrow, and you reach me at +1 555 123 4567."


@pytest.mark.system("N4")
def test_what_the_check_finds_in_an_edit_is_seen_before_it_is_sent(web: Web) -> None:
    record = status_case(web)
    client, path = web.client(person(Role.LEAD)), f"/cases/{record.case_id}"
    assert record.proposal is not None
    assert record.proposal.reply is not None
    fields = form(client.get(path, headers=HTML).text)
    edit = {**fields, "reply": f"{record.proposal.reply.text}\n\n{PROMISE}"}
    saved = client.post(f"{path}/edit", data=edit, headers=HTML, follow_redirects=False)
    assert saved.headers["location"].endswith("told=found")
    assert web.shop.sent(record) == []
    html = unescape(client.get(f"{path}?told=found", headers=HTML).text)
    assert "not sent: the check marked something" in html
    assert "grounding.amount" in html
    client.post(f"{path}/decide", data=form(html), headers=HTML)
    assert [message.text.endswith(PROMISE) for message in web.shop.sent(record)] == [True], "they may, and have seen it"


def test_a_difference_stands_beside_the_words_that_are_edited(web: Web) -> None:
    record = status_case(web)
    client, path = web.client(person(Role.LEAD)), f"/cases/{record.case_id}"
    fields = form(client.get(path, headers=HTML).text)
    html = client.post(f"{path}/edit", data={**fields, "reply": "New.", "step": "preview"}, headers=HTML).text
    pane = html[html.index('data-key="e" open') : html.index("Show the difference")]
    assert "<ins>" in pane


@pytest.mark.system("U8")
def test_what_was_taken_over_by_mistake_comes_back_with_its_draft(web: Web) -> None:
    record = status_case(web)
    client, key = web.client(person(Role.AGENT)), {"key": "click-0001"}
    client.post(f"/cases/{record.case_id}/take-over", data=key, headers=HTML)
    assert web.shop.database.cases.get(record.case_id).status is CaseStatus.ESCALATED  # pyright: ignore[reportOptionalMemberAccess]
    client.post(f"/cases/{record.case_id}/release", data=key, headers=HTML)
    back = web.shop.database.cases.get(record.case_id)
    assert back is not None
    assert (back.status, back.with_person) == (CaseStatus.AWAITING_REVIEW, "")
    assert request_of(web, back).awaiting


@pytest.mark.system("U8")
@pytest.mark.parametrize("by", ["form", "api"])
def test_what_a_person_answered_is_not_drafted_again_when_it_is_given_back(web: Web, by: str) -> None:
    record = status_case(web)
    web.shop.runner.take_over(record.case_id, "noor")
    web.shop.answer(record.ticket_id, "It comes tomorrow. Noor", Author.STAFF)
    web.shop.runner.start(record.ticket_id)
    client = web.client(person(Role.AGENT))
    if by == "form":
        client.post(f"/cases/{record.case_id}/release", data={"key": "click-0001"}, headers=HTML)
    else:
        assert client.post(f"/api/v1/cases/{record.case_id}/release").status_code == 202
    back = web.shop.database.cases.get(record.case_id)
    assert back is not None
    assert (back.status, back.with_person) == (CaseStatus.ESCALATED, "")


@pytest.mark.system("N4")
def test_what_did_not_happen_is_not_called_signed(web: Web) -> None:
    """Somebody else opened a return meanwhile: the card they sign is checked again, and another one is made."""
    order = web.shop.planted("exchange_ok")
    text = f"I want to return everything from {order.number}."
    first, second = (web.shop.ask(text, order, "return_request") for _ in range(2))
    client = web.client(person(Role.LEAD))
    forms = {case: form(client.get(f"/cases/{case}", headers=HTML).text) for case in (first.case_id, second.case_id)}
    told = [
        client.post(f"/cases/{case}/decide", data=fields, headers=HTML, follow_redirects=False).headers["location"]
        for case, fields in forms.items()
    ]
    assert told[0].endswith("told=signed")
    assert told[1].endswith("told=superseded")
    assert "It did not happen" in client.get(told[1], headers=HTML).text
    assert web.shop.done(second).count("create_return") == 0


@pytest.mark.system("L13")
def test_what_is_signed_while_everything_is_stopped_waits_and_says_so(web: Web) -> None:
    record = status_case(web)
    client, path = web.client(person(Role.LEAD)), f"/cases/{record.case_id}"
    client.post("/settings/stop", data={"reason": "The feed is wrong"}, headers=HTML)
    fields = form(client.get(path, headers=HTML).text)
    answer = client.post(f"{path}/decide", data=fields, headers=HTML)
    assert web.shop.sent(record) == []
    assert answer.url.query == b"told=held"
    html = unescape(answer.text)
    assert "signed by Dana Whitfield, not done yet" in html
    assert "not asked for" not in html
    assert "What happened" not in html
    assert "it is carried out once somebody starts again" in html
