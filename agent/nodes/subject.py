"""What the nodes share: a case read back from its state, with facts looked up afresh when they are not at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from agent.case import CitedPassage, Classification, Identity, Investigation, LookupCall, ProposedResolution
from agent.conversation import conversation
from agent.deps import AgentDeps
from agent.guard.guard import Subject
from agent.investigation import Inquiry, investigate
from agent.investigation.asked import CaseLookups, case_lookups, with_answers
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief
from agent.repositories import CaseRecord
from agent.state import CaseState, Json
from tools.errors import Unavailable
from tools.helpdesk import Ticket

Noun = TypeVar("Noun", Classification, ProposedResolution)
MOST_EARLIER = 5
"""How many other cases a person is told about."""


class BadAnswer(TypeError):
    """The reasoner gave something else than what it was asked for."""


def ticket_of(state: CaseState, deps: AgentDeps) -> Ticket:
    """The conversation as it is now. Raises Unavailable when the helpdesk does not know the ticket."""
    ticket = deps.readers.helpdesk.ticket(state["ticket_id"])
    if ticket is None:
        raise Unavailable(f"the helpdesk has no ticket {state['ticket_id']}")
    if len(ticket.messages) == 1:
        return ticket
    since = state.get("finished")
    return conversation(ticket, deps.readers.helpdesk.sent(ticket.id), datetime.fromisoformat(since) if since else None)


def classification_of(state: CaseState) -> Classification:
    """What `classify` found."""
    return Classification.model_validate(state["classification"])


def proposal_of(state: CaseState) -> ProposedResolution:
    """What was proposed last."""
    return ProposedResolution.model_validate(state["proposal"])


def inquiry_of(state: CaseState, deps: AgentDeps, ticket: Ticket) -> Inquiry:
    """The facts of this run; after a pause or a restart they are looked up again."""
    known = state.get("inquiry")
    return known if known is not None else look_up(state, deps, ticket)


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


def look_up(state: CaseState, deps: AgentDeps, ticket: Ticket) -> Inquiry:
    """The facts as they are now: what the reasoner needs, and what the proposal asked besides."""
    said = classification_of(state)
    inquiry = investigate(
        ticket,
        said,
        # A reasoner that failed is not asked anything again; what everybody needs is looked up all the same.
        Needs(lookups=frozenset()) if state.get("fault") else deps.reasoner.needs(said),
        readers=deps.readers,
        knowledge=deps.knowledge,
        limits=deps.limits,
        now=deps.clock.now(),
    )
    return with_asked(inquiry, asked_in(state), deps)


def subject_of(state: CaseState, deps: AgentDeps, newest: Ticket | None = None) -> tuple[Subject, Inquiry]:
    """The case as the guard sees it: with the ticket that was looked into, or with `newest`."""
    known = state.get("inquiry")
    ticket = newest or (known.ticket if known is not None else ticket_of(state, deps))
    inquiry = inquiry_of(state, deps, ticket)
    subject = Subject(
        case_id=state["case_id"],
        ticket=ticket,
        classification=classification_of(state),
        investigation=inquiry.investigation,
        rests_on={**deps.reasoner.versions, **cited_editions(state, inquiry.investigation)},
    )
    return subject, inquiry


def cited_editions(state: CaseState, known: Investigation) -> Mapping[str, str]:
    """Each section that the proposal cites, by its place, with the edition of it that is in force now."""
    if not state.get("proposal"):
        return {}
    held = {_place(passage.passage_id): passage for passage in known.passages}
    cited = sorted({_place(cite) for cite in proposal_of(state).citations})
    return {f"passage:{place}": _edition(held.get(place)) for place in cited}


def _place(passage_id: str) -> str:
    """`returns@v3#window` -> `returns#window`: the same section in every version."""
    document, _, rest = passage_id.partition("@v")
    return f"{document}#{rest.partition('#')[2]}"


def _edition(passage: CitedPassage | None) -> str:
    if passage is None:
        return "none"
    return f"v{passage.version}:{hashlib.sha256(f'{passage.title}{passage.text}'.encode()).hexdigest()[:16]}"


def brief_of(subject: Subject, inquiry: Inquiry, deps: AgentDeps, state: CaseState) -> Brief:
    """What the reasoner is told."""
    return Brief(
        ticket=subject.ticket,
        classification=subject.classification,
        investigation=inquiry.investigation,
        scope=inquiry.scope,
        now=deps.clock.now(),
        feedback=rejected_because(state),
        problems=tuple(state.get("problems", ())),
        asked=asked_in(state),
        lookups=partial(lookups_of, inquiry.investigation.identity, deps),
        earlier=partial(earlier_of, subject, deps),
    )


def earlier_of(subject: Subject, deps: AgentDeps) -> list[CaseRecord]:
    """The other cases of a verified customer, newest first."""
    customer = subject.investigation.identity.customer_id
    found = deps.earlier_cases(customer, MOST_EARLIER + 1) if customer else ()
    return [case for case in found if case.case_id != subject.case_id][:MOST_EARLIER]


def rejected_because(state: CaseState) -> str:
    """What the person said who rejected the proposal before; empty when nobody did."""
    decision = state.get("decision", {})
    return str(decision.get("reason", "")) if decision.get("kind") == "reject" else ""


def answered(found: object, kind: type[Noun]) -> Noun:
    """What a reasoner said. Raises BadAnswer when it is nothing of the kind, whatever its types promise."""
    if not isinstance(found, kind):
        raise BadAnswer(f"it answered with {type(found).__name__} instead of {kind.__name__}")
    return found


def as_json(noun: Classification | ProposedResolution) -> Json:
    """A noun as checkpoints keep it; what equals its default is left out."""
    return noun.model_dump(mode="json", exclude_defaults=True)
