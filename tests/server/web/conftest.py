"""The web application over the demo brand, without a port: cases are worked on at once, in the calling thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent.limits import Role
from server.app import create_app
from server.auth.principal import GRANTED, FixedGate, How, Principal
from server.feed import EventFeed
from server.service import Service
from server.settings import Settings
from server.work import DirectWork
from tests.journeys.shop import Shop


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
