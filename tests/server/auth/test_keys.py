"""API keys: shown once, as much as their owner may, until they end."""

from __future__ import annotations

import pytest

from agent.limits import Role
from server.auth.accounts import AccountRefused
from server.auth.principal import Scope
from tests.server.auth.conftest import House

SENT = {"role": "viewer"}


def test_a_key_says_who_asks_and_what_they_may(house: House) -> None:
    answer = house.bearer(house.key(Role.LEAD, Scope.READ, Scope.TICKETS))
    assert answer.json() == {
        "id": "dana", "name": "Dana", "role": "lead", "how": "key", "scopes": ["read", "tickets"], "ticket": "",
    }  # fmt: skip


def test_nobody_makes_a_key_for_a_disabled_account(house: House) -> None:
    house.team.set_disabled("dana", "priya", disabled=True)
    with pytest.raises(AccountRefused, match="dana is disabled, so a key would open nothing"):
        house.key(Role.LEAD, Scope.READ)


@pytest.mark.parametrize("change", ["revoked", "expired", "disabled", "prefix", "secret", "cut", "empty"])
def test_a_key_that_does_not_count_is_nobody(house: House, change: str) -> None:
    whole = house.key(Role.LEAD, Scope.READ, days=30)
    assert house.bearer(whole).status_code == 200
    prefix = whole.split("_")[1]
    if change == "revoked":
        assert house.team.revoke_key(prefix, "priya")
    if change == "expired":
        house.later(days=30)
    if change == "disabled":
        house.team.set_disabled("dana", "priya", disabled=True)
    forged = {
        "prefix": whole.replace(prefix, "0" * 12),
        "secret": whole[:-1] + ("A" if whole[-1] != "A" else "B"),
        "cut": whole[:-1],
        "empty": "",
    }
    assert house.bearer(forged.get(change, whole)).status_code == 401


def test_the_key_of_somebody_who_became_less_does_less(house: House) -> None:
    whole = house.key(Role.ADMIN, Scope.READ, Scope.ADMINISTER)
    house.team.set_role("dana", Role.ADMIN, "priya")
    house.team.set_role("priya", Role.AGENT, "dana")
    assert house.bearer(whole).json()["scopes"] == ["read"]
    assert house.bearer(whole, "/api/v1/accounts").status_code == 403


def test_a_key_that_may_not_is_told_what_it_was_made_for(house: House) -> None:
    whole = house.key(Role.LEAD, Scope.OPERATE, Scope.READ)
    answer = house.client().post("/api/v1/tickets", json={}, headers={"Authorization": f"Bearer {whole}"})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This needs the scope tickets; you come as a key of dana for read, operate."


def test_a_key_that_does_not_count_is_not_asked_to_be_sent(house: House) -> None:
    whole = house.key(Role.LEAD, Scope.READ)
    answer = house.bearer(f"{whole[:-1]}{'A' if whole[-1] != 'A' else 'B'}")
    assert answer.status_code == 401
    assert answer.json()["title"] == "This key or token does not count"
    assert "revoked" in answer.json()["detail"]
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert house.client().get("/api/v1/me").json()["title"] == "Sign in first"


def test_nobody_makes_a_key_for_more_than_they_are(house: House) -> None:
    with pytest.raises(AccountRefused, match="dana is lead and has no administer"):
        house.team.make_key("dana", "n8n", frozenset({Scope.READ, Scope.ADMINISTER}), "dana")


def test_a_cookie_beside_a_key_does_not_count(house: House) -> None:
    browser = house.sign_in(Role.ADMIN)
    weak = {"Authorization": f"Bearer {house.key(Role.VIEWER, Scope.READ)}"}
    assert browser.get("/api/v1/accounts", headers=weak).status_code == 403
    assert browser.get("/api/v1/accounts", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert browser.get("/api/v1/accounts", headers={"Authorization": "Basic cHJpeWE6eA=="}).status_code == 401
    assert browser.get("/api/v1/accounts").status_code == 200


def test_when_it_was_used_last_is_known_to_the_minute(house: House) -> None:
    whole = house.key(Role.LEAD, Scope.READ)
    house.bearer(whole)
    first = house.service.database.api_keys.list("dana")[0].used_at
    house.later(seconds=30)
    house.bearer(whole)
    assert house.service.database.api_keys.list("dana")[0].used_at == first == house.wall.now().replace(second=0)
    house.later(seconds=31)
    house.bearer(whole)
    assert house.service.database.api_keys.list("dana")[0].used_at == house.wall.now()


def test_the_database_and_the_lists_hold_nothing_that_opens_a_door(house: House) -> None:
    whole = house.key(Role.LEAD, Scope.READ)
    secret = whole.split("_", 2)[2]
    admin = {"Authorization": f"Bearer {house.key(Role.ADMIN, Scope.ADMINISTER)}"}
    assert secret not in house.client().get("/api/v1/keys", headers=admin).text
    assert secret not in " ".join(house.events())
    found = house.service.database.api_keys.find(whole.split("_")[1])
    assert found is not None
    assert secret not in found[1]


def test_people_make_and_revoke_their_own_keys_on_their_page(house: House) -> None:
    browser = house.sign_in(Role.LEAD)
    csrf = house.csrf(browser)
    form = {"csrf": csrf, "name": "n8n", "scopes": ["read", "tickets"], "days": "90"}
    shown = browser.post("/account/keys", data=form)
    whole = shown.text.split('<code class="secret">cs_')[1].split("</code>")[0]
    assert house.bearer(f"cs_{whole}").json()["scopes"] == ["read", "tickets"]
    assert whole not in browser.get("/account").text
    prefix = whole.split("_")[0]
    other = house.sign_in(Role.AGENT)
    other.post(f"/account/keys/{prefix}/revoke", data={"csrf": house.csrf(other)})
    assert house.bearer(f"cs_{whole}").status_code == 200
    browser.post(f"/account/keys/{prefix}/revoke", data={"csrf": csrf})
    assert house.bearer(f"cs_{whole}").status_code == 401


@pytest.mark.parametrize(
    "form", [{"name": "x"}, {"name": "", "scopes": ["read"]}, {"name": "x", "scopes": ["operate"]}]
)
def test_a_key_that_cannot_be_is_explained(house: House, form: dict[str, object]) -> None:
    browser = house.sign_in(Role.AGENT)
    answer = browser.post("/account/keys", data={"csrf": house.csrf(browser), **form})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_key_opens_no_account_page(house: House) -> None:
    whole = house.key(Role.ADMIN, Scope.ADMINISTER, Scope.READ)
    answer = house.client().post("/account/keys", headers={"Authorization": f"Bearer {whole}"}, data={"name": "more"})
    assert answer.status_code == 403
