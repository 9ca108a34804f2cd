"""A case page: what is asked, what is true, what we would say, what would happen, who signs. In that order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.approvals import ApprovalRequest
from agent.approvals.card import describe
from agent.case import CaseStatus, Verdict
from agent.edits import chosen
from agent.priority import priority_of
from agent.reasoners.summary import QUIET
from agent.repositories import CaseRecord
from agent.takeover import holder
from server.auth.principal import Principal, Scope
from server.ui.people import named, named_in
from server.ui.views.conversation import Message, conversation
from server.ui.views.dossier import Dossier
from server.ui.views.draft import DraftView, draft_view
from server.ui.views.effects import Effect, effects_of
from server.ui.views.facts import (
    CustomerView,
    EarlierCase,
    FactView,
    OrderView,
    Parcel,
    PassageView,
    customer_view,
    earlier_views,
    fact_views,
    order_view,
    orders_named,
    parcel_view,
    passage_views,
)
from server.ui.views.happened import Happening, Stage, forgotten, stages, timeline
from server.ui.views.rules import Rule, rule_of
from server.ui.views.signing import Signing
from server.ui.views.sources import Known
from server.ui.views.status import Badge, badge_of, by_hand
from server.ui.views.stopped import Stopped, stopped_view
from server.ui.words import age, language, moment, money, priced, share, spoken
from tools.actions import IssueStoreCredit, RefundOrder
from tools.helpdesk import Ticket


@dataclass(frozen=True, kw_only=True)
class Option:
    """What may be asked for instead, with its own effects and reply."""

    number: int
    title: str
    says: tuple[str, ...]
    reply: str


@dataclass(frozen=True, kw_only=True)
class Handover:
    """The five parts that go with a case to a person."""

    conversation: str
    customer: str
    assessment: str
    suggested: str
    summary: tuple[str, ...]
    priority: str
    score: int


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What this person can do on this page now. `why_not` says who can, when they cannot."""

    decide: bool = False
    edit: bool = False
    amount: str = ""
    take: bool = False
    held_by: str = ""
    """Who else took it over: then it is theirs, until somebody takes it from them."""
    release: bool = False
    finish: bool = False
    answer: bool = False
    """Whether it waits for a person to write by hand."""
    again: bool = False
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What the machine spent on the case. `timings` are milliseconds by step."""

    seconds: str
    model: str
    playbook: str
    timings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """Everything that case.html shows."""

    id: str
    ticket_id: str
    subject: str
    customer_name: str
    status: Badge
    working: bool
    stopped: Stopped | None
    waiting_since: str
    channel: str
    asks: tuple[tuple[str, str], ...]
    language: str
    flags: tuple[str, ...]
    queue: str
    with_person: str
    turn: int
    outcome: str
    messages: tuple[Message, ...]
    draft: DraftView | None
    draft_title: str
    effects: tuple[Effect, ...]
    options: tuple[Option, ...]
    signing: Signing | None
    decided: str
    wanted: str
    handover: Handover | None
    customer: CustomerView | None
    sender_how: str
    """What is proven about who writes."""
    order: OrderView | None
    parcels: tuple[Parcel, ...]
    passages: tuple[PassageView, ...]
    facts: tuple[FactView, ...]
    earlier: tuple[EarlierCase, ...]
    rationale: str
    rules: tuple[Rule, ...]
    open_questions: tuple[str, ...]
    failures: tuple[str, ...]
    stages: tuple[Stage, ...]
    events: tuple[Happening, ...]
    steps_forgotten: bool
    """Whether the steps of its runs are older than what is kept."""
    cost: Cost
    allowed: Allowed
    last_seq: int
    version: str


def case_view(found: Dossier, who: Principal) -> CaseView:
    """The page of a case for this person."""
    record, ticket, known = found.record, found.ticket, found.record.investigation
    evidence = known.evidence if known else ()
    fact = known.find("customer") if known else None
    cited = record.proposal.citations if record.proposal else ()
    shop, identity = found.shop, known.identity if known else None
    return CaseView(
        id=record.case_id,
        ticket_id=record.ticket_id,
        subject=title_of(ticket),
        customer_name=name_of(ticket),
        status=badge_of(record, ticket, found.stop),
        working=found.stop is None and record.status in (CaseStatus.WORKING, CaseStatus.NEW),
        stopped=stopped_view(found.stop, found.signed_by),
        waiting_since=age(found.now - ticket.latest.at),
        channel=ticket.channel.value,
        asks=_asks(record),
        language=language(record.language),
        flags=_flags(record),
        queue=record.queue,
        with_person=named_in(record.with_person),
        turn=record.turn,
        outcome=named_in(record.outcome),
        messages=conversation(ticket, found.sent),
        draft=_draft(found),
        draft_title=_draft_title(record, ticket),
        effects=effects_of(record, found.request, found.names, found.methods, found.signed_by, found.paid_back),
        options=_options(found),
        signing=found.signing,
        decided=_decided(found.asked, found.request),
        wanted=_wanted(found),
        handover=_handover(record, found),
        customer=customer_view(shop.customer, identity, fact),
        sender_how=identity.how if identity else "",
        order=order_view(shop.order, shop.customer, shop.refunds, shop.returns, identity, orders_named(record)),
        parcels=tuple(parcel_view(shipment) for shipment in shop.shipments),
        passages=passage_views(known.passages if known else (), cited),
        facts=fact_views(evidence),
        earlier=earlier_views(found.earlier, found.now),
        rationale=record.proposal.rationale if record.proposal else "",
        rules=_rules(record),
        open_questions=known.open_questions if known else (),
        failures=known.failures if known else (),
        stages=stages(record, found.events),
        events=timeline(found.events, found.asked),
        steps_forgotten=forgotten(record, found.events),
        cost=cost_of(record),
        allowed=_allowed(found, who),
        last_seq=found.events[-1].seq if found.events else 0,
        version=version_of(record, found.events[-1].seq if found.events else 0),
    )


def version_of(record: CaseRecord, last_seq: int) -> str:
    """Changes whenever the page would."""
    return f"{record.updated_at:%Y%m%d%H%M%S%f}-{record.status.value}-{record.approval_id}-{last_seq}"


def title_of(ticket: Ticket) -> str:
    """The subject, else the beginning of what was written."""
    flat = " ".join((ticket.subject or ticket.latest.text).split())
    return flat if len(flat) <= 120 else f"{flat[:119]}…"


def name_of(ticket: Ticket) -> str:
    """Who writes, as they call themselves."""
    return ticket.latest.sender_name or ticket.latest.sender or "Somebody"


def _asks(record: CaseRecord) -> tuple[tuple[str, str], ...]:
    """Intent and how sure; further asks after it."""
    said = record.classification
    if said is None:
        return ()
    more = tuple((spoken(ranked.intent), "") for ranked in said.secondary)
    return ((spoken(said.intent), share(said.confidence)), *more)


def _flags(record: CaseRecord) -> tuple[str, ...]:
    said = record.classification
    if said is None:
        return ()
    named = {
        "legal threat": said.legal_threat,
        "upset": said.high_emotion,
        "asks for a person": said.human_request,
        "not sure what is asked": said.abstained,
        f"{priority_of(said)} priority": priority_of(said) in ("high", "urgent"),
    }
    return tuple(name for name, so in named.items() if so)


def _draft(found: Dossier) -> DraftView | None:
    record = found.record
    if record.proposal is None or record.proposal.reply is None:
        return None
    violations = record.verdict.every_violation() if record.verdict else ()
    return draft_view(record.proposal.reply, violations, Known.of(record, found.names))


def _draft_title(record: CaseRecord, ticket: Ticket) -> str:
    if by_hand(record, ticket):
        return "What was suggested"
    sent = any(e.action.kind == "send_reply" and e.status.value == "succeeded" for e in record.executions)
    if sent and record.status in (CaseStatus.ANSWERED, CaseStatus.RESOLVED):
        return "What was sent"
    author = record.proposal.author if record.proposal else ""
    return f"Reply, edited by {named(author)}" if author else "Suggested reply"


def _options(found: Dossier) -> tuple[Option, ...]:
    proposal = found.record.proposal
    if proposal is None or found.request is None:
        return ()
    return tuple(
        Option(
            number=number,
            title=option.title,
            says=tuple(priced(describe(action, found.names)) for action in option.actions),
            reply=reply.text if (reply := chosen(proposal, option).reply) else "",
        )
        for number, option in enumerate(proposal.alternatives, 1)
    )


def _decided(asked: Sequence[ApprovalRequest], waiting: ApprovalRequest | None) -> str:
    """Who decided last, what and when; empty while something waits."""
    answered = [request for request in asked if request.decision is not None]
    if waiting is not None or not answered:
        return ""
    last = answered[-1]
    decision = last.decision
    if decision is None:
        return ""
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{named(decision.by)} ({decision.role.value}) {_PAST[decision.kind.value]}{reason}"


def _wanted(found: Dossier) -> str:
    """Who asked for a signature from beside the ticket, while it waits."""
    if found.request is None:
        return ""
    asking = (e for e in found.events if e.kind == "sign_off_wanted" and e.body.get("request") == found.request.id)
    last = next(asking, None)
    return f"{named(str(last.body.get('by') or ''))} asked for a signature, {moment(last.at)}" if last else ""


_PAST = {"approve": "signed", "modify": "changed it", "reject": "said no", "escalate": "handed it over"}


_SOURCED = re.compile(r" \[[\w:,. -]+\]$")
"""The messages and facts that a line of a summary names as its source: they are on the same page."""


def _handover(record: CaseRecord, found: Dossier) -> Handover | None:
    said = record.classification
    if not (record.with_person or record.status is CaseStatus.ESCALATED) or said is None:
        return None
    actions = record.proposal.actions if record.proposal else ()
    would = dict.fromkeys(spoken(action.kind) for action in actions if action.kind not in QUIET)
    many, known = len(found.ticket.messages), record.investigation
    customer = found.shop.customer if known and known.identity.verified else None
    return Handover(
        conversation=f"{many} message{'s' if many > 1 else ''} by {found.ticket.channel.value}",
        customer=customer.name if customer else "not verified",
        assessment=f"{spoken(said.intent)}, {share(said.confidence)} sure",
        suggested=", ".join(would) or "answer in person",
        summary=tuple(
            _SOURCED.sub("", line) for line in (record.proposal.summary if record.proposal else "").splitlines()
        ),
        priority=priority_of(said),
        score=record.score,
    )


def _rules(record: CaseRecord) -> tuple[Rule, ...]:
    found = record.verdict.every_violation() if record.verdict else ()
    return tuple(dict.fromkeys(rule_of(v.message, v.rule) for v in found if v.verdict is not Verdict.ALLOW))


def cost_of(record: CaseRecord) -> Cost:
    """Time, model and playbook of a case."""
    model = "no model was asked; nothing left this machine"
    if record.model_calls:
        tokens = f"{record.input_tokens:,} tokens in, {record.output_tokens:,} out"
        model = f"{record.model_calls} model call{'s' if record.model_calls != 1 else ''}, {tokens}"
    proposal = record.proposal
    return Cost(
        seconds=f"{record.seconds:.2f} s",
        model=model,
        playbook=f"{spoken(proposal.playbook)}: {spoken(proposal.branch)}" if proposal and proposal.playbook else "",
        timings=tuple((spoken(name), f"{spent:.0f} ms") for name, spent in record.timings.items()),
    )


def _allowed(found: Dossier, who: Principal) -> Allowed:
    if not who.may(Scope.DECIDE):
        return Allowed(why_not="You may look; answering needs the role agent or above.")
    record, waits = found.record, found.request is not None
    proposal, held = record.proposal, bool(record.with_person)
    theirs = holder(record) not in ("", who.id)
    idle = record.status is not CaseStatus.WORKING
    paying = [a for a in (proposal.actions if proposal else ()) if isinstance(a, RefundOrder | IssueStoreCredit)]
    return Allowed(
        decide=waits,
        edit=waits and proposal is not None and proposal.reply is not None,
        amount=money(paying[0].amount) if waits and len(paying) == 1 else "",
        take=idle and holder(record) != who.id,
        held_by=named(holder(record)) if theirs else "",
        # While a draft waits it is sent, rejected or taken over: then it is somebody's, to finish or to give back.
        release=held and not theirs and not waits,
        finish=held and idle and not theirs and not waits,
        answer=held and not theirs and not waits and found.stop is None and not by_hand(record, found.ticket),
        again=who.may(Scope.OPERATE) and not record.with_person and not waits,
    )
