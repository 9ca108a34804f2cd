"""CaseThreads: the graph of a case as the runner uses it. Each message that is answered has its own checkpoints."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from agent.case import Classification
from agent.graph import build
from agent.investigation import Inquiry
from agent.nodes.subject import as_json
from agent.state import STATE_VERSION, CaseState, Json, upgrade

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.types import GraphOutput, Interrupt

    from agent.graph import Node
    from agent.progress import Teller
    from agent.repositories import CaseRecord

BEFORE_EFFECTS = frozenset({"classify", "investigate", "propose", "check"})
"""Nodes that only think: a case whose thinking failed can still be handed to a person."""


@dataclass
class Run:
    """What one invocation of the graph leaves behind besides its checkpoints."""

    begun: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict[str, float])
    inquiry: Inquiry | None = None

    def note(self, name: str, started: float) -> None:
        """Add what a node took, in milliseconds; after `check` there is a draft that a person may see."""
        now = time.perf_counter()
        self.timings[name] = round(self.timings.get(name, 0.0) + (now - started) * 1000, 3)
        if name == "check":
            self.timings["to_draft"] = round((now - self.begun) * 1000, 3)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a thread stands: at a pause that waits for an answer, between two nodes, or at its end."""

    state: CaseState
    interrupt_id: str = ""
    unfinished: bool = False


_run: ContextVar[Run | None] = ContextVar("run", default=None)


class CaseThreads:
    """Begins threads, carries them on, answers their pauses. Whatever a node raises comes out of these methods."""

    def __init__(
        self, steps: dict[str, Node], checkpointer: BaseCheckpointSaver[str], teller: Teller | None = None
    ) -> None:
        self._saver = checkpointer
        self._teller = teller
        self._graph = build(steps, checkpointer, timed if teller is None else teller.watching(timed))

    def begin(self, record: CaseRecord, run: Run) -> Standing:
        """The first run over the message that the record names."""
        beginning: CaseState = {
            "version": STATE_VERSION,
            "case_id": record.case_id,
            "ticket_id": record.ticket_id,
            "turn": record.message_id,
            "rounds": 0,
        }
        if record.finished_at is not None:
            beginning["finished"] = record.finished_at.isoformat()
        return self._invoked(beginning, of(record), run)

    def go_on(self, record: CaseRecord, run: Run) -> Standing:
        """From the last checkpoint, which is not a pause."""
        return self._invoked(None, of(record), run)

    def answer(self, record: CaseRecord, interrupt_id: str, answer: Json, run: Run) -> Standing:
        """From the pause of this id, with what was decided."""
        from langgraph.types import Command

        return self._invoked(Command(resume={interrupt_id: answer}), of(record), run)

    def read(self, record: CaseRecord) -> Standing | None:
        """Where the thread stands; None when there is none. Raises UnknownState for one that a newer version saved."""
        snapshot = self._graph.get_state(of(record))
        if not snapshot.values:
            return None
        state = upgrade(cast("CaseState", snapshot.values))  # our own state, read back
        pending = _first(snapshot.interrupts)
        # A process that ended between what a node did and its checkpoint leaves no next node, and is not at the end.
        return Standing(state=state, interrupt_id=pending, unfinished=not (pending or state.get("outcome")))

    def hand_over(self, record: CaseRecord, why: str) -> bool:
        """Let the thread go on with a handover instead of what failed; False when thinking was not what failed."""
        snapshot = self._graph.get_state(of(record))
        state = cast("CaseState", snapshot.values)  # our own state, read back
        if not snapshot.next or not set(snapshot.next) <= BEFORE_EFFECTS or state.get("fault"):
            return False
        fallen: CaseState = {"fault": why, "proposal": {}, "problems": []}
        fallen["classification"] = state.get("classification") or as_json(unclassified(why))
        self._graph.update_state(of(record), fallen, as_node="investigate")
        return True

    def forget(self, record: CaseRecord) -> None:
        """Drop the checkpoints of the message that the record names: the next run begins anew."""
        self._saver.delete_thread(f"{record.case_id}/{record.message_id}")

    def _invoked(self, value: object, config: RunnableConfig, run: Run) -> Standing:
        token = _run.set(run)
        try:
            # sync: a checkpoint is on disk before the next node runs, so a crash never forgets a pause.
            found: object = self._graph.invoke(value, config, durability="sync", version="v2")  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownMemberType, reportUnknownVariableType]
        finally:
            _run.reset(token)
            self._teller.settle() if self._teller else None
        out = cast("GraphOutput[CaseState]", found)  # what version v2 promises
        return Standing(state=upgrade(out.value), interrupt_id=_first(out.interrupts))


def _first(pending: Iterable[Interrupt]) -> str:
    return next((each.id for each in pending), "")


def unclassified(why: str) -> Classification:
    """What stands for a classification that could not be made."""
    return Classification(intent="other", confidence=0.0, abstained=True, reason=why)


def of(record: CaseRecord) -> RunnableConfig:
    """The thread of the message that a record names."""
    return thread(record.case_id, record.message_id)


def thread(case_id: str, turn: str) -> RunnableConfig:
    """The thread of one message."""
    return {"configurable": {"thread_id": f"{case_id}/{turn}"}}


def timed(name: str, node: Node) -> Node:
    """A node that notes how long it took, in milliseconds."""

    def watched(state: CaseState) -> CaseState:
        started = time.perf_counter()
        update = node(state)
        run = _run.get()
        if run is not None:
            run.note(name, started)
            run.inquiry = update.get("inquiry", run.inquiry)
        return update

    return node if name == "await_approval" else watched
