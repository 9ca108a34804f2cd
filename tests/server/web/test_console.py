"""The console as forms and pages: what is shown is what would run, and one click counts once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.case import CaseStatus
from agent.limits import Role
from agent.repositories import CaseRecord
from server.ui.views.rules import rules_of
from tests.databases import sqlite_alone
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person
from tools.actions import CloseTicket
from tools.commerce import Order
from tools.helpdesk import Author

__all__ = ["sqlite_alone"]

HTML = {"accept": "text/html"}
PAGES = ("/", "/approvals", "/knowledge", "/playbooks", "/runs", "/audit", "/settings", "/figures", "/evals")


def order_of(web: Web, planted: str = "") -> Order:
    return web.shop.planted(planted) if planted else web.shop.order(next(iter(web.shop.world.planted.values()))[0])


def status_case(web: Web, text: str = "Where is my parcel?") -> CaseRecord:
    return web.shop.ask(text, order_of(web), "order_status")


def to_sign(web: Web) -> CaseRecord:
    """A case that waits for a signature."""
    for ticket in web.shop.parts.store.tickets()[:20]:
        record = web.shop.runner.start(ticket.id)
        if record.status is CaseStatus.AWAITING_APPROVAL:
            return record
    raise AssertionError("no ticket of the demo brand needs a signature")


def request_of(web: Web, record: CaseRecord) -> ApprovalRequest:
    request = web.shop.database.approvals.get(record.approval_id)
    assert request is not None
    return request


def fields_of(html: str, holding: str) -> dict[str, str]:
    """The hidden fields of the form that holds these words."""
    forms = re.findall(r"<form .*?</form>", html, re.DOTALL)
    found = next(each for each in forms if holding in each)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found)
    return {name: unescape(value) for name, value in hidden}


def form(html: str) -> dict[str, str]:
    """The hidden fields of the form that signs or sends."""
    return fields_of(html, 'name="kind" value="approve"')


def calls(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<pre class="call">(.*?)</pre>', html, re.DOTALL)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_every_page_is_there_for_everybody_who_may_read(web: Web, role: Role) -> None:
    record = status_case(web)
    client = web.client(person(role))
    for path in (
        *PAGES,
        f"/cases/{record.case_id}",
        "/knowledge/returns/3",
        "/playbooks/not_received",
        "/audit/verified",
        "/api/reference",
    ):
        answer = client.get(path, headers=HTML)
        assert answer.status_code == 200, path
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert re.search(r"\son\w+=", answer.text) is None


def test_who_is_not_signed_in_is_sent_to_the_door(web: Web) -> None:
    client = web.client(None)
    for path in PAGES:
        answer = client.get(path, headers=HTML, follow_redirects=False)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login?next=")


def test_the_figures_tell_a_close_without_a_reply_from_a_resolution(web: Web) -> None:
    record = to_sign(web)
    web.shop.reject(record, "dana", "not like this")
    web.shop.runner.finish(record.case_id, "dana")
    page = web.client(person(Role.LEAD)).get("/figures", headers=HTML).text
    assert 'closed by a person without a reply</td><td class="number">1<' in page
    assert 'resolved, no person needed</td><td class="number">0<' in page
    assert "0\N{NO-BREAK SPACE}% resolved" in page


def test_an_unknown_case_is_a_page_that_gives_nothing_away(web: Web) -> None:
    answer = web.client(person(Role.LEAD)).get("/cases/none", headers=HTML)
    assert answer.status_code == 404
    assert "There is no such case" in answer.text


@pytest.mark.system("U6")
@pytest.mark.system("N4")
def test_what_is_shown_is_the_call_byte_for_byte(web: Web) -> None:
    record = to_sign(web)
    request = request_of(web, record)
    client = web.client(person(Role.LEAD))
    for path in (f"/cases/{record.case_id}", f"/approvals?request={request.id}"):
        html = client.get(path, headers=HTML).text
        shown = calls(html)
        for action in request.effects:
            assert action.model_dump_json() in shown, path
        assert f"{request.expires_at.astimezone(web.service.limits.business_hours.zone):%H:%M} EST" in html
        assert request.digest in html
    for rule in rules_of(request.reasons):
        assert rule.says in unescape(html)
        assert f"<code>{rule.id}</code>" in html


def test_the_words_of_a_customer_are_never_markup(web: Web) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)"> where is it?'
    record = web.shop.work(
        web.shop.letter(evil, web.shop.owner(order_of(web)), subject="<b>bold</b>"), about("order_status")
    )
    for path in ("/", f"/cases/{record.case_id}"):
        html = web.client(person(Role.LEAD)).get(path, headers=HTML).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;b&gt;bold" in html


def test_a_reply_is_sent_by_a_form_and_a_second_click_changes_nothing(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.AGENT))
    fields = form(client.get(f"/cases/{record.case_id}", headers=HTML).text)
    first = client.post(f"/cases/{record.case_id}/decide", data=fields, headers=HTML, follow_redirects=False)
    assert first.status_code == 303
    assert first.headers["location"].endswith("told=sent")
    second = client.post(f"/cases/{record.case_id}/decide", data=fields, headers=HTML, follow_redirects=False)
    assert second.status_code == 303, "the same click twice is one answer"
    other = {**fields, "key": "another-click"}
    late = web.client(person(Role.LEAD)).post(f"/cases/{record.case_id}/decide", data=other, headers=HTML)
    assert late.status_code == 409
    assert "Noor Haddad said yes to this already, on " in late.text
    assert len(web.shop.sent(record)) == 1


def test_of_two_people_one_wins_and_the_other_is_told_who_and_when(web: Web) -> None:
    record = to_sign(web)
    dana, priya = web.client(person(Role.LEAD)), web.client(person(Role.ADMIN))
    pages = [each.get(f"/cases/{record.case_id}", headers=HTML).text for each in (dana, priya)]
    decide = f"/cases/{record.case_id}/decide"
    assert dana.post(decide, data=form(pages[0]), headers=HTML, follow_redirects=False).status_code == 303
    lost = priya.post(decide, data=form(pages[1]), headers=HTML, follow_redirects=False)
    assert lost.status_code == 409
    assert re.search(r"Dana Whitfield said yes to this already, on \d+ \w+ \d{4}, \d\d:\d\d", lost.text)


def test_a_stale_card_signs_nothing(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.LEAD))
    fields = form(client.get(f"/cases/{record.case_id}", headers=HTML).text)
    answer = client.post(
        f"/cases/{record.case_id}/decide", data={**fields, "digest": "0" * 64}, headers=HTML, follow_redirects=False
    )
    assert answer.status_code == 409
    assert web.shop.sent(record) == []


def test_a_rejection_needs_a_reason(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.AGENT))
    fields = {**form(client.get(f"/cases/{record.case_id}", headers=HTML).text), "kind": "reject"}
    answer = client.post(f"/cases/{record.case_id}/decide", data={**fields, "reason": "  "}, headers=HTML)
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert request_of(web, record).awaiting
    client.post(f"/cases/{record.case_id}/decide", data={**fields, "reason": "told by phone"}, headers=HTML)
    assert request_of(web, record).reason == "told by phone"
    assert web.shop.sent(record) == []


def test_an_edit_is_shown_first_and_sent_in_the_same_step_when_only_words_changed(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.AGENT))
    fields = form(client.get(f"/cases/{record.case_id}", headers=HTML).text)
    assert record.proposal is not None
    assert record.proposal.reply is not None
    text = record.proposal.reply.text.replace("Hi ", "Hello ", 1)
    edit = {**fields, "reply": text.replace("\n", "\r\n")}
    shown = client.post(f"/cases/{record.case_id}/edit", data={**edit, "step": "preview"}, headers=HTML)
    assert "<del>Hi</del><ins>Hello</ins>" in shown.text
    assert web.shop.sent(record) == []
    saved = client.post(f"/cases/{record.case_id}/edit", data=edit, headers=HTML, follow_redirects=False)
    assert saved.headers["location"].endswith("told=sent")
    assert [message.text for message in web.shop.sent(record)] == [text]


def test_an_edit_does_not_sign_what_the_person_may_not(web: Web) -> None:
    record = _beyond_an_agent(web)
    client = web.client(person(Role.AGENT))
    html = client.get(f"/cases/{record.case_id}", headers=HTML).text
    assert "You may not sign this" in html
    fields = {name: value for name, value in fields_of(html, '/edit"').items() if name != "kind"}
    assert record.proposal is not None
    assert record.proposal.reply is not None
    text = f"{record.proposal.reply.text}\n\nHave a good day."
    saved = client.post(
        f"/cases/{record.case_id}/edit", data={**fields, "reply": text}, headers=HTML, follow_redirects=False
    )
    assert saved.headers["location"].endswith("told=modified")
    waiting = web.shop.database.approvals.list(ApprovalStatus.AWAITING, record.case_id)
    assert len(waiting) == 1
    assert web.shop.sent(record) == []


def _beyond_an_agent(web: Web) -> CaseRecord:
    """An exception to the return policy, which takes a lead."""
    order = web.shop.planted("day_31")
    record = web.shop.ask(f"I want to return {order.number}.", order, "return_request")
    asked = web.shop.choose(record, "create_return", "noor")
    assert request_of(web, asked).required_role is Role.LEAD
    return asked


def test_take_over_release_and_anew(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.LEAD))
    fields = form(client.get(f"/cases/{record.case_id}", headers=HTML).text)
    page = client.post(f"/cases/{record.case_id}/take-over", data=fields, headers=HTML)
    assert "Dana Whitfield took it over" in page.text
    assert "For whoever takes it" in page.text
    assert client.get("/?view=mine", headers=HTML).text.count("data-row=") == 1
    assert web.client(person(Role.AGENT)).get("/?view=mine", headers=HTML).text.count("data-row=") == 0
    page = client.post(f"/cases/{record.case_id}/release", data=fields, headers=HTML)
    assert "Released. The assistant has it again." in page.text
    client.post(f"/cases/{record.case_id}/again", data=fields, headers=HTML)
    assert web.shop.database.approvals.list(ApprovalStatus.AWAITING, record.case_id)


def test_who_has_a_case_is_done_with_it_unless_somebody_wrote_meanwhile(web: Web) -> None:
    record = status_case(web)
    client = web.client(person(Role.LEAD))
    fields = form(client.get(f"/cases/{record.case_id}", headers=HTML).text)
    html = client.post(f"/cases/{record.case_id}/take-over", data=fields, headers=HTML).text
    assert f'action="/cases/{record.case_id}/finish"' in html
    assert 'name="seen" value="1"' in html
    early = client.post(f"/cases/{record.case_id}/finish", data={**fields, "seen": "2"}, headers=HTML)
    assert "It is not done yet" in early.text
    done = client.post(f"/cases/{record.case_id}/finish", data={**fields, "seen": "1"}, headers=HTML)
    assert "Done. The case is resolved" in done.text
    assert "Dana Whitfield finished it" in done.text
    assert client.get("/?view=mine", headers=HTML).text.count("data-row=") == 0
    assert "/finish" not in done.text


def test_a_viewer_sees_no_button_and_can_post_nothing(web: Web) -> None:
    record = status_case(web)
    fields = form(web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text)
    viewer = web.client(person(Role.VIEWER))
    html = viewer.get(f"/cases/{record.case_id}", headers=HTML).text
    assert "/decide" not in html
    for step in ("decide", "edit", "take-over", "release", "finish", "again"):
        answer = viewer.post(
            f"/cases/{record.case_id}/{step}", data={**fields, "reply": "x", "seen": "1"}, headers=HTML
        )
        assert answer.status_code == 403, step
    assert request_of(web, record).awaiting


def test_the_inbox_filters_searches_and_counts(web: Web) -> None:
    record = status_case(web, "Where is the Hearth parcel with the xylophone?")
    other = web.shop.ask("I want my money back", order_of(web), "refund_request")
    client = web.client(person(Role.LEAD))

    def shown(path: str) -> set[str]:
        return set(re.findall(r'data-row="([^"]+)"', client.get(path, headers=HTML).text))

    assert shown("/?view=all") == {record.case_id, other.case_id}
    assert shown("/?view=all&intent=order_status") == {record.case_id}
    assert shown("/?view=failed") == set()
    assert shown("/?q=xylophone") == {record.case_id}
    assert shown(f"/?q={order_of(web).number.replace('#', '%23')}") == {record.case_id, other.case_id}
    assert shown(f"/?q={record.ticket_id}") == {record.case_id}
    assert shown("/?q=nothing-like-this") == set()
    # The names under which a case is kept are in every case.
    for name in ("refunds_90d", "input_tokens", "messages"):
        assert shown(f"/?q={name}") == set()
    assert shown("/?q=refund") == {other.case_id}
    assert shown(f"/?q={web.shop.owner(order_of(web)).name}") == {record.case_id, other.case_id}


def test_new_cases_are_counted_and_an_etag_says_nothing_new(web: Web) -> None:
    first = status_case(web)
    client = web.client(person(Role.LEAD))
    answer = client.get(f"/inbox/newer?view=all&than={first.case_id}")
    assert answer.json()["newer"] == 0
    same = client.get(f"/inbox/newer?view=all&than={first.case_id}", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    status_case(web, "And the other one?")
    assert client.get(f"/inbox/newer?view=all&than={first.case_id}").json()["newer"] == 1


@pytest.mark.system("B14")
def test_people_take_the_most_important_case_first(web: Web) -> None:
    calm = status_case(web)
    angry = web.shop.work(
        web.shop.letter("My lawyer will hear of this", web.shop.owner(order_of(web))),
        about("complaint", legal_threat=True),
    )
    for case in (calm, angry):
        web.shop.runner.take_over(case.case_id, "dana")
    html = web.client(person(Role.LEAD)).get("/?view=people", headers=HTML).text
    assert re.findall(r'data-row="([^"]+)"', html) == [angry.case_id, calm.case_id]


def test_the_stop_switch_stops_and_says_so_on_every_page(web: Web) -> None:
    lead = web.client(person(Role.LEAD))
    lead.post("/settings/stop", data={"scope": "*", "reason": "odd refunds"}, headers=HTML)
    for path in PAGES:
        html = web.client(person(Role.VIEWER)).get(path, headers=HTML).text
        assert "Everything is stopped" in html
        assert "odd refunds" in html
    assert web.client(person(Role.AGENT)).post("/settings/go", data={}, headers=HTML).status_code == 403
    assert lead.post("/settings/stop", data={"scope": "nonsense", "reason": "why not"}, headers=HTML).status_code == 422
    lead.post("/settings/go", data={"scope": "*"}, headers=HTML)
    assert "Everything is stopped" not in lead.get("/", headers=HTML).text


def test_the_theme_is_kept_and_leads_nowhere_else(web: Web) -> None:
    client: TestClient = web.client(person(Role.VIEWER))
    answer = client.post("/theme", data={"theme": "dark", "back": "https://elsewhere.example"}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert 'data-theme="dark"' in client.get("/", headers=HTML).text


def test_the_first_page_of_the_demo_explains_itself_until_it_is_hidden(web: Web) -> None:
    to_sign(web)
    client = web.client(person(Role.LEAD))
    assert "a made-up shop" in client.get("/", headers=HTML).text
    client.post("/welcome", data={}, headers=HTML)
    assert "a made-up shop" not in client.get("/", headers=HTML).text


def test_who_only_looks_is_not_told_to_sign_nor_to_wait_for_a_draft(web: Web) -> None:
    to_sign(web)
    shown = web.client(person(Role.VIEWER)).get("/", headers=HTML).text
    assert "is being drafted" not in shown
    assert "Sign it." not in shown
    assert 'href="/?view=sign">See what waits for a signature' in shown


def test_the_audit_log_is_filtered_and_verified(web: Web) -> None:
    record = status_case(web)
    web.shop.sign(record, "noor")
    client = web.client(person(Role.LEAD))
    assert "Unbroken" in client.get("/audit/verified", headers=HTML).text
    mine = client.get("/audit?who=noor", headers=HTML).text
    assert record.case_id in mine
    assert "<td>system</td>" not in mine
    assert "No entry matches" in client.get("/audit?case=none", headers=HTML).text


def test_a_note_by_staff_is_part_of_the_conversation(web: Web) -> None:
    record = status_case(web)
    web.shop.answer(record.ticket_id, "I called her.", Author.STAFF)
    assert "I called her." in web.client(person(Role.VIEWER)).get(f"/cases/{record.case_id}", headers=HTML).text


def test_the_effects_of_a_case_that_closed_are_told_with_who_signed(web: Web) -> None:
    record = status_case(web)
    web.shop.sign(record, "noor")
    html = web.client(person(Role.VIEWER)).get(f"/cases/{record.case_id}", headers=HTML).text
    assert "What was sent" in html
    assert "done, signed by Noor Haddad" in html
    assert CloseTicket.model_fields, "the closed union of actions is what a page can show"


@pytest.mark.parametrize(("how", "says"), [("reject", "rejected"), ("take", "called off"), ("done", "called off")])
def test_what_did_not_happen_is_said_as_it_was(web: Web, how: str, says: str) -> None:
    record = to_sign(web)
    if how == "reject":
        web.shop.reject(record, "dana", "not like this")
    else:
        web.shop.runner.take_over(record.case_id, "dana")
    if how == "done":
        web.shop.runner.finish(record.case_id, "dana")
    html = web.client(person(Role.LEAD)).get(f"/cases/{record.case_id}", headers=HTML).text
    assert "What happened" in html
    assert f'<span class="effect-needs off">{says}</span>' in html
    assert ('<span class="effect-needs off">not sent</span>' in html) == (how != "reject")
    assert "not asked for" not in html
    assert "runs by itself" not in html


def test_every_file_of_a_page_is_there_under_its_version(web: Web) -> None:
    client = web.client(person(Role.VIEWER))
    found = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/", headers=HTML).text))
    assert len(found) >= 6
    for path in found:
        answer = client.get(path)
        assert answer.status_code == 200, path
        for module in re.findall(r'from "\./([\w-]+\.js)"', answer.text):
            assert client.get(f"{path.rpartition('/')[0]}/{module}").status_code == 200
