"""check: may it happen? Facts are re-read by code. What is blocked is mended once, then handed to a person."""

from __future__ import annotations

from agent.case import GuardVerdict, Verdict
from agent.deps import AgentDeps
from agent.guard.guard import Judged, Subject
from agent.investigation import Inquiry
from agent.nodes.subject import as_json, brief_of, proposal_of, subject_of
from agent.reasoners.handover import handover
from agent.state import CaseState

MOST_REPAIRS = 1


def check(state: CaseState, deps: AgentDeps) -> CaseState:
    """The verdict; `problems` asks the reasoner to mend its proposal."""
    subject, inquiry = subject_of(state, deps)
    judged = deps.guard.check(subject, proposal_of(state), deps.clock.now())
    if judged.verdict.verdict is not Verdict.BLOCK:
        return _checked(judged)
    problems = blocking(judged.verdict)
    repairs = state.get("rounds", 0)
    if deps.reasoner.repairs and repairs < MOST_REPAIRS:
        return {"problems": list(problems), "rounds": repairs + 1}
    return _handed_over(state, subject, inquiry, deps, problems)


def blocking(verdict: GuardVerdict) -> tuple[str, ...]:
    """Why it may not happen, rule by rule."""
    found = (f"{v.rule}: {v.message}" for v in verdict.every_violation() if v.verdict is Verdict.BLOCK)
    return tuple(dict.fromkeys(found))


def _handed_over(
    state: CaseState, subject: Subject, inquiry: Inquiry, deps: AgentDeps, problems: tuple[str, ...]
) -> CaseState:
    would = proposal_of(state).actions
    proposal = handover(brief_of(subject, inquiry, deps, state), f"not allowed: {'; '.join(problems)}", suggested=would)
    return _checked(deps.guard.check(subject, proposal, deps.clock.now()))


def _checked(judged: Judged) -> CaseState:
    return {
        "proposal": as_json(judged.proposal),
        "verdict": judged.verdict.model_dump(mode="json", exclude_defaults=True),
        "amounts": {fingerprint: str(amount) for fingerprint, amount in judged.amounts.items()},
        "problems": [],
        "decision": {},
        "halted": "",
    }
