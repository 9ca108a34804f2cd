"""The application behind its real gate: accounts, sessions, keys and a clock that a test moves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.limits import Role
from agent.testing import FixedClock
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from server.app import create_app
from server.auth.embed import EmbedTokens
from server.auth.gate import AccountGate
from server.auth.passwords import Passwords
from server.auth.principal import Scope
from server.auth.team import Newcomer, Team
from server.db.database import Database
from server.feed import EventFeed
from server.service import Service
from server.settings import Settings
from server.work import Decision, Outcome, QueueState, Received
from tests.databases import copied, template, where
from tests.journeys.shop import LIMITS
from tests.server.db.conftest import empty_tables
from tools.helpdesk import Ticket
from tools.store.local import LocalStore

__all__ = ["empty_tables", "where"]

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


@dataclass
class Untouched:
    """CaseWork that nobody should have reached: what is refused changes nothing."""

    asked: list[str] = field(default_factory=list[str])

    def receive(self, ticket: Ticket) -> Received:
        self.asked.append("receive")
        return Received(ticket_id=ticket.id, case_id=ticket.id, fresh=True)

    def decide(self, decision: Decision) -> Outcome:
        self.asked.append("decide")
        return Outcome()

    def again(self, case_id: str, by: str) -> bool:
        self.asked.append("again")
        return False

    def release(self, case_id: str, by: str) -> bool:
        self.asked.append("release")
        return False

    def take_over(self, case_id: str, by: str, reason: str = "") -> bool:
        self.asked.append("take_over")
        return False

    def finish(self, case_id: str, by: str, reason: str = "", seen: int | None = None) -> bool:
        self.asked.append("finish")
        return False

    def queue(self) -> QueueState:
        return QueueState()


def built(rooms: Rooms, **settings: str) -> House:
    """The house with these settings, and nobody in it."""
    wall = FixedClock(NOW)
    said = Settings(data_dir=str(rooms.folder), **settings)
    service = Service(
        settings=said,
        limits=LIMITS,
        clock=FixedClock(),
        store=rooms.store,
        database=rooms.database,
        knowledge=InMemoryIndex(HashingEmbedder()),
        work=Untouched(),
        feed=EventFeed(rooms.database.events),
        gate=AccountGate(rooms.database, said, wall),
        wall=wall,
        passwords=QUICK,
    )
    return House(service, wall, Team.of(service), create_app(service))


def peopled(house: House) -> House:
    """One account of each role."""
    for role, name in IDS.items():
        new = Newcomer(id=name, email=email_of(role), name=name.title(), role=role, password=PASSWORD)
        house.team.add(new, by="priya")
    return house


@dataclass(frozen=True)
class Rooms:
    """An empty store and database in a folder of their own."""

    folder: Path
    store: LocalStore
    database: Database


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to copy."""
    path = tmp_path_factory.mktemp("rooms") / "countersign.db"
    _with_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def rooms(where: str, tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Rooms]:
    """A place to build a house in."""
    with ExitStack() as held:
        if where == "postgres":
            postgres: str = request.getfixturevalue("postgres")
            address = held.enter_context(copied(postgres, template(postgres, "rooms", _with_tables)))
        else:
            file: Path = request.getfixturevalue("empty_shop")
            address = f"sqlite:///{shutil.copy(file, tmp_path / 'countersign.db')}"
        store = held.enter_context(LocalStore.open(address))
        yield Rooms(tmp_path, store, held.enter_context(Database.open(address)))


def _with_tables(address: str) -> None:
    with LocalStore.open(address), Database.open(address):
        pass


@pytest.fixture
def empty_house(rooms: Rooms) -> House:
    """Nobody has an account."""
    return built(rooms)


@pytest.fixture
def house(empty_house: House) -> House:
    """One account of each role."""
    return peopled(empty_house)
