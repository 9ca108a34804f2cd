"""What every answer carries, and what is refused before anything reads it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from agent.limits import Role
from server.auth.headers import Rules
from server.settings import Settings, SettingsError
from tests.databases import sqlite_alone
from tests.server.auth.conftest import PASSWORD, House, Rooms, built, email_of, peopled

__all__ = ["sqlite_alone"]

HTTPS = "https://support.example.com"
FRAMING = "gorgias:https://shop.gorgias.com, zendesk:https://shop.zendesk.com"


@pytest.mark.parametrize("path", ["/login", "/api/v1/nothing", "/static/base.css", "/account"])
def test_every_answer_forbids_foreign_code_frames_and_guessing(house: House, path: str) -> None:
    headers = house.client().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


def test_only_the_sidecar_is_shown_elsewhere_and_only_where_it_was_allowed(rooms: Rooms) -> None:
    house = built(rooms, embed_origins=FRAMING)
    policy = house.client().get("/sidecar/nothing").headers["content-security-policy"]
    assert "frame-ancestors https://shop.gorgias.com https://shop.zendesk.com" in policy
    assert "frame-ancestors 'none'" in house.client().get("/sidecars").headers["content-security-policy"]


def test_private_pages_are_kept_nowhere(house: House) -> None:
    assert house.sign_in(Role.AGENT).get("/account").headers["cache-control"] == "no-store"
    assert "no-store" not in house.client().get("/static/base.css").headers.get("cache-control", "")


def test_with_https_the_cookie_never_leaves_it(rooms: Rooms) -> None:
    house = peopled(built(rooms, public_url=HTTPS))
    browser = house.client()
    browser.base_url = HTTPS
    data = {"email": email_of(Role.LEAD), "password": PASSWORD}
    answer = browser.post("/login", data=data, headers={"Origin": HTTPS})
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].startswith("__Host-countersign=")
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert browser.post("/login", data=data, headers={"Origin": "http://support.example.com"}).status_code == 403


@pytest.mark.parametrize(("path", "status"), [("/login", 421), ("/health", 200)])
def test_another_host_is_not_served(rooms: Rooms, path: str, status: int) -> None:
    house = built(rooms, public_url=HTTPS)
    assert house.client().get(path, headers={"Host": "evil.example"}).status_code == status


@pytest.mark.parametrize(("trusted", "network"), [("203.0.113.0/24", "198.51.100.0/24"), ("", "203.0.113.0/24")])
def test_only_a_proxy_that_is_named_says_who_asks(rooms: Rooms, trusted: str, network: str) -> None:
    house = peopled(built(rooms, trusted_proxies=trusted))
    browser = TestClient(house.app, client=("203.0.113.7", 50_000), follow_redirects=False)
    data = {"email": email_of(Role.LEAD), "password": PASSWORD}
    browser.post("/login", data=data, headers={"X-Forwarded-For": "10.0.0.1, 198.51.100.9"})
    assert f'"from":"{network}"' in house.events("login.ok")[-1]


def test_a_proxy_that_cannot_be_one_is_named(rooms: Rooms) -> None:
    with pytest.raises(SettingsError, match="COUNTERSIGN_TRUSTED_PROXIES"):
        built(rooms, trusted_proxies="the-proxy")


@pytest.mark.parametrize("length", ["99999999", "-1", "many"])
def test_a_body_that_says_it_is_too_large_is_not_read(house: House, length: str) -> None:
    answer = house.client().post("/login", content=b"x", headers={"Content-Length": length})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.headers["x-request-id"]) == 32


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@pytest.mark.parametrize(("path", "kind"), [("/login", FORM), ("/api/v1/tickets", JSON)])
def test_a_body_that_does_not_say_so_ends_at_the_limit(rooms: Rooms, path: str, kind: str) -> None:
    house = peopled(built(rooms, max_body_kilobytes="4"))

    def parts() -> Iterator[bytes]:
        for _ in range(100):
            yield b"email=" + b"x" * 1024

    answer = house.client().post(path, content=parts(), headers={"Content-Type": kind})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "settings",
    [
        {"public_url": "support.example.com"},
        {"public_url": "https://support.example.com/help"},
        {"max_body_kilobytes": "lots"},
        {"embed_origins": "https://shop.gorgias.com/x"},
    ],
)
def test_settings_that_cannot_be_meant_are_named(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="COUNTERSIGN_"):
        Rules.of(Settings(**settings))


@pytest.mark.parametrize("path", ["/health", "/login", "/static/tokens.css", "/nothing-here"])
def test_a_monitor_that_asks_for_the_head_gets_what_get_would_say_and_no_body(house: House, path: str) -> None:
    client = house.client()
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["x-robots-tag"] == "noindex, nofollow"


def test_the_head_of_a_stream_ends(house: House) -> None:
    bearer = {"Authorization": f"Bearer {house.key(Role.VIEWER)}"}
    head = house.client().head("/api/v1/stream", headers=bearer)
    assert (head.status_code, head.content) == (200, b"")
