"""Who writes: proven, claimed or unknown. Identity comes before data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.case import Classification, Identity, IdentityLevel
from agent.limits.service import EmailTrust
from tools.commerce import Customer, Order
from tools.helpdesk import Author, Ticket
from tools.ports import Readers


def sender_of(ticket: Ticket) -> str:
    """The address the customer writes from, folded."""
    return ticket.latest.sender.strip().casefold()


def identify(ticket: Ticket, classification: Classification, readers: Readers, trust: EmailTrust) -> Identity:
    """The sender's identity.

    A channel that proves the sender (a login, DMARC) is enough. An unproven address counts by the shop's rule: with
    `two_facts` it needs the number of one of that customer's own orders as well. A failed proof never counts.
    """
    sender = sender_of(ticket)
    customer = readers.customers.customer_by_email(sender) if sender else None
    if customer is None:
        return Identity(
            level=IdentityLevel.UNKNOWN, how=f"no customer has the address {sender}" if sender else "no sender"
        )
    proof = ticket.latest.sender_verified
    if proof is False:
        return Identity(level=IdentityLevel.CLAIMED, how="the mail server could not confirm who sent this")
    if proof or trust is EmailTrust.ACCEPT:
        how = "the channel confirms the sender" if proof else "the shop accepts unproven addresses"
        return Identity(level=IdentityLevel.VERIFIED, customer_id=customer.id, how=how)
    # A classifier may be a model: only a number that the customer wrote proves anything.
    numbers = [number for number in classification.references.order_numbers if written(number, ticket)]
    return _by_two_facts(customer, numbers, readers, trust)


def written(number: str, ticket: Ticket) -> bool:
    """Whether an order number stands in what the customer wrote."""
    messages = (message.text for message in ticket.messages if message.author is Author.CUSTOMER)
    digits = re.escape(number.strip().lstrip("#"))
    return bool(digits) and bool(re.search(rf"(?<!\w){digits}(?!\w)", "\n".join((ticket.subject, *messages)), re.I))


def _by_two_facts(customer: Customer, numbers: Sequence[str], readers: Readers, trust: EmailTrust) -> Identity:
    if trust is EmailTrust.TWO_FACTS and _own_order(customer, numbers, readers) is not None:
        how = "the address and the number of an own order agree"
        return Identity(level=IdentityLevel.VERIFIED, customer_id=customer.id, how=how)
    return Identity(level=IdentityLevel.CLAIMED, how="only an address that nobody has confirmed")


def _own_order(customer: Customer, numbers: Sequence[str], readers: Readers) -> Order | None:
    for number in numbers:
        order = readers.orders.order_by_number(number)
        if order is not None and order.customer_id == customer.id:
            return order
    return None
