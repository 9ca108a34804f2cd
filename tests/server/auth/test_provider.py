"""Signing in through an identity provider, over real HTTP to one on loopback."""

from __future__ import annotations

from collections.abc import Generator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.limits import Role
from server.auth.oidc import Provider
from server.settings import Settings, SettingsError
from tests.databases import sqlite_alone
from tests.fakes.identity_provider import CLIENT, SECRET, IdentityProvider
from tests.server.auth.conftest import NOW, House, Rooms, built, peopled

__all__ = ["sqlite_alone"]

DANA = {"sub": "u-dana", "email": "Dana@alderandwren.example", "email_verified": True, "name": "Dana W"}
NEW = {"sub": "u-new", "email": "ines@alderandwren.example", "email_verified": True, "name": "Inês", "groups": ["care"]}
ROLES = "care=agent, leads=lead, owners=admin"


@pytest.fixture(scope="module")
def running() -> Generator[IdentityProvider]:
    with IdentityProvider(lambda: NOW) as provider:
        yield provider


@pytest.fixture
def provider(running: IdentityProvider) -> IdentityProvider:
    running.who, running.claims, running.foreign_key, running.renamed = dict(DANA), {}, False, ""
    running.refused.clear()
    return running


@pytest.fixture
def house(rooms: Rooms, provider: IdentityProvider) -> House:
    return peopled(built(rooms, **settings_for(provider)))


def settings_for(provider: IdentityProvider) -> dict[str, str]:
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_domains": "alderandwren.example",
        "oidc_role_claim": "groups",
        "oidc_roles": ROLES,
    }


def leave(browser: TestClient, address: str = "/approvals") -> str:
    """Where the provider sends the browser back to."""
    left = browser.get("/login/provider", params={"next": address})
    assert left.status_code == 303, left.text
    return httpx2.get(left.headers["location"]).headers["location"].removeprefix("http://testserver")


def come_in(house: House) -> tuple[TestClient, Response]:
    browser = house.client()
    return browser, browser.get(leave(browser))


def test_whoever_has_an_account_comes_in_with_it(house: House) -> None:
    browser, answer = come_in(house)
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals")
    assert browser.get("/api/v1/me").json() == {
        "id": "dana", "name": "Dana", "role": "lead", "how": "session",
        "scopes": ["decide", "operate", "read", "tickets"], "ticket": "",
    }  # fmt: skip
    assert house.events("account.linked", "login.ok")[-2:] == [
        'provider account.linked {"account":"dana"}',
        house.events("login.ok")[-1],
    ]


def test_somebody_new_of_the_domain_gets_the_role_of_their_group(house: House, provider: IdentityProvider) -> None:
    provider.who = dict(NEW)
    browser, _ = come_in(house)
    assert browser.get("/api/v1/me").json()["role"] == "agent"
    provider.who = {**NEW, "groups": ["care", "leads"], "email": "renamed@elsewhere.example"}
    again, _ = come_in(house)
    assert again.get("/api/v1/me").json()["role"] == "lead"
    assert len([each for each in house.service.database.accounts.list() if each.subject]) == 1
    assert house.service.database.accounts.password("ines") == ""
    data = {"email": "ines@alderandwren.example", "password": ""}
    assert house.client().post("/login", data=data).status_code == 403


def test_the_last_admin_stays_one_whatever_the_provider_says(house: House, provider: IdentityProvider) -> None:
    provider.who = {**DANA, "sub": "u-p", "email": "priya@alderandwren.example", "groups": ["care"]}
    browser, _ = come_in(house)
    assert browser.get("/api/v1/me").json()["role"] == "admin"


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ({**DANA, "email_verified": False}, "e-mail"),
        ({**DANA, "email_verified": "true"}, "e-mail"),
        ({**NEW, "email": "ines@evil.example"}, "domain"),
        ({**NEW, "email": "ines@x.alderandwren.example"}, "domain"),
        ({**NEW, "email_verified": None}, "domain"),
        ({**NEW, "groups": ["guests"]}, "role"),
        ({**NEW, "groups": None}, "role"),
        ({**NEW, "email": "noor@alderandwren.example", "email_verified": False}, "e-mail"),
    ],
)
def test_whom_the_provider_does_not_vouch_for_stays_out(
    house: House, provider: IdentityProvider, who: dict[str, object], why: str
) -> None:
    provider.who = who
    browser, answer = come_in(house)
    assert answer.status_code == 403
    assert browser.get("/account").status_code == 303
    assert f'"why":"{why}"' in house.events("login.failed")[-1]


def test_another_person_with_the_same_e_mail_does_not_get_the_account(house: House, provider: IdentityProvider) -> None:
    come_in(house)
    provider.who = {**DANA, "sub": "u-somebody-else"}
    _, answer = come_in(house)
    assert answer.status_code == 403


