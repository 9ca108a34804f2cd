"""Rules on addresses and tickets."""

from __future__ import annotations

from collections.abc import Iterator

from tools import actions as act
from tools.errors import Refusal
from tools.facts import ActionFacts
from tools.preconditions.codes import Code
from tools.preconditions.rules import refuse

AddressAction = act.ChangeShippingAddress | act.UpdateCustomerAddress

_WITHOUT_POSTAL_CODE = (
    "AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY HK IE JM KI KM KN KP LY ML "
    "MO MR MW NR NU PA QA RW SB SC SL SO SR SS ST SX SY TD TF TG TK TL TO TT TV UG VU WS YE ZW"
)
NO_POSTAL_CODE = frozenset(_WITHOUT_POSTAL_CODE.split())
"""Countries where mail arrives without a postal code."""


def deliverable(action: AddressAction, facts: ActionFacts) -> Iterator[Refusal]:
    """The address names a street, a place and a country, and a postal code where there are any."""
    address = action.address
    needed = {"line1": address.line1, "city": address.city, "country": address.country}
    if address.country not in NO_POSTAL_CODE:
        needed["postal_code"] = address.postal_code
    missing = [name for name, value in needed.items() if not value.strip()]
    if missing:
        yield refuse(Code.ADDRESS_INCOMPLETE, f"The new address lacks {', '.join(missing)}.")
    if address.country.strip() and address.country not in _countries():
        text = f'"{address.country}" is not a country code; write two letters, such as "DE".'
        yield refuse(Code.UNKNOWN_COUNTRY, text)


def answers_a_message(action: act.SendReply, facts: ActionFacts) -> Iterator[Refusal]:
    """A reply answers a message of the ticket it goes to."""
    ticket = facts.known_ticket()
    if action.in_reply_to not in {message.id for message in ticket.messages}:
        yield refuse(Code.UNKNOWN_MESSAGE, f"Ticket {ticket.id} has no message {action.in_reply_to}.")


def _countries() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(code for code in get_global("territory_currencies") if len(code) == 2) - {"EU", "ZZ"}
