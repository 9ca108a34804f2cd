"""What the shape of the graph promises: one question at a time, one way out, and nothing before the question."""

from __future__ import annotations

import ast
import inspect
from functools import partial
from typing import cast

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent import graph as case_graph
from agent.deps import AgentDeps
from agent.execution import Executor
from agent.graph import after_check, after_decision, after_execute
from agent.nodes import await_approval
from agent.state import CaseState, Json
from tests.agent.graph.world import CASE, SmallShop


@pytest.mark.system("N2")
def test_the_first_thing_that_asking_does_is_to_ask() -> None:
    """The node is run again from its first line when it is resumed: whatever stands before would happen twice."""
    (function,) = ast.parse(inspect.getsource(await_approval.await_approval)).body
    assert isinstance(function, ast.FunctionDef)
    first = function.body[1]
    assert isinstance(first, ast.AnnAssign)
    assert isinstance(first.value, ast.Call)
    assert ast.unparse(first.value.func) == "interrupt"


@pytest.mark.system("N2")
def test_one_node_is_given_the_executor() -> None:
    steps = case_graph.nodes(cast("AgentDeps", "deps"), cast("Executor", "executor"))
    given = {name for name, node in steps.items() if isinstance(node, partial) and "executor" in node.keywords}
    assert given == {"execute"}


@pytest.mark.system("N2")
def test_a_paused_case_asks_exactly_one_question(small: SmallShop) -> None:
    small.work()
    rows = list(small.saver.list({"configurable": {"thread_id": f"{CASE}/m-9"}}))
    writes = [write for row in rows for write in row.pending_writes or () if write[1] == "__interrupt__"]
    assert len(writes) == 1


def test_the_picture_in_the_docstring_is_the_graph() -> None:
    compiled = case_graph.build(
        dict.fromkeys(case_graph.nodes(cast("AgentDeps", 0), cast("Executor", 0)), _same), InMemorySaver()
    )
    edges = {(edge.source, edge.target) for edge in compiled.get_graph().edges}
    assert {target for source, target in edges if source == "await_approval"} == {
        "execute",
        "check",
        "propose",
        "close",
    }
    assert {source for source, target in edges if target == "execute"} == {"check", "await_approval"}
    assert {source for source, target in edges if target == "await_approval"} == {"execute"}
    assert {target for source, target in edges if source == "close"} == {"__end__"}


def _same(state: CaseState) -> CaseState:
    return state


GATED: Json = {"verdict": "require_approval", "actions": [{"verdict": "require_approval"}]}


@pytest.mark.parametrize(
    ("verdict", "problems", "leads_to"),
    [
        ("allow", [], "execute"),
        ("require_approval", [], "execute"),
        ("block", [], "close"),
        ("block", ["x"], "propose"),
    ],
)
def test_after_a_check(verdict: str, problems: list[str], leads_to: str) -> None:
    assert after_check({"verdict": {"verdict": verdict}, "problems": problems}) == leads_to


@pytest.mark.parametrize(
    ("state", "leads_to"),
    [
        ({"verdict": GATED}, "await_approval"),
        ({"verdict": GATED, "halted": "blocked"}, "close"),
        ({"verdict": {"verdict": "allow"}}, "close"),
        ({"verdict": GATED, "decision": {"kind": "approve"}}, "close"),
        ({"verdict": GATED, "decision": {"kind": "approve"}, "halted": "stale", "proposal": {}}, "investigate"),
        ({"verdict": GATED, "decision": {"kind": "approve"}, "halted": "refused"}, "close"),
        ({"verdict": GATED, "halted": "stale", "proposal": {"author": "dana"}}, "check"),
    ],
)
def test_after_effects(state: CaseState, leads_to: str) -> None:
    assert after_execute(state) == leads_to


@pytest.mark.parametrize(
    ("decision", "leads_to"),
    [
        ({"kind": "approve"}, "execute"),
        ({"kind": "modify"}, "check"),
        ({"kind": "escalate"}, "check"),
        ({"kind": "reject"}, "close"),
        ({"kind": "reject", "again": True}, "propose"),
        ({"kind": "approved"}, "close"),
        ({}, "close"),
    ],
)
def test_after_a_decision_only_an_approval_leads_to_effects(decision: Json, leads_to: str) -> None:
    assert after_decision({"decision": decision}) == leads_to
