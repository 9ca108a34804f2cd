"""Another amount, as people type it: what could mean two sums is not guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from agent.limits import Ceiling, Role
from agent.repositories import CaseRecord
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person

__all__ = ["sqlite_alone"]

HTML = {"accept": "text/html"}


def refund(web: Web) -> CaseRecord:
    """A case in which money would go back."""
    order = web.shop.planted("exchange_ok")
    text = f"It arrived broken, and I would prefer my money back. Order {order.number}"
    return web.shop.ask(text, order, "damaged_item", "refund_request")


def fields(web: Web, record: CaseRecord) -> dict[str, str]:
    """What the form for another amount carries."""
    html = web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text
    forms = re.findall(r"<form .*?</form>", html, re.DOTALL)
    found = next(each for each in forms if 'name="amount"' in each)
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found)}


@pytest.mark.parametrize("typed", ["1,000", "1.000", "1,000.00", "1e2", "1_0", "-5", "٢٥", "$5", "5 USD", "5.", "inf"])
def test_what_could_mean_two_sums_is_not_guessed(web: Web, typed: str) -> None:
    record = refund(web)
    sent = {**fields(web, record), "amount": typed}
    answer = web.client(person(Role.LEAD)).post(f"/cases/{record.case_id}/decide", data=sent, headers=HTML)
    assert answer.status_code == 422
    assert f"“{typed}” is not an amount; write it like 1000.00" in unescape(answer.text)
    assert web.shop.request(record).awaiting


@pytest.mark.parametrize(("typed", "minor"), [("5", 500), ("5.5", 550), ("5,50", 550), (" 5.05 ", 505)])
def test_a_plain_amount_is_asked_anew(web: Web, typed: str, minor: int) -> None:
    record = refund(web)
    sent = {**fields(web, record), "amount": typed}
    client = web.client(person(Role.LEAD))
    assert client.post(f"/cases/{record.case_id}/decide", data=sent, headers=HTML, follow_redirects=False).is_redirect
    after = web.shop.database.cases.get(record.case_id)
    assert after is not None
    amount = web.shop.request(after).amount
    assert amount is not None
    assert amount.minor == minor


def test_a_form_that_signs_another_amount_signs_nothing(web: Web) -> None:
    record = refund(web)
    sent = {**fields(web, record), "amount": "1.00", "kind": "approve"}
    answer = web.client(person(Role.LEAD)).post(f"/cases/{record.case_id}/decide", data=sent, headers=HTML)
    assert answer.status_code == 422
    assert web.shop.request(record).awaiting


def test_nothing_as_an_amount_is_refused_for_what_it_is(web: Web) -> None:
    record = refund(web)
    sent = {**fields(web, record), "amount": "0.00"}
    answer = web.client(person(Role.LEAD)).post(f"/cases/{record.case_id}/decide", data=sent, headers=HTML)
    said = unescape(re.sub(r"<[^>]+>", " ", answer.text))
    assert "say one change" not in said
    assert "That is not possible: " in said
    assert web.shop.request(record).awaiting


def beside_the_buttons(page: str) -> str:
    """What the bar with the buttons says."""
    bar = re.search(r'<section class="actions.*?</section>', page, re.DOTALL)
    assert bar is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bar[0])).split())


def test_an_amount_that_is_refused_says_why_beside_its_button_and_stays_typed(web: Web) -> None:
    record = refund(web)
    sent = {**fields(web, record), "amount": "5000.00"}
    answer = web.client(person(Role.LEAD)).post(f"/cases/{record.case_id}/decide", data=sent, headers=HTML)
    says = beside_the_buttons(answer.text)
    assert "That is not possible: $5,000.00 is more than" in says
    assert says.index("That is not possible") < says.index("Propose this amount") < says.index("Reject")
    assert answer.text.count("That is not possible") == 1, "said once"
    assert re.search(r'<details class="pane" data-key="a" open>', answer.text)
    assert 'value="5000.00"' in answer.text


@pytest.mark.parametrize("path", ["/cases/{case}", "/approvals?request={request}"])
def test_who_may_not_sign_reads_rule_ceiling_and_signer_where_the_button_would_be(web: Web, path: str) -> None:
    record = refund(web)
    agent = web.shop.parts.limits.roles.agent.model_copy(update={"each": Ceiling.model_validate("5.00 USD")})
    roles = web.shop.parts.limits.roles.model_copy(update={"agent": agent})
    service = replace(web.service, limits=web.shop.parts.limits.model_copy(update={"roles": roles}))
    address = path.format(case=record.case_id, request=record.approval_id)
    client = Web(web.shop, service).client(person(Role.AGENT))
    says = beside_the_buttons(client.get(address, headers=HTML).text)
    assert "above the $5.00 that Noor Haddad (agent) may sign at once: roles.agent.each in limits.yaml" in says
    assert "signer.ceiling" in says
    assert "You may not sign this. Dana Whitfield (lead) or Priya Raman (admin) may sign it" in says
    assert "Sam Okafor" not in says, "another agent's ceiling is as low"
