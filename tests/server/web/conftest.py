"""The web application over the demo brand, without a port: cases are worked on at once, in the calling thread."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent.checkpoints import open_shared_checkpoints
from agent.limits import Role
from server.app import create_app
from server.auth.principal import GRANTED, FixedGate, How, Principal
from server.db.database import Database
from server.feed import EventFeed
from server.service import Service
from server.settings import Settings
from server.work import DirectWork
from tests.databases import copied, template, where
from tests.journeys.shop import Brand, Shop
from tools.connectors.demo import DemoWorld
from tools.connectors.demo.snapshot import write_snapshot
from tools.store.local import LocalStore
from tools.store.snapshot import import_snapshot

__all__ = ["where"]


def person(role: Role, name: str = "") -> Principal:
    """Somebody of the team, signed in."""
    known = {Role.VIEWER: "vera", Role.AGENT: "noor", Role.LEAD: "dana", Role.ADMIN: "priya"}
    identifier = name or known[role]
    return Principal(id=identifier, name=identifier.title(), role=role, how=How.KEY, scopes=GRANTED[role])


@dataclass
class Web:
    """One running application, and the shop behind it."""

    shop: Shop
    service: Service

    def client(self, who: Principal | None, make: Callable[[Service], FastAPI] = create_app) -> TestClient:
        """Requests of this principal."""
        return TestClient(make(replace(self.service, gate=FixedGate(who))))


@pytest.fixture
def shop(brand: Brand, tmp_path: Path, where: str, request: pytest.FixtureRequest) -> Generator[Shop]:
    """A running shop over real parts, with nothing worked on yet."""
    address = request.getfixturevalue("brand_database") if where == "postgres" else ""
    with brand.open(tmp_path, address=address) as opened:
        yield opened


@pytest.fixture(scope="session")
def brand_template(postgres: str, demo_world: DemoWorld, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a Postgres database that holds the demo brand and all tables. Copy it; never connect to it."""

    def fill(address: str) -> None:
        folder = tmp_path_factory.mktemp("brand-snapshot")
        write_snapshot(demo_world, folder)
        with LocalStore.open(address) as store, Database.open(address), open_shared_checkpoints(address):
            assert not import_snapshot(store, folder).problems

    return template(postgres, "brand", fill)


@pytest.fixture
def brand_database(postgres: str, brand_template: str) -> Generator[str]:
    """The address of a database of its own with the demo brand, on the Postgres of the tests."""
    with copied(postgres, brand_template) as address:
        yield address


@pytest.fixture
def web(shop: Shop, tmp_path: Path) -> Web:
    """The application over a fresh copy of the demo brand."""
    service = Service(
        settings=Settings(data_dir=str(tmp_path)),
        limits=shop.parts.limits,
        clock=shop.clock,
        store=shop.parts.store,
        database=shop.database,
        knowledge=shop.knowledge,
        work=DirectWork(store=shop.parts.store, runner=shop.runner),
        feed=EventFeed(shop.database.events),
        gate=FixedGate(None),
        demo=True,
    )
    return Web(shop, service)
