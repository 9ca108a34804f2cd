"""A second charge: whether one is reported, and how long it may be a reservation that the bank lets go."""

from __future__ import annotations

import re

from agent.investigation.estimates import business_days_after
from agent.investigation.found import Found
from agent.reading.words import fold
from tools.commerce import Order

_CHARGE = (
    r"(?:times|charges?|payments?|debits?|amounts?|transactions?|veces|cargos?|cobros?|pagos?|fois|paiements?|montants?"
    r"|abbuchung\w*|betrag|zahlung\w*)"
)
_TWICE = re.compile(
    r"\b(?:twice|doubled?|duplicated?s?|second (?:charge|payment|debit|time|paiement|prelevement)"
    r"|doppelt\w*|zweimal|zwei mal|zweite\w* (?:abbuchung|zahlung|belastung)"
    r"|doble|duplicad[oa]s?|segundo (?:cargo|cobro)|en double|due volte|doppi[oa]|duas vezes|em dobro|dubbel|twee keer"
    rf"|(?:two|2|same|identical|both|zwei|beide|gleiche\w*|dos|deux|memes?) (?:\w+ )?{_CHARGE})\b"
)


def charge_fields(found: Found, order: Order) -> dict[str, object]:
    """Until when a second charge may clear by itself, and whether somebody who reports one can be told to wait for it.

    Only for an order that is named or the only one, and only when the message says that it was charged more than once:
    a person looks at every other charge.
    """
    hours = found.limits.business_hours
    placed = order.placed_at.astimezone(hours.zone)
    until = business_days_after(placed, found.limits.payments.double_charge_days, hours)
    certain = order in found.orders_named or len(found.orders) == 1
    waiting = found.now.astimezone(hours.zone).date() <= until.date()
    return {
        "charge_clears_by": until,
        "charge_may_clear": certain and waiting and double_charge_said(found),
    }


def double_charge_said(found: Found) -> bool:
    """Whether the message says that something was charged more than once."""
    return bool(_TWICE.search(" ".join(fold(found.text).split())))
