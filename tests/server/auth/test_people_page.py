"""`/people`: an admin lets people in and out without a terminal; nobody else sees the page."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.limits import Role
from tests.databases import sqlite_alone
from tests.server.auth.conftest import House, email_of

__all__ = ["sqlite_alone"]


def sent(house: House, browser: TestClient, path: str, **form: str) -> Response:
    return browser.post(path, data={"csrf": house.csrf(browser), **form})


def secret(answer: Response) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', answer.text)
    assert found, answer.text
    return found[1]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.LEAD])
def test_who_is_no_admin_sees_and_changes_nobody(house: House, role: Role) -> None:
    browser = house.sign_in(role)
    assert browser.get("/people").status_code == 403
    assert 'href="/people"' not in browser.get("/settings").text
    assert sent(house, browser, "/people", name="Eve", email="eve@example.com", role="admin").status_code == 403
    assert sent(house, browser, "/people/vera", does="role", role="admin").status_code == 403
    assert house.service.database.accounts.get("eve") is None


def test_a_newcomer_comes_in_with_the_password_that_is_shown_once(house: House) -> None:
    browser = house.sign_in(Role.ADMIN)
    assert 'href="/people"' in browser.get("/settings").text
    made = sent(house, browser, "/people", name="Tom Reyes", email="Tom@alderandwren.example", role="agent")
    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    password = secret(made)
    assert password not in browser.get("/people").text
    came = house.client().post("/login", data={"email": "tom@alderandwren.example", "password": password})
    assert came.status_code == 303
    assert password not in "".join(house.events())
    assert any("priya account.made" in line for line in house.events())


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "Noor again", "email": email_of(Role.AGENT), "role": "agent"}, "There is an account of"),
        ({"name": "Tom", "email": "nobody", "role": "agent"}, "no e-mail address"),
        ({"name": " ", "email": "tom@example.com", "role": "agent"}, "say what the person is called"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(house: House, form: dict[str, str], says: str) -> None:
    answer = sent(house, house.sign_in(Role.ADMIN), "/people", **form)
    assert answer.status_code == 422
    assert says.lower() in answer.text.lower()
    assert f'value="{form["email"]}"' in answer.text


def test_another_role_counts_at_once_and_who_is_disabled_is_out(house: House) -> None:
    admin, noor = house.sign_in(Role.ADMIN), house.sign_in(Role.AGENT)
    told = sent(house, admin, "/people/noor", does="role", role="viewer").headers["location"]
    assert told == "/people?who=noor&told=role"
    assert "is a viewer from their next request on" in admin.get(told).text
    account = house.service.database.accounts.get("noor")
    assert account is not None
    assert account.role is Role.VIEWER
    assert sent(house, admin, "/people/noor", does="disable").status_code == 303
    assert noor.get("/", headers={"Accept": "text/html"}).status_code == 303, "to the sign-in"
    assert "Let in again" in admin.get("/people").text
    assert sent(house, admin, "/people/noor", does="enable").status_code == 303
    given = secret(sent(house, admin, "/people/noor", does="password"))
    assert house.client().post("/login", data={"email": email_of(Role.AGENT), "password": given}).status_code == 303


def test_settings_say_who_may_sign_how_much_by_the_role_that_counts(house: House) -> None:
    admin = house.sign_in(Role.ADMIN)
    noor, dana = (house.service.database.accounts.get(each) for each in ("noor", "dana"))
    assert noor is not None
    assert dana is not None
    house.team.set_role("noor", Role.LEAD, "priya")
    house.team.set_disabled("dana", "priya", disabled=True)
    rows = re.findall(r"<tr><td>(\w+)</td>.*?data-label=\"Who\">([^<]*)</td>", admin.get("/settings").text)
    assert (dict(rows)["lead"], dict(rows)["agent"]) == (noor.name, "nobody")


def test_who_is_refused_a_page_is_told_which_role_has_it_and_who_that_is(house: House) -> None:
    page = house.sign_in(Role.LEAD).get("/people", headers={"Accept": "text/html"})
    assert page.status_code == 403
    admin = house.service.database.accounts.get("priya")
    assert admin is not None
    assert "This needs an admin; you are signed in as" in page.text
    assert f"{admin.name} can do it." in page.text


def test_who_was_signed_out_meanwhile_is_told_that_what_they_pressed_did_not_count(house: House) -> None:
    noor = house.sign_in(Role.AGENT)
    form = {"csrf": house.csrf(noor)}
    noor.cookies.clear()
    from_the_case = {"Accept": "text/html", "Referer": "http://testserver/approvals?request=ap-1"}
    refused = noor.post("/cases/c-1/decide", data=form, headers=from_the_case)
    assert refused.headers["location"] == "/login?next=/approvals%3Frequest%3Dap-1&told=lost"
    assert "what you pressed did not count" in noor.get(refused.headers["location"]).text
    looked = noor.get("/approvals", headers={"Accept": "text/html"}).headers["location"]
    assert "did not count" not in noor.get(looked).text


def test_one_s_own_account_and_nobody_s_are_not_changed_here(house: House) -> None:
    browser = house.sign_in(Role.ADMIN)
    for name in ("priya", "nobody"):
        assert sent(house, browser, f"/people/{name}", does="disable").status_code == 422
    assert browser.get("/people").status_code == 200


def test_a_form_without_its_token_changes_nobody(house: House) -> None:
    browser = house.sign_in(Role.ADMIN)
    assert browser.post("/people/noor", data={"does": "disable"}).status_code == 403
    account = house.service.database.accounts.get("noor")
    assert account is not None
    assert not account.disabled
