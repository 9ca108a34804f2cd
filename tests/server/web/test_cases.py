"""Tickets come in once, cases are listed and read, and what is not the caller's is unknown in the same words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.limits import Role
from server.auth.principal import How
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person

Json = dict[str, Any]  # what an answer holds is what is asserted here
HALF_A_CHARACTER = "\ud83d"
LETTER: Json = {"id": "5512", "subject": "Parcel", "message": {"id": "m-1", "text": "Where is my order?"}}


def posted(web: Web, client: TestClient, body: Json = LETTER, intent: str = "order_status") -> Json:
    web.shop.told.tell(f"{body.get('helpdesk', 'api')}-{body['id']}", about(intent))
    answer = client.post("/api/v1/tickets", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def asked(web: Web, intent: str = "order_status", at: int = 0) -> str:
    """A case that waits, of the owner of an order."""
    order = web.shop.order(list(web.shop.world.planted.values())[at][0])
    return web.shop.ask("Where is my parcel?", order, intent).case_id


@pytest.fixture
def client(web: Web) -> TestClient:
    return web.client(person(Role.LEAD))


def test_a_ticket_comes_in_once_and_its_case_is_where_the_answer_says(web: Web, client: TestClient) -> None:
    assert posted(web, client) == {"ticket_id": "api-5512", "case_id": "api-5512", "fresh": True}
    again = client.post("/api/v1/tickets", json=LETTER)
    assert (again.status_code, again.json()["fresh"]) == (202, False)
    case = client.get(again.headers["location"])
    assert case.status_code == 200
    assert [message["text"] for message in case.json()["messages"]] == ["Where is my order?"]
    assert len(web.shop.database.cases.list()) == 1


def test_a_further_message_is_another_turn_and_a_colleagues_makes_the_assistant_silent(
    web: Web, client: TestClient
) -> None:
    posted(web, client)
    more = {"id": "m-2", "text": "Anybody there?"}
    assert client.post("/api/v1/tickets/api-5512/messages", json=more).json()["fresh"] is True
    assert client.post("/api/v1/tickets/api-5512/messages", json=more).json()["fresh"] is False
    client.post("/api/v1/tickets/api-5512/messages", json={"id": "m-3", "text": "I am.", "author": "staff"})
    client.post("/api/v1/tickets/api-5512/messages", json={"id": "m-4", "text": "Thanks!"})
    case = client.get("/api/v1/cases/api-5512").json()
    assert "a person answered in message m-3" in case["with_person"]
    assert client.post("/api/v1/tickets/api-1/messages", json=more).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"message": None}, 422),
        ({"messages": [{"id": "m-2", "text": "x"}]}, 422),
        ({"id": "../etc"}, 422),
        ({"id": ""}, 422),
        ({"helpdesk": "local"}, 422),
        ({"helpdesk": "with-hyphen"}, 422),
        ({"vip": True}, 422),
        ({"message": {"id": "m-1", "text": ""}}, 422),
        ({"message": {"id": "m-1", "text": "x", "at": "2026-11-16T12:00:00"}}, 422),
        ({"message": {"id": "m-1", "text": HALF_A_CHARACTER}}, 422),
    ],
)
def test_what_is_no_ticket_is_refused_with_its_place_and_nothing_is_kept(
    web: Web, client: TestClient, change: Json, status: int
) -> None:
    answer = client.post("/api/v1/tickets", content=json.dumps({**LETTER, **change}))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/invalid"
    assert web.shop.database.cases.list() == []


def test_an_api_key_proves_no_sender(web: Web, client: TestClient) -> None:
    customer = web.shop.owner(web.shop.order(next(iter(web.shop.world.planted.values()))[0]))
    message = {"id": "m-1", "text": "Where is it?", "sender": customer.emails[0], "verified": True}
    posted(web, client, {"id": "7", "message": message})
    assert client.get("/api/v1/cases/api-7").json()["identity"]["level"] != "verified"


def test_a_key_cannot_write_into_tickets_that_come_signed(web: Web) -> None:
    settings = replace(web.service.settings, webhook_secrets="zendesk:0123456789abcdef")
    client = Web(web.shop, replace(web.service, settings=settings)).client(person(Role.ADMIN))
    assert client.post("/api/v1/tickets", json={**LETTER, "helpdesk": "zendesk"}).status_code == 403


def test_lists_are_filtered_searched_and_paged(web: Web, client: TestClient) -> None:
    for number, intent in enumerate(["order_status", "thanks", "order_status", "other"]):
        text = "Where is the blue teapot?" if number == 2 else "Hello"
        posted(web, client, {"id": str(number), "message": {"id": "m", "text": text}}, intent)
    every = client.get("/api/v1/cases").json()["cases"]
    assert len(every) == 4
    assert {case["intent"] for case in client.get("/api/v1/cases?intent=order_status").json()["cases"]} == {
        "order_status"
    }
    assert [case["case_id"] for case in client.get("/api/v1/cases?q=BLUE teapot").json()["cases"]] == ["api-2"]
    assert client.get("/api/v1/cases?q=100%25").json()["cases"] == []
    seen: list[str] = []
    address = "/api/v1/cases?limit=3"
    while address:
        page = client.get(address).json()
        seen += [case["case_id"] for case in page["cases"]]
        address = f"/api/v1/cases?limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == [case["case_id"] for case in every]


@pytest.mark.parametrize("query", ["status=sleeping", "limit=0", "limit=201", "cursor=!!", "cursor=eA"])
def test_a_query_that_means_nothing_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/cases?{query}").status_code == 422


def test_a_list_that_did_not_change_is_not_sent_again(web: Web, client: TestClient) -> None:
    asked(web)
    first = client.get("/api/v1/cases")
    known = {"If-None-Match": first.headers["etag"]}
    same = client.get("/api/v1/cases", headers=known)
    assert (same.status_code, same.content) == (304, b"")
    asked(web, at=1)
    assert client.get("/api/v1/cases", headers=known).status_code == 200


@pytest.mark.parametrize("said", ["*", "W/{tag}", '"other", {tag}', " * "])
def test_whoever_names_the_list_in_any_way_that_http_has_is_told_that_it_is_the_same(
    web: Web, client: TestClient, said: str
) -> None:
    asked(web)
    tag = client.get("/api/v1/cases").headers["etag"]
    same = client.get("/api/v1/cases", headers={"If-None-Match": said.format(tag=tag)})
    assert (same.status_code, same.headers["etag"]) == (304, tag)


def test_a_suggestion_says_what_each_part_rests_on(web: Web, client: TestClient) -> None:
    found = client.get(f"/api/v1/cases/{asked(web)}/suggestion").json()
    sources = {source for span in found["draft"]["spans"] for source in span["sources"]}
    known = {item["id"] for item in found["evidence"]} | {item["passage_id"] for item in found["passages"]}
    assert sources
    assert any(source in known for source in sources)
    assert found["digest"]
    assert [effect["kind"] for effect in found["effects"]][-1] == "send_reply"


def test_events_are_read_in_pages(web: Web, client: TestClient) -> None:
    case_id = asked(web)
    every = client.get(f"/api/v1/cases/{case_id}/events").json()
    first = client.get(f"/api/v1/cases/{case_id}/events?limit=2").json()
    rest = client.get(f"/api/v1/cases/{case_id}/events?after={first['last']}").json()
    assert first["events"] + rest["events"] == every["events"]
    assert every["events"][-1]["kind"] == "waiting"
    assert client.get(f"/api/v1/cases/{case_id}/events?after={every['last']}").json() == {
        "events": [],
        "last": every["last"],
    }


@pytest.mark.system("U8")
def test_a_case_is_taken_over_given_back_and_worked_on_anew(web: Web, client: TestClient) -> None:
    case_id = asked(web)
    taken = client.post(f"/api/v1/cases/{case_id}/take-over", json={"reason": "I know her"})
    assert taken.status_code == 202
    assert "dana took it over: I know her" in client.get(f"/api/v1/cases/{case_id}").json()["with_person"]
    assert client.post(f"/api/v1/cases/{case_id}/release").status_code == 202
    back = client.get(f"/api/v1/cases/{case_id}").json()
    assert (back["with_person"], back["status"]) == ("", "awaiting_review")  # the draft that was taken over comes back
    assert client.post(f"/api/v1/cases/{case_id}/release").status_code == 202  # a second click is no second decision
    assert client.post(f"/api/v1/cases/{case_id}/again").status_code == 202
    assert client.get(f"/api/v1/cases/{case_id}").json()["status"] == "awaiting_review"
    log = client.get(f"/api/v1/audit?case_id={case_id}&limit=200").json()["entries"]
    assert [(each["actor"], each["event"]) for each in log if each["event"].startswith("case.")] == [
        ("dana", "case.taken_over"),
        ("dana", "case.released"),
        ("dana", "case.again"),
    ]
    assert "I know her" not in str(log)
    for move in ("again", "release", "take-over"):
        assert client.post(f"/api/v1/cases/nobodys/{move}").status_code == 404


@pytest.mark.system("U8")
def test_a_case_that_a_person_has_is_finished_once(web: Web, client: TestClient) -> None:
    case_id = asked(web)
    assert client.post(f"/api/v1/cases/{case_id}/finish").status_code == 202
    assert client.get(f"/api/v1/cases/{case_id}").json()["status"] == "awaiting_review"  # its draft is answered first
    client.post(f"/api/v1/cases/{case_id}/take-over")
    assert client.post(f"/api/v1/cases/{case_id}/finish", json={"seen": 0}).status_code == 422
    for body in ({"seen": 5}, {"reason": "on the phone", "seen": 1}, {"seen": 1}):
        assert client.post(f"/api/v1/cases/{case_id}/finish", json=body).status_code == 202
    over = client.get(f"/api/v1/cases/{case_id}").json()
    assert (over["status"], over["with_person"]) == ("resolved", "")
    assert over["outcome"].endswith("finished it: on the phone")
    log = client.get(f"/api/v1/audit?case_id={case_id}&limit=200").json()["entries"]
    assert [each["event"] for each in log if each["event"].startswith("case.")] == ["case.taken_over", "case.finished"]
    assert client.post("/api/v1/cases/nobodys/finish").status_code == 404


def test_a_token_of_one_ticket_sees_that_ticket_alone(web: Web) -> None:
    own, other = asked(web), asked(web, at=1)
    record = web.shop.database.cases.get(own)
    assert record is not None
    bound = replace(person(Role.LEAD), how=How.EMBED, helpdesk=record.helpdesk, ticket=record.ticket_id)
    client = web.client(bound)
    assert [case["case_id"] for case in client.get("/api/v1/cases").json()["cases"]] == [own]
    assert client.get(f"/api/v1/cases/{own}").status_code == 200
    refused = client.get(f"/api/v1/cases/{other}")
    missing = client.get("/api/v1/cases/nothing")
    assert (refused.status_code, missing.status_code) == (404, 404)
    assert refused.text.replace(other, "X") == missing.text.replace("nothing", "X")
    for path in ("events", "suggestion"):
        assert client.get(f"/api/v1/cases/{other}/{path}").status_code == 404
    for path in ("audit", "queue"):
        assert client.get(f"/api/v1/{path}").status_code == 403
    assert client.post(f"/api/v1/cases/{own}/again").status_code == 403
    for move in ("take-over", "release", "finish"):
        assert client.post(f"/api/v1/cases/{other}/{move}").status_code == 404


def test_a_ticket_that_nobody_began_with_is_a_new_case(web: Web, client: TestClient) -> None:
    order = web.shop.order(next(iter(web.shop.world.planted.values()))[0])
    letter = web.shop.letter("Hello", web.shop.owner(order))
    web.shop.parts.store.receive(letter)
    assert client.get(f"/api/v1/cases/local-{letter.id}").json()["status"] == "new"
