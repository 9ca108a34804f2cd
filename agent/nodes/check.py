"""check: may it happen? Facts are re-read by code. What is blocked is mended once, then handed to a person."""

from __future__ import annotations

from collections.abc import Iterator

from agent.case import GuardVerdict, Verdict, Violation
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
    problems = (*blocking(judged.verdict), *_silence(judged))
    if not problems:
        return _checked(judged, inquiry)
    if _may_mend(state, deps):
        return {"problems": list(problems), "rounds": state.get("rounds", 0) + 1, "inquiry": inquiry}
    return _handed_over(state, subject, inquiry, deps, problems)


def _silence(judged: Judged) -> tuple[str, ...]:
    """Why it would end as an answered case that nobody answered; empty when a person reads, answers or takes over."""
    proposal = judged.proposal
    spoken = proposal.reply is not None or proposal.escalate or proposal.ignore
    unread = judged.verdict.verdict is Verdict.ALLOW
    return ("no reply was proposed, and nobody was named to take over",) if unread and not spoken else ()


def _may_mend(state: CaseState, deps: AgentDeps) -> bool:
    """Once, by a reasoner that can; never over what a person wrote, and never by one that failed."""
    spent = state.get("fault") or proposal_of(state).author or state.get("rounds", 0) >= MOST_REPAIRS
    return deps.reasoner.repairs and not spent


def refusals(verdict: GuardVerdict) -> tuple[str, ...]:
    """Why it may not happen, in words for people."""
    return tuple(dict.fromkeys(each.message.rstrip(".") for each in _blocks(verdict)))


def blocking(verdict: GuardVerdict) -> tuple[str, ...]:
    """Why it may not happen, rule by rule."""
    return tuple(dict.fromkeys(f"{each.rule}: {each.message}" for each in _blocks(verdict)))


def _blocks(verdict: GuardVerdict) -> Iterator[Violation]:
    return (each for each in verdict.every_violation() if each.verdict is Verdict.BLOCK)


def _handed_over(
    state: CaseState, subject: Subject, inquiry: Inquiry, deps: AgentDeps, problems: tuple[str, ...]
) -> CaseState:
    would = proposal_of(state).actions
    proposal = handover(brief_of(subject, inquiry, deps, state), f"not allowed: {'; '.join(problems)}", suggested=would)
    return _checked(deps.guard.check(subject, proposal, deps.clock.now()), inquiry)


def _checked(judged: Judged, inquiry: Inquiry) -> CaseState:
    said: CaseState = {
        "proposal": as_json(judged.proposal),
        "verdict": judged.verdict.model_dump(mode="json", exclude_defaults=True),
        "amounts": {fingerprint: str(amount) for fingerprint, amount in judged.amounts.items()},
        "problems": [],
        "decision": {},
        "halted": "",
        "inquiry": inquiry,
    }
    why = blocking(judged.verdict)
    return {**said, "message": f"not allowed, and nobody may be told: {'; '.join(why)}"} if why else said
