"""Changes to customers and tickets."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta

from tools import actions as act
from tools.commerce import DiscountCode, StoreCredit, Suppression
from tools.helpdesk import SentMessage, Ticket, TicketStatus
from tools.store.changes.money import credited, next_versions
from tools.store.changes.result import Changes, Effecting

ESCALATED = "escalated"
"""The tag of a ticket that a person has to take."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def update_customer_address(action: act.UpdateCustomerAddress, effecting: Effecting) -> Changes:
    """Another default address."""
    customer = effecting.facts.known_customer()
    after = customer.model_copy(update={"default_address": action.address})
    summary = f"The default address of {customer.id} is {action.address.one_line()}."
    return Changes(effecting.identifier("change"), summary, tuple(next_versions([customer], [after])))


def issue_store_credit(action: act.IssueStoreCredit, effecting: Effecting) -> Changes:
    """Credit on the record and on the customer's store credit method."""
    customer = effecting.facts.known_customer()
    credit = StoreCredit(
        id=effecting.identifier("credit"),
        customer_id=customer.id,
        amount=action.amount,
        reason=action.reason,
        at=effecting.now,
        key=effecting.key,
    )
    changed = next_versions([customer], [credited(customer, action.amount)])
    return Changes(credit.id, f"{action.amount} store credit for {customer.id}.", (credit, *changed))


def issue_discount_code(action: act.IssueDiscountCode, effecting: Effecting) -> Changes:
    """A personal code that lasts to the end (UTC) of the day it expires on."""
    customer = effecting.facts.known_customer()
    end = datetime.combine(action.expires_on, time(), UTC) + timedelta(days=1) if action.expires_on else None
    code = DiscountCode(
        code=_code(effecting.key),
        percent=action.percent,
        amount=action.amount,
        customer_id=customer.id,
        starts_at=effecting.now,
        expires_at=end,
        key=effecting.key,
    )
    worth = f"{action.percent} %" if action.percent else str(action.amount)
    return Changes(code.code, f"Discount code {code.code} of {worth} for {customer.id}.", (code,))


def _code(key: str) -> str:
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:12])
    letters: list[str] = []
    for _ in range(12):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "THANKS-" + "".join(letters)


def suppress_promotions(action: act.SuppressPromotions, effecting: Effecting) -> Changes:
    """No promotions for a while."""
    customer = effecting.facts.known_customer()
    until = effecting.now + timedelta(days=action.days)
    pause = Suppression(
        id=effecting.identifier("suppression"),
        customer_id=customer.id,
        until=until,
        reason=action.reason,
        key=effecting.key,
    )
    return Changes(pause.id, f"No promotions for {customer.id} until {until:%Y-%m-%d}.", (pause,))


def send_reply(action: act.SendReply, effecting: Effecting) -> Changes:
    """The reply is sent; the ticket waits for the customer."""
    ticket = effecting.facts.known_ticket()
    reply = _written("reply", action.text, effecting)
    after = ticket.model_copy(update={"status": TicketStatus.PENDING})
    return Changes(reply.id, f"Reply sent on ticket {ticket.id}.", (reply, after))


def add_internal_note(action: act.AddInternalNote, effecting: Effecting) -> Changes:
    """A note for staff."""
    note = _written("note", action.text, effecting)
    return Changes(note.id, f"Note on ticket {note.ticket_id}.", (note,))


def tag_ticket(action: act.TagTicket, effecting: Effecting) -> Changes:
    """Tags, each once."""
    return _ticket(effecting, f"tagged {', '.join(action.tags)}", tags=_with_tags(effecting, *action.tags))


def set_priority(action: act.SetPriority, effecting: Effecting) -> Changes:
    """Another priority."""
    return _ticket(effecting, f"has priority {action.priority}", priority=action.priority)


def assign_ticket(action: act.AssignTicket, effecting: Effecting) -> Changes:
    """Another queue and, when named, another person."""
    assignee = action.assignee or effecting.facts.known_ticket().assignee
    return _ticket(effecting, f"is in queue {action.queue}", queue=action.queue, assignee=assignee)


def close_ticket(action: act.CloseTicket, effecting: Effecting) -> Changes:
    """The ticket is closed."""
    return _ticket(effecting, "is closed", status=TicketStatus.CLOSED)


def escalate_to_human(action: act.EscalateToHuman, effecting: Effecting) -> Changes:
    """The ticket goes to a queue, tagged, with the context as a note; it is open again."""
    text = "\n\n".join(part for part in (action.reason, action.context) if part)
    note = _written("note", text, effecting)
    tags = _with_tags(effecting, ESCALATED)
    moved = _ticket(
        effecting,
        f"waits for a person in queue {action.queue}",
        queue=action.queue,
        tags=tags,
        status=TicketStatus.OPEN,
    )
    return Changes(moved.reference, moved.summary, (note, *moved.nouns))


def _ticket(effecting: Effecting, what: str, **changes: object) -> Changes:
    ticket: Ticket = effecting.facts.known_ticket()
    after = ticket.model_copy(update=changes)
    return Changes(effecting.identifier("change"), f"Ticket {ticket.id} {what}.", (after,))


def _with_tags(effecting: Effecting, *tags: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*effecting.facts.known_ticket().tags, *tags)))


def _written(kind: str, text: str, effecting: Effecting) -> SentMessage:
    return SentMessage(
        id=effecting.identifier(kind),
        ticket_id=effecting.facts.known_ticket().id,
        kind=kind,
        text=text,
        at=effecting.now,
        key=effecting.key,
    )
