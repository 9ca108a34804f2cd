"""Deliveries: what is signed, fresh and new is taken in once; everything else is refused, and counted by why."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from agent.limits import Role
from agent.testing import FixedClock
from server.app import create_app
from server.auth.principal import FixedGate
from server.db.deliveries import Delivery
from server.webhook import MOST_BYTES, signature, whole
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person

SECRET, OLD_SECRET = "0123456789abcdef0123", "fedcba98765432100000"
Json = dict[str, Any]  # a payload as another system writes it
README = Path(__file__).parents[3] / "server" / "README.md"


@pytest.fixture
def signed(web: Web) -> Web:
    """A service with two sources; only the second is believed about who wrote."""
    secrets = f"helpdesk:{SECRET},helpdesk:{OLD_SECRET},shopdesk:{SECRET}"
    settings = replace(web.service.settings, webhook_secrets=secrets, webhook_proving="shopdesk", metrics="open")
    return Web(web.shop, replace(web.service, settings=settings, wall=FixedClock(web.shop.clock.now())))


def payload(**changes: object) -> Json:
    return {"id": "77", "message": {"id": "m-1", "text": "Where is my parcel?"}, **changes}


def delivered(
    web: Web,
    client: TestClient,
    body: Json | bytes,
    *,
    source: str = "helpdesk",
    secret: str = SECRET,
    delivery: str = "d-1",
    ago: timedelta = timedelta(),
) -> Response:
    """What a source sends."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int((web.service.wall.now() - ago).timestamp()))
    headers = {
        "X-Countersign-Timestamp": stamp,
        "X-Countersign-Signature": signature(secret, stamp, sent),
        "X-Countersign-Delivery": delivery,
    }
    web.shop.told.tell(f"{source}-77", about("order_status"))
    return client.post(f"/webhooks/{source}", content=sent, headers=headers)


def counted(client: TestClient, outcome: str, source: str = "helpdesk") -> float:
    line = f'countersign_deliveries_total{{outcome="{outcome}",source="{source}"}} '
    found = [
        float(each.removeprefix(line)) for each in client.get("/metrics").text.splitlines() if each.startswith(line)
    ]
    return found[0] if found else 0.0


def test_a_ticket_is_taken_in_and_its_case_named(signed: Web) -> None:
    client = signed.client(None)
    answer = delivered(signed, client, payload())
    assert (answer.status_code, answer.json()) == (
        202,
        {"outcome": "accepted", "ticket_id": "helpdesk-77", "case_id": "helpdesk-77", "fresh": True},
    )
    assert answer.headers["location"] == "/api/v1/cases/helpdesk-77"
    case = signed.shop.database.cases.by_ticket("helpdesk", "helpdesk-77")
    assert case is not None
    assert case.case_id == "helpdesk-77"
    assert counted(client, "accepted") == 1


def test_the_same_delivery_again_is_a_duplicate_even_signed_anew(signed: Web) -> None:
    client = signed.client(None)
    first = delivered(signed, client, payload())
    again = delivered(signed, client, payload())
    later = delivered(signed, client, payload(), ago=timedelta(minutes=1))
    assert [each.status_code for each in (first, again, later)] == [202, 200, 200]
    assert {each.json()["outcome"] for each in (again, later)} == {"duplicate"}
    assert len(signed.shop.database.cases.list()) == 1
    assert counted(client, "duplicate") == 2


SIX = timedelta(minutes=6)


