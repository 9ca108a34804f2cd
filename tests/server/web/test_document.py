"""The OpenAPI document says how callers prove who they are; the scopes it names are those that the routes ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from agent.limits import Role
from server.auth.principal import Scope
from tests.databases import sqlite_alone
from tests.server.web.conftest import Web, person

__all__ = ["sqlite_alone"]
METRICS = "/metrics"


def document(web: Web) -> Any:  # what OpenAPI says a document is
    return web.client(None).get("/api/v1/openapi.json").json()


def calls(web: Web) -> Iterator[tuple[str, str, list[dict[str, list[str]]]]]:
    for path, methods in document(web)["paths"].items():
        for method, call in methods.items():
            yield path, method, call["security"]


def status(web: Web, path: str, method: str, scopes: frozenset[Scope]) -> int:
    caller = replace(person(Role.ADMIN), scopes=scopes)
    concrete = re.sub(r"\{[^}]*\}", "2026-W01", path)
    return web.client(caller).request(method, concrete, json={} if method != "get" else None).status_code


def test_who_reads_the_document_alone_knows_how_to_come_in(web: Web) -> None:
    found = document(web)
    assert set(found["components"]["securitySchemes"]) == {"key", "session", "signature"}
    for said in ("Authorization: Bearer", "HMAC-SHA256", "Idempotency-Key", "If-None-Match", "Last-Event-ID"):
        assert said in found["info"]["description"]
    named = {path: security for path, _, security in calls(web)}
    assert named["/webhooks/{source}"] == [{"signature": []}]
    assert named["/health"] == named["/ready"] == []


def test_the_scope_that_a_call_names_is_needed_and_is_enough(web: Web) -> None:
    named = [(path, method, Scope(security[0]["key"][0])) for path, method, security in calls(web) if len(security) > 1]
    assert len(named) >= 45
    without = {
        f"{method} {path}": status(web, path, method, frozenset(Scope) - {scope})
        for path, method, scope in named
        if path != "/api/v1/embed/tokens"  # embed opens it as well
    }
    assert {name: code for name, code in without.items() if code != 403} == {}
    enough = {
        f"{method} {path}": status(web, path, method, frozenset({scope}))
        for path, method, scope in named
        if not path.endswith("/stream")  # they do not end
    }
    assert {name: code for name, code in enough.items() if code in (401, 403) or code >= 500} == {}


@pytest.mark.parametrize("header", ["X-Countersign-Timestamp", "X-Countersign-Signature", "X-Countersign-Delivery"])
def test_every_header_of_a_delivery_says_what_it_is(web: Web, header: str) -> None:
    parameters = document(web)["paths"]["/webhooks/{source}"]["post"]["parameters"]
    (found,) = [each for each in parameters if each["name"] == header]
    assert len(found["description"]) > 40
