"""The sidecar shows one case, does what is pressed once, and a token opens its own ticket and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from agent.approvals import ApprovalStatus
from agent.case import CaseStatus
from agent.feedback import EditClass, Via
from agent.limits import Role
from server.auth.embed import EMBED_PREFIX
from tests.journeys.shop import about, draft
from tests.server.sidecar.conftest import Beside


def test_the_panel_shows_what_it_is_about_the_order_the_reply_and_its_sources(beside: Beside) -> None:
    record = beside.case()
    page = beside.frame(record.ticket_id, beside.token(record))
    assert page.status_code == 200
    order = beside.web.shop.planted("on_its_way")
    text = page.text
    assert text.index("Order status") < text.index(order.number) < text.index("Suggested reply") < text.index("source")
    assert 'data-does="send">Send<' in text, text
    assert f'data-request="{record.approval_id}"' in text
    shown = re.sub(r'<a class="cite"[^>]*>\d+</a>', "", text)
    inside = re.search(r'<template id="plain">(.*?)</template>', shown, re.DOTALL)
    assert inside
    assert inside[1].replace("&#39;", "'").replace("&amp;", "&") == draft(record).text


def test_each_source_says_every_fact_that_the_reply_takes_from_it(beside: Beside) -> None:
    record = beside.case()
    html = unescape(beside.frame(record.ticket_id, beside.token(record)).text)
    parcel = re.search(r'<li id="src\d+"><b>\d+</b> <span>Shipment.*?</li>', html, re.DOTALL)
    assert parcel is not None
    reply = draft(record).text
    said = [value for value in re.findall(r"<dd>(.*?)</dd>", parcel[0]) if value in reply]
    assert any(value.startswith("https://") for value in said), "the address of the parcel"
    assert "<dt>last scan at</dt>" in parcel[0]
    assert re.search(r"\d\d:\d\d E[SD]T", parcel[0]), "by the shop's clock, as the reply is"


def test_what_a_customer_wrote_is_shown_as_text(beside: Beside) -> None:
    order = beside.web.shop.planted("on_its_way")
    owner = beside.web.shop.owner(order).model_copy(update={"name": "<script>alert(1)</script>"})
    beside.web.shop.put(owner)
    record = beside.web.shop.ask(f"{order.number} <img src=x onerror=alert(1)>?", order, "order_status")
    page = beside.frame(record.ticket_id, beside.token(record)).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_only_the_helpdesk_itself_may_show_it(beside: Beside) -> None:
    record = beside.case()
    page = beside.frame(record.ticket_id, beside.token(record))
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors http://testserver" in policy  # the demo brand's own sample page
    assert "unsafe-inline" not in policy
    assert "x-frame-options" not in page.headers
    assert "no-store" in page.headers["cache-control"]


@pytest.mark.parametrize("spoiled", ["", "{short}", "cse_x.y.z", "{token}a", "other_{token}"])
def test_a_forged_token_opens_nothing(beside: Beside, spoiled: str) -> None:
    record = beside.case()
    token = beside.token(record)
    assert token.startswith(EMBED_PREFIX)
    bad = spoiled.format(token=token, short=token[:-2])
    assert beside.frame(record.ticket_id, bad).status_code == 401
    _opens_nothing(beside, bad)


def test_an_expired_token_opens_nothing(beside: Beside) -> None:
    record = beside.case()
    token = beside.token(record)
    assert beside.get(token).status_code == 200
    beside.house.later(minutes=10)
    assert beside.frame(record.ticket_id, token).status_code == 401
    _opens_nothing(beside, token)
    assert beside.press(token, record).status_code == 401
    assert beside.now(record).status is CaseStatus.AWAITING_REVIEW


def _opens_nothing(beside: Beside, token: str) -> None:
    assert beside.get(token).status_code == 401
    for path, body in (("feedback", {"via": "copied"}), ("flag", {"reason": "x"})):
        assert beside.post(token, path, body).status_code == 401


def test_another_tickets_id_reads_and_changes_nothing(beside: Beside) -> None:
    """Neither in the address, nor in a body, nor through the rest of the API."""
    mine, other = beside.case(), beside.case("day_45", "refund_request")
    token = beside.token(mine)
    assert beside.frame(other.ticket_id, token).status_code == 404
    nothing = beside.frame("no-such-ticket", token).text.replace("no-such-ticket", other.ticket_id)
    assert nothing == beside.frame(other.ticket_id, token).text
    request = beside.web.shop.request(other)
    body = {"does": "send", "request_id": request.id, "digest": request.digest, "key": "click-000001"}
    assert beside.post(token, "decision", body).status_code == 404
    unknown = beside.post(token, "decision", {**body, "request_id": "ap-0000000000"})
    assert unknown.status_code == 404
    assert other.ticket_id not in beside.get(token).text
    for path in (f"/api/v1/cases/{other.case_id}", f"/api/v1/approvals/{request.id}"):
        assert beside.get(token, path).status_code == 404
    assert beside.now(other) == other


def test_lists_give_nothing_of_other_tickets_away_not_even_in_a_cursor(beside: Beside) -> None:
    """In pages of one: a cursor names the last of its page, so the page holds its ticket's alone."""
    beside.case()
    mine = beside.case("day_45", "refund_request")
    other = beside.case("lost")
    token = beside.token(mine)
    for path, key in (("approvals", "requests"), ("cases", "cases")):
        page = beside.get(token, f"/api/v1/{path}?limit=1").json()
        assert ([each["case_id"] for each in page[key]], page["next"]) == ([mine.case_id], "")
    page = beside.get(token, f"/api/v1/approvals?limit=1&case_id={other.case_id}").json()
    assert page == {"requests": [], "next": ""}


