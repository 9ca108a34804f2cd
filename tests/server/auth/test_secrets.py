"""What proves who somebody is never stands in a log, a file, the audit or a page; passwords are argon2id."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from agent.limits import Role
from server.auth.accounts import AccountRefused
from server.auth.door import FrontDoor, Visit
from server.auth.passwords import Passwords, TooBusy, must_be_good, random_password
from server.auth.principal import Scope
from server.auth.setup import setup_link
from tests.server.auth.conftest import HOST, PASSWORD, QUICK, House, email_of

VISIT = Visit(address="203.0.113.7")


def test_nothing_that_opens_a_door_is_written_anywhere(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = house.sign_in(Role.LEAD)
    whole, embed = house.key(Role.LEAD, Scope.READ), house.embed.sign("zendesk", "5512", "noor")
    secrets = [PASSWORD, browser.cookies["countersign"], house.csrf(browser), whole.split("_", 2)[2], embed]
    house.bearer(whole)
    house.bearer(embed)
    house.client().post("/login", data={"email": email_of(Role.LEAD), "password": f"{PASSWORD} not quite"})
    house.client().get("/account", headers={"Authorization": f"Bearer {whole[:-2]}"})
    shown = [browser.get(path).text for path in ("/account", "/login", "/api/v1/me", "/settings", "/audit")]
    pages = "".join(shown).replace(secrets[2], "", 10)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in secrets:
        assert secret not in caplog.text
        assert secret.encode() not in written
        assert secret not in " ".join(house.events())
        assert secret == secrets[2] or secret not in pages


def test_the_setup_link_is_in_no_file(empty_house: House, tmp_path: Path) -> None:
    token = setup_link(empty_house.team, HOST).partition("token=")[2]
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_passwords_are_argon2id_of_rfc_9106() -> None:
    kept = Passwords().hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().check(kept, PASSWORD)
    assert not Passwords().check(kept, f"{PASSWORD} ")


@pytest.mark.parametrize("kept", ["", "nonsense", "$argon2id$broken"])
def test_what_is_no_hash_lets_nobody_in(kept: str) -> None:
    assert not QUICK.check(kept, "")
    assert not QUICK.check(kept, PASSWORD)


def test_an_unknown_account_costs_one_hash_like_a_known_one(house: House) -> None:
    class Counted(Passwords):
        asked = 0

        def check(self, kept: str, password: str) -> bool:
            self.asked += 1
            return super().check(kept, password)

    counted = Counted(passes=1, memory_kib=64, lanes=1)
    door = FrontDoor.of(replace(house.service, passwords=counted))
    for email in (email_of(Role.LEAD), "nobody@x.example"):
        counted.asked = 0
        door.sign_in(email, "wrong", VISIT)
        assert counted.asked == 1
    assert counted.check("", "x") is False


def test_a_password_of_older_parameters_is_hashed_anew_at_sign_in(house: House) -> None:
    before = house.service.database.accounts.password("dana")
    stronger = Passwords(passes=2, memory_kib=64, lanes=1)
    FrontDoor.of(replace(house.service, passwords=stronger)).sign_in(email_of(Role.LEAD), PASSWORD, VISIT)
    after = house.service.database.accounts.password("dana")
    assert "t=2" in after
    assert after != before
    house.sign_in(Role.LEAD)


def test_too_many_at_once_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from server.auth import passwords

    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    busy = Passwords(passes=1, memory_kib=64, lanes=1)
    turns = [busy._turn() for _ in range(passwords.AT_ONCE)]  # pyright: ignore[reportPrivateUsage] - all of them taken
    for turn in turns:
        turn.__enter__()
    with pytest.raises(TooBusy):
        busy.hash(PASSWORD)
    for turn in turns:
        turn.__exit__(None, None, None)
    assert busy.hash(PASSWORD)


def test_made_passwords_are_good_and_all_different() -> None:
    made = {random_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        must_be_good(password, "dana@x.example", "Dana")


@pytest.mark.parametrize("password", ["", "short", "x" * 201, "ababababababab", "dana@x.example", "DanaWhitfield1"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountRefused):
        must_be_good(password, "dana@x.example", "DanaWhitfield", "dana")