def test_whoever_is_disabled_here_stays_out(house: House) -> None:
    house.team.set_disabled("dana", "priya", disabled=True)
    _, answer = come_in(house)
    assert answer.status_code == 403
    assert "disabled" in answer.text


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"iss": "https://evil.example"},
        {"exp": int(NOW.timestamp()) - 120},
        {"exp": None},
        {"sub": None},
        {"azp": "another-client"},
    ],
)
def test_a_token_that_is_not_for_us_now_is_refused(
    house: House, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    browser, answer = come_in(house)
    assert answer.status_code == 403
    assert browser.get("/account").status_code == 303


def test_a_token_of_another_key_is_refused(house: House, provider: IdentityProvider) -> None:
    provider.foreign_key = True
    assert come_in(house)[1].status_code == 403


def test_a_provider_of_another_name_is_refused(house: House, provider: IdentityProvider) -> None:
    provider.renamed = "https://evil.example"
    assert house.client().get("/login/provider").status_code == 403


def test_only_the_browser_that_left_comes_back(house: House) -> None:
    left = house.client()
    way = leave(left)
    assert house.client().get(way).status_code == 403
    other = house.client()
    leave(other)
    assert other.get(way).status_code == 403
    assert left.get(way).status_code == 303
    house.team.set_disabled("dana", "priya", disabled=True)
    assert left.get(way).status_code == 403


def test_whoever_is_in_and_goes_back_to_a_used_way_is_shown_no_form(house: House) -> None:
    browser = house.client()
    way = leave(browser)
    assert browser.get(way).headers["location"] == "/approvals"
    again = browser.get(way)
    assert (again.status_code, again.headers["location"]) == (303, "/")
    assert browser.get("/api/v1/me").json()["id"] == "dana"


@pytest.mark.parametrize(
    ("claims", "secret", "who", "why", "says"),
    [
        ({}, "another", DANA, "client", "COUNTERSIGN_OIDC_CLIENT_SECRET"),
        ({"iat": int(NOW.timestamp()) + 90}, SECRET, DANA, "clock", "The clocks"),
        ({"exp": int(NOW.timestamp()) - 90}, SECRET, DANA, "clock", "The clocks"),
        ({"nonce": "another"}, SECRET, DANA, "token", "is not valid"),
        ({"exp": None}, SECRET, DANA, "token", "is not valid"),
        ({}, SECRET, {**NEW, "email": "ines@evil.example"}, "domain", "ines@evil.example"),
        ({}, SECRET, {**NEW, "email": None}, "domain", "did not say your e-mail"),
    ],
)
def test_a_refusal_says_who_can_mend_it_and_keeps_where_one_wanted_to_go(
    rooms: Rooms, provider: IdentityProvider, claims: dict[str, object], secret: str, who: dict[str, object],
    why: str, says: str,
) -> None:  # fmt: skip
    provider.claims, provider.who = claims, dict(who)
    house = peopled(built(rooms, **{**settings_for(provider), "oidc_client_secret": secret}))
    _, answer = come_in(house)
    assert answer.status_code == 403
    assert says in answer.text
    assert 'name="next" value="/approvals"' in answer.text
    assert f'"why":"{why}"' in house.events("login.failed")[-1]


def test_a_way_back_ends_after_ten_minutes(house: House) -> None:
    browser = house.client()
    way = leave(browser)
    house.later(minutes=10, seconds=1)
    assert browser.get(way).status_code == 403


def test_the_code_is_worth_nothing_without_what_only_we_know(house: House, provider: IdentityProvider) -> None:
    way = leave(house.client())
    thief = house.client()
    leave(thief)
    code = parse_qs(urlsplit(way).query)["code"][0]
    state = parse_qs(urlsplit(leave(thief)).query)["state"][0]
    assert thief.get("/login/provider/back", params={"code": code, "state": state}).status_code == 403
    assert provider.refused == ["code"]


@pytest.mark.parametrize("query", ["", "?error=access_denied&state=x", "?code=x", "?code=x&state=x"])
def test_a_way_back_that_nobody_was_sent_on_is_refused(house: House, query: str) -> None:
    assert house.client().get(f"/login/provider/back{query}").status_code == 403


def test_a_provider_that_does_not_answer_is_said_and_passwords_still_work(rooms: Rooms) -> None:
    house = peopled(built(rooms, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT))
    answer = house.client().get("/login/provider")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    house.sign_in(Role.AGENT)


def test_without_a_provider_there_is_no_way(rooms: Rooms) -> None:
    house = peopled(built(rooms))
    assert house.client().get("/login/provider").status_code == 404
    assert "organisation" not in house.client().get("/login").text


def test_with_one_the_form_shows_it_and_keeps_where_one_wanted_to_go(house: House) -> None:
    assert 'href="/login/provider?next=/approvals"' in house.client().get("/login?next=/approvals").text


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "http://login.example.com", "oidc_client_id": "x"},
        {"oidc_issuer": "https://login.example.com"},
        {"oidc_issuer": "https://login.example.com", "oidc_client_id": "x", "oidc_roles": "care=boss"},
    ],
)
def test_settings_that_cannot_work_are_named(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="COUNTERSIGN_OIDC_"):
        Provider.of(Settings(**settings))
