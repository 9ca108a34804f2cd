"""Rules about a case as a whole, whatever its single actions may do. A reasoner's claims about itself count nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.case import Classification, Investigation, ProposedResolution, Verdict, Violation
from agent.guard.injection import instructions
from agent.guard.rules import Rule, blocked
from agent.remedies import clashes
from tools.actions import TICKET_ACTIONS, Action, EscalateToHuman, SendReply
from tools.helpdesk import Ticket


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The case that a proposal is about."""

    case_id: str
    ticket: Ticket
    classification: Classification
    investigation: Investigation
    rests_on: Mapping[str, str] = field(default_factory=dict[str, str])
    """Versions besides the facts: the playbooks, and the editions of the sections that are cited, as they are now."""


CaseRule = Callable[[Subject, ProposedResolution, Sequence[Action]], Sequence[Violation]]


def case_rules(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> tuple[Violation, ...]:
    """What every rule says."""
    return tuple(violation for rule in _CASE_RULES for violation in rule(subject, proposal, effects))


def handed_over(effects: Sequence[Action]) -> bool:
    """Whether a person is really given the case; a flag alone tells nobody."""
    return any(isinstance(action, EscalateToHuman) for action in effects)


def _own_ticket(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    named = [getattr(action, "ticket_id", "") or subject.ticket.id for action in effects]
    strangers = [name for name in named if name != subject.ticket.id]
    return [blocked(Rule.OTHER_TICKET, f"an action names ticket {name}, not this one") for name in strangers]


def _reply_is_the_draft(
    subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]
) -> Sequence[Violation]:
    """Only the draft is held against the evidence: a reply hidden among the actions would leave unread by any rule."""
    if any(isinstance(action, SendReply) for action in proposal.actions):
        return [blocked(Rule.REPLY_IN_ACTIONS, "a reply is proposed as the draft, never as an action")]
    return []


def _answers_the_message(
    subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]
) -> Sequence[Violation]:
    replies = [action for action in effects if isinstance(action, SendReply)]
    known = {message.id for message in subject.ticket.messages}
    if len(replies) > 1:
        return [blocked(Rule.ONE_REPLY, "a case sends one reply to a message, not several")]
    if any(reply.in_reply_to not in known for reply in replies):
        return [blocked(Rule.UNKNOWN_MESSAGE, "the reply answers a message that is not on this ticket")]
    return []


def _person_asked_for(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    if subject.classification.human_request and not handed_over(effects):
        return [blocked(Rule.HUMAN_EXIT, "the customer asks for a person; the case has to be handed over now")]
    return []


def _never_answer_machines(
    subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]
) -> Sequence[Violation]:
    automatic = subject.classification.automatic or subject.ticket.latest.automatic
    if automatic and any(isinstance(action, SendReply) for action in effects):
        return [blocked(Rule.AUTOMATIC, f"an automatic message is never answered: {automatic}")]
    return []


def _context_missing(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    failures = subject.investigation.failures
    if failures and proposal.reply is not None and not handed_over(effects):
        return [blocked(Rule.CONTEXT_MISSING, f"order context missing: {'; '.join(failures)}")]
    return []


def _flags_are_true(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    """`escalate` and `ignore` say how the case ends. A person who edits a proposal has taken it over already."""
    if proposal.escalate and not proposal.author and not handed_over(effects):
        return [blocked(Rule.HANDOVER, "it says that a person takes over, and nobody is told")]
    acts = proposal.reply is not None or any(action.kind not in TICKET_ACTIONS for action in effects)
    if proposal.ignore and acts:
        return [blocked(Rule.SILENCE, "it says that nothing is answered, and it acts or answers")]
    return []


def _one_remedy(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    """The same goods are made good once: sent again or paid back, never both. A person who wants both writes it."""
    if proposal.author:
        return []
    pairs = {(one.kind, other.kind) for one, other in clashes(effects)}
    return [
        blocked(Rule.TWO_REMEDIES, f"{one} and {other} make good for the same goods") for one, other in sorted(pairs)
    ]


def _instructions(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    return list(instructions(subject.ticket, subject.investigation, reply=proposal.reply is not None))


def _unsure(subject: Subject, proposal: ProposedResolution, effects: Sequence[Action]) -> Sequence[Violation]:
    said = subject.classification
    if said.abstained and proposal.reply is not None:
        message = f"only {said.confidence:.0%} sure that this is about {said.intent}"
        ask = Verdict.REQUIRE_APPROVAL
        return [Violation(rule=Rule.UNSURE.value, verdict=ask, message=message, role="agent")]
    return []


_CASE_RULES: tuple[CaseRule, ...] = (
    _own_ticket,
    _reply_is_the_draft,
    _answers_the_message,
    _person_asked_for,
    _never_answer_machines,
    _context_missing,
    _flags_are_true,
    _one_remedy,
    _instructions,
    _unsure,
)
