"""Who asks: without a verified identity nothing that belongs to a customer is touched."""

from __future__ import annotations

from collections.abc import Iterator

from tools import actions as act
from tools.errors import Refusal
from tools.facts import ActionFacts, CustomerAction, TicketAction
from tools.preconditions.codes import Code
from tools.preconditions.rules import refuse

OwnedAction = (
    act.CreateReturn
    | act.ExchangeItems
    | act.RefundOrder
    | act.ReplaceItems
    | act.CancelOrder
    | act.ChangeOrderItems
    | act.ChangeShippingAddress
    | act.ChangePaymentMethod
    | act.HoldOrder
    | act.ReleaseHold
)


def standing(action: act.Action, facts: ActionFacts, customer_id: str | None) -> Iterator[Refusal]:
    """Refusals that end the judgement: no identity, nothing there, or somebody else's.

    These messages repeat only what the action itself names, so that they tell nobody about another customer.
    """
    if isinstance(action, TicketAction):
        yield from _ticket(action.ticket_id, facts)
    elif customer_id is None:
        yield refuse(
            Code.IDENTITY_REQUIRED, "Nobody has verified who is asking, so orders and accounts stay untouched."
        )
    elif isinstance(action, CustomerAction):
        yield from _record(action, facts, customer_id)
    elif isinstance(action, act.OpenCarrierTrace):
        yield from _shipment(action, facts, customer_id)
    else:
        yield from _order(f"Order {action.order_id}", facts, customer_id)


def _ticket(ticket_id: str, facts: ActionFacts) -> Iterator[Refusal]:
    if facts.ticket is None:
        yield refuse(Code.UNKNOWN_TICKET, f"There is no ticket {ticket_id}.")


def _record(action: CustomerAction, facts: ActionFacts, customer_id: str) -> Iterator[Refusal]:
    if action.customer_id != customer_id:
        yield refuse(Code.NOT_THIS_CUSTOMER, f"Account {action.customer_id} is not the account of who is asking.")
    elif facts.customer is None:
        yield refuse(Code.UNKNOWN_CUSTOMER, f"There is no customer {action.customer_id}.")


def _shipment(action: act.OpenCarrierTrace, facts: ActionFacts, customer_id: str) -> Iterator[Refusal]:
    if facts.shipment is None:
        yield refuse(Code.UNKNOWN_SHIPMENT, f"There is no shipment {action.shipment_id}.")
        return
    yield from _order(f"The order of shipment {action.shipment_id}", facts, customer_id)
    if action.ticket_id:
        yield from _ticket(action.ticket_id, facts)


def _order(what: str, facts: ActionFacts, customer_id: str) -> Iterator[Refusal]:
    if facts.order is None:
        yield refuse(Code.UNKNOWN_ORDER, f"{what} does not exist.")
    elif facts.order.customer_id != customer_id:
        yield refuse(Code.NOT_THIS_CUSTOMER, f"{what} does not belong to who is asking.")
