"""CaseRunner: takes a ticket through the graph, keeps the case row, and carries a decision back in.

The case row and the approval are the durable record; the checkpoint only says where the graph stands. Losing the
checkpoints costs a run, never a second refund: effects are claimed in the ledger under their own keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from agent import graph as case_graph
from agent.approvals import ApprovalRequest, ApprovalStatus, DecisionKind, UnknownRequest
from agent.approvals.desk import Answer, ApprovalDesk
from agent.asking import request_for
from agent.case import CaseStatus, GuardVerdict, ProposedResolution, Verdict, move
from agent.changes import changes_of
from agent.deps import AgentDeps
from agent.edits import CannotEdit
from agent.events import events_of
from agent.investigation import Inquiry
from agent.nodes.check import blocking
from agent.nodes.execute import Interrupted
from agent.nodes.subject import as_json, brief_of, subject_of
from agent.promises import entries_for
from agent.reasoners.handover import handover
from agent.record import fill_record, new_record
from agent.repositories import ApprovalRepository, CaseRecord, CaseRepository, ExecutionLedger, PromiseLedger
from agent.state import STATE_VERSION, CaseState, Json, upgrade
from tools.errors import Unavailable
from tools.helpdesk import Ticket
from tools.money import Money

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.types import StateSnapshot

    from agent.execution import Executor


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


_run: ContextVar[Run | None] = ContextVar("run", default=None)


@dataclass(frozen=True, kw_only=True)
class Records:
    """What must outlive the process, as far as the runner needs it."""

    cases: CaseRepository
    approvals: ApprovalRepository
    ledger: ExecutionLedger
    promises: PromiseLedger


Edit = Callable[[ProposedResolution], ProposedResolution]


class CaseRunner:
    """Starts, resumes and recovers cases. One case at a time per ticket: callers queue by case id."""

    def __init__(
        self,
        deps: AgentDeps,
        executor: Executor,
        checkpointer: BaseCheckpointSaver[str],
        records: Records,
        desk: ApprovalDesk,
    ) -> None:
        self._deps = deps
        self._executor = executor
        self._records = records
        self._desk = desk
        self._graph = case_graph.build(case_graph.nodes(deps, executor), checkpointer, timed)

    def start(self, ticket_id: str) -> CaseRecord:
        """Work on the newest message of a ticket. A message that was worked on before changes nothing."""
        run = Run()
        ticket = self._ticket(ticket_id)
        fresh = new_record(ticket, self._deps.clock.now())
        record, turn = self._records.cases.start(fresh), ticket.latest.id
        if record != fresh:
            if self._worked_on(record, turn):
                return self.continue_case(record) if record.status is CaseStatus.WORKING else record
            self._records.cases.save(working(record, self._deps.clock.now()))
        return self._run(record, turn, _beginning(record, turn), run)

    def decide(
        self,
        request_id: str,
        kind: DecisionKind,
        person: str,
        *,
        reason: str = "",
        digest: str = "",
        edit: Edit | None = None,
    ) -> CaseRecord:
        """Answer a request for approval and carry the case on. `digest` is that of the card the person saw.

        Raises an ApprovalError (or CannotEdit) that says why the answer does not count; then nothing has changed.
        """
        request = self._request(request_id)
        edited = self._edited(request, edit) if kind is DecisionKind.MODIFY and request.awaiting else None
        answer = Answer(
            request_id=request_id,
            kind=kind,
            by=person,
            digest=digest or request.digest,
            reason=reason,
            effects=edited.effects(request.ticket_id) if edited else None,
        )
        return self._resume(self._desk.decide(answer, self._deps.clock.now()), edited)

    def expire(self) -> Sequence[CaseRecord]:
        """Turn requests whose time ran out into a no, and close their cases so."""
        return [self._resume(request, None) for request in self._desk.expire_due(self._deps.clock.now())]

    def recover(self) -> Sequence[CaseRecord]:
        """Carry on what a crash interrupted: settle open effects, finish runs, carry signatures through."""
        self._executor.settle_open()
        signed = self._records.approvals.list(ApprovalStatus.EXECUTING)
        resumed = [self._resume(request, None) for request in signed]
        stuck = self._records.cases.list(CaseStatus.WORKING, limit=1_000)
        return [*resumed, *(self.continue_case(record) for record in stuck)]

    def continue_case(self, record: CaseRecord) -> CaseRecord:
        """Carry one case on from its last checkpoint; from the start when there is none."""
        turn = self._ticket(record.ticket_id).latest.id
        snapshot = self._graph.get_state(thread(record.case_id, turn))
        if not snapshot.values:
            return self._run(record, turn, _beginning(record, turn))
        upgrade(snapshot.values)  # pyright: ignore[reportArgumentType] - our own state, read back
        if snapshot.next and not snapshot.interrupts:
            return self._run(record, turn, None)
        return self._publish(record, snapshot, Run())

    def _ticket(self, ticket_id: str) -> Ticket:
        ticket = self._deps.readers.helpdesk.ticket(ticket_id)
        if ticket is None:
            raise Unavailable(f"the helpdesk has no ticket {ticket_id}")
        return ticket

    def _worked_on(self, record: CaseRecord, turn: str) -> bool:
        if record.status is CaseStatus.NEW:
            return False
        return bool(self._graph.get_state(thread(record.case_id, turn)).values)

    def _run(self, record: CaseRecord, turn: str, value: CaseState | object, run: Run | None = None) -> CaseRecord:
        """One invocation of the graph, up to a pause or the end, and the case row that tells of it."""
        config, run = thread(record.case_id, turn), run or Run()
        token = _run.set(run)
        try:
            # sync: a checkpoint is on disk before the next node runs, so a crash never forgets a pause.
            self._graph.invoke(value, config, durability="sync")  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
        except Interrupted as pause:
            return self._paused(record, self._graph.get_state(config), run, str(pause))
        finally:
            _run.reset(token)
        return self._publish(record, self._graph.get_state(config), run)

    def _paused(self, record: CaseRecord, snapshot: StateSnapshot, run: Run, why: str) -> CaseRecord:
        """Nothing more happened; `recover` tries again from the same place."""
        filled = fill_record(record, snapshot.values, self._deps, self._records.ledger, run.timings, run.inquiry)  # pyright: ignore[reportArgumentType]
        paused = filled.model_copy(update={"status": CaseStatus.WORKING, "outcome": f"paused: {why}"})
        self._records.cases.save(paused, events_of(paused))
        return paused

    def _publish(self, record: CaseRecord, snapshot: StateSnapshot, run: Run) -> CaseRecord:
        state: CaseState = snapshot.values  # pyright: ignore[reportAssignmentType] - our own state, read back
        filled = fill_record(record, state, self._deps, self._records.ledger, run.timings, run.inquiry)
        pending = snapshot.interrupts
        if pending:
            request = self._records.approvals.open(self._ask(filled, state, pending[0].id))
            waiting = CaseStatus.AWAITING_REVIEW if request.kind == "review" else CaseStatus.AWAITING_APPROVAL
            filled = filled.model_copy(update={"approval_id": request.id, "status": waiting, "value": request.amount})
        else:
            status = move(CaseStatus.WORKING, CaseStatus(state["outcome"]))
            filled = filled.model_copy(update={"status": status})
            self._keep_promises(filled)
        self._records.cases.save(filled, events_of(filled))
        return filled

    def _keep_promises(self, record: CaseRecord) -> None:
        """What a sent reply promised is chased until it is kept."""
        sent = any(done.action.kind == "send_reply" and done.status == "succeeded" for done in record.executions)
        if sent and record.proposal is not None and record.proposal.promises:
            now = self._deps.clock.now()
            made = entries_for(record.proposal.promises, record.executions, record.case_id, record.ticket_id, now)
            self._records.promises.record(made)

    def _ask(self, record: CaseRecord, state: CaseState, interrupt_id: str) -> ApprovalRequest:
        amounts = {mark: Money.model_validate(text) for mark, text in state.get("amounts", {}).items()}
        proposal = ProposedResolution.model_validate(state["proposal"])
        return request_for(
            case_id=record.case_id,
            ticket_id=record.ticket_id,
            customer_id=record.customer_id,
            proposal=proposal,
            verdict=GuardVerdict.model_validate(state["verdict"]),
            amounts=amounts,
            interrupt_id=interrupt_id,
            limits=self._deps.limits,
            now=self._deps.clock.now(),
            changes=self._changes(record, proposal),
        )

    def _changes(self, record: CaseRecord, proposal: ProposedResolution) -> dict[str, str]:
        order = record.investigation.find("order") if record.investigation else None
        about = str(order.fields["id"]) if order else ""
        return changes_of(proposal.actions, self._deps.readers, self._deps.limits, self._deps.clock.now(), about)

    def _request(self, request_id: str) -> ApprovalRequest:
        request = self._records.approvals.get(request_id)
        if request is None:
            raise UnknownRequest(request_id)
        return request

    def _edited(self, request: ApprovalRequest, edit: Edit | None) -> ProposedResolution:
        """The edited proposal, refused before anything is decided when it could never happen."""
        record = self._records.cases.get(request.case_id)
        if record is None or edit is None:
            raise CannotEdit("say what should be different: the reply, the amount, or an alternative")
        state = self._state_of(record)
        changed = edit(ProposedResolution.model_validate(state["proposal"]))
        subject, _ = subject_of(state, self._deps)
        verdict = self._deps.guard.check(subject, changed, self._deps.clock.now()).verdict
        if verdict.verdict is Verdict.BLOCK:
            raise CannotEdit(f"that is not possible: {'; '.join(blocking(verdict))}")
        return changed

    def _state_of(self, record: CaseRecord) -> CaseState:
        turn = self._ticket(record.ticket_id).latest.id
        return self._graph.get_state(thread(record.case_id, turn)).values  # pyright: ignore[reportReturnType]

    def _resume(self, request: ApprovalRequest, edited: ProposedResolution | None) -> CaseRecord:
        from langgraph.types import Command

        record = self._records.cases.get(request.case_id)
        if record is None:
            raise UnknownRequest(request.id)
        turn = self._turn_of(record, request)
        config = thread(record.case_id, turn)
        pending = {each.id for each in self._graph.get_state(config).interrupts}
        record = working(record, self._deps.clock.now())
        self._records.cases.save(record)
        if request.interrupt_id not in pending:
            return self.continue_case(record)
        answer = self._answer(request, edited, self._graph.get_state(config).values)  # pyright: ignore[reportArgumentType]
        return self._run(record, turn, Command(resume={request.interrupt_id: answer}))

    def _turn_of(self, record: CaseRecord, request: ApprovalRequest) -> str:
        bound = request.bindings.get(f"ticket:{request.ticket_id}")
        return bound or self._ticket(record.ticket_id).latest.id

    def _answer(self, request: ApprovalRequest, edited: ProposedResolution | None, state: CaseState) -> Json:
        decision = request.decision
        if decision is None:
            return {"kind": "reject", "approval_id": request.id, "by": "system", "reason": request.detail}
        answer: Json = {
            "kind": decision.kind.value,
            "approval_id": request.id,
            "by": decision.by,
            "reason": decision.reason,
        }
        if decision.kind is DecisionKind.ESCALATE:
            subject, inquiry = subject_of(state, self._deps)
            reason = f"{decision.by} hands it over: {decision.reason or 'no reason given'}"
            edited = handover(brief_of(subject, inquiry, self._deps, state), reason)
        return {**answer, "proposal": as_json(edited)} if edited is not None else answer


def _beginning(record: CaseRecord, turn: str) -> CaseState:
    return {
        "version": STATE_VERSION,
        "case_id": record.case_id,
        "ticket_id": record.ticket_id,
        "turn": turn,
        "rounds": 0,
    }


def working(record: CaseRecord, now: datetime) -> CaseRecord:
    """The case while the graph runs."""
    status = move(record.status, CaseStatus.WORKING)
    return record.model_copy(update={"status": status, "updated_at": now})


def thread(case_id: str, turn: str) -> RunnableConfig:
    """One thread of checkpoints for each message that is answered."""
    return {"configurable": {"thread_id": f"{case_id}/{turn}"}}


def timed(name: str, node: case_graph.Node) -> case_graph.Node:
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
