"""execute: the one node from which the world is changed. Checked again, claimed under its key, then done."""

from __future__ import annotations

from agent.case import Verdict
from agent.deps import AgentDeps
from agent.execution import EffectRun, Executor, Halt
from agent.nodes.subject import brief_of, proposal_of, subject_of, ticket_of
from agent.state import CaseState
from tools.actions import Action

WORDS = frozenset({"send_reply", "add_internal_note", "close_ticket"})
"""What only has to be read before it happens."""


class Interrupted(Exception):
    """The effects could not go on for now (stopped by a person, a system is down). The same run can be tried again."""

    def __init__(self, run: EffectRun) -> None:
        self.alerts = run.alerts
        super().__init__(run.message)


def execute(state: CaseState, deps: AgentDeps, executor: Executor) -> CaseState:
    """What may happen now: before a decision what needs none, after an approval exactly what was signed."""
    ticket = ticket_of(state, deps)
    if not state.get("decision") and ticket.staff != state.get("staff", ticket.staff):
        return {"halted": Halt.BLOCKED.value, "message": "a person answered while this was worked on"}
    subject, _ = subject_of(state, deps, ticket)
    decision, proposal = state.get("decision", {}), proposal_of(state)
    approval_id = str(decision.get("approval_id", "")) if decision.get("kind") == "approve" else ""
    wanted = Verdict.REQUIRE_APPROVAL if approval_id else Verdict.ALLOW
    effects = tuple(action for action in proposal.effects(state["ticket_id"]) if verdict_of(state, action) == wanted)
    run = executor.run(subject, effects, approval_id, proposal.promises)
    if run.halt and run.halt.retry:
        raise Interrupted(run)
    if not run.halt and not state.get("decision") and _has_to_wait(state):
        _notify(state, deps, executor)
    # Why it was asked again stays visible while what needs nobody is done on the way.
    message = run.message if run.message or approval_id else state.get("message", "")
    return {"halted": run.halt.value if run.halt else "", "message": message}


def _has_to_wait(state: CaseState) -> bool:
    """Whether a person has to do more than read a reply."""
    waiting = {str(item.get("kind")) for item in _verdicts(state) if item.get("verdict") == Verdict.REQUIRE_APPROVAL}
    return bool(waiting - WORDS) or bool(proposal_of(state).escalate)


def _notify(state: CaseState, deps: AgentDeps, executor: Executor) -> None:
    """Tell a customer we know when somebody answers. What stops it stops only the notice."""
    if deps.notice is None:
        return
    subject, inquiry = subject_of(state, deps)
    identity = subject.investigation.identity
    if identity.verified and not subject.classification.automatic:
        executor.run(subject, (deps.notice(brief_of(subject, inquiry, deps, state)),))


def verdict_of(state: CaseState, action: Action) -> str:
    """The verdict on one action; one that was not judged is blocked."""
    fingerprint = action.fingerprint()
    found = {str(item.get("verdict")) for item in _verdicts(state) if item.get("fingerprint") == fingerprint}
    return found.pop() if len(found) == 1 else Verdict.BLOCK


def waits(state: CaseState) -> bool:
    """Whether something of the proposal still needs a signature."""
    return any(item.get("verdict") == Verdict.REQUIRE_APPROVAL.value for item in _verdicts(state))


def stale(state: CaseState) -> bool:
    """Whether the world moved on after the signature, so that it has to be asked again."""
    return state.get("halted") == Halt.STALE.value


def _verdicts(state: CaseState) -> list[dict[str, object]]:
    actions = state["verdict"].get("actions", [])
    return [dict(item) for item in actions if isinstance(item, dict)] if isinstance(actions, list) else []
