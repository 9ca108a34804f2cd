"""Who there is, with which role, and who may sign: limits.yaml and accounts meet in one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.limits import Role
from server.auth.accounts import AccountRefused
from server.auth.people import find_person, signers
from server.auth.principal import Scope
from server.auth.team import Newcomer
from tests.journeys.shop import LIMITS
from tests.server.auth.conftest import PASSWORD, House

ROLES = [role.value for role in Role]


def finds(house: House, name: str, *, command_line: bool = False) -> str:
    person = find_person(LIMITS, house.service.database.accounts, command_line=command_line)(name)
    return f"{person.id} {person.role.value}" if person else ""


def test_an_account_counts_before_limits_yaml(house: House) -> None:
    assert finds(house, "dana") == "dana lead"
    house.team.set_role("dana", Role.AGENT, "priya")
    for name in ("dana", "Dana Whitfield", "DANA@alderandwren.example", "U0DANA"):
        assert finds(house, name) == "dana agent"
        assert finds(house, name, command_line=True) == "dana agent"


def test_whoever_is_disabled_answers_nowhere(house: House) -> None:
    house.team.set_disabled("dana", "priya", disabled=True)
    for name in ("dana", "Dana Whitfield", "dana@alderandwren.example"):
        assert finds(house, name) == finds(house, name, command_line=True) == ""
    house.team.set_disabled("dana", "priya", disabled=False)
    assert finds(house, "dana") == "dana lead"


def test_without_an_account_only_the_command_line_knows_a_person(house: House) -> None:
    assert finds(house, "sam") == ""
    assert finds(house, "sam", command_line=True) == "sam agent"
    assert finds(house, "nobody", command_line=True) == ""


def test_what_somebody_calls_themselves_is_nobody_s_proof(house: House) -> None:
    house.team.add(Newcomer(email="eve@x.example", name="Sam Okafor", role=Role.ADMIN, password=PASSWORD), "priya")
    assert finds(house, "Sam Okafor", command_line=True) == "sam agent"
    assert finds(house, "Sam Okafor") == ""


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (Newcomer(email="eve@x.example", name="Eve", role=Role.AGENT, id="DANA"), "account-taken"),
        (Newcomer(email="Dana@alderandwren.example", name="Eve", role=Role.AGENT, id="eve"), "account-taken"),
        (Newcomer(email="sam@alderandwren.example", name="Eve", role=Role.AGENT, id="eve"), "account-taken"),
        (Newcomer(email="eve@x.example", name="Eve", role=Role.AGENT, id="../eve"), "account-invalid"),
        (Newcomer(email="@x.example", name="Eve", role=Role.AGENT), "account-invalid"),
    ],
)
def test_nobody_becomes_a_colleague(house: House, new: Newcomer, kind: str) -> None:
    with pytest.raises(AccountRefused) as refused:
        house.team.add(new, "priya")
    assert refused.value.kind == kind


def test_who_may_sign_is_who_can_sign_in(house: House) -> None:
    house.team.set_disabled("noor", "priya", disabled=True)
    accounts = house.service.database.accounts.list()
    assert [person.id for person in signers(LIMITS, accounts)] == ["dana", "priya", "vera"]


def demote(house: House) -> None:
    house.team.set_role("priya", Role.LEAD, "priya")


def disable(house: House) -> None:
    house.team.set_disabled("priya", "priya", disabled=True)


@pytest.mark.parametrize("change", [demote, disable])
def test_the_last_admin_stays(house: House, change: Callable[[House], None]) -> None:
    with pytest.raises(AccountRefused, match="last admin"):
        change(house)
    account = house.service.database.accounts.get("priya")
    assert account is not None
    assert (account.role, account.disabled) == (Role.ADMIN, False)
    assert not house.events("account.role", "account.disabled")


def test_a_new_role_counts_from_the_next_request(house: House) -> None:
    browser = house.sign_in(Role.AGENT)
    assert browser.get("/api/v1/me").json()["role"] == "agent"
    house.team.set_role("noor", Role.VIEWER, "priya")
    assert browser.get("/api/v1/me").json()["scopes"] == ["read"]


def test_a_new_password_ends_every_other_session(house: House) -> None:
    browser, other = house.sign_in(Role.AGENT), house.sign_in(Role.AGENT)
    form = {"csrf": house.csrf(browser), "current": PASSWORD, "password": "three calm brass bells"}
    assert browser.post("/account/password", data=form).status_code == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    data = {"email": "noor@alderandwren.example", "password": "three calm brass bells"}
    assert house.client().post("/login", data=data).status_code == 303


def test_admins_run_the_team_over_the_api(house: House) -> None:
    client = house.client()
    client.headers["Authorization"] = f"Bearer {house.key(Role.ADMIN, Scope.ADMINISTER, Scope.READ)}"
    made = client.post("/api/v1/accounts", json={"email": "sam@alderandwren.example", "name": "Sam", "role": "agent"})
    assert (made.status_code, made.json()["id"]) == (201, "sam")
    data = {"email": "sam@alderandwren.example", "password": made.json()["password"]}
    assert house.client().post("/login", data=data).status_code == 303
    assert client.patch("/api/v1/accounts/sam", json={"role": "lead"}).json()["role"] == "lead"
    assert client.patch("/api/v1/accounts/sam", json={"disabled": True}).json()["disabled"] is True
    assert client.patch("/api/v1/accounts/nobody", json={"disabled": True}).status_code == 404
    assert client.patch("/api/v1/accounts/priya", json={"role": "lead"}).status_code == 409
    again = {"email": "sam@alderandwren.example", "name": "Sam", "role": "agent"}
    assert client.post("/api/v1/accounts", json=again).status_code == 409
    given = client.post("/api/v1/accounts/dana/password").json()["password"]
    data = {"email": "dana@alderandwren.example", "password": given}
    assert house.client().post("/login", data=data).status_code == 303
    key = client.post("/api/v1/keys", json={"owner": "dana", "name": "n8n", "scopes": ["tickets"]}).json()
    assert key["key"].startswith(f"cs_{key['prefix']}_")
    assert client.delete(f"/api/v1/keys/{key['prefix']}").status_code == 204
    assert client.delete(f"/api/v1/keys/{key['prefix']}").status_code == 404
    assert client.post("/api/v1/keys", json={"owner": "dana", "name": "x", "scopes": ["administer"]}).status_code == 422
    shown = client.get("/api/v1/accounts").text
    assert "argon2" not in shown
    assert "password" not in shown


def test_every_change_is_in_the_log_with_who_made_it_and_without_a_secret(house: House) -> None:
    whole = house.key(Role.LEAD, Scope.READ)
    house.team.revoke_key(whole.split("_")[1], "priya")
    house.team.set_role("noor", Role.LEAD, "priya")
    password = house.team.give_password("noor", "priya")
    house.client().post("/login", data={"email": "noor@alderandwren.example", "password": "wrong wrong"})
    house.client().post("/login", data={"email": "noor@alderandwren.example", "password": password})
    lines = house.events()
    named = " ".join(lines)
    for event in ("account.made", "account.role", "account.password", "key.made", "key.revoked", "login.failed"):
        assert f" {event} " in named
    assert sum(line.startswith("priya ") for line in lines) >= 8
    for secret in (PASSWORD, password, whole.split("_", 2)[2], "argon2", "wrong wrong", "@"):
        assert secret not in named