def test_a_token_of_another_helpdesk_with_the_same_ticket_id_sees_no_case(beside: Beside) -> None:
    record = beside.case()
    token = beside.house.embed.sign("elsewhere", record.ticket_id, "noor")
    assert "Not here yet" in beside.get(token).text
    assert beside.press(token, record).status_code == 404
    assert beside.get(token, "/api/v1/cases").json() == {"cases": [], "next": ""}
    assert beside.get(token, "/api/v1/approvals").json() == {"requests": [], "next": ""}
    assert beside.get(token, f"/api/v1/cases/{record.case_id}").status_code == 404


def test_a_viewer_reads_and_answers_nothing(beside: Beside) -> None:
    record = beside.case()
    token = beside.token(record, Role.VIEWER)
    page = beside.get(token)
    assert page.status_code == 200
    assert 'data-does="send"' not in page.text
    assert beside.press(token, record).status_code == 403
    assert beside.post(token, "flag", {"reason": "x"}).status_code == 403


def test_sending_sends_once_and_keeps_that_nothing_was_changed(beside: Beside) -> None:
    record = beside.case()
    token = beside.token(record)
    answer = beside.press(token, record, seconds_open=12.5).json()
    assert answer["sent"]
    assert [message.text for message in beside.web.shop.sent(record)] == [draft(record).text]
    assert beside.press(token, record).json()["refused"]
    assert len(beside.web.shop.sent(record)) == 1
    (kept,) = beside.web.shop.database.feedback.of_case(record.case_id)
    assert (kept.person, kept.via, kept.edit.kind, kept.seconds_open) == ("noor", Via.SENT, EditClass.UNCHANGED, 12.5)
    assert beside.web.shop.request(record).decided_by == "noor"


def test_changed_words_leave_with_one_click_of_somebody_who_may(beside: Beside) -> None:
    record = beside.case()
    words = f"{draft(record).text}\n\nHave a good day."
    answer = beside.press(beside.token(record), record, "edit", text=words).json()
    assert answer["sent"], answer
    assert [message.text for message in beside.web.shop.sent(record)] == [words]
    (kept,) = beside.web.shop.database.feedback.of_case(record.case_id)
    assert kept.edit.kind is EditClass.MINOR


