"""A write that rides on a cookie proves that a page of ours sent it."""

from __future__ import annotations

import pytest

from agent.limits import Role
from server.auth import gate, tokens
from tests.databases import sqlite_alone
from tests.server.auth.conftest import HOST, House

__all__ = ["sqlite_alone"]

WRITE = "/account/sessions/end"


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("form", 303),
        ("multipart", 303),
        ("header", 303),
        ("header with our origin", 303),
        ("nothing", 403),
        ("empty", 403),
        ("wrong", 403),
        ("of another session", 403),
        ("in the address", 403),
        ("from elsewhere", 403),
        ("from nowhere", 403),
        ("cross-site", 403),
    ],
)
def test_only_a_form_of_this_session_writes(house: House, how: str, status: int) -> None:
    browser = house.sign_in(Role.AGENT)
    csrf = house.csrf(browser)
    other = house.csrf(house.sign_in(Role.AGENT))
    answer = {
        "form": lambda: browser.post(WRITE, data={"csrf": csrf}),
        "multipart": lambda: browser.post(WRITE, data={"csrf": csrf}, files={"f": (None, "x")}),
        "header": lambda: browser.post(WRITE, headers={"X-CSRF-Token": csrf}),
        "header with our origin": lambda: browser.post(WRITE, headers={"X-CSRF-Token": csrf, "Origin": HOST}),
        "nothing": lambda: browser.post(WRITE),
        "empty": lambda: browser.post(WRITE, data={"csrf": ""}),
        "wrong": lambda: browser.post(WRITE, data={"csrf": "0" * 64}),
        "of another session": lambda: browser.post(WRITE, data={"csrf": other}),
        "in the address": lambda: browser.post(f"{WRITE}?csrf={csrf}"),
        "from elsewhere": lambda: browser.post(WRITE, data={"csrf": csrf}, headers={"Origin": "https://evil.example"}),
        "from nowhere": lambda: browser.post(WRITE, data={"csrf": csrf}, headers={"Origin": "null"}),
        "cross-site": lambda: browser.post(WRITE, data={"csrf": csrf}, headers={"Sec-Fetch-Site": "cross-site"}),
    }[how]()
    assert answer.status_code == status, answer.text


def test_a_json_write_by_cookie_needs_the_header(house: House) -> None:
    browser = house.sign_in(Role.ADMIN)
    csrf = house.csrf(browser)
    change = {"role": "lead"}
    assert browser.patch("/api/v1/accounts/noor", json=change).status_code == 403
    assert browser.patch("/api/v1/accounts/noor", json={**change, "csrf": csrf}).status_code in (403, 422)
    assert browser.patch("/api/v1/accounts/noor", json=change, headers={"X-CSRF-Token": csrf}).status_code == 200


def test_the_token_is_of_no_use_as_a_session(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    thief = house.client()
    thief.cookies.set("countersign", house.csrf(browser))
    assert thief.get("/account").status_code == 303


def test_tokens_are_compared_in_constant_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return tokens.same(one, other)

    monkeypatch.setattr(gate, "same", watched)
    browser = house.sign_in(Role.AGENT)
    csrf = house.csrf(browser)
    browser.post(WRITE, data={"csrf": csrf})
    assert (csrf, csrf) in compared
    whole = house.key(Role.AGENT)
    house.bearer(whole)
    assert (tokens.kept(whole), tokens.kept(whole)) in compared
