"""Cases that go to a person whatever a reasoner thinks, and the pack that goes with them (row B13)."""

from __future__ import annotations

from collections.abc import Mapping

from agent.case import Classification, Evidence, Investigation, ProposedResolution, Urgency
from agent.investigation.fields import fields_of
from agent.reasoners.base import Brief
from tools.actions import AssignTicket, CloseTicket, EscalateToHuman, Priority, SetPriority, TagTicket
from tools.helpdesk import Ticket

HEATED = frozenset({"complaint", "refund_request", "not_received", "damaged_item"})


def forced(brief: Brief) -> ProposedResolution | None:
    """What must happen before any reasoner is asked; None when a reasoner may propose."""
    said = brief.classification
    if said.automatic:
        return ignore(brief, f"an automatic message: {said.automatic}")
    reason = _why_a_person(said, brief.scope)
    return handover(brief, reason) if reason else None


def _why_a_person(said: Classification, scope: Mapping[str, object]) -> str:
    if said.human_request:
        return "the customer asks for a person"
    if said.legal_threat:
        return "the customer threatens legal steps"
    if said.high_emotion and said.intent in HEATED | {"other", "human_request"}:
        return "the customer is very upset"
    order = fields_of(scope.get("order"))
    if order is not None and order["fraud_hold"]:
        return "the order is on a hold that a person has to clear"
    return ""


def ignore(brief: Brief, reason: str) -> ProposedResolution:
    """No answer at all: automatic mail must never be answered."""
    ticket = brief.ticket.id
    return ProposedResolution(
        actions=(TagTicket(ticket_id=ticket, tags=("automatic",)), CloseTicket(ticket_id=ticket, reason=reason)),
        rationale=reason,
        summary=reason,
        ignore=reason,
    )


def handover(brief: Brief, reason: str) -> ProposedResolution:
    """A person takes over, with everything we know. The reply, when there is one, is an honest notice of when."""
    ticket, said = brief.ticket, brief.classification
    return ProposedResolution(
        actions=(
            TagTicket(ticket_id=ticket.id, tags=(said.intent, "handover")),
            SetPriority(ticket_id=ticket.id, priority=_priority(said), reason=reason),
            EscalateToHuman(
                ticket_id=ticket.id, queue=queue_of(brief.scope), reason=reason, context=context_pack(brief, reason)
            ),
        ),
        rationale=reason,
        summary=summary(ticket, said),
        escalate=reason,
    )


def route(brief: Brief, queue: str, branch: str) -> tuple[TagTicket, AssignTicket]:
    """Tags and exactly one queue for a case that goes on (row A2). VIPs have their own (row B15)."""
    said = brief.classification
    tags = tuple(dict.fromkeys((*said.intents, branch)))
    vip = queue_of(brief.scope)
    why = "repeat customer" if vip != "support" else f"{said.intent.replace('_', ' ')} goes to {queue}"
    return (
        TagTicket(ticket_id=brief.ticket.id, tags=tags),
        AssignTicket(ticket_id=brief.ticket.id, queue=vip if vip != "support" else queue, reason=why),
    )


def queue_of(scope: Mapping[str, object]) -> str:
    """`vip` for repeat customers, else `support`."""
    customer = fields_of(scope.get("customer"))
    return "vip" if customer is not None and customer["vip"] else "support"


def _priority(said: Classification) -> Priority:
    if said.legal_threat or said.urgency is Urgency.URGENT:
        return "urgent"
    return "high" if said.high_emotion or said.urgency is Urgency.HIGH else "normal"


def summary(ticket: Ticket, said: Classification) -> str:
    """One line: what is asked, in how many messages, naming the message it comes from (row A16)."""
    ask = ", ".join(intent.replace("_", " ") for intent in said.intents)
    orders = f" about {', '.join(said.references.order_numbers)}" if said.references.order_numbers else ""
    return f"{ask}{orders} (newest of {len(ticket.messages)} messages: {ticket.latest.id})"


def context_pack(brief: Brief, reason: str) -> str:
    """The five parts a person needs: conversation, customer, assessment, policy, priority."""
    said, known = brief.classification, brief.investigation
    return "\n".join(
        (
            "Conversation: " + thread(brief.ticket),
            "Customer: " + _customer(known),
            f"Assessment: {said.intent.replace('_', ' ')} ({said.confidence:.0%}); {reason}. Facts: {_facts(known)}",
            "Policy: " + ("; ".join(f"{p.title} [{p.passage_id}]" for p in known.passages) or "no passage applies"),
            f"Priority: {_priority(said)} ({said.urgency.value} urgency)",
        )
    )


def thread(ticket: Ticket) -> str:
    """Who wrote what, by message id, shortened."""
    return " | ".join(f"[{m.id}] {m.author.value}: {_short(m.text)}" for m in ticket.messages)


def _short(text: str, limit: int = 160) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _customer(known: Investigation) -> str:
    record = known.find("customer")
    if record is None:
        return f"not verified ({known.identity.how})"
    fields = record.fields
    spent = f"{fields['orders_count']} orders, {fields['lifetime_value']}"
    return f"{fields['name']}, {spent}, {fields['refunds_90d']} refunds in 90 days"


def _facts(known: Investigation) -> str:
    parts = [_fact(item) for item in known.evidence if item.kind in ("order", "shipment", "refund", "return_")]
    return "; ".join(parts) or "none looked up"


def _fact(item: Evidence) -> str:
    wanted = ("number", "stage", "total", "carrier", "status", "delivered_at", "last_scan_at", "amount")
    return f"{item.kind.rstrip('_')} " + ", ".join(
        f"{name} {item.fields[name]}" for name in wanted if name in item.fields
    )
