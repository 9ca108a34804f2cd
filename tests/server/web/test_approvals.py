"""Answers over the API: one counts, the others are told who gave it, and each refusal has its own status."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.approvals import ApprovalRequest, card
from agent.approvals.names import names_of
from agent.limits import Role
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person

KEY = "click-0001"
NUL = "\0"


def waiting(web: Web) -> ApprovalRequest:
    order = web.shop.order(next(iter(web.shop.world.planted.values()))[0])
    return web.shop.request(web.shop.ask("Where is my parcel?", order, "order_status"))


def answer(client: TestClient, request: ApprovalRequest, key: str = KEY, **body: object) -> Response:
    sent = {"kind": "approve", "digest": request.digest, **body}
    return client.post(f"/api/v1/approvals/{request.id}/decision", json=sent, headers={"Idempotency-Key": key})


@pytest.mark.system("U6")
def test_the_card_is_made_from_the_calls(web: Web) -> None:
    request = waiting(web)
    shown = web.client(person(Role.VIEWER)).get(f"/api/v1/approvals/{request.id}").json()
    real = card(request, names_of(request.effects, web.shop.readers))
    assert shown["card"] == [line.model_dump(mode="json") for line in real]
    assert [line["text"] for line in shown["card"] if line["kind"] == "call"] == [
        effect.model_dump_json() for effect in request.effects
    ]


def test_what_waits_is_listed_in_pages(web: Web) -> None:
    orders = [web.shop.order(ids[0]) for ids in web.shop.world.planted.values()][:3]
    asked = [web.shop.ask("Where is my parcel?", order, "order_status").approval_id for order in orders]
    client = web.client(person(Role.AGENT))
    first = client.get("/api/v1/approvals?status=awaiting&limit=2").json()
    rest = client.get(f"/api/v1/approvals?status=awaiting&limit=2&cursor={first['next']}").json()
    assert sorted(each["id"] for each in first["requests"] + rest["requests"]) == sorted(asked)
    assert rest["next"] == ""


def test_an_answer_is_carried_out_once_whoever_clicks_twice(web: Web) -> None:
    request, client = waiting(web), web.client(person(Role.AGENT))
    first, second = answer(client, request), answer(client, request)
    third = answer(client, request, key="click-0002")
    for each in (first, second, third):
        assert (each.status_code, each.json()["status"]) == (200, "answered")
    assert (first.json()["repeated"], third.json()["repeated"]) == (False, True)
    case = web.shop.database.cases.get(request.case_id)
    assert case is not None
    assert len(web.shop.sent(case)) == 1


def test_the_second_of_two_people_is_told_who_was_faster(web: Web) -> None:
    request = waiting(web)
    answer(web.client(person(Role.AGENT)), request)
    late = answer(web.client(person(Role.LEAD)), request)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/already-decided")
    assert late.json()["decided_by"] == "noor"
    assert late.json()["decided_at"]
    assert "Noor Haddad already approved" in late.json()["detail"]
    changed = answer(web.client(person(Role.AGENT)), request, kind="reject", reason="no")
    assert changed.status_code == 409


def test_a_no_needs_a_reason_and_an_edit_needs_a_change(web: Web) -> None:
    request, client = waiting(web), web.client(person(Role.AGENT))
    assert answer(client, request, kind="reject").status_code == 422
    assert answer(client, request, kind="modify").status_code == 422
    said = answer(client, request, kind="reject", reason="Wrong parcel")
    assert (said.status_code, said.json()["status"]) == (200, "rejected")


@pytest.mark.parametrize(
    "more",
    [
        {"amount": "1.00 USD"},
        {"amount": "0.00 USD"},
        {"reply": "Other words."},
        {"alternative": 1},
        {"ammount": "1.00 USD"},
    ],
)
def test_who_signs_something_else_than_the_card_is_refused(web: Web, more: dict[str, object]) -> None:
    """Signing "with one dollar" would have paid what the card says, and sent the words of the draft."""
    request, client = waiting(web), web.client(person(Role.LEAD))
    refused = answer(client, request, KEY, **more)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid")
    again = web.shop.database.approvals.get(request.id)
    assert again is not None
    assert again.awaiting
    assert answer(client, request).status_code == 200


def test_a_misspelt_intent_does_not_let_everything_go(web: Web) -> None:
    client = web.client(person(Role.LEAD))
    assert client.post("/api/v1/settings/stop", json={"reason": "odd refunds"}).status_code == 200
    assert client.post("/api/v1/settings/go", json={"intnt": "refund_request"}).status_code == 422
    assert len(client.get("/api/v1/settings/stops").json()["stopped"]) == 1


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b'{"kind": ', "application/json", "body: this is no JSON, from character 9 on"),
        (b'{"kind": "approve"}', "text/plain", "sent as Content-Type: application/json"),
        (b"7", "application/json", "a JSON object is read here"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_what_is_read(web: Web, content: bytes, kind: str, says: str) -> None:
    headers = {"Idempotency-Key": KEY, "Content-Type": kind}
    client = web.client(person(Role.LEAD))
    refused = client.post("/api/v1/approvals/ap-0000000000/decision", content=content, headers=headers)
    assert refused.status_code == 422
    assert says in refused.json()["detail"]


def test_an_edit_is_asked_anew(web: Web) -> None:
    request, client = waiting(web), web.client(person(Role.AGENT))
    effect = request.effects[-1].model_dump()
    said = answer(client, request, kind="modify", reply=effect["text"] + "\nHave a good day.")
    assert said.status_code == 200
    assert said.json()["asked"] not in ("", request.id)


def test_a_card_that_changed_is_stale(web: Web) -> None:
    request = waiting(web)
    refused = answer(web.client(person(Role.AGENT)), request, digest="0" * 64)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/stale")


def test_an_answer_after_its_time_is_gone(web: Web) -> None:
    request = waiting(web)
    web.shop.clock.set(request.expires_at + timedelta(seconds=1))
    refused = answer(web.client(person(Role.LEAD)), request)
    assert (refused.status_code, refused.json()["type"]) == (410, "/problems/expired")


def test_who_may_not_sign_reads_why(web: Web) -> None:
    order = web.shop.planted("day_45")
    record = web.shop.ask(f"I want my money back for {order.number}.", order, "refund_request")
    request = web.shop.request(web.shop.choose(record, "refund_order", "sam"))
    refused = answer(web.client(person(Role.AGENT)), request)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert "lead" in refused.json()["detail"]
    assert not web.shop.order(order.id).refunded
    assert answer(web.client(person(Role.LEAD)), request).status_code == 200
    assert web.shop.order(order.id).refunded


def test_an_answer_without_a_key_or_of_nobody_is_refused(web: Web) -> None:
    request = waiting(web)
    client = web.client(person(Role.LEAD))
    assert client.post(f"/api/v1/approvals/{request.id}/decision", json={"kind": "approve"}).status_code == 422
    assert answer(web.client(person(Role.VIEWER)), request).status_code == 403
    assert answer(web.client(None), request).status_code == 401
    missing = client.post(
        "/api/v1/approvals/ap-0000000000/decision", json={"kind": "approve"}, headers={"Idempotency-Key": KEY}
    )
    assert missing.status_code == 404


@pytest.mark.parametrize("path", ["cases/c%00", "approvals/a%00", "cases?intent=i%00"])
def test_looking_for_a_nul_is_never_an_outage(web: Web, where: str, path: str) -> None:
    """SQLite finds nothing under it; Postgres refuses it, and would refuse it again in a moment."""
    said = web.client(person(Role.ADMIN)).get(f"/api/v1/{path}")
    if where == "postgres":
        assert (said.status_code, said.json()["type"]) == (422, "/problems/invalid")
    assert said.status_code in (200, 404, 422), said.text


def test_a_text_with_a_nul_is_kept_or_refused(web: Web) -> None:
    web.shop.told.tell("api-1", about("other"))
    client, letter = web.client(person(Role.ADMIN)), {"id": "m-1", "text": f"Hello{NUL}"}
    for subject in ("", NUL):
        said = client.post("/api/v1/tickets", json={"id": "1", "subject": subject, "message": letter})
        assert said.status_code in (202, 422), said.text
    said = answer(web.client(person(Role.AGENT)), waiting(web), kind="reject", reason=f"Wrong{NUL}parcel")
    assert said.status_code in (200, 422), said.text
