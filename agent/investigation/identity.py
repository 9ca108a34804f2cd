"""Who writes: proven, claimed or unknown. Identity comes before data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.case import Classification, Identity, IdentityLevel
from agent.investigation.own_numbers import MOST_ORDERS, own_order, own_orders_named
from agent.limits.service import EmailTrust
from tools.commerce import Customer
from tools.helpdesk import Author, Ticket
from tools.ports import Readers

_WORD = re.compile(r"\w+")
_CLAIMED = Identity(level=IdentityLevel.CLAIMED, how="only an address that nobody has confirmed")


def sender_of(ticket: Ticket) -> str:
    """The address the customer writes from, folded."""
    return ticket.latest.sender.strip().casefold()


def identify(ticket: Ticket, classification: Classification, readers: Readers, trust: EmailTrust) -> Identity:
    """The sender's identity.

    A channel that proves the sender (a login, DMARC) is enough. An unproven address counts by the shop's rule: with
    `two_facts` it needs the number of one of that customer's own orders as well. A failed proof never counts. An
    address that several customers share is nobody's, unless it is proven and the number of one's own order is named.
    """
    sender = sender_of(ticket)
    # A classifier may be a model: only a number that the customer wrote proves anything.
    numbers = [number for number in classification.references.order_numbers if written(number, ticket)]
    customer = readers.customers.customer_by_email(sender) if sender else None
    proof = ticket.latest.sender_verified
    customer = customer or (_of_several(sender, numbers, readers) if sender and proof else None)
    if customer is None:
        return Identity(
            level=IdentityLevel.UNKNOWN, how=f"no customer has the address {sender}" if sender else "no sender"
        )
    if proof is False:
        return Identity(level=IdentityLevel.CLAIMED, how="the mail server could not confirm who sent this")
    if proof or trust is EmailTrust.ACCEPT:
        how = "the channel confirms the sender" if proof else "the shop accepts unproven addresses"
        return Identity(level=IdentityLevel.VERIFIED, customer_id=customer.id, how=how)
    return _by_two_facts(customer, numbers, ticket, readers) if trust is EmailTrust.TWO_FACTS else _CLAIMED


def _of_several(sender: str, numbers: Sequence[str], readers: Readers) -> Customer | None:
    """Whose order is named, of several customers with one address: who placed it with that address."""
    orders = (readers.orders.order_by_number(number) for number in numbers)
    own = {order.customer_id for order in orders if order is not None and order.email.strip().casefold() == sender}
    customer = readers.customers.customer(own.pop()) if len(own) == 1 else None
    listed = customer is not None and sender in {email.strip().casefold() for email in customer.emails}
    return customer if listed else None


def written(number: str, ticket: Ticket) -> bool:
    """Whether an order number stands in what the customer wrote."""
    name, text = number.strip().lstrip("#"), thread_text(ticket)
    if not (name.isascii() and name.isdigit()):
        return bool(name) and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I))
    # Every number is another one: an expression for each would be built for each case.
    return name in _WORD.findall(text)


def thread_text(ticket: Ticket) -> str:
    """The subject and everything that the customer wrote on this ticket."""
    messages = (message.text for message in ticket.messages if message.author is Author.CUSTOMER)
    return "\n".join((ticket.subject, *messages))


def _by_two_facts(customer: Customer, numbers: Sequence[str], ticket: Ticket, readers: Readers) -> Identity:
    if _names_own_order(customer, numbers, ticket, readers):
        how = "the address and the number of an own order agree"
        return Identity(level=IdentityLevel.VERIFIED, customer_id=customer.id, how=how)
    return _CLAIMED


def _names_own_order(customer: Customer, numbers: Sequence[str], ticket: Ticket, readers: Readers) -> bool:
    orders = readers.orders.orders_of(customer.id, MOST_ORDERS)
    if numbers:
        return any(own_order(number, customer.id, orders, readers) for number in numbers)
    return bool(own_orders_named(thread_text(ticket), orders, ticket.latest.at.year))
