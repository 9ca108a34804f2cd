"""The demo brand's service as pages reach it: every answer is noticed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from agent.approvals import DecisionKind
from agent.repositories import CaseRecord
from agent.testing import FixedClock
from server.reviewing import reviewed
from server.service import Service
from server.work import Decision, Outcome
from tests.journeys.shop import Shop
from tests.server.web.conftest import Web, brand_database, brand_template, shop, web, where

__all__ = ["brand_database", "brand_template", "shop", "web", "where"]


@dataclass
class Room:
    """A reviewed service, and its shop."""

    shop: Shop
    service: Service
    wall: FixedClock

    def case(self, planted: str = "on_its_way", intent: str = "order_status") -> CaseRecord:
        order = self.shop.planted(planted)
        return self.shop.ask(f"Where is {order.number}?", order, intent)

    def now(self, record: CaseRecord) -> CaseRecord:
        found = self.shop.database.cases.get(record.case_id)
        assert found is not None
        return found

    def answer(self, request_id: str, kind: DecisionKind, by: str = "noor", **more: object) -> Outcome:
        plain = Decision(request_id=request_id, kind=kind, by=by, key=uuid.uuid4().hex, reason="not like this")
        return self.service.work.decide(plain.model_copy(update=more))


@pytest.fixture
def room_with(web: Web) -> Callable[..., Room]:
    """A room with settings of its own."""

    def build(**settings: str) -> Room:
        wall = FixedClock()
        said = replace(web.service.settings, **settings)
        return Room(web.shop, reviewed(replace(web.service, settings=said, wall=wall)), wall)

    return build


@pytest.fixture
def room(room_with: Callable[..., Room]) -> Room:
    """With the settings as they come."""
    return room_with()
