from __future__ import annotations

from agent.limits import Role
from tests.server.web.conftest import Web, person


def test_smoke(web: Web) -> None:
    order = web.shop.order(next(iter(web.shop.world.planted.values()))[0])
    record = web.shop.ask("Where is my parcel?", order, "order_status")
    client = web.client(person(Role.LEAD))
    assert client.get("/").status_code == 200
    assert client.get("/cases/" + record.case_id).status_code == 200
