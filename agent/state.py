"""CaseState: what the graph carries between nodes. Plain, versioned JSON: a paused case outlives a deployment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypedDict, cast

from langgraph.channels import UntrackedValue
from pydantic import JsonValue

from agent.investigation.inquiry import Inquiry
from tools.errors import StoreError
from tools.helpdesk import Ticket

STATE_VERSION = 2

Json = dict[str, JsonValue]


class CaseState(TypedDict, total=False):
    """One case on its way through the graph.

    `ticket` and `inquiry` hold live facts and are never checkpointed: a resumed case looks everything up again, and
    checkpoints hold no customer data beyond what the draft and its actions say. `fault` is what went wrong with the
    reasoner; from then on it is not asked again. `revised` says that a rejection has led to another proposal, which
    happens once. `staff` is the newest message that a person of the shop had written when work began; `finished` the
    moment until which a person says that nothing is left to do.
    """

    version: int
    case_id: str
    ticket_id: str
    turn: str
    staff: str
    finished: str
    classification: Json
    proposal: Json
    verdict: Json
    amounts: dict[str, str]
    decision: Json
    halted: str
    message: str
    outcome: str
    rounds: int
    problems: list[str]
    fault: str
    revised: bool
    inquiry: Annotated[Inquiry, UntrackedValue]
    ticket: Annotated[Ticket, UntrackedValue]


class UnknownState(StoreError):
    """A checkpoint is newer than this program; run the version that wrote it, or a newer one."""


def _from_1(state: CaseState) -> CaseState:
    """Alerts went from the state to the events of the case."""
    return cast("CaseState", {name: value for name, value in state.items() if name != "alerts"})  # one key less


_STEPS: dict[int, Callable[[CaseState], CaseState]] = {1: _from_1}
"""From a version to the next."""


def upgrade(state: CaseState) -> CaseState:
    """The state in today's shape. Every older version has a step and a test; what is no version of ours is refused."""
    version = state.get("version", 0)
    if version == STATE_VERSION:
        return state
    if version > STATE_VERSION:
        raise UnknownState(f"this case was saved by a newer version ({version} > {STATE_VERSION}); start that one")
    if version not in _STEPS:
        raise UnknownState(f"this case was saved in a form that no version wrote ({version})")
    return upgrade({**_STEPS[version](state), "version": version + 1})