@pytest.mark.parametrize(
    ("body", "how", "status", "outcome", "source"),
    [
        (payload(), {"secret": "not the secret at all"}, 401, "forged", "helpdesk"),
        (payload(), {"source": "stranger"}, 401, "forged", "unknown"),
        (payload(), {"ago": SIX}, 401, "stale", "helpdesk"),
        (payload(), {"ago": -SIX}, 401, "stale", "helpdesk"),
        (b"x" * (MOST_BYTES + 1), {}, 413, "oversized", "helpdesk"),
        (b"x" * (3 * MOST_BYTES), {}, 413, "oversized", "helpdesk"),
        (b"{", {}, 422, "malformed", "helpdesk"),
        (b"\xff\xfe", {}, 422, "malformed", "helpdesk"),
        (payload(priority="high"), {}, 422, "malformed", "helpdesk"),
        (payload(id="no spaces"), {}, 422, "malformed", "helpdesk"),
    ],
)
def test_what_is_refused_is_counted_and_keeps_nothing(
    signed: Web, body: Json | bytes, how: Json, status: int, outcome: str, source: str
) -> None:
    client = signed.client(None)
    answer = delivered(signed, client, body, **how)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{outcome}")
    assert counted(client, outcome, source) == 1
    assert signed.shop.database.cases.list() == []
    assert "x" * 50 not in answer.text


def test_who_signs_in_a_wrong_way_is_told_the_right_one(signed: Web) -> None:
    client = signed.client(None)
    forged = delivered(signed, client, payload(), secret="not the secret at all").json()
    assert "HMAC-SHA256 of TIMESTAMP.BODY" in forged["detail"]
    assert delivered(signed, client, payload(), source="stranger").json()["detail"] == forged["detail"]
    stale = delivered(signed, client, payload(), ago=SIX).json()
    assert f"here it is {int(signed.service.wall.now().timestamp()) // 1000}" in stale["detail"]


def test_a_text_that_was_cut_in_the_middle_of_an_emoji_is_taken_in(signed: Web) -> None:
    signed.shop.told.tell("helpdesk-77", about("other"))
    body = rb'{"id": "77", "message": {"id": "m-1", "text": "Broken! \ud83d\ude00 \\\\ud83d and \ud83d"}}'
    assert delivered(signed, signed.client(None), body).status_code == 202
    ticket = signed.shop.readers.helpdesk.ticket("helpdesk-77")
    assert ticket is not None
    assert ticket.latest.text == "Broken! \N{GRINNING FACE} \\\\ud83d and \N{REPLACEMENT CHARACTER}"


@given(st.text(st.characters(codec=None, categories=None)))
def test_halves_of_characters_are_replaced_and_nothing_else(text: str) -> None:
    kept = json.loads(whole(json.dumps(text).encode()))
    halves = "".join(each if not "\ud800" <= each <= "\udfff" else "\N{REPLACEMENT CHARACTER}" for each in kept)
    assert kept == halves, "no half is left"
    if not any("\ud800" <= each <= "\udfff" for each in text):
        assert kept == text


def test_without_a_signature_nothing_is_read(signed: Web) -> None:
    assert signed.client(None).post("/webhooks/helpdesk", json=payload()).status_code == 401


def test_a_replay_under_another_id_is_refused_and_so_is_another_content_under_the_same(signed: Web) -> None:
    client = signed.client(None)
    delivered(signed, client, payload())
    replayed = delivered(signed, client, payload(), delivery="d-2")
    assert (replayed.status_code, replayed.json()["type"]) == (409, "/problems/replayed")
    other = delivered(signed, client, payload(subject="Another"))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")
    assert counted(client, "replayed") == counted(client, "conflict") == 1


def test_both_secrets_count_while_one_is_changed(signed: Web) -> None:
    client = signed.client(None)
    assert delivered(signed, client, payload(), secret=OLD_SECRET).status_code == 202


def test_a_delivery_that_was_not_kept_is_taken_in_when_it_comes_again(signed: Web) -> None:
    """The store fails after the ticket came in and before the delivery is noted: nothing is lost, nothing doubled."""
    client = signed.client(None)
    delivered(signed, client, payload())
    deliveries = signed.shop.database.deliveries
    assert deliveries.forget(signed.service.wall.now()) == 0
    assert deliveries.forget(signed.service.wall.now() + timedelta(days=1)) == 1
    again = delivered(signed, client, payload())
    assert (again.status_code, again.json()["fresh"]) == (202, False)