def test_what_the_check_finds_in_somebody_s_words_is_seen_before_it_is_sent(beside: Beside) -> None:
    record = beside.case()
    token = beside.token(record)
    text = f"{draft(record).text}\n\nWe pay you back $500.00."
    said = beside.press(token, record, "edit", text=text).json()
    assert "not sent" in said["said"]
    assert "$500.00" in said["said"]
    assert beside.web.shop.sent(record) == []
    assert "Pay" not in beside.press(token, record).json()["said"]
    assert [message.text for message in beside.web.shop.sent(record)] == [text]


def test_what_did_not_happen_is_not_called_done(beside: Beside) -> None:
    order = beside.web.shop.planted("exchange_ok")
    text = f"I want to return everything from {order.number}."
    first, second = (beside.web.shop.ask(text, order, "return_request") for _ in range(2))
    assert beside.press(beside.token(first), first).json()["sent"]
    said = beside.press(beside.token(second), second).json()
    assert (said["sent"], said["refused"]) == (False, True)
    assert "It did not happen" in said["said"]


def test_what_is_above_the_agent_waits_for_somebody_else_and_says_so(beside: Beside) -> None:
    record = beside.case("exchange_ok", "damaged_item")
    request = beside.web.shop.request(record)
    token = beside.token(record)
    page = beside.get(token).text
    assert 'data-does="send"' not in page
    assert "Send for sign-off" in page
    assert beside.press(token, record).json()["refused"]
    assert not beside.press(token, record, "ask").json()["refused"]
    beside.press(token, record, "ask")
    events = [e for e in beside.web.shop.database.events.read(case_id=record.case_id) if e.kind == "sign_off_wanted"]
    assert [event.body["by"] for event in events] == ["noor"]
    assert "Waits for a signature" in beside.get(token).text
    assert beside.web.shop.request(record).status is ApprovalStatus.AWAITING
    assert request.required_role.value in page


def test_a_ticket_that_has_not_arrived_is_waited_for(beside: Beside) -> None:
    token = beside.house.embed.sign("gorgias", "gorgias-77", "noor")
    assert "Not here yet" in beside.frame("77", token).text
    order = beside.web.shop.planted("on_its_way")
    letter = beside.web.shop.letter(f"Where is {order.number}?", beside.web.shop.owner(order))
    outside = letter.model_copy(update={"id": "gorgias-77", "helpdesk": "gorgias"})
    beside.web.shop.work(outside, about("order_status"))
    assert order.number in beside.get(token).text


def test_the_panel_is_sent_again_only_when_something_changed(beside: Beside) -> None:
    record = beside.case()
    token = beside.token(record)
    first = beside.get(token)
    headers = {"Authorization": f"Bearer {token}", "If-None-Match": first.headers["etag"]}
    assert beside.client.get("/sidecar/panel", headers=headers).status_code == 304
    beside.press(token, record)
    assert beside.client.get("/sidecar/panel", headers=headers).status_code == 200


def test_a_ticket_that_a_person_has_says_why_once_and_can_be_closed_or_given_back(beside: Beside) -> None:
    record = beside.case()
    token, runner = beside.token(record), beside.web.shop.runner
    runner.take_over(record.case_id, "dana", "I know her")
    page = beside.get(token).text
    assert page.count("I know her") == 1, "the reason stands there once"
    assert "What was suggested" in page
    assert "What will happen" not in page
    assert 'data-does="done"' in page
    assert 'data-does="release"' not in beside.get(beside.token(record, Role.VIEWER)).text
    turn = beside.now(record).turn
    assert beside.post(token, "hold", {"does": "done", "seen": turn - 1}).json()["refused"]
    assert beside.now(record).status is CaseStatus.ESCALATED
    assert not beside.post(token, "hold", {"does": "release", "seen": turn}).json()["refused"]
    assert beside.now(record).status is CaseStatus.AWAITING_REVIEW
    runner.take_over(record.case_id, "dana")
    assert not beside.post(token, "hold", {"does": "done", "seen": turn}).json()["refused"]
    assert beside.now(record).status is CaseStatus.RESOLVED
    assert "What was sent" not in beside.get(token).text
    assert beside.post(beside.token(record, Role.VIEWER), "hold", {"does": "done", "seen": turn}).status_code == 403


