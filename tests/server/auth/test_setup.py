"""The first admin comes in by a link that works once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.limits import Role
from server.auth.accounts import AccountRefused
from server.auth.setup import create_demo_logins, make_first_admin, opens, setup_link
from tests.server.auth.conftest import HOST, PASSWORD, House

FORM = {"email": "Maria@Shop.example", "name": "Maria Rossi", "password": PASSWORD}


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def test_the_link_makes_the_admin_signs_them_in_and_is_dead(empty_house: House) -> None:
    house = empty_house
    link = setup_link(house.team, HOST)
    browser = house.client()
    assert 'name="password"' in browser.get(link).text
    answer = browser.post("/setup", data={**FORM, "token": token_in(link)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    account = house.service.database.accounts.get("maria")
    assert account is not None
    assert (account.email, account.role) == ("maria@shop.example", Role.ADMIN)
    assert browser.get("/account").status_code == 200
    assert browser.post("/setup", data={**FORM, "email": "eve@x.example", "token": token_in(link)}).status_code == 403
    assert browser.get(link).headers["location"] == "/login"
    assert setup_link(house.team, HOST) == ""
    assert [account.id for account in house.service.database.accounts.list()] == ["maria"]


@pytest.mark.parametrize("token", ["", "guessed", "x" * 43])
def test_without_the_link_nobody_comes_in(empty_house: House, token: str) -> None:
    setup_link(empty_house.team, HOST)
    answer = empty_house.client().post("/setup", data={**FORM, "token": token})
    assert answer.status_code == 403
    assert not empty_house.service.database.accounts.any()


def test_a_link_ends_after_a_day_and_each_start_makes_another(empty_house: House) -> None:
    team = empty_house.team
    first, second = (token_in(setup_link(team, HOST)) for _ in range(2))
    assert opens(team, first)
    assert opens(team, second)
    empty_house.later(hours=24, seconds=1)
    assert not opens(team, first)


def test_of_two_who_use_it_at_once_one_is_admin(empty_house: House) -> None:
    team = empty_house.team
    token = token_in(setup_link(team, HOST))

    def use(number: int) -> bool:
        try:
            make_first_admin(team, token, f"p{number}@x.example", f"P {number}", PASSWORD)
        except AccountRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(8))).count(True) == 1
    assert len(empty_house.service.database.accounts.list()) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "short"}, "12 to 200 signs"),
        ({"password": ""}, "choose a password"),
        ({"password": "aaaaaaaaaaaaaa"}, "repeats a few signs"),
        ({"password": "maria@shop.example"}, "made of your name"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"name": " "}, "what the person is called"),
    ],
)
def test_what_cannot_be_is_explained_and_the_link_lives_on(
    empty_house: House, change: dict[str, str], said: str
) -> None:
    token = token_in(setup_link(empty_house.team, HOST))
    answer = empty_house.client().post("/setup", data={**FORM, "token": token, **change})
    assert answer.status_code == 422
    assert said.lower() in answer.text.lower()
    assert opens(empty_house.team, token)


def test_nobody_signs_in_before_there_is_an_account(empty_house: House) -> None:
    browser = empty_house.client()
    assert browser.get("/login").headers["location"] == "/setup"
    assert browser.get("/").headers["location"].startswith("/login")
    assert "terminal" in browser.get("/setup").text


def test_the_token_is_kept_as_a_hash(empty_house: House) -> None:
    token = token_in(setup_link(empty_house.team, HOST))
    assert token not in str(empty_house.service.database.secrets.of("setup", empty_house.wall.now()))


def test_the_demo_brand_gets_new_passwords_at_each_start(empty_house: House) -> None:
    first = create_demo_logins(empty_house.team)
    assert sorted(first) == [f"{name}@alderandwren.example" for name in ("dana", "noor", "priya", "sam")]
    roles = {account.id: account.role.value for account in empty_house.service.database.accounts.list()}
    assert roles == {"dana": "lead", "noor": "agent", "priya": "admin", "sam": "agent"}
    empty_house.team.set_disabled("sam", "priya", disabled=True)
    second = create_demo_logins(empty_house.team)
    assert "sam@alderandwren.example" not in second
    codes: list[int] = []
    for given in (first, second):
        data = {"email": "dana@alderandwren.example", "password": given["dana@alderandwren.example"]}
        codes.append(empty_house.client().post("/login", data=data).status_code)
    assert codes == [403, 303]
    assert not any(password in " ".join(empty_house.events()) for password in (*first.values(), *second.values()))
