"""The API reference says what the OpenAPI document says, and its examples are calls that would be understood."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import cast

import pytest
from fastapi.testclient import TestClient
from pydantic import JsonValue

from agent.limits import Role
from server.ui.views.reference import Call, Reference, pieces, reference
from server.ui.views.reference_shell import command
from tests.server.web.conftest import Web, person, web

__all__ = ["web"]
BASE = "https://countersign.example"


@pytest.fixture
def document(web: Web) -> dict[str, JsonValue]:
    client: TestClient = web.client(None)
    return cast("dict[str, JsonValue]", client.get("/api/v1/openapi.json").json())


@pytest.fixture
def shown(document: dict[str, JsonValue]) -> Reference:
    return reference(document, BASE)


def calls(shown: Reference) -> list[Call]:
    return [call for group in shown.groups for call in group.calls]


def test_every_call_and_every_shape_is_there_once(document: Mapping[str, JsonValue], shown: Reference) -> None:
    paths = cast("dict[str, dict[str, JsonValue]]", document["paths"])
    wanted = sorted((method.upper(), path) for path, methods in paths.items() for method in methods)
    assert sorted((call.method, call.path) for call in calls(shown)) == wanted
    schemas = cast("dict[str, dict[str, JsonValue]]", document["components"])["schemas"]
    assert [shape.name for shape in shown.shapes] == sorted(schemas)
    ids = [call.id for call in calls(shown)] + [shape.id for shape in shown.shapes]
    assert len(ids) == len(set(ids))


def test_every_link_leads_to_a_shape(shown: Reference) -> None:
    known = {shape.name for shape in shown.shapes}
    rows = [row.shape for call in calls(shown) for row in call.rows]
    rows += [row.shape for shape in shown.shapes for row in shape.rows]
    named = [*rows, *(call.body for call in calls(shown)), *(a.shape for call in calls(shown) for a in call.answers)]
    assert {name for name in named if name} <= known


def test_examples_name_the_route_and_send_what_is_required(document: Mapping[str, JsonValue], shown: Reference) -> None:
    schemas = cast("dict[str, dict[str, dict[str, JsonValue]]]", document["components"])["schemas"]
    for call in calls(shown):
        if call.path.startswith("/webhooks/"):
            continue
        words = shlex.split(call.example)
        address = next(word for word in words if word.startswith(BASE))
        route = re.escape(call.path).replace(r"\{", "{").replace(r"\}", "}")
        assert re.fullmatch(re.sub(r"{\w+}", "[^/?]+", BASE + route) + r"(\?.*)?", address), call.example
        if call.body and "-d" in words:
            sent = cast("dict[str, JsonValue]", json.loads(words[words.index("-d") + 1]))
            assert set(cast("list[str]", schemas[call.body].get("required", []))) <= set(sent), call.path
            assert set(sent) <= set(cast("dict[str, JsonValue]", schemas[call.body]["properties"])), call.path


def test_the_example_of_a_ticket_brings_one_in(web: Web, shown: Reference) -> None:
    (call,) = [each for each in calls(shown) if (each.method, each.path) == ("POST", "/api/v1/tickets")]
    words = shlex.split(call.example)
    body = cast("dict[str, JsonValue]", json.loads(words[words.index("-d") + 1]))
    message = cast("dict[str, JsonValue]", body["message"])
    web.shop.told.tell(f"{body['helpdesk']}-{body['id']}", next(iter(web.shop.told.known.values())))
    assert message["text"]
    answer = web.client(person(Role.AGENT)).post("/api/v1/tickets", json=body)
    assert answer.status_code == 202, answer.text


def test_a_quote_in_a_body_stays_inside_the_example() -> None:
    line = command("post", "/api/v1/settings/stop", BASE, {}, json.dumps({"reason": "the carrier's feed"}))
    assert json.loads(shlex.split(line)[-1]) == {"reason": "the carrier's feed"}
    assert "-X" not in line
    assert "-X DELETE" in command("delete", "/api/v1/keys/{prefix}", BASE, {"prefix": "ab/c"}, "")
    assert "/api/v1/keys/ab%2Fc" in command("delete", "/api/v1/keys/{prefix}", BASE, {"prefix": "ab/c"}, "")


def test_code_in_a_sentence_is_marked() -> None:
    assert pieces("Send `a`\n then b.") == ((False, "Send "), (True, "a"), (False, " then b."))


def test_the_page_is_open_loads_nothing_from_elsewhere_and_shows_no_place_of_the_console(web: Web) -> None:
    html = web.client(None).get("/api/reference").text
    assert "/api/v1/tickets" in html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert 'aria-label="Places"' not in html
    assert 'aria-label="Places"' in web.client(person(Role.VIEWER)).get("/api/reference").text
