"""Every route that changes something, walked: whoever may not is refused, and nothing happens."""

from __future__ import annotations

import pytest
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from starlette.routing import Mount

from agent.limits import Role
from server.auth.principal import GRANTED, Scope
from tests.databases import sqlite_alone
from tests.server.auth.conftest import HOST, House, Untouched
from tests.server.auth.walking import unsafe_routes

__all__ = ["sqlite_alone"]

OPEN = {
    "/login": "begins a session; proves itself by a password, throttled",
    "/setup": "makes the first admin; proves itself by the link that works once",
}
SIGNED = {"/webhooks/": "proves itself by its signature"}
OWN = {
    "/logout": "ends one's own session",
    "/theme": "keeps light or dark in one's own cookie",
    "/welcome": "keeps in one's own cookie that the first page was read",
    "/account/password": "one's own, proved by the current one",
    "/account/sessions/end": "one's own",
    "/account/keys": "one's own, for no more than one's role may do",
    "/account/keys/{prefix}/revoke": "one's own",
    "/cases/{case_id}/here": "that one looks at what one may read",
}
"""What a viewer may send: it concerns nobody but them. Add a route here only with a reason."""


def send(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    return client.request(method, path, headers={"Accept": "application/json", **headers}).status_code


def proofs(house: House, who: str) -> tuple[TestClient, dict[str, str]]:
    """Somebody with something in hand that does not suffice."""
    if who == "viewer's session":
        browser = house.sign_in(Role.VIEWER)
        return browser, {"X-CSRF-Token": house.csrf(browser), "Origin": HOST}
    if who == "an admin's session without its token":
        return house.sign_in(Role.ADMIN), {"Origin": HOST}
    token = ""
    if who == "viewer's key":
        token = house.key(Role.VIEWER, Scope.READ)
    elif who == "key of somebody who was admin":
        token = house.key(Role.AGENT, *GRANTED[Role.AGENT])
        house.team.set_role("noor", Role.VIEWER, "priya")
    elif who == "expired key":
        token = house.key(Role.ADMIN, *Scope, days=1)
        house.later(days=2)
    elif who == "expired embed token":
        token = house.embed.sign("zendesk", "5512", "priya")
        house.later(minutes=11)
    elif who == "viewer's embed token":
        token = house.embed.sign("zendesk", "5512", "vera")
    return house.client(), {"Authorization": f"Bearer {token}"} if token else {}


WHO = (
    "nobody",
    "viewer's session",
    "an admin's session without its token",
    "viewer's key",
    "key of somebody who was admin",
    "expired key",
    "expired embed token",
    "viewer's embed token",
)

KNOWN = ("viewer's session", "viewer's key", "key of somebody who was admin", "viewer's embed token")


@pytest.mark.parametrize("who", WHO)
def test_who_may_not_changes_nothing(house: House, who: str) -> None:
    client, headers = proofs(house, who)
    count = house.service.database.audit.head().count
    walked = unsafe_routes(house.app)
    assert len(walked) >= 15
    answered = {
        f"{method} {path}": send(client, method, concrete, headers)
        for path, concrete, method in walked
        if path not in OPEN and not path.startswith(tuple(SIGNED)) and not (who in KNOWN and path in OWN)
    }
    assert {name: status for name, status in answered.items() if status not in (401, 403)} == {}
    work = house.service.work
    assert isinstance(work, Untouched)
    assert work.asked == []
    assert house.service.database.audit.head().count == count


def test_what_is_open_proves_itself_otherwise(house: House) -> None:
    client, count = house.client(), house.service.database.audit.head().count
    for path, concrete, method in unsafe_routes(house.app):
        if path in OPEN or path.startswith(tuple(SIGNED)):
            assert send(client, method, concrete, {}) in (400, 401, 403, 404, 411, 422), path
    work = house.service.work
    assert isinstance(work, Untouched)
    assert work.asked == []
    assert house.service.database.audit.head().count == count + 1  # the sign-in that failed


def test_every_exception_is_a_route(house: House) -> None:
    paths = {path for path, _, _ in unsafe_routes(house.app)}
    assert {*OPEN, *OWN} <= paths


def test_what_is_mounted_serves_files_alone(house: House) -> None:
    mounted = [route for route in house.app.routes if isinstance(route, Mount)]
    assert mounted
    assert [each.path for each in mounted if not isinstance(each.app, StaticFiles)] == []