def test_a_draft_that_waits_on_a_ticket_of_a_person_is_sent_and_not_given_back(beside: Beside) -> None:
    order = beside.web.shop.planted("on_its_way")
    record = beside.web.shop.ask("I want to talk to a person, please.", order, "human_request")
    assert record.with_person
    token = beside.token(record)
    panel = beside.get(token).text
    assert "The reply above waits meanwhile: send it, or answer in your own words." in panel
    assert "silent here" not in panel
    assert 'data-does="done"' in panel
    assert 'data-does="release"' not in panel
    answer = beside.press(token, record).json()
    assert answer["sent"], answer
    panel = beside.get(token).text
    assert "silent here until it is released" in panel
    assert 'data-does="release"' in panel


def test_a_flag_is_kept_for_the_week(beside: Beside) -> None:
    record = beside.case()
    beside.post(beside.token(record), "flag", {"reason": "the tone is off"})
    (flag,) = beside.web.shop.database.weekly.flags(record.case_id)
    assert (flag.person, flag.reason) == ("noor", "the tone is off")


def test_a_helpdesk_gets_tokens_for_people_its_key_may_speak_for(beside: Beside) -> None:
    from server.auth.principal import Scope

    record = beside.case()
    key = beside.house.key(Role.AGENT, Scope.DECIDE)
    headers = {"Authorization": f"Bearer {key}"}
    body = {"helpdesk": record.helpdesk, "ticket": record.ticket_id, "agent": "noor"}

    def ask(**more: str) -> int:
        return beside.client.post("/api/v1/embed/tokens", json={**body, **more}, headers=headers).status_code

    made = beside.client.post("/api/v1/embed/tokens", json=body, headers=headers)
    assert made.status_code == 201
    assert beside.client.get(made.json()["url"]).status_code == 200
    assert ask(agent="priya") == 403
    assert ask(agent="sam") == 404
    assert ask(agent="vera") == 403
    assert ask(agent="nobody") == 404
    headers = {"Authorization": f"Bearer {beside.house.key(Role.ADMIN, Scope.EMBED)}"}
    assert [ask(agent=name) for name in ("noor", "dana", "vera")] == [201] * 3
    headers = {"Authorization": f"Bearer {beside.house.key(Role.ADMIN, Scope.DECIDE)}"}
    assert ask(agent="noor") == 403
    beside.house.later(seconds=1)
    assert beside.frame(record.ticket_id, made.json()["token"]).status_code == 200
    reader = beside.house.key(Role.AGENT, Scope.READ)
    refused = beside.client.post("/api/v1/embed/tokens", json=body, headers={"Authorization": f"Bearer {reader}"})
    assert refused.status_code == 403
    embedded = {"Authorization": f"Bearer {made.json()['token']}"}
    assert beside.client.post("/api/v1/embed/tokens", json=body, headers=embedded).status_code == 403
    assert timedelta(seconds=made.json()["seconds"]) <= timedelta(minutes=10)


def test_an_order_of_thirty_lines_leaves_the_reply_in_sight(beside: Beside) -> None:
    order = beside.web.shop.planted("on_its_way")
    line = order.lines[0]
    more = [line.model_copy(update={"id": f"{line.id}-{n}", "title": f"Cup {n}"}) for n in range(2, 30)]
    last = line.model_copy(update={"id": f"{line.id}-30", "title": "Cup 30", "final_sale": True})
    beside.web.shop.put(order.model_copy(update={"lines": (line, *more, last)}))
    record = beside.case()
    html = beside.frame(record.ticket_id, beside.token(record)).text
    assert "27 more lines" in html
    head = html.split("27 more lines")[0]
    assert "Cup 30" in head, "what is noted about a line is not folded away"
    assert all(f"Cup {n} " in html or f"Cup {n}<" in html for n in range(2, 31))
