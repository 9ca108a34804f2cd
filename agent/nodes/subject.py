"""What the nodes share: a case read back from its state, with facts looked up afresh when they are not at hand."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from agent.case import Classification, Identity, LookupCall, ProposedResolution
from agent.deps import AgentDeps
from agent.guard.guard import Subject
from agent.investigation import Inquiry, investigate
from agent.investigation.asked import CaseLookups, case_lookups, with_answers
from agent.reasoners.base import Brief
from agent.state import CaseState, Json
from tools.errors import Unavailable
from tools.helpdesk import Ticket


def ticket_of(state: CaseState, deps: AgentDeps) -> Ticket:
    """The ticket as the helpdesk has it now. Raises Unavailable when the helpdesk does not know it."""
    ticket = deps.readers.helpdesk.ticket(state["ticket_id"])
    if ticket is None:
        raise Unavailable(f"the helpdesk has no ticket {state['ticket_id']}")
    return ticket


def classification_of(state: CaseState) -> Classification:
    """What `classify` found."""
    return Classification.model_validate(state["classification"])


def proposal_of(state: CaseState) -> ProposedResolution:
    """What was proposed last."""
    return ProposedResolution.model_validate(state["proposal"])


def inquiry_of(state: CaseState, deps: AgentDeps, ticket: Ticket) -> Inquiry:
    """The facts of this run; after a pause or a restart they are looked up again."""
    known = state.get("inquiry")
    if known is not None:
        return known
    return with_asked(look_up(ticket, classification_of(state), deps), asked_in(state), deps)


def asked_in(state: CaseState) -> tuple[LookupCall, ...]:
    """What the proposal asked besides the usual lookups."""
    return proposal_of(state).lookups if state.get("proposal") else ()


def lookups_of(identity: Identity, deps: AgentDeps) -> CaseLookups:
    """What a reasoner may ask for this sender."""
    return case_lookups(identity, deps.readers, deps.knowledge, deps.clock.now())


def with_asked(inquiry: Inquiry, calls: tuple[LookupCall, ...], deps: AgentDeps) -> Inquiry:
    """The facts with the answers to what a proposal asked, read by code."""
    if not calls:
        return inquiry
    known = inquiry.investigation
    return replace(inquiry, investigation=with_answers(known, calls, lookups_of(known.identity, deps)))


def look_up(ticket: Ticket, classification: Classification, deps: AgentDeps) -> Inquiry:
    """Run the lookups that the reasoner needs."""
    return investigate(
        ticket,
        classification,
        deps.reasoner.needs(classification),
        readers=deps.readers,
        knowledge=deps.knowledge,
        limits=deps.limits,
        now=deps.clock.now(),
    )


def subject_of(state: CaseState, deps: AgentDeps) -> tuple[Subject, Inquiry]:
    """The case as the guard sees it."""
    ticket = ticket_of(state, deps)
    inquiry = inquiry_of(state, deps, ticket)
    subject = Subject(
        case_id=state["case_id"],
        ticket=ticket,
        classification=classification_of(state),
        investigation=inquiry.investigation,
    )
    return subject, inquiry


def brief_of(subject: Subject, inquiry: Inquiry, deps: AgentDeps, state: CaseState) -> Brief:
    """What the reasoner is told."""
    return Brief(
        ticket=subject.ticket,
        classification=subject.classification,
        investigation=inquiry.investigation,
        scope=inquiry.scope,
        now=deps.clock.now(),
        feedback=str(state.get("decision", {}).get("reason", "")),
        problems=tuple(state.get("problems", ())),
        asked=asked_in(state),
        lookups=partial(lookups_of, inquiry.investigation.identity, deps),
    )


def as_json(noun: Classification | ProposedResolution) -> Json:
    """A noun as checkpoints keep it; what equals its default is left out."""
    return noun.model_dump(mode="json", exclude_defaults=True)
