"""Signing in and out: a new token each time, the same answer to every stranger, and nothing begun from elsewhere."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from agent.limits import Role
from server.auth.cookies import PLAIN
from server.auth.tokens import kept
from tests.server.auth.conftest import PASSWORD, House, email_of


def tried(browser: TestClient, email: str, password: str, **headers: str) -> tuple[int, str]:
    answer = browser.post("/login", data={"email": email, "password": password}, headers=headers)
    return answer.status_code, answer.text


def test_who_signs_in_gets_where_they_wanted_to_go_and_a_cookie_no_script_can_read(house: House) -> None:
    answer = house.client().post(
        "/login", data={"email": email_of(Role.LEAD).upper(), "password": PASSWORD, "next": "/approvals"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/approvals")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in (f"{PLAIN}=", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Max-Age" not in cookie
    assert house.events("login.ok")[-1].startswith("dana login.ok")


@pytest.mark.parametrize("where", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_away(house: House, where: str) -> None:
    data = {"email": email_of(Role.LEAD), "password": PASSWORD, "next": where}
    assert house.client().post("/login", data=data).headers["location"] == "/"


def test_a_stranger_cannot_tell_an_account_from_none(house: House) -> None:
    house.team.set_disabled("noor", "priya", disabled=True)
    answers = {
        tried(house.client(), email, password)
        for email, password in (
            (email_of(Role.LEAD), "wrong wrong wrong"),
            (email_of(Role.AGENT), PASSWORD),
            ("nobody@alderandwren.example", PASSWORD),
        )
        for email in [email]
    }
    texts = {text.replace(email_of(Role.LEAD), "").replace(email_of(Role.AGENT), "") for _, text in answers}
    texts = {text.replace("nobody@alderandwren.example", "") for text in texts}
    assert {status for status, _ in answers} == {403}
    assert len(texts) == 1


def test_a_token_from_before_signing_in_is_worth_nothing_afterwards(house: House) -> None:
    browser = house.client()
    browser.cookies.set(PLAIN, "chosen-by-somebody-else")
    house.sign_in(Role.AGENT, browser)
    given = browser.cookies.get(PLAIN, domain="testserver.local") or ""
    assert given != "chosen-by-somebody-else"
    thief = house.client()
    thief.cookies.set(PLAIN, "chosen-by-somebody-else")
    assert thief.get("/account").status_code == 303


def test_signing_in_again_ends_the_session_of_before(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    before = browser.cookies[PLAIN]
    house.sign_in(Role.LEAD, browser)
    assert browser.cookies[PLAIN] != before
    stolen = house.client()
    stolen.cookies.set(PLAIN, before)
    assert stolen.get("/account").headers["location"].startswith("/login")


def test_the_database_keeps_no_token(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    token = browser.cookies[PLAIN]
    found = house.service.database.sign_ins.of("noor", house.wall.now())
    assert len(found) == 1
    assert token not in found[0].model_dump_json()
    assert kept(token) not in found[0].model_dump_json()


def test_signing_out_ends_it_on_the_server_too(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    token = browser.cookies[PLAIN]
    answer = browser.post("/logout", data={"csrf": house.csrf(browser)})
    assert answer.status_code == 303
    stolen = house.client()
    stolen.cookies.set(PLAIN, token)
    assert stolen.get("/account").status_code == 303
    assert house.events("logout")


@pytest.mark.parametrize(("hours", "inside"), [(7.9, True), (8.1, False)])
def test_who_does_nothing_for_long_is_signed_out(house: House, hours: float, inside: bool) -> None:
    browser = house.sign_in(Role.AGENT)
    house.later(hours=hours)
    assert (browser.get("/account").status_code == 200) is inside


def test_even_the_busiest_sign_in_again_after_a_week(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    for _ in range(27):
        house.later(hours=6)
        assert browser.get("/account").status_code == 200
    house.later(hours=6.1)
    assert browser.get("/account").status_code == 303


def test_whoever_is_disabled_is_out_at_once(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    house.team.set_disabled("noor", "priya", disabled=True)
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_signs_nobody_in(house: House, headers: dict[str, str]) -> None:
    answer = house.client().post("/login", data={"email": email_of(Role.LEAD), "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
