"""The application behind its real gate: accounts, sessions, keys and a clock that a test moves."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.limits import Role
from agent.testing import FixedClock
from server.app import create_app
from server.auth.embed import EmbedTokens
from server.auth.gate import AccountGate
from server.auth.passwords import Passwords
from server.auth.principal import Scope
from server.auth.team import Newcomer, Team
from server.service import Service
from tests.server.db.conftest import empty_tables
from tests.server.web.conftest import Web, web

__all__ = ["empty_tables", "web"]

PASSWORD = "four quiet green lamps"
IDS = {Role.VIEWER: "vera", Role.AGENT: "noor", Role.LEAD: "dana", Role.ADMIN: "priya"}
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
QUICK = Passwords(passes=1, memory_kib=64, lanes=1)
HOST = "http://testserver"


def email_of(role: Role) -> str:
    return f"{IDS[role]}@alderandwren.example"


@dataclass
class House:
    """A service with one account of each role. `wall` is the time that sessions and keys live by."""

    service: Service
    wall: FixedClock
    team: Team
    app: FastAPI

    def client(self) -> TestClient:
        """A browser that has not signed in."""
        return TestClient(self.app, base_url=HOST, follow_redirects=False, headers={"Accept": "text/html"})

    def sign_in(self, role: Role, client: TestClient | None = None) -> TestClient:
        browser = client or self.client()
        answer = browser.post("/login", data={"email": email_of(role), "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def csrf(self, browser: TestClient) -> str:
        """The token that the forms of this session carry."""
        page = browser.get("/account")
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
        assert found, page.text
        return found[1]

    def key(self, role: Role, *scopes: Scope, days: int | None = None) -> str:
        """A key of the account of this role."""
        _, whole = self.team.make_key(IDS[role], "a test", frozenset(scopes or {Scope.READ}), "priya", days)
        return whole

    def later(self, **more: float) -> None:
        self.wall.advance(timedelta(**more))

    def bearer(self, token: str, path: str = "/api/v1/me") -> Response:
        return self.client().get(path, headers={"Authorization": f"Bearer {token}"})

    @property
    def embed(self) -> EmbedTokens:
        return EmbedTokens(database=self.service.database, wall=self.wall)

    def events(self, *names: str) -> list[str]:
        """What the audit log holds, as lines."""
        entries = self.service.database.audit.entries()
        return [f"{e.actor} {e.event} {e.payload}" for e in entries if not names or e.event in names]


def built(web: Web, tmp_path: Path, **settings: str) -> House:
    """The house with these settings, and nobody in it."""
    wall = FixedClock(NOW)
    plain = replace(web.service, wall=wall, passwords=QUICK, settings=replace(web.service.settings, **settings))
    gate = AccountGate(plain.database, plain.settings, wall)
    service = replace(plain, gate=gate)
    return House(service, wall, Team.of(service), create_app(service))


def peopled(house: House) -> House:
    """One account of each role."""
    for role, name in IDS.items():
        new = Newcomer(id=name, email=email_of(role), name=name.title(), role=role, password=PASSWORD)
        house.team.add(new, by="priya")
    return house


@pytest.fixture
def empty_house(web: Web, tmp_path: Path) -> House:
    """Nobody has an account."""
    return built(web, tmp_path)


@pytest.fixture
def house(empty_house: House) -> House:
    """One account of each role."""
    return peopled(empty_house)
