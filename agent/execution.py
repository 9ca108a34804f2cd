"""The executor: the only code that changes the world. Claim the key, judge again, do it once, record it.

A crash at any point leaves either nothing or a pending claim, and a pending claim is settled by reading the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from agent.approvals.moves import finish, supersede
from agent.approvals.request import ApprovalRequest, ApprovalStatus, stated_amount
from agent.approvals.standing import changed
from agent.case import ActionVerdict, Execution, ExecutionStatus, Promise, Verdict, digest_of, effect_key
from agent.deps import Clock
from agent.guard.guard import Subject
from agent.ledger import OPEN, LedgerEntry, claimed_again, older, settled, succeeded
from agent.limits.people import Role
from agent.limits.service import Loop
from agent.policy import PolicyFacts, amount_of
from agent.promises import Alert, unbacked
from agent.repositories import ApprovalRepository, ExecutionLedger, SwitchBoard
from agent.switches import Switch, intent_scope, loop_scope, recipient_key, too_many, workflow_scope
from tools import writes
from tools.actions import Action, SendReply
from tools.errors import ActionRefused, Rejected, ToolError, Unavailable
from tools.ports import Receipt, Writers


class Halt(StrEnum):
    """Why a run stopped before its end."""

    PAUSED = "paused"
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    UNSIGNED = "unsigned"
    STALE = "stale"
    BLOCKED = "blocked"
    REFUSED = "refused"

    @property
    def retry(self) -> bool:
        """Whether the same run can be tried again later, under the same signature."""
        return self in (Halt.PAUSED, Halt.BUSY, Halt.UNAVAILABLE, Halt.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class EffectRun:
    """What a run did: the effects up to the halt, the one that failed or is unknown included, and what to tell."""

    executions: tuple[Execution, ...] = ()
    halt: Halt | None = None
    message: str = ""
    alerts: tuple[Alert, ...] = ()


class Recheck(Protocol):
    """Judging again from facts read now: `agent.guard.guard.Guard`, over `agent.history.LedgerHistory`."""

    def judge_one(self, subject: Subject, action: Action, now: datetime) -> tuple[ActionVerdict, PolicyFacts]:
        """The verdict on one action, which does not count against itself, and the facts behind it."""
        ...

    def bindings(self, subject: Subject, effects: Sequence[Action], now: datetime) -> dict[str, str]:
        """The versions that these effects rest on."""
        ...


class _Stop(Exception):
    def __init__(self, halt: Halt, message: str, entry: LedgerEntry | None = None, alert: Alert | None = None) -> None:
        self.halt, self.message, self.entry, self.alert = halt, message, entry, alert
        super().__init__(message)


@dataclass(kw_only=True)
class _Errand:
    """One run: what it is for, and how far it has come."""

    subject: Subject
    effects: Sequence[Action]
    request: ApprovalRequest | None
    promises: Sequence[Promise]
    fresh: bool = False
    known: dict[str, LedgerEntry] = field(default_factory=dict[str, LedgerEntry])
    """What the ledger held of this case when the run began, by key. A claim is what counts, so it may be old."""
    done: list[LedgerEntry] = field(default_factory=list[LedgerEntry])


def _presumed_alive(owner: str) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Does effects, in order, each exactly once; stops at the first that cannot be done.

    `owner` names this process uniquely. A pending claim of another process is taken over when `alive` denies that
    process or after `lease`, which must be longer than any call to a connected system can take.
    """

    writers: Writers
    guard: Recheck
    ledger: ExecutionLedger
    approvals: ApprovalRepository
    switches: SwitchBoard
    clock: Clock
    owner: str
    loop: Loop
    alive: Callable[[str], bool] = _presumed_alive
    workflow: str = "support"
    lease: timedelta = timedelta(minutes=2)
    settle_after: timedelta = timedelta(minutes=2)
    confirm_within: timedelta = timedelta(minutes=15)

    def run(
        self, subject: Subject, effects: Sequence[Action], approval_id: str = "", promises: Sequence[Promise] = ()
    ) -> EffectRun:
        """Do `effects`; those done before under the same key are reported and not repeated. Safe to call again.

        With `approval_id`, the effects must be exactly those that were signed, resting on the same versions; the
        request is closed at the end. A reply is held back while a promise in it has no succeeded effect.
        """
        request = self.approvals.get(approval_id) if approval_id else None
        if approval_id and (request is None or request.case_id != subject.case_id):
            return EffectRun(halt=Halt.UNSIGNED, message=f"case {subject.case_id} has no request {approval_id}")
        errand = _Errand(subject=subject, effects=effects, request=request, promises=promises)
        run = self._work(errand)
        self._close(errand, run)
        return run

    def _work(self, errand: _Errand) -> EffectRun:
        try:
            _same_effects(errand)
            if errand.effects:
                errand.known = {entry.key: entry for entry in self.ledger.of_case(errand.subject.case_id)}
            for action in errand.effects:
                errand.done.append(self._one(errand, action))
                errand.known[errand.done[-1].key] = errand.done[-1]
        except _Stop as stop:
            entries = [*errand.done, *([stop.entry] if stop.entry else [])]
            alerts = (stop.alert,) if stop.alert else ()
            return EffectRun(executions=_plain(entries), halt=stop.halt, message=stop.message, alerts=alerts)
        except Unavailable as error:
            return EffectRun(executions=_plain(errand.done), halt=Halt.UNAVAILABLE, message=str(error))
        return EffectRun(executions=_plain(errand.done))

    def _one(self, errand: _Errand, action: Action) -> LedgerEntry:
        known = errand.known.get(effect_key(errand.subject.case_id, action))
        if known is not None and known.status in OPEN:
            known = self._read(known)
        if known is not None and known.status is ExecutionStatus.SUCCEEDED:
            return known
        self._standing(errand)
        if not errand.done:
            self._switched_on(errand, action)  # so that a stopped run claims nothing; what counts is looked at below
        entry = self._ready(errand, self._claim(errand, action, known), known)
        receipt = self._apply(entry, known)
        return self._record(entry, succeeded(entry, receipt, self.clock.now(), self._bindings_after(errand)))

    def _ready(self, errand: _Errand, entry: LedgerEntry, known: LedgerEntry | None) -> LedgerEntry:
        try:
            entry = self._judged(errand, entry)
            self._message_allowed(errand, entry)
            self._switched_on(errand, entry.action)
        except (_Stop, ToolError):
            self._give_back(entry, known)
            raise
        return entry

    def _give_back(self, entry: LedgerEntry, known: LedgerEntry | None) -> None:
        """Nothing was changed under this claim: forget it, or leave the effect as it was before."""
        if known is None:
            self.ledger.release(entry)
        else:
            self.ledger.swap(entry, known.model_copy(update={"attempt": entry.attempt}))

    def _standing(self, errand: _Errand) -> None:
        """The signature counts now: not used up, and the world is still the one that was shown."""
        request = errand.request
        if request is None or errand.fresh:
            return
        if request.status is not ApprovalStatus.EXECUTING:
            halt = Halt.STALE if request.status is ApprovalStatus.SUPERSEDED else Halt.UNSIGNED
            raise _Stop(halt, f"request {request.id} is {request.status}, so nothing may happen under it")
        self._unmoved(errand, request)
        errand.fresh = True

    def _unmoved(self, errand: _Errand, request: ApprovalRequest) -> None:
        entries = self.ledger.of_approval(request.id)
        while moved := changed(request, entries, self.guard.bindings(errand.subject, errand.effects, self.clock.now())):
            # Another process may be carrying out the same signature: what it moved meanwhile is no change to ask about.
            before, entries = entries, self.ledger.of_approval(request.id)
            if any(self._working(entry) for entry in entries):
                raise _Stop(Halt.BUSY, "another process is carrying this signature out right now")
            if entries == before:
                raise _Stop(Halt.STALE, f"changed since it was asked: {', '.join(moved)}")

    def _switched_on(self, errand: _Errand, action: Action) -> None:
        subject = errand.subject
        scopes = [workflow_scope(self.workflow), intent_scope(subject.classification.intent)]
        if isinstance(action, SendReply):
            scopes.append(loop_scope(self.workflow, _recipient(subject)))
        switch = self.switches.stopped(scopes)
        if switch is not None:
            raise _Stop(Halt.PAUSED, f"{switch.by} stopped {switch.stops}: {switch.reason}")

    def _claim(self, errand: _Errand, action: Action, known: LedgerEntry | None) -> LedgerEntry:
        entry = self._entry(errand, action)
        if known is not None:
            entry = claimed_again(known, entry)
        won = self.ledger.claim(entry) if known is None else self.ledger.swap(known, entry)
        if not won:
            raise _Stop(Halt.BUSY, f"another process is doing {action.kind} right now")
        return entry

    def _entry(self, errand: _Errand, action: Action) -> LedgerEntry:
        subject, request = errand.subject, errand.request
        return LedgerEntry(
            key=effect_key(subject.case_id, action),
            case_id=subject.case_id,
            action=action,
            status=ExecutionStatus.PENDING,
            approval_id=request.id if request else "",
            approved_by=request.decided_by if request else "",
            claimed_at=self.clock.now(),
            owner=self.owner,
            customer_id=subject.investigation.identity.customer_id,
            amount=request.amount_of(action) if request else stated_amount(action),
            recipient=_recipient(subject) if isinstance(action, SendReply) else "",
            before=_before(errand),
        )

    def _judged(self, errand: _Errand, entry: LedgerEntry) -> LedgerEntry:
        # After the claim, so that two processes see each other's effects and cannot both slip under one limit.
        verdict, facts = self.guard.judge_one(errand.subject, entry.action, self.clock.now())
        _agreed(errand.request, entry.action, verdict)
        amount = amount_of(entry.action, facts)
        return entry.model_copy(update={"amount": amount, "customer_id": facts.customer_id or entry.customer_id})

    def _message_allowed(self, errand: _Errand, entry: LedgerEntry) -> None:
        if not isinstance(entry.action, SendReply):
            return
        missing = unbacked(errand.promises, entry.case_id, self.ledger.of_case(entry.case_id))
        if missing:
            said = "; ".join(promise.text for promise in missing)
            raise _Stop(Halt.BLOCKED, f"the reply promises what was not done: {said}")
        now = self.clock.now()
        sent = self.ledger.sent_to(entry.recipient, now - self.loop.window)
        if too_many([other.claimed_at for other in sent if other.key != entry.key], now, self.loop):
            self._trip(entry, now)

    def _trip(self, entry: LedgerEntry, now: datetime) -> None:
        scope = loop_scope(self.workflow, entry.recipient)
        why = f"more than {self.loop.replies} messages to one recipient in {self.loop.minutes} minutes"
        first = self.switches.trip(Switch(scope=scope, stopped=True, by="loop breaker", reason=why, at=now))
        message = f"{self.workflow} is paused for one recipient: {why}; a person has to resume {scope}"
        alert = Alert(key=f"{scope}:{now.isoformat()}", kind="loop", case_id=entry.case_id, message=message, at=now)
        raise _Stop(Halt.PAUSED, message, alert=alert if first else None)

    def _apply(self, entry: LedgerEntry, known: LedgerEntry | None) -> Receipt:
        try:
            return writes.apply(entry.action, self.writers, entry.key)
        except Unavailable:
            self._give_back(entry, known)
            raise
        except (ActionRefused, Rejected) as error:
            failed = self._record(entry, settled(entry, ExecutionStatus.FAILED, self.clock.now(), str(error)))
            raise _Stop(Halt.REFUSED, str(error), failed) from error
        except ToolError as error:
            return self._unknown(entry, str(error))

    def _unknown(self, entry: LedgerEntry, why: str) -> Receipt:
        """Sent, and no answer: only reading says what happened."""
        try:
            receipt = self.writers.effects.receipt(entry.key)
        except ToolError:
            receipt = None
        if receipt is None:
            unknown = self._record(entry, settled(entry, ExecutionStatus.UNKNOWN, self.clock.now(), why))
            raise _Stop(Halt.UNKNOWN, f"nobody knows yet whether {entry.action.kind} happened: {why}", unknown)
        return receipt

    def _bindings_after(self, errand: _Errand) -> dict[str, str]:
        if errand.request is None or len(errand.done) + 1 == len(errand.effects):
            return {}
        try:
            return self.guard.bindings(errand.subject, errand.effects, self.clock.now())
        except ToolError:
            return {}  # what was done has to be recorded, whatever else fails

    def _record(self, before: LedgerEntry, after: LedgerEntry) -> LedgerEntry:
        if self.ledger.swap(before, after):
            return after
        return self.ledger.get(before.key) or after

    def _read(self, entry: LedgerEntry) -> LedgerEntry:
        """An open claim after reading the receipt; still open when nothing was done and it may be claimed again."""
        if self._working(entry):
            raise _Stop(Halt.BUSY, f"another process is doing {entry.action.kind} right now", entry)
        receipt = self.writers.effects.receipt(entry.key)
        now = self.clock.now()
        if receipt is not None:
            return self._record(entry, succeeded(entry, receipt, now, {}))
        # A call that got no answer may still be on its way: give it time to arrive before it is sent again.
        if entry.status is not ExecutionStatus.PENDING and not older(entry, now, self.settle_after):
            raise _Stop(Halt.UNKNOWN, f"nobody knows yet whether {entry.action.kind} happened", entry)
        return entry

    def _working(self, entry: LedgerEntry) -> bool:
        fresh = not older(entry, self.clock.now(), self.lease)
        return entry.status is ExecutionStatus.PENDING and fresh and self.alive(entry.owner)

    def _close(self, errand: _Errand, run: EffectRun) -> None:
        request, now = errand.request, self.clock.now()
        if request is None or request.status is not ApprovalStatus.EXECUTING or (run.halt and run.halt.retry):
            return
        if run.halt is Halt.STALE:
            after = supersede(request, now, run.message)
        else:
            after = finish(request, now, done=run.halt is None, detail=run.message)
        self.approvals.swap(request, after)

    def settle_open(self) -> list[Alert]:
        """Read what became of every open effect; what nothing confirms in time turns `unconfirmed`, told once."""
        alerts: list[Alert] = []
        for entry in self.ledger.unsettled():
            if self._working(entry):
                continue
            receipt, now = self.writers.effects.receipt(entry.key), self.clock.now()
            if receipt is not None:
                self.ledger.swap(entry, succeeded(entry, receipt, now, {}))
            elif entry.status is not ExecutionStatus.UNCONFIRMED and older(entry, now, self.confirm_within):
                alerts += self._unconfirmed(entry, now)
        return alerts

    def _unconfirmed(self, entry: LedgerEntry, now: datetime) -> list[Alert]:
        minutes = self.confirm_within // timedelta(minutes=1)
        message = f"{entry.action.kind} of case {entry.case_id} was not confirmed within {minutes} minutes"
        if not self.ledger.swap(entry, settled(entry, ExecutionStatus.UNCONFIRMED, now, message)):
            return []
        return [Alert(key=f"effect:{entry.key}", kind="unconfirmed", case_id=entry.case_id, message=message, at=now)]


