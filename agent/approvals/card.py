"""The card a person signs: rendered from the calls that would run, never from what a model says about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import assert_never

from agent.approvals.names import NO_NAMES, Names
from agent.approvals.request import ApprovalKind, ApprovalRequest
from tools import actions as act
from tools.commerce import Noun


class LineKind(StrEnum):
    """How a view should show a line. AMOUNT is the one to make large; TEXT and CALL are verbatim and untrusted."""

    TITLE = "title"
    AMOUNT = "amount"
    EFFECT = "effect"
    CHANGE = "change"
    TEXT = "text"
    WARNING = "warning"
    REASON = "reason"
    META = "meta"
    CALL = "call"


class CardLine(Noun):
    """One line of a card. `effect` counts the effects from 1; 0 for lines about the whole request."""

    kind: LineKind
    text: str
    effect: int = 0


def card(request: ApprovalRequest, names: Names = NO_NAMES) -> tuple[CardLine, ...]:
    """Everything a person has to see before signing, in order. The CALL lines are the exact JSON that would run.

    The other lines say names with the ids of the call beside them.
    """
    return (*_head(request), *_effects(request, names.with_ids()), *_foot(request))


def _head(request: ApprovalRequest) -> Iterator[CardLine]:
    sign = request.kind is ApprovalKind.SIGN
    yield CardLine(kind=LineKind.TITLE, text=f"{'Sign' if sign else 'Read'} for ticket {request.ticket_id}")
    if request.amount is not None:
        yield CardLine(kind=LineKind.AMOUNT, text=str(request.amount))


def _effects(request: ApprovalRequest, names: Names) -> Iterator[CardLine]:
    for number, action in enumerate(request.effects, start=1):
        kind = LineKind.AMOUNT if _money(action) else LineKind.EFFECT
        yield CardLine(kind=kind, text=describe(action, names), effect=number)
        if change := request.changes.get(action.fingerprint()):
            yield CardLine(kind=LineKind.CHANGE, text=change, effect=number)
        text = words_of(action)
        if text:
            yield CardLine(kind=LineKind.TEXT, text=text, effect=number)
        if hidden_characters(text):
            warning = f"The text holds characters that cannot be seen: {', '.join(hidden_characters(text))}"
            yield CardLine(kind=LineKind.WARNING, text=warning, effect=number)
        yield CardLine(kind=LineKind.CALL, text=call_of(action), effect=number)


def _foot(request: ApprovalRequest) -> Iterator[CardLine]:
    for reason in request.reasons:
        yield CardLine(kind=LineKind.REASON, text=reason)
    yield CardLine(kind=LineKind.META, text=f"Needs {request.required_role} or above")
    yield CardLine(kind=LineKind.META, text=f"Good until {request.expires_at:%Y-%m-%d %H:%M} UTC; after that: no")
    yield CardLine(kind=LineKind.META, text=f"Request {request.id} of case {request.case_id}, digest {request.digest}")


def call_of(action: act.Action) -> str:
    """The call as it would run, byte for byte what the digest covers."""
    return action.model_dump_json()


def words_of(action: act.Action) -> str:
    """The words that would leave the shop or be kept, verbatim; empty for actions without any."""
    if isinstance(action, act.SendReply | act.AddInternalNote):
        return action.text
    return action.context if isinstance(action, act.EscalateToHuman) else ""


def hidden_characters(text: str) -> tuple[str, ...]:
    """Code points in `text` that a screen does not show or that turn its direction, each once."""
    found = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn") and char not in "\n\r\t"}
    return tuple(f"U+{ord(char):04X}" for char in sorted(found))


def _money(action: act.Action) -> bool:
    return getattr(action, "amount", None) is not None


def describe(action: act.Action, names: Names = NO_NAMES) -> str:
    """What the call does, in one plain sentence made of its own arguments, called by their names."""
    if isinstance(action, _TicketAction):
        return _ticket(action)
    if isinstance(action, _CustomerAction):
        return _customer(action, names)
    if isinstance(action, _MovesValue):
        return _value(action, names)
    return _order(action, names)


_TicketAction = (
    act.SendReply
    | act.AddInternalNote
    | act.TagTicket
    | act.SetPriority
    | act.AssignTicket
    | act.EscalateToHuman
    | act.CloseTicket
)
_CustomerAction = act.UpdateCustomerAddress | act.IssueStoreCredit | act.IssueDiscountCode | act.SuppressPromotions
_MovesValue = act.RefundOrder | act.ReplaceItems | act.CreateReturn | act.ExchangeItems | act.ChangeOrderItems


def _ticket(action: _TicketAction) -> str:
    match action:
        case act.SendReply():
            return f"Send this reply ({action.language}) on ticket {action.ticket_id} to message {action.in_reply_to}"
        case act.AddInternalNote():
            return f"Add this internal note to ticket {action.ticket_id}"
        case act.TagTicket():
            return f"Tag ticket {action.ticket_id} with {', '.join(action.tags)}"
        case act.SetPriority():
            return f"Set the priority of ticket {action.ticket_id} to {action.priority}"
        case act.AssignTicket():
            person = f" and {action.assignee}" if action.assignee else ""
            return f"Give ticket {action.ticket_id} to queue {action.queue}{person}"
        case act.EscalateToHuman():
            return f"Hand ticket {action.ticket_id} to a person in queue {action.queue}"
        case act.CloseTicket():
            return f"Close ticket {action.ticket_id}"
        case _:
            assert_never(action)


def _customer(action: _CustomerAction, names: Names) -> str:
    match action:
        case act.UpdateCustomerAddress():
            return f"Change the default address of {names.customer(action.customer_id)} to {_address(action)}"
        case act.IssueStoreCredit():
            return f"Give {action.amount} of store credit to {names.customer(action.customer_id)}"
        case act.IssueDiscountCode():
            until = f" until {action.expires_on.isoformat()}" if action.expires_on else ", without an end"
            return f"Make a code worth {_worth(action)} for {names.customer(action.customer_id)}{until}"
        case act.SuppressPromotions():
            return f"Send no promotions to {names.customer(action.customer_id)} for {action.days} days"
        case _:
            assert_never(action)


def _value(action: _MovesValue, names: Names) -> str:
    order = names.order(action.order_id)
    match action:
        case act.RefundOrder():
            return f"Pay back {action.amount} for {order}{_covered(action, names)}{_onto(action.method_id, names)}"
        case act.ReplaceItems():
            return f"Send again, free of charge: {_lines(action, names)} of {order}"
        case act.CreateReturn():
            back = _onto(action.refund_method_id, names)
            return f"Open a return with a label for {_lines(action, names)} of {order}{back}"
        case act.ExchangeItems():
            return f"Exchange {_swaps(action, names)} of {order}{_settled(action.method_id, names)}"
        case act.ChangeOrderItems():
            return f"Change {_swaps(action, names)} in {order}{_settled(action.method_id, names)}"
        case _:
            assert_never(action)


def _order(
    action: act.CancelOrder
    | act.ChangeShippingAddress
    | act.ChangePaymentMethod
    | act.HoldOrder
    | act.ReleaseHold
    | act.OpenCarrierTrace,
    names: Names,
) -> str:
    match action:
        case act.CancelOrder():
            why = f' with the reason "{action.reason}"' if action.reason else ""
            return f"Cancel {names.order(action.order_id)}{why} and pay everything captured back to where it came from"
        case act.ChangeShippingAddress():
            return f"Send {names.order(action.order_id)} to {_address(action)}"
        case act.ChangePaymentMethod():
            return f"Move the payment of {names.order(action.order_id)} to {names.method(action.method_id)}"
        case act.HoldOrder():
            return f'Hold {names.order(action.order_id)} with the reason "{action.reason}"'
        case act.ReleaseHold():
            return f"Release the hold on {names.order(action.order_id)}"
        case act.OpenCarrierTrace():
            return f"Ask the carrier to look for {names.shipment(action.shipment_id)}"
        case _:
            assert_never(action)


def _lines(action: act.RefundOrder | act.ReplaceItems | act.CreateReturn, names: Names) -> str:
    return ", ".join(f"{line.quantity} of {names.line(action.order_id, line.line_id)}" for line in action.lines)


def _swaps(action: act.ExchangeItems | act.ChangeOrderItems, names: Names) -> str:
    pairs = ((swap, names.line(action.order_id, swap.line_id)) for swap in action.swaps)
    return ", ".join(f"{swap.quantity} of {line} for {names.variant(swap.variant_id)}" for swap, line in pairs)


def _covered(action: act.RefundOrder, names: Names) -> str:
    parts = [_lines(action, names)] if action.lines else []
    parts += ["shipping"] if action.shipping else []
    return f", covering {' and '.join(parts)}" if parts else ", as goodwill (no line, no shipping)"


def _onto(method_id: str, names: Names) -> str:
    return f", onto {names.method(method_id)}" if method_id else ""


def _settled(method_id: str, names: Names) -> str:
    return f", the difference settled on {names.method(method_id)}" if method_id else ""


def _address(action: act.ChangeShippingAddress | act.UpdateCustomerAddress) -> str:
    phone = f", phone {action.address.phone}" if action.address.phone else ""
    return f"{action.address.one_line()}{phone}"


def _worth(action: act.IssueDiscountCode) -> str:
    parts = [f"{action.percent} %"] if action.percent is not None else []
    parts += [str(action.amount)] if action.amount is not None else []
    return " and ".join(parts) or "nothing"
