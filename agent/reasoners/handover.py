"""Cases that go to a person whatever a reasoner thinks, and where every case goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.case import Classification, ProposedResolution
from agent.investigation.fields import fields_of
from agent.priority import priority_of
from agent.reasoners.base import Brief
from agent.reasoners.context_pack import context_pack
from agent.reasoners.summary import summary
from tools.actions import Action, AssignTicket, CloseTicket, EscalateToHuman, SetPriority, TagTicket

SUPPORT = "support"
HEATED = frozenset({"complaint", "refund_request", "not_received", "damaged_item"})


def forced(brief: Brief) -> ProposedResolution | None:
    """What must happen before any reasoner is asked; None when a reasoner may propose."""
    said = brief.classification
    if said.automatic:
        return ignore(brief, f"an automatic message: {said.automatic}")
    reason = _why_a_person(said, brief.scope)
    return handover(brief, reason) if reason else None


def _why_a_person(said: Classification, scope: Mapping[str, object]) -> str:
    if said.legal_threat:
        return "the customer threatens legal steps"
    if said.high_emotion and said.intent in HEATED | {"other", "human_request"}:
        return "the customer is very upset"
    order = fields_of(scope.get("order"))
    if order is not None and order["fraud_hold"]:
        # Neutral on purpose: why stays with the order, and nothing is said to the customer.
        return "a person checks this order before anything else happens"
    return ""


def ignore(brief: Brief, reason: str) -> ProposedResolution:
    """No answer at all: automatic mail must never be answered."""
    ticket = brief.ticket
    # On a conversation with somebody it changes nothing: their case stays as open as it was.
    close = (
        (CloseTicket(ticket_id=ticket.id, in_reply_to=ticket.latest.id, reason=reason),)
        if len(ticket.messages) == 1
        else ()
    )
    return ProposedResolution(
        actions=(TagTicket(ticket_id=ticket.id, tags=("automatic",)), *close),
        rationale=reason,
        summary=reason,
        ignore=reason,
    )


def handover(
    brief: Brief, reason: str, *, queue: str = SUPPORT, suggested: Sequence[Action] = ()
) -> ProposedResolution:
    """A person takes over, with everything we know and what we would have done (`suggested`)."""
    ticket, said, message = brief.ticket, brief.classification, brief.ticket.latest.id
    pack = context_pack(brief, reason, suggested)
    return ProposedResolution(
        actions=(
            TagTicket(ticket_id=ticket.id, tags=(said.intent, "handover")),
            SetPriority(ticket_id=ticket.id, priority=priority_of(said), in_reply_to=message, reason=reason),
            EscalateToHuman(
                ticket_id=ticket.id,
                queue=queue_of(brief.scope, queue),
                in_reply_to=message,
                reason=reason,
                context=pack.text(),
            ),
        ),
        rationale=reason,
        summary=summary(ticket, said, brief.investigation),
        escalate=reason,
    )


def route(brief: Brief, queue: str, branch: str) -> tuple[TagTicket, AssignTicket]:
    """Tags and exactly one queue for a case that goes on (row A2). Repeat customers have their own (row B15)."""
    said = brief.classification
    tags = tuple(dict.fromkeys((*said.intents, branch)))
    chosen = queue_of(brief.scope, queue)
    why = f"{said.intent.replace('_', ' ')} goes to {queue}" if chosen == queue else _repeat(brief.scope)
    return (
        TagTicket(ticket_id=brief.ticket.id, tags=tags),
        AssignTicket(ticket_id=brief.ticket.id, queue=chosen, in_reply_to=brief.ticket.latest.id, reason=why),
    )


def queue_of(scope: Mapping[str, object], usual: str = SUPPORT) -> str:
    """The queue of repeat customers for those, else the usual one."""
    customer = fields_of(scope.get("customer"))
    return str(customer["queue"]) if customer is not None and customer["vip"] else usual


def _repeat(scope: Mapping[str, object]) -> str:
    customer = fields_of(scope.get("customer"))
    return f"repeat customer: {customer['orders_count']} orders" if customer is not None else ""
