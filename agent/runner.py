"""CaseRunner: takes a ticket through the graph, keeps the case row, and carries a decision back in.

Case row and approval are the durable record, the checkpoint says where the graph stands. Losing the checkpoints costs a
run, never a second refund. An edge of the process: what goes wrong in a case is handed over, or said on the case.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agent import graph as case_graph
from agent import takeover
from agent.answers import answer_of, answered, asked_at, edited_by, state_of
from agent.approvals import ApprovalRequest, ApprovalStatus, DecisionKind, UnknownRequest
from agent.approvals.desk import Answer, ApprovalDesk
from agent.approvals.errors import Expired
from agent.approvals.moves import attach, supersede
from agent.case import CaseStatus, ProposedResolution, Verdict
from agent.deps import AgentDeps
from agent.edits import CannotEdit
from agent.nodes.check import refusals
from agent.nodes.execute import Interrupted
from agent.nodes.subject import brief_of, subject_of
from agent.progress import Progress, Teller
from agent.publishing import Publisher, Records
from agent.reasoners.handover import handover
from agent.record import OPEN, case_id_of, new_record, next_turn, working
from agent.recovery import EVERY, CaseRecovery, Recovery
from agent.repositories import CaseEvent, CaseRecord
from agent.state import CaseState
from agent.threads import CaseThreads, Run, Standing, thread
from agent.turns import Turns
from knowledge.errors import IndexBusy
from tools.errors import OutcomeUnknown, StoreError, ToolError, Unavailable
from tools.helpdesk import Ticket

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agent.execution import Executor

__all__ = ["CaseRunner", "Edit", "Records", "Recovery", "thread"]

Edit = Callable[[ProposedResolution], ProposedResolution]
Step = Callable[[Run], Standing]

_REASON = 300
_log = logging.getLogger(__name__)


class CaseRunner:
    """Starts, resumes and recovers cases. Threads of one process take turns on a case; processes queue by case id."""

    def __init__(
        self,
        deps: AgentDeps,
        executor: Executor,
        checkpointer: BaseCheckpointSaver[str],
        records: Records,
        desk: ApprovalDesk,
        progress: Progress | None = None,
    ) -> None:
        self._deps = deps
        self._executor = executor
        self._records = records
        self._desk = desk
        teller = Teller(progress=progress, clock=deps.clock, ledger=records.ledger) if progress else None
        self._threads = CaseThreads(case_graph.nodes(deps, executor), checkpointer, teller)
        self._publisher = Publisher(deps=deps, records=records, told=teller is not None)
        self._alone = Turns().alone
        self.recovery = CaseRecovery(records=records, executor=executor, clock=deps.clock, carry_on=self.carry_on)

    def start(self, ticket_id: str) -> CaseRecord:
        """Work on the newest message of a ticket. A message that was worked on before changes nothing.

        Raises Unavailable when the helpdesk does not know the ticket.
        """
        ticket = self._ticket(ticket_id)
        with self._alone(case_id_of(ticket)):
            fresh = new_record(ticket, self._deps.clock.now())
            # Looked for first: the service keeps a case when its ticket arrives, and trying to insert it is a commit.
            record = self._records.cases.by_ticket(ticket.helpdesk, ticket.id) or self._records.cases.start(fresh)
            if record is fresh:
                return self._carry(record, lambda run: self._begin(record, ticket, run), unasked=True)
            why = takeover.taken(record, ticket)
            if why and not takeover.known_quiet(record, ticket, why):
                return self._quiet(record, ticket, why)
            if record.message_id != ticket.latest.id or record.status is CaseStatus.NEW:
                return self._turn(record, ticket)
            return self._continue(record) if record.status is CaseStatus.WORKING else record

    def again(self, case_id: str) -> CaseRecord | None:
        """Work on a case anew: one that failed, was rejected or expired. None when there is no such case.

        What was done before stays done, and is not done a second time.
        """
        with self._alone(case_id):
            record = self._records.cases.get(case_id)
            if record is None:
                return None
            ticket = self._ticket(record.ticket_id)
            self._threads.forget(next_turn(record, ticket, self._deps.clock.now()))
            return self._anew(record, ticket)

    def take_over(self, case_id: str, person: str, reason: str = "") -> CaseRecord | None:
        """A person has the case from now on: what was asked about it counts no more. None when there is no case."""
        with self._alone(case_id):
            record = self._records.cases.get(case_id)
            if record is None or takeover.holder(record) == person:
                return record
            return self._quiet(record, self._ticket(record.ticket_id), takeover.took_over(person, reason))

    def release(self, case_id: str, person: str) -> CaseRecord | None:
        """A person gives a case back: what is not answered yet is worked on. None when there is no case."""
        with self._alone(case_id):
            record = self._records.cases.get(case_id)
            if record is None or not record.with_person:
                return record
            ticket = self._ticket(record.ticket_id)
            back, event = takeover.given_back(record, person, self._deps.clock.now())
            if ticket.latest.id == back.message_id and not takeover.lost_its_draft(record, ticket):
                self._records.cases.save(back, [event])
                return back
            self._threads.forget(next_turn(back, ticket, self._deps.clock.now()))
            return self._anew(back, ticket, event)

    def finish(self, case_id: str, person: str, reason: str = "", seen: int | None = None) -> CaseRecord | None:
        """Nothing is left to do after the `seen` messages; the next one is worked on. None when there is no case."""
        with self._alone(case_id):
            record = self._records.cases.get(case_id)
            if record is None or self._records.approvals.list(ApprovalStatus.EXECUTING, case_id, EVERY):
                return record
            ticket, why = self._ticket(record.ticket_id), takeover.finished_by(person, reason)
            if not takeover.may_finish(record, ticket, seen):
                return record
            self._supersede(case_id, why, (ApprovalStatus.AWAITING,))
            over, event = takeover.finished(record, ticket, why, self._deps.clock.now())
            self._records.cases.save(over, [event])
            return over

    def decide(
        self,
        request_id: str,
        kind: DecisionKind,
        person: str,
        *,
        reason: str = "",
        digest: str = "",
        edit: Edit | None = None,
        key: str = "",
    ) -> CaseRecord:
        """Answer a request for approval and carry the case on. `digest` is that of the card the person saw.

        The same `key` by the same person is the same answer: it is carried through, not refused as a second one.
        Raises an ApprovalError (or CannotEdit) that says why the answer does not count; then nothing was decided. When
        the customer has written again, the case is worked on anew first, and the request counts no more.
        """
        with self._alone(self._request(request_id).case_id):
            request = self._request(request_id)
            if self._desk.knows(request, person, key):
                return self._carried_through(request)
            request = self._up_to_date(request)
            edited = self._edited(request, edit) if kind is DecisionKind.MODIFY and request.awaiting else None
            answer = Answer(
                request_id=request_id,
                kind=kind,
                by=person,
                digest=digest or request.digest,
                reason=reason,
                effects=edited.effects(request.ticket_id) if edited else None,
                key=key,
            )
            try:
                decided = self._desk.decide(answer, self._deps.clock.now())
            except Expired:
                self._resume(self._request(request_id))
                raise
            return self._resume(decided, edited)

    def expire(self) -> Sequence[CaseRecord]:
        """Turn requests whose time ran out into a no, and close their cases so."""
        closed: list[CaseRecord] = []
        while expired := self._desk.expire_due(self._deps.clock.now()):
            closed += [self._safely(request.case_id, lambda r=request: self._resume(r)) for request in expired]
        return closed

    def lapse(self, request_id: str) -> CaseRecord | None:
        """The same for one request; None when it is not due, or was answered. Safe to call again."""
        with self._alone(self._request(request_id).case_id):
            now, request = self._deps.clock.now(), self._request(request_id)
            if request.awaiting and now >= request.expires_at:
                request = self._desk.lapse(request, now)
            return self._carried_through(request) if request.status is ApprovalStatus.EXPIRED else None

    def recover(self) -> Recovery:
        """Carry on what a crash or a stop interrupted: settle open effects, finish runs, carry decisions through."""
        return self.recovery.all()

    def carry_on(self, case_id: str) -> CaseRecord:
        """Carry on one case that was cut off or paused, or whose decision was not carried through."""
        return self._safely(case_id, lambda: self._recovered(case_id))

    def _ticket(self, ticket_id: str) -> Ticket:
        ticket = self._deps.readers.helpdesk.ticket(ticket_id)
        if ticket is None:
            raise Unavailable(f"the helpdesk has no ticket {ticket_id}")
        return ticket

    def _turn(self, record: CaseRecord, ticket: Ticket) -> CaseRecord:
        """The customer wrote again: work on it, unless a person has the case."""
        why = takeover.taken(record, ticket) or takeover.refused(record)
        return self._quiet(record, ticket, why) if why else self._anew(record, ticket)

    def _quiet(self, record: CaseRecord, ticket: Ticket, why: str) -> CaseRecord:
        self._supersede(record.case_id, why, (ApprovalStatus.AWAITING,))
        kept, events = takeover.quiet(record, ticket, why, self._deps.clock.now())
        if not takeover.known_quiet(record, ticket, why):
            self._records.cases.save(kept, events)
        return kept

    def _supersede(self, case_id: str, why: str, statuses: Sequence[ApprovalStatus]) -> None:
        now = self._deps.clock.now()
        for request in self._records.approvals.list(None, case_id, EVERY):
            if request.status in statuses:
                self._records.approvals.swap(request, supersede(request, now, why))

    def _anew(self, record: CaseRecord, ticket: Ticket, *events: CaseEvent) -> CaseRecord:
        """Work begins on another message: what was asked about the one before counts no more."""
        unasked = record.status is CaseStatus.NEW
        if not unasked:
            undecided = (ApprovalStatus.AWAITING, ApprovalStatus.EXECUTING)
            self._supersede(record.case_id, "the case is looked at anew", undecided)
        turn = next_turn(record, ticket, self._deps.clock.now())
        # In one step with what brought it about: a process that ends here leaves a case that is worked on.
        self._records.cases.save(turn, events)
        return self._carry(turn, lambda run: self._begin(turn, ticket, run), unasked=unasked)

    def _continue(self, record: CaseRecord, edited: ProposedResolution | None = None) -> CaseRecord:
        """Carry one case on from its last checkpoint; from the start when there is none."""
        ticket = self._ticket(record.ticket_id)
        if ticket.latest.id != record.message_id:
            return self._turn(record, ticket)
        standing = self._threads.read(record)
        record = working(record, self._deps.clock.now())
        self._records.cases.save(record)
        if standing is None:
            return self._carry(record, lambda run: self._begin(record, ticket, run))
        if standing.unfinished:
            return self._carry(record, lambda run: self._threads.go_on(record, run))
        asked = self._asked_at(record, standing)
        if asked is None or not answered(asked):
            return self._carry(record, lambda run: standing)
        return self._carry(record, lambda run: self._answer(record, asked, edited, standing, run))

    def _asked_at(self, record: CaseRecord, standing: Standing) -> ApprovalRequest | None:
        known = self._records.approvals.list(None, record.case_id, EVERY) if standing.interrupt_id else ()
        return asked_at(standing.interrupt_id, known)

    def _answer(
        self, record: CaseRecord, asked: ApprovalRequest, edited: ProposedResolution | None, at: Standing, run: Run
    ) -> Standing:
        """Carry a decision in. What was edited is put together again when this is another process than decided it."""
        decided = asked.decision.kind if asked.decision else None
        proposal = None
        if decided is DecisionKind.MODIFY:
            proposal = edited or edited_by(asked, ProposedResolution.model_validate(at.state["proposal"]))
        elif decided is DecisionKind.ESCALATE:
            proposal = self._handed_to(asked, at.state)
        again = self._deps.reasoner.repairs and not at.state.get("revised")
        return self._threads.answer(record, at.interrupt_id, answer_of(asked, proposal, again=again), run)

    def _handed_to(self, asked: ApprovalRequest, state: CaseState) -> ProposedResolution:
        subject, inquiry = subject_of(state, self._deps)
        reason = f"{asked.decided_by} hands it over: {asked.reason or 'no reason given'}"
        return handover(brief_of(subject, inquiry, self._deps, state), reason)

    def _request(self, request_id: str) -> ApprovalRequest:
        request = self._records.approvals.get(request_id)
        if request is None:
            raise UnknownRequest(request_id)
        return request

    def _up_to_date(self, request: ApprovalRequest) -> ApprovalRequest:
        """The request, after working on what the customer wrote since: an answer to the past would be no answer."""
        record = self._records.cases.get(request.case_id)
        if not request.awaiting or record is None:
            return request
        ticket = self._ticket(request.ticket_id)
        if ticket.latest.id != record.message_id or takeover.answered_by_hand(record, ticket):
            self._turn(record, ticket)
        self._threads.read(record)  # a program too old to carry a decision on must not take one
        return self._request(request.id)

    def _edited(self, request: ApprovalRequest, edit: Edit | None) -> ProposedResolution:
        """The edited proposal, refused before anything is decided when it could never happen."""
        record = self._records.cases.get(request.case_id)
        if record is None or record.proposal is None or edit is None:
            raise CannotEdit("say what should be different: the reply, the amount, or an alternative")
        changed = edit(record.proposal)
        subject, _ = subject_of(state_of(record), self._deps)
        verdict = self._deps.guard.check(subject, changed, self._deps.clock.now()).verdict
        if verdict.verdict is Verdict.BLOCK:
            raise CannotEdit(f"that is not possible: {'; '.join(refusals(verdict))}")
        return changed

    def _resume(self, request: ApprovalRequest, edited: ProposedResolution | None = None) -> CaseRecord:
        """Carry a decision into the case. One about an older message has nothing left to decide."""
        record = self._records.cases.get(request.case_id)
        if record is None:
            raise UnknownRequest(request.id)
        about = request.bindings.get(f"ticket:{request.ticket_id}", record.message_id)
        if about == record.message_id:
            return self._continue(record, edited)
        self._supersede(request.case_id, "the customer wrote again", (ApprovalStatus.EXECUTING,))
        return record

    def _carried_through(self, request: ApprovalRequest) -> CaseRecord:
        """The case after a decision that was recorded before, by this process or one that died."""
        record = self._records.cases.get(request.case_id)
        if record is None:
            raise UnknownRequest(request.id)
        waits = record.approval_id == request.id and record.status in OPEN
        return self._resume(request) if waits or request.status is ApprovalStatus.EXECUTING else record

    def _carry(self, record: CaseRecord, step: Step, *, unasked: bool = False) -> CaseRecord:
        """Run the graph up to a pause or the end, and keep what came of it, whatever that is."""
        run = Run()
        try:
            standing = step(run)
            alike = None if unasked else self._decided_alike(record, standing, run)
            if alike is not None:
                return self._carry(record, lambda run: self._answer(record, alike, None, standing, run))
            return self._publisher.publish(record, standing, run)
        except (Interrupted, Unavailable, OutcomeUnknown, IndexBusy) as pause:
            alerts = pause.alerts if isinstance(pause, Interrupted) else ()
            return self._publisher.pause(record, self._left(record), run, str(pause), alerts)
        except StoreError:
            raise  # our own files: no case can be kept, so the operator has to act
        except Exception as fault:  # noqa: BLE001 - an edge of the process: one case fails, the others go on
            return self._faulted(record, fault, run)

    def _begin(self, record: CaseRecord, ticket: Ticket, run: Run) -> Standing:
        """The first run over the newest message; the encoder begins while the graph is set up."""
        self._deps.reasoner.expect(ticket)
        return self._threads.begin(record, run)

    def _left(self, record: CaseRecord) -> CaseState:
        """What the graph had come to when it was interrupted."""
        return (self._threads.read(record) or Standing(state={})).state

    def _faulted(self, record: CaseRecord, fault: Exception, run: Run) -> CaseRecord:
        why = f"{type(fault).__name__}: {' '.join(str(fault).split())}"[:_REASON]
        _log.error("case %s went wrong", record.case_id, exc_info=fault)
        if self._threads.hand_over(record, f"it could not be worked out ({why})"):
            return self._carry(record, lambda run: self._threads.go_on(record, run))
        return self._publisher.fail(record, self._left(record), run, why)

    def _decided_alike(self, record: CaseRecord, standing: Standing, run: Run) -> ApprovalRequest | None:
        """A decision on exactly this that still has to be carried in.

        A signature outlives the checkpoint that it was given for, and what was rejected is not asked a second time.
        """
        if not standing.interrupt_id:
            return None
        counting = {ApprovalStatus.EXECUTING, *([ApprovalStatus.REJECTED] if standing.state.get("revised") else [])}
        earlier = self._records.approvals.list(None, record.case_id, EVERY)
        known = [request for request in earlier if request.status in counting]
        if not known:
            return None
        ask = self._publisher.request(record, standing, run)
        known.sort(key=lambda request: request.status is not ApprovalStatus.EXECUTING)
        alike = next((request for request in known if request.digest == ask.digest), None)
        signed = known[0].status is ApprovalStatus.EXECUTING
        if alike is None and signed:
            self._supersede(record.case_id, "it came out differently this time", (ApprovalStatus.EXECUTING,))
        if alike is None or alike.interrupt_id == standing.interrupt_id:
            return alike
        attached = attach(alike, standing.interrupt_id)
        return attached if self._records.approvals.swap(alike, attached) else None

    def _safely(self, case_id: str, work: Callable[[], CaseRecord]) -> CaseRecord:
        """One case of many: what it cannot get at leaves it as it is, with the reason, for the next time."""
        with self._alone(case_id):
            try:
                return work()
            except ToolError as error:
                record = self._records.cases.get(case_id)
                if record is None:
                    raise
                return self._publisher.pause(record, {}, Run(), str(error))

    def _recovered(self, case_id: str) -> CaseRecord:
        record = self._records.cases.get(case_id)
        if record is None:
            raise StoreError(f"case {case_id} is signed for and has no row; work on its ticket again")
        for request in self._records.approvals.list(ApprovalStatus.EXECUTING, case_id, EVERY):
            record = self._resume(request)
        return self._continue(record) if record.status in OPEN else record
