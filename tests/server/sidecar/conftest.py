"""The application behind its real gate, with a case and tokens that open it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from agent.limits import Role
from agent.repositories import CaseRecord
from tests.server.auth.conftest import IDS, House
from tests.server.sidecar.place import demo_house
from tests.server.web.conftest import Web, web

__all__ = ["web"]


@dataclass
class Beside:
    """The sidecar of one shop; `frame` and the rest speak with a token, as the page in the frame does."""

    web: Web
    house: House

    def case(self, planted: str = "on_its_way", intent: str = "order_status") -> CaseRecord:
        order = self.web.shop.planted(planted)
        return self.web.shop.ask(f"Where is {order.number}?", order, intent)

    def token(self, record: CaseRecord, role: Role = Role.AGENT) -> str:
        return self.house.embed.sign(record.helpdesk, record.ticket_id, IDS[role])

    @property
    def client(self) -> TestClient:
        return self.house.client()

    def frame(self, ticket: str, token: str) -> Response:
        return self.client.get("/sidecar", params={"ticket": ticket, "token": token})

    def get(self, token: str, path: str = "/sidecar/panel") -> Response:
        return self.client.get(path, headers=_bearer(token))

    def post(self, token: str, path: str, body: Mapping[str, object]) -> Response:
        return self.client.post(f"/sidecar/{path}", json=body, headers=_bearer(token))

    def press(self, token: str, record: CaseRecord, does: str = "send", **more: object) -> Response:
        request = self.web.shop.request(self.now(record))
        body = {"does": does, "request_id": request.id, "digest": request.digest, "key": uuid.uuid4().hex, **more}
        return self.post(token, "decision", body)

    def now(self, record: CaseRecord) -> CaseRecord:
        found = self.web.shop.database.cases.get(record.case_id)
        assert found is not None
        return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "*/*"}


@pytest.fixture
def beside(web: Web) -> Beside:
    """The sidecar over the demo brand."""
    return Beside(web, demo_house(web))
