"""The floor: a graph with the same nodes, checkpointer and durability, whose nodes do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langgraph.types import interrupt

from agent.graph import build
from agent.state import CaseState

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agent.graph import Graph


def nothing(state: CaseState) -> CaseState:
    """A node that changes nothing."""
    return {"rounds": 0}


def passed(state: CaseState) -> CaseState:
    """A check that lets the case wait for a person, as most suggestions do."""
    return {"verdict": {"verdict": "require_approval", "actions": [{"verdict": "require_approval"}]}}


def ask(state: CaseState) -> CaseState:
    """A pause like ours."""
    interrupt({"case": state["case_id"], "turn": state["turn"]})
    return {"rounds": 0}


def floor_graph(saver: BaseCheckpointSaver[str]) -> Graph:
    """Our own edges over nodes that do nothing."""
    steps = dict.fromkeys(("classify", "investigate", "propose", "execute", "close"), nothing)
    return build({**steps, "check": passed, "await_approval": ask}, saver)
