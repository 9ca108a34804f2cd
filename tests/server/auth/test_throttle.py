"""How often somebody may try, over all processes, without locking out whom they try to be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.limits import Role
from server.auth import throttle
from server.auth.throttle import ADDRESS, PAIR, Throttle, blurred, network_of
from server.db.attempts import StoredAttempts
from server.db.database import Database
from tests.server.auth.conftest import PASSWORD, House, email_of

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
WINDOW = timedelta(minutes=15)


def attempt(house: House, email: str, password: str, address: str = "203.0.113.7") -> int:
    browser = TestClient(house.app, client=(address, 50_000), follow_redirects=False)
    return browser.post("/login", data={"email": email, "password": password}).status_code


@pytest.mark.parametrize("email", [email_of(Role.LEAD), "nobody@alderandwren.example"])
def test_after_five_wrong_passwords_even_the_right_one_waits(house: House, email: str) -> None:
    assert [attempt(house, email, f"wrong {n}") for n in range(PAIR + 1)] == [403] * PAIR + [429]
    assert attempt(house, email, PASSWORD) == 429
    house.later(minutes=15, seconds=1)
    assert attempt(house, email, PASSWORD) == (303 if email == email_of(Role.LEAD) else 403)


def test_the_page_says_to_programs_too_when_to_come_back(house: House) -> None:
    wrong = {"email": email_of(Role.LEAD), "password": "wrong"}
    before, refused = [house.client().post("/login", data=wrong) for _ in range(PAIR + 1)][-2:]
    assert "retry-after" not in before.headers
    seconds = int(refused.headers["retry-after"])
    house.later(seconds=seconds - 1)
    right = {**wrong, "password": PASSWORD}
    assert house.client().post("/login", data=right).status_code == 429
    house.later(seconds=1)
    assert house.client().post("/login", data=right).status_code == 303


def test_the_owner_still_comes_in_from_elsewhere(house: House) -> None:
    for n in range(PAIR + 1):
        attempt(house, email_of(Role.LEAD), f"wrong {n}")
    assert attempt(house, email_of(Role.LEAD), PASSWORD, "198.51.100.9") == 303


def test_one_address_tries_many_accounts_only_so_often(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "ADDRESS", 8)
    codes = [attempt(house, f"p{n}@alderandwren.example", "wrong") for n in range(9)]
    assert codes == [403] * 8 + [429]
    assert attempt(house, email_of(Role.LEAD), PASSWORD) == 429
    assert attempt(house, email_of(Role.LEAD), PASSWORD, "198.51.100.9") == 303


def test_the_right_password_does_not_count(house: House) -> None:
    assert {attempt(house, email_of(Role.LEAD), PASSWORD) for _ in range(PAIR + 2)} == {303}


def test_changing_the_password_is_throttled_like_signing_in(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    csrf = house.csrf(browser)
    form = {"csrf": csrf, "current": "wrong", "password": "another good long one"}
    pages = [browser.post("/account/password", data=form) for _ in range(PAIR + 1)]
    assert [page.status_code for page in pages] == [403] * PAIR + [429]
    assert "Too many attempts. Try again in 15 minutes." in pages[-1].text
    assert "Too many attempts" not in pages[0].text
    assert "retry-after" not in pages[0].headers
    right = {**form, "current": PASSWORD}
    house.later(seconds=int(pages[-1].headers["retry-after"]) - 1)
    assert browser.post("/account/password", data=right).status_code == 429
    house.later(seconds=1)
    assert browser.post("/account/password", data=right).status_code == 303


@pytest.mark.parametrize("path", ["/login", "/account/password"])
def test_a_program_that_tries_too_often_is_told_so_in_a_document(house: House, path: str) -> None:
    browser = house.sign_in(Role.AGENT)
    form = {"csrf": house.csrf(browser), "email": email_of(Role.AGENT), "password": "wrong", "current": "wrong"}
    plain = {"Accept": "application/json"}
    refused = [browser.post(path, data=form, headers=plain) for _ in range(PAIR + 1)][-1]
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.json()["type"] == "/problems/too-many-attempts"
    assert int(refused.headers["retry-after"]) == WINDOW.total_seconds()


def _knock(door: Throttle) -> datetime | None:
    return door.refused("Dana@x.example", "203.0.113.1", NOW)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_burst_of_processes_gets_no_more(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}" if kind == "sqlite" else request.getfixturevalue("empty_tables")
    opened = [Database.open(url), Database.open(url)]
    try:
        doors = [Throttle(database.attempts) for database in opened] * 8
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(_knock, doors))
        assert told.count(None) == PAIR
        assert {until for until in told if until} == {NOW + WINDOW}
    finally:
        for database in opened:
            database.close()


@pytest.mark.parametrize("where", ["sqlite"])  # every byte of its file can be searched
def test_what_was_typed_is_not_kept(house: House, tmp_path: Path) -> None:
    attempt(house, "my-password-in-the-wrong-field", "x")
    files = [path.read_bytes() for path in tmp_path.rglob("countersign.db*")]
    assert files
    assert not any(b"my-password-in-the-wrong-field" in content for content in files)


def test_old_windows_are_swept_away(house: House) -> None:
    attempts: StoredAttempts = house.service.database.attempts
    for n in range(20):
        Throttle(attempts).refused(f"p{n}@x.example", "203.0.113.1", NOW)
    assert Throttle(attempts).refused("p0@x.example", "203.0.113.1", NOW + WINDOW) is None
    assert attempts.many() == 3


@pytest.mark.parametrize(
    ("address", "network", "logged"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("testclient", "unknown", "unknown"),
    ],
)
def test_who_is_behind_an_address(address: str, network: str, logged: str) -> None:
    assert (network_of(address), blurred(address)) == (network, logged)


def test_an_account_s_own_limit_is_wider_than_that_of_an_address() -> None:
    assert throttle.ACCOUNT > ADDRESS > PAIR
