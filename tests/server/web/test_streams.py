"""Streams over the wire: what happens comes as it happens, once, to those who may see it, for as long as they may."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from httpx2 import Client
from sse_starlette import ServerSentEvent

from agent.limits import Role
from server.app import create_app
from server.auth.principal import FixedGate, How, Principal
from server.feed import MOST_STREAMS
from server.routes import streams
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person
from tests.server.web.test_cases import asked
from tests.server.web.test_webhooks import served

Json = dict[str, Any]  # what an answer holds is what is asserted here


def read(address: str, path: str, many: int, headers: dict[str, str] | None = None) -> list[tuple[int, str, Json]]:
    """The next events of a stream: (id, kind, data). The connection is closed by us, as a browser does."""
    found: list[tuple[int, str, Json]] = []
    fields: dict[str, str] = {}
    with Client(timeout=20) as client, client.stream("GET", address + path, headers=headers or {}) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in stream.headers
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "id" in fields:
                found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
            if len(found) == many:
                return found
    raise AssertionError(f"the stream ended after {len(found)} events")


def test_a_case_streams_its_run_and_goes_on_where_the_reader_was(web: Web) -> None:
    case_id = asked(web)
    service = replace(web.service, gate=FixedGate(person(Role.AGENT)))
    every = web.shop.database.events.read(case_id=case_id)
    with served(create_app(service)) as address:
        path = f"/api/v1/cases/{case_id}/stream"
        first = read(address, path, len(every))
        assert [number for number, _, _ in first] == [event.seq for event in every]
        assert [kind for _, kind, _ in first] == [event.kind for event in every]
        assert first[0][2]["case_id"] == case_id
        last = str(first[1][0])
        assert read(address, path, len(every) - 2, {"Last-Event-ID": last}) == first[2:]
        assert read(address, f"{path}?after={last}", len(every) - 2) == first[2:]
        newer = {"Last-Event-ID": str(first[2][0])}
        assert read(address, f"{path}?after={last}", len(every) - 3, newer) == first[3:]


def test_the_inbox_streams_what_comes_from_now_on(web: Web) -> None:
    asked(web)
    before = web.shop.database.events.head()
    service = replace(web.service, gate=FixedGate(person(Role.AGENT)))
    with served(create_app(service)) as address:
        found: list[tuple[int, str, Json]] = []
        reader = threading.Thread(target=lambda: found.extend(read(address, "/api/v1/stream", 3)))
        reader.start()
        while not service.feed.readers:
            threading.Event().wait(0.02)
        threading.Event().wait(0.1)
        case_id = asked(web, at=1)
        service.feed.wake()
        reader.join()
    assert {event["case_id"] for _, _, event in found} == {case_id}
    assert min(number for number, _, _ in found) > before


@pytest.mark.parametrize(("who", "status"), [(None, 401), (person(Role.VIEWER), 404)])
def test_who_may_not_read_gets_no_stream(web: Web, who: Principal | None, status: int) -> None:
    client: TestClient = web.client(who)
    assert client.get("/api/v1/cases/nobodys/stream").status_code == status


def test_a_token_of_one_ticket_follows_that_ticket_alone(web: Web) -> None:
    own, other = asked(web), asked(web, at=1)
    bound = replace(person(Role.AGENT), how=How.EMBED, helpdesk="local", ticket=own.removeprefix("local-"))
    client = web.client(bound)
    assert client.get("/api/v1/stream").status_code == 403
    assert client.get(f"/api/v1/cases/{other}/stream").status_code == 404


def test_nobody_opens_more_streams_than_a_browser_would(web: Web) -> None:
    client = web.client(person(Role.AGENT))
    held = [web.service.feed.stream_of("noor") for _ in range(MOST_STREAMS)]
    for each in held:
        each.__enter__()
    refused = client.get("/api/v1/stream")
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-streams")
    assert refused.headers["retry-after"]
    for each in held:
        each.__exit__(None, None, None)


class Revocable:
    """A gate that somebody closes."""

    def __init__(self, who: Principal) -> None:
        self.who: Principal | None = who

    def principal(self, request: Request) -> Principal | None:
        return self.who


async def _next(messages: AsyncIterator[ServerSentEvent]) -> ServerSentEvent:
    async with asyncio.timeout(10):
        return await anext(messages)


def test_a_stream_ends_when_its_reader_is_sent_away(web: Web) -> None:
    who = person(Role.AGENT)
    gate = Revocable(who)
    service = replace(web.service, gate=gate)

    async def scene() -> None:
        messages = streams.told(Request({"type": "http", "headers": []}), service, who, 0, "", beat=0.02)
        assert (await _next(messages)).comment == "open"
        assert (await _next(messages)).comment == "beat"
        assert service.feed.readers == 1
        gate.who = None
        kinds = [message.event async for message in messages if message.comment is None]
        assert kinds == ["end"]
        assert service.feed.readers == 0

    asyncio.run(scene())


def test_a_reader_from_before_a_restore_begins_anew(web: Web) -> None:
    asked(web)
    who = person(Role.AGENT)
    service = replace(web.service, gate=FixedGate(who))

    async def scene() -> None:
        messages = streams.told(Request({"type": "http", "headers": []}), service, who, 10**6, "", beat=0.05)
        assert (await _next(messages)).comment == "open"
        assert (await _next(messages)).event == "reset"
        web.shop.told.tell("journey-9", about("thanks"))
        await asyncio.to_thread(asked, web, at=1)
        while (message := await _next(messages)).comment:
            pass
        assert message.event in {"classified", "received"}
        await messages.aclose()

    asyncio.run(scene())
