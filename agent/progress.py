"""What is told while a case is worked on, for those who watch: each stage the moment it was reached."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import JsonValue

from agent.case import GuardVerdict, ProposedResolution
from agent.repositories import CaseEvent
from tools.errors import ToolError

if TYPE_CHECKING:
    from agent.deps import Clock
    from agent.graph import Node, Watch
    from agent.ledger import LedgerEntry
    from agent.repositories import ExecutionLedger
    from agent.state import CaseState

Stage = tuple[str, dict[str, JsonValue]]
_log = logging.getLogger(__name__)


class Progress(Protocol):
    """Who is told. What it raises as a ToolError costs the watchers a stage, and the case nothing."""

    def tell(self, events: Sequence[CaseEvent]) -> None:
        """What was reached just now, in order. It may be held back for a moment, unless it is what people wait for."""
        ...

    def settle(self) -> None:
        """What was told is where those who watch read it when this returns."""
        ...


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells each stage of a run after its node."""

    progress: Progress
    clock: Clock
    ledger: ExecutionLedger

    def watching(self, watch: Watch) -> Watch:
        """Watched nodes that also tell what they came to."""
        return lambda name, node: self._telling(name, watch(name, node))

    def settle(self) -> None:
        """What was told comes before what is kept next."""
        try:
            self.progress.settle()
        except ToolError as error:
            _log.warning("nobody was told how far the cases are: %s", error)

    def _telling(self, name: str, node: Node) -> Node:
        return self._acting(node) if name == "execute" else self._thinking(name, node)

    def _thinking(self, name: str, node: Node) -> Node:
        stages = STAGES.get(name)
        if stages is None:
            return node

        def told(state: CaseState) -> CaseState:
            update = node(state)
            self._tell(state["case_id"], stages(state, update))
            return update

        return told

    def _acting(self, node: Node) -> Node:
        def told(state: CaseState) -> CaseState:
            before = self._done(state["case_id"])
            try:
                return node(state)
            finally:
                after = self._done(state["case_id"])
                self._tell(state["case_id"], (executed(entry) for entry in after if entry not in before))

        return told

    def _done(self, case_id: str) -> Sequence[LedgerEntry]:
        with suppress(ToolError):
            return self.ledger.of_case(case_id)
        return ()

    def _tell(self, case_id: str, stages: Iterator[Stage]) -> None:
        now = self.clock.now()
        events = [CaseEvent(case_id=case_id, at=now, kind=kind, body=body) for kind, body in stages]
        try:
            self.progress.tell(events) if events else None
        except ToolError as error:
            _log.warning("nobody was told how far case %s is: %s", case_id, error)


def executed(entry: LedgerEntry) -> Stage:
    """An effect, as it stands."""
    return "executed", {"kind": entry.action.kind, "status": entry.status.value, "by": entry.approved_by}


def _classified(state: CaseState, update: CaseState) -> Iterator[Stage]:
    said = update["classification"]
    yield "classified", {name: said.get(name) for name in ("intent", "confidence", "language", "abstained")}


def _looked_up(state: CaseState, update: CaseState) -> Iterator[Stage]:
    known = update["inquiry"].investigation
    yield (
        "looked_up",
        {
            "identity": known.identity.level.value,
            "evidence": [item.id for item in known.evidence],
            "kinds": [item.kind for item in known.evidence],
            "failures": [*known.failures],
        },
    )
    if known.passages:
        passages: list[JsonValue] = [
            {"id": each.passage_id, "title": each.title, "document": each.document_id, "version": each.version}
            for each in known.passages
        ]
        yield "found", {"passages": passages}


def _proposed(state: CaseState, update: CaseState) -> Iterator[Stage]:
    yield _proposal(ProposedResolution.model_validate(update["proposal"]))


def _proposal(proposal: ProposedResolution) -> Stage:
    body: dict[str, JsonValue] = {
        "playbook": proposal.playbook,
        "branch": proposal.branch,
        "escalate": proposal.escalate,
        "actions": [action.kind for action in proposal.actions],
    }
    if proposal.reply is not None:
        body |= {"text": proposal.reply.text, "language": proposal.reply.language}
    return "proposed", body


def _checked(state: CaseState, update: CaseState) -> Iterator[Stage]:
    """Nothing while the reasoner is asked to mend its proposal; what took its place is told before the verdict.

    The check is what finds the source of every stretch of the draft, so the spans are told here.
    """
    if not update.get("verdict"):
        return
    before, after = (ProposedResolution.model_validate(each["proposal"]) for each in (state, update))
    if _text(before) != _text(after):
        yield _proposal(after)
    verdict = GuardVerdict.model_validate(update["verdict"])
    rules: list[JsonValue] = [*sorted({violation.rule for violation in verdict.every_violation()})]
    spans: list[JsonValue] = [span.model_dump(mode="json") for span in after.reply.spans] if after.reply else []
    yield "checked", {"verdict": verdict.verdict.value, "rules": rules, "spans": spans}


def _text(proposal: ProposedResolution) -> str:
    return proposal.reply.text if proposal.reply else ""


def _decided(state: CaseState, update: CaseState) -> Iterator[Stage]:
    decision = update["decision"]
    yield "decided", {name: decision.get(name, "") for name in ("kind", "by", "reason")}


STAGES: dict[str, Callable[[CaseState, CaseState], Iterator[Stage]]] = {
    "classify": _classified,
    "investigate": _looked_up,
    "propose": _proposed,
    "check": _checked,
    "await_approval": _decided,
}
"""What a node came to, by its name. What waits or is closed is told by whoever keeps the case row."""
