"""What pages say around their content: refusals in people's words, who can sign in to the demo, what goes wrong now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseEvent, CaseRecord
from server.incidents import collect
from server.ui.views.reviews import incident_notices
from tests.server.auth.conftest import email_of
from tests.server.sidecar.place import demo_house
from tests.server.web.conftest import Web, person, web

__all__ = ["web"]
HTML = {"accept": "text/html"}


def drafted(web: Web) -> CaseRecord:
    order = web.shop.planted("on_its_way")
    return web.shop.ask(f"Where is {order.number}?", order, "order_status")


def refund(web: Web) -> CaseRecord:
    """A case that waits for the signature of a refund."""
    order = web.shop.planted("exchange_ok")
    text = f"It arrived broken, and I would prefer my money back. Order {order.number}"
    record = web.shop.ask(text, order, "damaged_item", "refund_request")
    assert record.status is CaseStatus.AWAITING_APPROVAL
    assert record.proposal is not None
    assert "refund_order" in {action.kind for action in record.proposal.actions}
    return record


def test_a_page_that_is_not_there_is_said_in_words_for_people_and_keeps_the_way_back(web: Web) -> None:
    answer = web.client(person(Role.VIEWER)).get("/no-such-page", headers=HTML)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert 'aria-label="Places"' in answer.text
    assert "principal" not in answer.text
    assert "openapi" not in answer.text
    for_programs = web.client(person(Role.VIEWER)).get("/api/v1/no-such-route").json()
    assert for_programs["type"] == "/problems/unknown-route"


def test_whose_role_is_too_low_is_told_who_they_are_and_what_would_help(web: Web) -> None:
    answer = web.client(person(Role.AGENT)).get("/reviews", headers=HTML)
    assert answer.status_code == 403
    assert "signed in as Noor (agent)" in answer.text
    assert "scope" not in answer.text


def test_the_demo_says_who_can_sign_in_and_a_shop_does_not(web: Web) -> None:
    demo = demo_house(web).client().get("/login").text
    assert all(email_of(role) in demo for role in (Role.AGENT, Role.LEAD, Role.ADMIN))
    assert f'value="{email_of(Role.LEAD)}"' in demo


def test_a_shop_tells_nobody_who_has_an_account(web: Web) -> None:
    page = demo_house(web, demo=False).client().get("/login").text
    assert "alderandwren.example" not in page


def test_signing_out_says_so(web: Web) -> None:
    house = demo_house(web)
    browser = house.sign_in(Role.AGENT)
    answer = browser.post("/logout", data={"csrf": house.csrf(browser)})
    assert "You are signed out" in browser.get(answer.headers["location"]).text


def test_the_first_page_of_the_demo_leads_to_a_refund_that_this_person_may_sign(web: Web) -> None:
    record = refund(web)
    request = web.shop.request(record)
    html = web.client(person(Role.LEAD)).get("/", headers=HTML).text
    assert f'href="/cases/{record.case_id}"' in html, "without a list: what was signed is seen where it was signed"
    assert "Open the refund of $" in html
    assert request.required_role is Role.LEAD
    agent = web.client(person(Role.AGENT)).get("/", headers=HTML).text
    assert "Open the refund" not in agent
    assert "is being drafted" in agent


def test_a_signature_says_what_it_leaves_of_the_limit_and_where_the_log_has_it(web: Web) -> None:
    record = refund(web)
    client = web.client(person(Role.LEAD))
    amount = web.shop.request(record).amount
    assert amount is not None
    left = 100_000 - amount.minor
    html = client.get(f"/cases/{record.case_id}", headers=HTML).text
    assert f"$1,000.00 left of your $1,000.00 today, ${left // 100}.{left % 100:02} after this" in html
    told = client.get(f"/cases/{record.case_id}?told=signed", headers=HTML).text
    assert f'href="/audit?case={record.case_id}"' in told


def test_who_asked_for_a_signature_is_named_until_it_is_given(web: Web) -> None:
    record = refund(web)
    body = {"request": record.approval_id, "by": "noor"}
    event = CaseEvent(case_id=record.case_id, at=web.shop.clock.now(), kind="sign_off_wanted", body=dict(body))
    web.shop.database.events.append([event])
    client = web.client(person(Role.LEAD))
    for path in (f"/cases/{record.case_id}", f"/approvals?request={record.approval_id}"):
        assert "Noor Haddad asked for a signature" in client.get(path, headers=HTML).text, path
    web.shop.sign(record, "dana")
    after = client.get(f"/cases/{record.case_id}", headers=HTML).text
    assert "Noor Haddad asked for a signature, " not in after
    assert "Noor Haddad asked for a signature" in after, "the timeline keeps it"


def test_the_queue_names_the_customer(web: Web) -> None:
    record = refund(web)
    customer = web.shop.parts.store.readers().customers.customer(record.customer_id)
    assert customer is not None
    html = web.client(person(Role.LEAD)).get("/approvals", headers=HTML).text
    rows = html.partition('aria-label="Requests"')[2].partition("</nav>")[0]
    assert customer.name in rows


def test_an_incident_is_one_quiet_line_on_the_first_page_while_it_lasts(web: Web) -> None:
    record, now = drafted(web), web.shop.clock.now()
    client = web.client(person(Role.VIEWER))
    assert "See incidents" not in client.get("/", headers=HTML).text
    failed = CaseEvent(case_id=record.case_id, at=now, kind="failed", body={"why": "the carrier's feed is away"})
    web.shop.database.events.append([failed])
    collect(web.shop.database, web.shop.parts.limits, now)
    html = client.get("/", headers=HTML).text
    assert "1 case held up: the carrier&#39;s feed is away." in html
    over = replace_kind(failed, "waiting")
    web.shop.database.events.append([over])
    collect(web.shop.database, web.shop.parts.limits, now)
    assert "See incidents" not in client.get("/", headers=HTML).text


def replace_kind(event: CaseEvent, kind: str) -> CaseEvent:
    return event.model_copy(update={"kind": kind, "body": {}})


@pytest.mark.parametrize(("many", "says"), [(1, ""), (2, " 1 more lasts."), (3, " 2 more last.")])
def test_more_incidents_are_counted_not_listed(web: Web, many: int, says: str) -> None:
    record, now = drafted(web), web.shop.clock.now()
    for number in range(many):
        body = {"key": f"k{number}", "about": "alert", "message": f"cause {'abc'[number]} " + "x" * 200}
        event = CaseEvent(case_id=record.case_id, at=now - timedelta(hours=5 - number), kind="alert", body=dict(body))
        web.shop.database.events.append([event])
    collect(web.shop.database, web.shop.parts.limits, now)
    (notice,) = incident_notices(web.shop.database.incidents.standing(), now)
    assert notice.text.startswith("An incident has lasted for 5 h, 1 case held up: cause a")
    assert notice.text.endswith(f"….{says}")
    assert len(notice.text) < 200


def test_figures_follow_what_happens_however_often_they_are_asked_for(web: Web) -> None:
    client = web.client(person(Role.VIEWER))
    assert "No case arrived" in client.get("/figures", headers=HTML).text
    record = drafted(web)
    first = client.get("/figures", headers=HTML).text
    assert "1 cases" in first
    assert client.get("/figures", headers=HTML).text == first
    web.shop.sign(record, "noor")
    after = client.get("/figures", headers=HTML).text
    assert after != first
