"""The graph of a case. Asking and acting are different nodes; the one way to change the world is `execute`.

    classify - investigate - propose - check - execute - close
                    ^           ^        ^       |  |
                    |           |        |       |  v
                    |           +--------+- await_approval
                    +--------- stale ------------+

`execute` first does what needs nobody's signature; what is left waits in `await_approval` for a named person. When the
world moved on under a signature, everything is looked at again, and asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

from langgraph.graph import END, START, StateGraph

from agent.deps import AgentDeps
from agent.nodes.await_approval import await_approval
from agent.nodes.check import check
from agent.nodes.classify import classify
from agent.nodes.close import close
from agent.nodes.execute import execute, stale, waits
from agent.nodes.investigate import investigate_case
from agent.nodes.propose import propose
from agent.state import CaseState, upgrade

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    from agent.execution import Executor

    Graph = CompiledStateGraph[CaseState, None, CaseState, CaseState]

Node = Callable[[CaseState], CaseState]
Watch = Callable[[str, Node], Node]


def nodes(deps: AgentDeps, executor: Executor) -> dict[str, Node]:
    """Every node by its name. Only one of them is given the executor."""
    return {
        "classify": partial(classify, deps=deps),
        "investigate": partial(investigate_case, deps=deps),
        "propose": partial(propose, deps=deps),
        "check": partial(check, deps=deps),
        "execute": partial(execute, deps=deps, executor=executor),
        "await_approval": await_approval,
        "close": close,
    }


def build(steps: dict[str, Node], checkpointer: BaseCheckpointSaver[str], watch: Watch = lambda _, node: node) -> Graph:
    """The compiled graph over `nodes(...)`. `watch(name, node)` may wrap a node, to time it."""
    graph: StateGraph[CaseState] = StateGraph(CaseState)
    for name, node in steps.items():
        graph.add_node(name, watch(name, current(node)))  # pyright: ignore - langgraph types nodes by their parameter name
    graph.add_edge(START, "classify")
    graph.add_edge("classify", "investigate")
    graph.add_edge("investigate", "propose")
    graph.add_edge("propose", "check")
    graph.add_conditional_edges("check", after_check)
    graph.add_conditional_edges("execute", after_execute)
    graph.add_conditional_edges("await_approval", after_decision)
    graph.add_edge("close", END)
    return graph.compile(checkpointer=checkpointer)  # pyright: ignore[reportUnknownMemberType]


def current(node: Node) -> Node:
    """A node that is given the state in today's shape, whichever version saved it."""
    return lambda state: node(upgrade(state))


def after_check(state: CaseState) -> Literal["propose", "execute", "close"]:
    """Back to the reasoner with problems to mend; nowhere when even the handover may not happen."""
    if state.get("problems"):
        return "propose"
    return "close" if state["verdict"].get("verdict") == "block" else "execute"


def after_execute(state: CaseState) -> Literal["investigate", "check", "await_approval", "close"]:
    """Ask for what is left; look again when the world moved on under a signature. What a person wrote stays."""
    if stale(state):
        return "check" if state["proposal"].get("author") else "investigate"
    undecided = not state.get("decision")
    return "await_approval" if undecided and waits(state) and not state.get("halted") else "close"


def after_decision(state: CaseState) -> Literal["execute", "check", "propose", "close"]:
    """What a decision leads to. A rejection may ask a reasoner that can learn from it once more."""
    kind = state["decision"].get("kind")
    if kind == "approve":
        return "execute"
    if kind in ("modify", "escalate"):
        return "check"
    return "propose" if state["decision"].get("again") else "close"
