"""The application starts, says what is wrong in documents, and works on what comes in through `CaseWork`."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from agent.approvals import DecisionKind
from agent.limits import Role
from server.app import create_app
from server.deps import Decider
from server.service import Service
from server.work import Decision
from tests.journeys.shop import about
from tests.server.web.conftest import Web, person


def _with_route(service: Service) -> FastAPI:
    app = create_app(service)

    @app.get("/probe")
    def probe(who: Decider) -> str:
        return who.id

    return app


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.VIEWER, 403), (Role.AGENT, 200)])
def test_who_may_not_is_told_so_in_a_document(web: Web, role: Role | None, status: int) -> None:
    answer = web.client(person(role) if role else None, _with_route).get("/probe")
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_a_message_that_came_before_is_no_news_and_an_answer_is_carried_out(web: Web) -> None:
    order = web.shop.order(next(iter(web.shop.world.planted.values()))[0])
    letter = web.shop.letter("Where is my parcel?", web.shop.owner(order))
    web.shop.told.tell(letter.id, about("order_status"))
    assert web.service.work.receive(letter).fresh
    assert not web.service.work.receive(letter).fresh
    case = web.shop.database.cases.by_ticket(letter.helpdesk, letter.id)
    assert case is not None
    decision = Decision(request_id=case.approval_id, kind=DecisionKind.APPROVE, by="dana", key="click-0001")
    assert web.service.work.decide(decision).status == "answered"
    late = web.service.work.decide(decision.model_copy(update={"by": "noor"}))
    assert late.why == "AlreadyDecided"
    assert "dana" in late.refused.lower()
