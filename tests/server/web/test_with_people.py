"""Cases that people have: who was answered by hand waits for nobody; a stranger does not get an owner's name."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from server.ui.views.inbox import is_late
from server.ui.views.signing import NAMED
from tests.databases import sqlite_alone
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person
from tests.server.web.test_console import HTML, form, order_of, status_case, to_sign
from tools.helpdesk import Author, Ticket, TicketMessage

__all__ = ["sqlite_alone"]

KEY = {"key": "a-key-of-its-own"}


def written(web: Web, record: CaseRecord, author: Author) -> Ticket:
    """The ticket with one more message, which the service has received."""
    ticket = web.service.store.readers().helpdesk.ticket(record.ticket_id)
    assert ticket is not None
    at = ticket.messages[-1].at + timedelta(seconds=1)
    name = f"{ticket.id}-{len(ticket.messages)}"
    message = TicketMessage(id=name, author=author, sender="dana", at=at, text="I look into it.")
    after = ticket.model_copy(update={"messages": (*ticket.messages, message)})
    web.service.work.receive(after)
    return after


def now(web: Web, record: CaseRecord) -> CaseRecord:
    found = web.service.database.cases.get(record.case_id)
    assert found is not None
    return found


def test_who_was_answered_by_hand_is_not_late_and_comes_after_those_who_wait(web: Web) -> None:
    answered, waiting = status_case(web), status_case(web)
    for each in (answered, waiting):
        web.service.work.take_over(each.case_id, "noor")
    client = web.client(person(Role.AGENT))
    ticket, limits = written(web, answered, Author.STAFF), web.service.limits
    later = web.service.clock.now() + timedelta(days=9)
    assert is_late(now(web, waiting), ticket.model_copy(update={"messages": ticket.messages[:1]}), limits, later)
    assert not is_late(now(web, answered), ticket, limits, later)
    for view in ("people", "mine"):
        html = client.get(f"/?view={view}", headers=HTML).text
        rows = re.findall(r'data-row="([^"]+)".*?</span>([a-z ]+)</span>\s*<span class="row-age', html, re.DOTALL)
        assert rows == [(waiting.case_id, "with a person"), (answered.case_id, "answered by hand")], view
    page = client.get(f"/cases/{answered.case_id}", headers=HTML).text
    assert "What was suggested" in page
    assert "You answer it in your helpdesk" not in page
    written(web, answered, Author.CUSTOMER)
    assert "answered by hand" not in client.get("/?view=mine", headers=HTML).text, "they wrote again"


def test_a_case_that_waits_for_a_person_says_where_it_is_answered(web: Web) -> None:
    record = status_case(web)
    web.service.work.take_over(record.case_id, "noor")
    html = web.client(person(Role.AGENT)).get(f"/cases/{record.case_id}", headers=HTML).text
    assert "You answer it in your helpdesk" in html
    release = re.search(r"<button[^>]*>Release to the assistant", html)
    assert release is not None
    assert "primary" not in release[0], "giving it back is not the usual next step"


def test_a_draft_for_a_case_that_was_handed_over_is_sent_or_taken_over_and_nothing_else(web: Web) -> None:
    order = web.shop.planted("on_its_way")
    record = web.shop.ask("I want to talk to a person, please.", order, "human_request")
    assert record.status is CaseStatus.AWAITING_REVIEW
    assert record.with_person
    client, address = web.client(person(Role.AGENT)), f"/cases/{record.case_id}"
    page = client.get(address, headers=HTML).text
    assert "send it, or take the case over and answer it yourself" in page
    assert "silent until" not in page
    for step in ("release", "finish"):
        assert f'action="{address}/{step}"' not in page
    fields = {"key": "click-0001"}
    page = client.post(f"{address}/take-over", data=fields, headers=HTML).text
    for step in ("release", "finish"):
        assert f'action="{address}/{step}"' in page


@pytest.mark.system("U6")
def test_a_stranger_who_names_an_order_is_not_shown_as_its_owner(web: Web) -> None:
    order = order_of(web, "on_its_way")
    owner = web.shop.owner(order)
    letter = web.shop.letter(f"Where is {order.number}?", owner)
    stranger = letter.messages[0].model_copy(
        update={"sender": "layla@elsewhere.example", "sender_name": "Layla", "sender_verified": True}
    )
    record = web.shop.work(letter.model_copy(update={"messages": (stranger,)}), about("order_status"))
    web.service.work.take_over(record.case_id, "noor")
    html = unescape(web.client(person(Role.AGENT)).get(f"/cases/{record.case_id}", headers=HTML).text)
    handover = re.search(r"<dt>Customer</dt><dd>(.*?)</dd>", html)
    assert handover is not None
    assert handover[1] == "not verified"
    assert "The order is theirs. Who writes has not shown to be them" in html


def test_whose_signature_it_takes_is_said_shortly(web: Web) -> None:
    record = to_sign(web)
    request = web.service.database.approvals.get(record.approval_id)
    assert request is not None
    least = request.required_role.value
    mine = web.client(person(Role.ADMIN)).get(f"/cases/{record.case_id}", headers=HTML).text
    assert re.search(rf'<p class="limits">Needs an? {least}: you may sign</p>', mine)
    theirs = web.client(person(Role.VIEWER)).get(f"/cases/{record.case_id}", headers=HTML).text
    found = re.search(rf'<p class="limits">Needs an? {least}: (.*?)</p>', theirs)
    assert found is not None
    assert 1 <= len(found[1].split(", ")) <= NAMED + 1


def test_the_list_beside_a_case_keeps_the_order_of_its_view(web: Web) -> None:
    cases = [status_case(web, f"Where is parcel {n}?") for n in range(28)]
    for each in cases:
        web.service.work.take_over(each.case_id, "noor")
    client = web.client(person(Role.AGENT))
    listed = re.findall(r'data-row="([^"]+)"', client.get("/?view=people", headers=HTML).text)
    last = listed[-1]
    beside = re.findall(r'data-row="([^"]+)"', client.get(f"/cases/{last}?view=people", headers=HTML).text)
    assert beside == listed[-len(beside) :]
    assert len(beside) > 1


def test_a_rejected_case_is_seen_until_somebody_answers_it(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.AGENT))
    page = client.get(f"/cases/{record.case_id}", headers=HTML).text
    client.post(f"/cases/{record.case_id}/decide", data={**form(page), "kind": "reject", "reason": "not so"})
    assert now(web, record).status is CaseStatus.REJECTED
    assert f'data-row="{record.case_id}"' in client.get("/?view=people", headers=HTML).text


def test_what_somebody_else_has_is_theirs_until_it_is_taken_from_them(web: Web) -> None:
    record = status_case(web)
    dana, noor = web.client(person(Role.LEAD)), web.client(person(Role.AGENT))
    address = f"/cases/{record.case_id}"
    dana.post(f"{address}/take-over", data=KEY)
    page = noor.get(address, headers=HTML).text
    assert "Take it over from Dana Whitfield" in page
    assert f'action="{address}/release"' not in page
    assert f'action="{address}/finish"' not in page
    assert f'data-row="{record.case_id}"' not in noor.get("/?view=mine", headers=HTML).text
    noor.post(f"{address}/take-over", data=KEY)
    assert now(web, record).with_person == "noor took it over"
    assert f'data-row="{record.case_id}"' in noor.get("/?view=mine", headers=HTML).text
    assert f'action="{address}/release"' in noor.get(address, headers=HTML).text
    taken = [entry.actor for entry in web.shop.database.audit.entries() if entry.event == "case.taken_over"]
    assert taken == ["dana", "noor"]
    noor.post(f"{address}/take-over", data=KEY)
    assert len([e for e in web.shop.database.audit.entries() if e.event == "case.taken_over"]) == 2


def test_what_the_assistant_handed_over_may_be_claimed(web: Web) -> None:
    record = web.shop.ask("Get me a person, please.", order_of(web), "human_request")
    assert record.with_person.startswith("handed to a person")
    client = web.client(person(Role.AGENT))
    address = f"/cases/{record.case_id}"
    page = client.get(address, headers=HTML).text
    assert ">Take over" in page
    client.post(f"{address}/take-over", data=KEY)
    assert now(web, record).with_person == "noor took it over"
    assert f'data-row="{record.case_id}"' in client.get("/?view=mine", headers=HTML).text