def _plain(entries: Sequence[LedgerEntry]) -> tuple[Execution, ...]:
    return tuple(entry.execution() for entry in entries)


def _recipient(subject: Subject) -> str:
    return recipient_key(subject.ticket.latest.sender or subject.ticket.id)


def _same_effects(errand: _Errand) -> None:
    request = errand.request
    if request is not None and digest_of(errand.effects, request.bindings) != request.digest:
        raise _Stop(Halt.STALE, f"these are not the effects that {request.decided_by} signed in {request.id}")


def _before(errand: _Errand) -> dict[str, str]:
    last = errand.done[-1].after if errand.done else {}
    return last or (errand.request.bindings if errand.request else {})


def _agreed(request: ApprovalRequest | None, action: Action, verdict: ActionVerdict) -> None:
    """Stops unless the rules let it happen, or somebody signed whose role is enough by today's facts."""
    why = "; ".join(violation.message for violation in verdict.violations) or f"{action.kind} is blocked"
    if verdict.verdict is Verdict.BLOCK:
        raise _Stop(Halt.STALE if request else Halt.BLOCKED, why)
    if verdict.verdict is Verdict.ALLOW and not type(action).gives_value:
        return
    if request is None or request.decision is None:
        raise _Stop(Halt.UNSIGNED, f"{action.kind} needs a signature")
    least = Role(verdict.role) if verdict.role else Role.AGENT
    if not request.decision.role.covers(least):
        raise _Stop(Halt.STALE, f"{action.kind} now needs the signature of {least} or above: {why}")


def applier(writers: Writers) -> Callable[[Action, str, str], Receipt]:
    """For the gate over a snapshot: do an action under a key for an approver, with no case and no ledger around it."""

    def apply(action: Action, key: str, approver: str) -> Receipt:
        return writes.apply(action, writers, key)

    return apply