def test_many_at_once_are_taken_in_once(signed: Web) -> None:
    client = signed.client(None)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(delivered, [signed] * 6, [client] * 6, [payload()] * 6))
    assert {each.status_code for each in answers} <= {200, 202}
    assert len(signed.shop.database.cases.list()) == 1
    assert signed.shop.database.deliveries.like(Delivery("helpdesk", "d-1", "", "")) is not None


@pytest.mark.parametrize(("source", "level"), [("helpdesk", "claimed"), ("shopdesk", "verified")])
def test_only_a_trusted_source_proves_who_wrote(signed: Web, source: str, level: str) -> None:
    order = signed.shop.planted("on_its_way")
    sender = signed.shop.owner(order).emails[0]
    message = {"id": "m-1", "text": "Where is my parcel?", "sender": sender, "verified": True}
    assert delivered(signed, signed.client(None), payload(message=message), source=source).status_code == 202
    case = signed.shop.database.cases.get(f"{source}-77")
    assert case is not None
    assert case.investigation is not None
    assert case.investigation.identity.level.value == level


@pytest.mark.system("U8")
def test_a_colleagues_answer_in_the_helpdesk_makes_the_assistant_silent(signed: Web) -> None:
    client = signed.client(None)
    delivered(signed, client, payload())
    request = signed.shop.database.approvals.list(case_id="helpdesk-77")[0]
    staff = {"id": "m-2", "text": "I have sent her a new one.", "author": "staff", "sender": "noor@shop.example"}
    delivered(signed, client, payload(message=staff), delivery="d-2")
    customer = {"id": "m-3", "text": "Thank you, and where is it now?"}
    delivered(signed, client, payload(message=customer), delivery="d-3")
    case = signed.shop.database.cases.get("helpdesk-77")
    asked = signed.shop.database.approvals.get(request.id)
    assert case is not None
    assert asked is not None
    assert case.with_person == "a person answered in message m-2"
    assert not asked.awaiting
    assert signed.shop.database.approvals.list(case_id="helpdesk-77") == [asked]
    assert signed.shop.sent(case) == []


def test_a_whole_conversation_comes_in_at_once_in_order(signed: Web) -> None:
    now = signed.shop.clock.now()
    messages = [
        {"id": f"m-{n}", "text": f"Message {n}", "at": (now - timedelta(minutes=n)).isoformat()} for n in (1, 2, 3)
    ]
    body = {"id": "77", "messages": messages}
    assert delivered(signed, signed.client(None), body).status_code == 202
    case = signed.client(person(Role.VIEWER)).get("/api/v1/cases/helpdesk-77").json()
    assert [message["id"] for message in case["messages"]] == ["m-3", "m-2", "m-1"]


def test_nobody_takes_a_ticket_of_somebody_else(signed: Web) -> None:
    """A ticket that came by file may be named as one of the source's would be."""
    order = signed.shop.planted("on_its_way")
    letter = signed.shop.letter("Hello", signed.shop.owner(order)).model_copy(update={"id": "helpdesk-77"})
    signed.shop.parts.store.receive(letter)
    answer = delivered(signed, signed.client(None), payload())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/ticket-taken")


@contextmanager
def served(app: FastAPI) -> Generator[str]:
    """The application on a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_the_example_of_the_readme_works_as_it_is_written(web: Web) -> None:
    found = re.search(r"```bash\n(SECRET=.*?)```", README.read_text("utf-8"), re.S)
    assert found is not None
    script = found[1]
    given = re.search(r"^SECRET=(\S+)$", script, re.M)
    assert given is not None
    settings = replace(web.service.settings, webhook_secrets=f"helpdesk:{given[1]}")
    web.shop.told.tell("helpdesk-5512", about("order_status"))
    service = replace(web.service, settings=settings, gate=FixedGate(None))
    with served(create_app(service)) as address:
        script = script.replace("http://127.0.0.1:8321", address)
        done = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(done.stdout)["outcome"] == "accepted", shlex.quote(script)
    assert web.shop.database.cases.get("helpdesk-5512") is not None
