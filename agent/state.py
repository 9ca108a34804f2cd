"""CaseState: what the graph carries between nodes. Plain, versioned JSON: a paused case outlives a deployment."""

from __future__ import annotations

from typing import Annotated, TypedDict

from langgraph.channels import UntrackedValue
from pydantic import JsonValue

from agent.investigation.inquiry import Inquiry

STATE_VERSION = 1

Json = dict[str, JsonValue]


class CaseState(TypedDict, total=False):
    """One case on its way through the graph.

    `inquiry` holds live facts and is never checkpointed: a resumed case looks everything up again, and checkpoints
    hold no customer data beyond what the draft itself says.
    """

    version: int
    case_id: str
    ticket_id: str
    turn: str
    classification: Json
    proposal: Json
    verdict: Json
    amounts: dict[str, str]
    decision: Json
    halted: str
    message: str
    alerts: list[str]
    outcome: str
    rounds: int
    problems: list[str]
    inquiry: Annotated[Inquiry, UntrackedValue]


class UnknownState(ValueError):
    """A checkpoint is newer than this program; run the version that wrote it, or a newer one."""


def upgrade(state: CaseState) -> CaseState:
    """The state in today's shape. Every older version has a step here and a test; a newer one is refused."""
    version = state.get("version", STATE_VERSION)
    if version > STATE_VERSION:
        raise UnknownState(f"this case was saved by a newer version ({version} > {STATE_VERSION})")
    return state
