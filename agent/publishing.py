"""Publisher: keeps what a run came to. The case row, the request that a person sees, promises, events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.approvals import ApprovalRequest, ApprovalStatus
from agent.approvals.moves import attach, finish
from agent.asking import request_for
from agent.case import CaseStatus, ExecutionStatus, GuardVerdict, ProposedResolution, effect_key, move
from agent.changes import changes_of
from agent.deps import AgentDeps
from agent.events import alert_event, events_of
from agent.nodes.subject import inquiry_of, ticket_of
from agent.promises import Alert, entries_for
from agent.reasoners.base import Usage
from agent.record import fill_record
from agent.repositories import ApprovalRepository, CaseRecord, CaseRepository, ExecutionLedger, PromiseLedger
from agent.state import CaseState
from agent.takeover import handed_over
from agent.threads import Run, Standing
from tools.money import Money


@dataclass(frozen=True, kw_only=True)
class Records:
    """What must outlive the process, as far as the runner needs it."""

    cases: CaseRepository
    approvals: ApprovalRepository
    ledger: ExecutionLedger
    promises: PromiseLedger


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Turns the state of the graph into what the product reads. Running it again changes nothing more."""

    deps: AgentDeps
    records: Records
    told: bool = False
    """Whether somebody was told each stage as it was reached; then only how it ended is left to say."""

    def publish(self, record: CaseRecord, standing: Standing, run: Run) -> CaseRecord:
        """A run that came to a pause or to its end."""
        filled = self._complete(record, standing.state, run, self.deps.reasoner.usage())
        if filled.proposal is not None:
            filled = filled.model_copy(update={"with_person": handed_over(filled.proposal)})
        if standing.interrupt_id:
            filled = self._waiting(filled, self._opened(self._request(filled, standing), standing))
        else:
            status = move(CaseStatus.WORKING, CaseStatus(standing.state["outcome"]))
            filled = filled.model_copy(update={"status": status})
            self._keep_promises(filled)
        self.records.cases.save(filled, events_of(filled, told=self.told))
        return filled

    def request(self, record: CaseRecord, standing: Standing, run: Run) -> ApprovalRequest:
        """What would be asked at this pause."""
        return self._request(self._complete(record, standing.state, run, Usage()), standing)

    def pause(
        self, record: CaseRecord, state: CaseState, run: Run, why: str, alerts: Sequence[Alert] = ()
    ) -> CaseRecord:
        """A run that can be tried again from where it stands; nothing more happened."""
        return self._cut_short(record, state, run, CaseStatus.WORKING, f"paused: {why}", alerts)

    def fail(self, record: CaseRecord, state: CaseState, run: Run, why: str) -> CaseRecord:
        """A run that went wrong. A signature it was working under counts no more; what was done stays done."""
        now = self.deps.clock.now()
        for request in self.records.approvals.list(ApprovalStatus.EXECUTING, record.case_id):
            self.records.approvals.swap(request, finish(request, now, done=False, detail=why))
        return self._cut_short(record, state, run, CaseStatus.FAILED, f"failed: {why}")

    def _cut_short(
        self,
        record: CaseRecord,
        state: CaseState,
        run: Run,
        status: CaseStatus,
        outcome: str,
        alerts: Sequence[Alert] = (),
    ) -> CaseRecord:
        filled = self._filled(record, state, run, Usage())
        changes = {"status": move(record.status, status), "outcome": outcome}
        left = filled.model_copy(update=changes)
        self.records.cases.save(left, [*events_of(left, told=self.told), *(alert_event(alert) for alert in alerts)])
        return left

    def _filled(self, record: CaseRecord, state: CaseState, run: Run, spent: Usage) -> CaseRecord:
        executions = [entry.execution() for entry in self.records.ledger.of_case(record.case_id)]
        return fill_record(record, state, run, spent, executions, self.deps.clock.now())

    def _complete(self, record: CaseRecord, state: CaseState, run: Run, spent: Usage) -> CaseRecord:
        """With the evidence, which a run that began in the middle has not looked up."""
        if run.inquiry is None and record.investigation is None:
            run.inquiry = inquiry_of(state, self.deps, ticket_of(state, self.deps))
        return self._filled(record, state, run, spent)

    def _waiting(self, record: CaseRecord, request: ApprovalRequest) -> CaseRecord:
        status = CaseStatus.AWAITING_REVIEW if request.kind == "review" else CaseStatus.AWAITING_APPROVAL
        return record.model_copy(update={"approval_id": request.id, "status": status, "value": request.amount})

    def _opened(self, ask: ApprovalRequest, standing: Standing) -> ApprovalRequest:
        """The request that awaits an answer, which ends this pause and no other."""
        request = self.records.approvals.open(ask)
        if request.interrupt_id == standing.interrupt_id:
            return request
        attached = attach(request, standing.interrupt_id)
        return attached if self.records.approvals.swap(request, attached) else request

    def _request(self, record: CaseRecord, standing: Standing) -> ApprovalRequest:
        state = standing.state
        proposal = ProposedResolution.model_validate(state["proposal"])
        return request_for(
            case_id=record.case_id,
            ticket_id=record.ticket_id,
            customer_id=record.customer_id,
            proposal=proposal,
            verdict=GuardVerdict.model_validate(state["verdict"]),
            amounts={mark: Money.model_validate(text) for mark, text in state.get("amounts", {}).items()},
            interrupt_id=standing.interrupt_id,
            intent=record.intent,
            limits=self.deps.limits,
            now=self.deps.clock.now(),
            changes=self._changes(record, proposal),
        )

    def _changes(self, record: CaseRecord, proposal: ProposedResolution) -> dict[str, str]:
        order = record.investigation.find("order") if record.investigation else None
        about = str(order.fields["id"]) if order else ""
        return changes_of(proposal.actions, self.deps.readers, self.deps.limits, self.deps.clock.now(), about)

    def _keep_promises(self, record: CaseRecord) -> None:
        """What a sent reply promised is chased until it is kept; what was never sent promised nothing."""
        proposal = record.proposal
        if proposal is None or proposal.reply is None or not proposal.promises:
            return
        reply = effect_key(record.case_id, proposal.effects(record.ticket_id)[-1])
        if any(done.key == reply and done.status is ExecutionStatus.SUCCEEDED for done in record.executions):
            now = self.deps.clock.now()
            made = entries_for(proposal.promises, record.executions, record.case_id, record.ticket_id, now)
            self.records.promises.record(made)
