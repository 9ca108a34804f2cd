"""await_approval: ask, and nothing else. LangGraph runs this node again from its first line when it is resumed."""

from __future__ import annotations

from langgraph.types import interrupt

from agent.state import CaseState, Json


def await_approval(state: CaseState) -> CaseState:
    """The decision of a named person, as the approval record holds it."""
    decision: Json = interrupt({"case": state["case_id"], "turn": state["turn"]})
    edited = decision.get("proposal")
    if isinstance(edited, dict):
        return {"decision": {**decision, "proposal": None}, "proposal": edited}
    return {"decision": decision}
