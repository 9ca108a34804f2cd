"""The five parts that go with a case to a person, so that nobody has to ask the customer again (row B13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.case import Classification, Evidence, Investigation
from agent.investigation.fields import fields_of, members_of
from agent.priority import priority_of, score_of
from agent.reasoners.base import Brief
from agent.reasoners.summary import QUIET, summary
from tools.actions import Action
from tools.helpdesk import Ticket
from tools.money import Money

LONGEST = 15_000
"""Characters of conversation; the middle of a longer one is left out, its ends are what counts."""
_FACTS = ("order", "shipment", "refund", "return_")
_FIELDS = ("number", "stage", "total", "carrier", "status", "delivered_at", "last_scan_at", "amount")


@dataclass(frozen=True, kw_only=True)
class ContextPack:
    """What a person is handed. `policy` names passages by id; `score` is customer value x urgency."""

    conversation: str
    customer: str
    assessment: str
    policy: str
    priority: str
    score: int

    def text(self) -> str:
        """The pack as the note on the ticket."""
        return "\n\n".join(
            (
                f"Conversation: {self.conversation}",
                f"Customer: {self.customer}",
                f"Assessment: {self.assessment}",
                f"Policy: {self.policy}",
                f"Priority: {self.priority}",
            )
        )


def context_pack(brief: Brief, reason: str, suggested: Sequence[Action] = ()) -> ContextPack:
    """The pack of a case; `suggested` is what the assistant would have done, had it been allowed to."""
    said, known = brief.classification, brief.investigation
    spent = _spent(brief.scope)
    score = score_of(said, spent)
    level = priority_of(said)
    return ContextPack(
        conversation=conversation(brief.ticket),
        customer=_customer(brief),
        assessment=_assessment(brief, reason, suggested),
        policy="; ".join(f"{p.title} [{p.passage_id}]" for p in known.passages) or "no passage applies",
        priority=f"{level}, score {score} (customer value x urgency)",
        score=score,
    )


def conversation(ticket: Ticket) -> str:
    """Who wrote what and when, by message id, word for word."""
    lines = [f"[{m.id}] {m.at:%Y-%m-%d %H:%M} {m.author.value}: {m.text.strip()}" for m in ticket.messages]
    whole = "\n".join((f"{len(ticket.messages)} messages by {ticket.channel.value}", *lines))
    half = LONGEST // 2
    return whole if len(whole) <= LONGEST else f"{whole[:half]}\n[...]\n{whole[-half:]}"


def _assessment(brief: Brief, reason: str, suggested: Sequence[Action]) -> str:
    said, known = brief.classification, brief.investigation
    kinds = [action.kind.replace("_", " ") for action in suggested if action.kind not in QUIET]
    would = ", ".join(dict.fromkeys(kinds)) or _by_hand(said)
    return "\n".join(
        (
            f"{said.intent.replace('_', ' ')} ({said.confidence:.0%}); {reason}",
            summary(brief.ticket, said, known),
            f"Facts: {_facts(known)}",
            f"Suggested: {would}",
        )
    )


def _by_hand(said: Classification) -> str:
    return "answer in person, today" if said.legal_threat or said.high_emotion else "answer in person"


def _spent(scope: Mapping[str, object]) -> Money | None:
    customer = fields_of(scope.get("customer"))
    value = customer["lifetime_value"] if customer is not None else None
    return value if isinstance(value, Money) else None


def _customer(brief: Brief) -> str:
    known, record = brief.investigation, brief.investigation.find("customer")
    if record is None:
        return f"not verified ({known.identity.how})"
    fields = record.fields
    spent = f"{fields['name']}, {fields['orders_count']} orders, {fields['lifetime_value']} in all"
    latest = ", ".join(_orders(brief.scope, brief.now)) or "none"
    before = "; ".join(_earlier(brief)) or "nothing"
    return f"{spent}; latest: {latest}; {fields['refunds_90d']} refunds in 90 days; wrote before: {before}"


def _earlier(brief: Brief) -> Iterator[str]:
    for case in brief.earlier() if brief.earlier else ():
        about, ended = case.intent.replace("_", " ") or "not read yet", case.status.value.replace("_", " ")
        yield f"{case.created_at:%Y-%m-%d} {about}, {ended} [{case.case_id}]"


def _orders(scope: Mapping[str, object], now: datetime) -> Iterator[str]:
    for order in members_of(scope.get("orders"))[:3]:
        placed = order["placed_at"]
        ago = f" {(now - placed).days} days ago" if isinstance(placed, datetime) else ""
        yield f"{order['number']} ({order['stage']}, {order['total']}{ago})"


def _facts(known: Investigation) -> str:
    return "; ".join(_fact(item) for item in known.evidence if item.kind in _FACTS) or "none looked up"


def _fact(item: Evidence) -> str:
    named = (f"{name} {item.fields[name]}" for name in _FIELDS if name in item.fields)
    return f"{item.kind.rstrip('_')} {', '.join(named)} [{item.id}]"
