"""TicketLabel: what a person who knows the shop would want to happen on a ticket of the demo brand."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from tools.commerce import Identifier, Noun


class Resolution(StrEnum):
    """How a ticket should end: an answer alone, a signature, a person who takes over, or no answer at all."""

    REPLY_ONLY = "reply_only"
    SIGN = "sign"
    ESCALATE = "escalate"
    IGNORE = "ignore"


class ExpectedAction(Noun):
    """An action that must be proposed: its kind and those arguments that have one right value (as JSON text)."""

    kind: Identifier
    arguments: dict[str, str] = Field(default_factory=dict)


class TicketLabel(Noun):
    """The right outcome of one ticket. `order_id` is empty when no order can or should be found."""

    ticket_id: Identifier
    intent: Identifier
    secondary_intents: tuple[str, ...] = ()
    language: Identifier
    order_id: str = ""
    customer_id: str = ""
    situation: Identifier
    tags: tuple[str, ...] = ()
    resolution: Resolution
    must_propose: tuple[ExpectedAction, ...] = ()
    forbidden: tuple[str, ...] = ()
    must_ask: str = ""
