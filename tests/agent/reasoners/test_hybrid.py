"""Hybrid: the playbook above the bar, the model below it and to mend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.case import Classification
from agent.reasoners.base import Brief
from agent.reasoners.hybrid import HybridReasoner
from agent.reasoners.llm import Endpoint
from tests.agent.reasoners.world import Desk, answer
from tests.fakes.model_server import ModelServer, says


@pytest.fixture
def hybrid(server: ModelServer, desk: Desk) -> HybridReasoner:
    return HybridReasoner(llm=desk.llm(Endpoint(model="fake", base_url=server.base_url)))


@pytest.fixture
def brief(desk: Desk, hybrid: HybridReasoner) -> Brief:
    return desk.brief(desk.ticket("stalled", "order_status"), hybrid)


def test_above_the_bar_no_model_is_asked(server: ModelServer, desk: Desk, hybrid: HybridReasoner, brief: Brief) -> None:
    assert hybrid.propose(brief) == desk.playbook.propose(brief)
    assert hybrid.usage().model_calls == 0


def test_below_the_bar_the_model_proposes(server: ModelServer, hybrid: HybridReasoner, brief: Brief) -> None:
    said = brief.classification.model_copy(update={"abstained": True})
    server.script(says(answer("We look into it.")))
    assert hybrid.propose(replace(brief, classification=said)).rationale.startswith("fake:")
    assert hybrid.usage().model_calls == 1


@pytest.mark.parametrize("why", ["problems", "feedback"])
def test_a_draft_that_was_refused_is_mended_by_the_model(
    server: ModelServer, hybrid: HybridReasoner, brief: Brief, why: str
) -> None:
    again = replace(brief, problems=("wrong",)) if why == "problems" else replace(brief, feedback="kinder")
    server.script(says(answer("We look into it.")))
    assert hybrid.propose(again).rationale.startswith("fake:")


def test_where_the_playbook_cannot_be_filled_the_model_is_asked(
    server: ModelServer, hybrid: HybridReasoner, brief: Brief
) -> None:
    known = brief.investigation.model_copy(update={"passages": ()})
    server.script(says(answer("We look into it.")))
    proposal = hybrid.propose(replace(brief, investigation=known))
    assert proposal.rationale.startswith("fake:")


def test_classification_is_local_above_the_bar(server: ModelServer, desk: Desk, hybrid: HybridReasoner) -> None:
    said: Classification = hybrid.classify(desk.ticket("stalled", "order_status"), "")
    assert said.intent == "order_status"
    assert (hybrid.name, hybrid.repairs) == ("hybrid", True)
