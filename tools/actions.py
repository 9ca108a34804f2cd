"""Action: the closed union of changes we can make to the world. Pure data; `tools.writes.apply` does them.

Every action declares its gate (who must agree by default), whether it can be undone, whether it gives money or goods
away, and which of its fields are prose. The fingerprint leaves prose out, so rewording never makes a new effect.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer

from tools.commerce import Address, Identifier, Noun
from tools.fingerprints import fingerprint_of
from tools.money import Money

Units = Annotated[int, Field(ge=1, le=100_000)]
Priority = Literal["low", "normal", "high", "urgent"]
Prose = Annotated[str, Field(max_length=20_000)]


class Gate(StrEnum):
    """Who has to agree by default: nobody, a person who reads the draft, or a person who signs."""

    AUTO = "auto"
    DRAFT = "draft"
    SIGN = "sign"


class ActionBase(Noun):
    """What all actions share."""

    gate: ClassVar[Gate]
    reversible: ClassVar[bool]
    gives_value: ClassVar[bool] = False
    """Money, credit or goods leave the shop: limits can never let such an action run without a signature."""
    prose: ClassVar[frozenset[str]] = frozenset({"reason", "note"})

    @model_serializer(mode="wrap")
    def _with_kind(self, plain: SerializerFunctionWrapHandler) -> dict[str, object]:
        """`kind` is always written, also where defaults are left out: without it nothing can be read back."""
        return {"kind": type(self).model_fields["kind"].default, **plain(self)}

    def fingerprint(self) -> str:
        """sha256 over what the action does to the world, without prose: the identity of the effect."""
        return fingerprint_of(self, self.prose)


class Lines(Noun):
    """Units of one order line."""

    line_id: Identifier
    quantity: Units = 1


class Swap(Noun):
    """Units of one order line and the variant (id or SKU) of the same product that takes their place."""

    line_id: Identifier
    quantity: Units = 1
    variant_id: Identifier


class SendReply(ActionBase):
    """Send `text` to the customer. One reply per message answered, however it is worded.

    A `notice` goes besides the reply: it only says that a person has the message and when somebody answers.
    """

    gate = Gate.DRAFT
    reversible = False
    prose = frozenset({"text", "language"})
    kind: Literal["send_reply"] = "send_reply"
    ticket_id: Identifier
    in_reply_to: Identifier
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    language: str = "en"
    notice: bool = False


class AddInternalNote(ActionBase):
    """Write a note that only staff see."""

    gate = Gate.AUTO
    reversible = True
    prose = frozenset[str]()
    kind: Literal["add_internal_note"] = "add_internal_note"
    ticket_id: Identifier
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class TagTicket(ActionBase):
    """Add tags; a tag that is there already stays once."""

    gate = Gate.AUTO
    reversible = True
    kind: Literal["tag_ticket"] = "tag_ticket"
    ticket_id: Identifier
    tags: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=20)]


class SetPriority(ActionBase):
    """Set how urgent a ticket is. What is set for a later message (`in_reply_to`) is another time, not the same one."""

    gate = Gate.AUTO
    reversible = True
    kind: Literal["set_priority"] = "set_priority"
    ticket_id: Identifier
    priority: Priority
    in_reply_to: str = ""
    reason: Prose = ""


class AssignTicket(ActionBase):
    """Give a ticket to a queue and, optionally, a person; for a later message (`in_reply_to`) anew."""

    gate = Gate.AUTO
    reversible = True
    kind: Literal["assign_ticket"] = "assign_ticket"
    ticket_id: Identifier
    queue: Identifier
    assignee: str = ""
    in_reply_to: str = ""
    reason: Prose = ""


class EscalateToHuman(ActionBase):
    """Hand the ticket to a person with a context pack; the assistant is silent on it afterwards.

    Whoever asks again in a later message (`in_reply_to`) is handed over again.
    """

    gate = Gate.AUTO
    reversible = True
    prose = frozenset({"reason", "context"})
    kind: Literal["escalate_to_human"] = "escalate_to_human"
    ticket_id: Identifier
    queue: Identifier = "support"
    in_reply_to: str = ""
    reason: Prose
    context: Prose = ""


class CloseTicket(ActionBase):
    """Close a ticket. Silence is not a resolution: only after the customer said so, or for automatic mail.

    A ticket that was opened again by a later message (`in_reply_to`) can be closed again.
    """

    gate = Gate.AUTO
    reversible = True
    kind: Literal["close_ticket"] = "close_ticket"
    ticket_id: Identifier
    in_reply_to: str = ""
    reason: Prose = ""


class CreateReturn(ActionBase):
    """Open a return with a label for units of a delivered order; money goes back when the parcel is received."""

    gate = Gate.SIGN
    reversible = True
    kind: Literal["create_return"] = "create_return"
    order_id: Identifier
    lines: Annotated[tuple[Lines, ...], Field(min_length=1)]
    refund_method_id: str = ""
    reason: Prose = ""


class ExchangeItems(ActionBase):
    """Exchange units of a delivered order within their products; `method_id` settles the difference."""

    gate = Gate.SIGN
    reversible = False
    kind: Literal["exchange_items"] = "exchange_items"
    order_id: Identifier
    swaps: Annotated[tuple[Swap, ...], Field(min_length=1)]
    method_id: str = ""
    reason: Prose = ""


class RefundOrder(ActionBase):
    """Pay `amount` back: at most what `lines` and `shipping` are worth, or goodwill when it names neither."""

    gate = Gate.SIGN
    reversible = False
    gives_value = True
    kind: Literal["refund_order"] = "refund_order"
    order_id: Identifier
    amount: Money
    lines: tuple[Lines, ...] = ()
    shipping: bool = False
    method_id: str = ""
    reason: Prose = ""


class ReplaceItems(ActionBase):
    """Send units of an order again, free of charge, as a new order tied to the original."""

    gate = Gate.SIGN
    reversible = False
    gives_value = True
    kind: Literal["replace_items"] = "replace_items"
    order_id: Identifier
    lines: Annotated[tuple[Lines, ...], Field(min_length=1)]
    reason: Prose = ""


class CancelOrder(ActionBase):
    """Cancel a pending order: stock comes back and what was captured is paid back to where it came from."""

    gate = Gate.SIGN
    reversible = False
    prose = frozenset({"note"})
    kind: Literal["cancel_order"] = "cancel_order"
    order_id: Identifier
    reason: Annotated[str, Field(max_length=200)] = ""
    note: Prose = ""


class ChangeOrderItems(ActionBase):
    """Change variants of a pending order, once per order; the difference is settled on `method_id`."""

    gate = Gate.SIGN
    reversible = False
    kind: Literal["change_order_items"] = "change_order_items"
    order_id: Identifier
    swaps: Annotated[tuple[Swap, ...], Field(min_length=1)]
    method_id: str = ""
    reason: Prose = ""


class ChangeShippingAddress(ActionBase):
    """Send a pending order to another address."""

    gate = Gate.SIGN
    reversible = True
    kind: Literal["change_shipping_address"] = "change_shipping_address"
    order_id: Identifier
    address: Address
    reason: Prose = ""


class ChangePaymentMethod(ActionBase):
    """Move a pending order's payment to another method of the same customer."""

    gate = Gate.SIGN
    reversible = True
    kind: Literal["change_payment_method"] = "change_payment_method"
    order_id: Identifier
    method_id: Identifier
    reason: Prose = ""


class UpdateCustomerAddress(ActionBase):
    """Change the default address on the customer's record."""

    gate = Gate.SIGN
    reversible = True
    kind: Literal["update_customer_address"] = "update_customer_address"
    customer_id: Identifier
    address: Address
    reason: Prose = ""


class IssueStoreCredit(ActionBase):
    """Give a customer credit to spend in the shop."""

    gate = Gate.SIGN
    reversible = False
    gives_value = True
    kind: Literal["issue_store_credit"] = "issue_store_credit"
    customer_id: Identifier
    amount: Money
    reason: Prose = ""


class IssueDiscountCode(ActionBase):
    """Make a personal discount code. Exactly one of `percent` and `amount`."""

    gate = Gate.SIGN
    reversible = True
    gives_value = True
    kind: Literal["issue_discount_code"] = "issue_discount_code"
    customer_id: Identifier
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount: Money | None = None
    expires_on: date | None = None
    reason: Prose = ""


class OpenCarrierTrace(ActionBase):
    """Ask the carrier to look for a parcel. A second request for the same parcel joins the first."""

    gate = Gate.AUTO
    reversible = True
    kind: Literal["open_carrier_trace"] = "open_carrier_trace"
    shipment_id: Identifier
    ticket_id: str = ""
    reason: Prose = ""


class HoldOrder(ActionBase):
    """Stop an order before it ships."""

    gate = Gate.SIGN
    reversible = True
    prose = frozenset({"note"})
    kind: Literal["hold_order"] = "hold_order"
    order_id: Identifier
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    note: Prose = ""


class ReleaseHold(ActionBase):
    """Let a held order go on."""

    gate = Gate.SIGN
    reversible = True
    kind: Literal["release_hold"] = "release_hold"
    order_id: Identifier
    reason: Prose = ""


class SuppressPromotions(ActionBase):
    """Send this customer no promotional message for `days` days."""

    gate = Gate.AUTO
    reversible = True
    kind: Literal["suppress_promotions"] = "suppress_promotions"
    customer_id: Identifier
    days: Annotated[int, Field(ge=1, le=365)]
    reason: Prose = ""


Action = Annotated[
    SendReply
    | AddInternalNote
    | TagTicket
    | SetPriority
    | AssignTicket
    | EscalateToHuman
    | CloseTicket
    | CreateReturn
    | ExchangeItems
    | RefundOrder
    | ReplaceItems
    | CancelOrder
    | ChangeOrderItems
    | ChangeShippingAddress
    | ChangePaymentMethod
    | UpdateCustomerAddress
    | IssueStoreCredit
    | IssueDiscountCode
    | OpenCarrierTrace
    | HoldOrder
    | ReleaseHold
    | SuppressPromotions,
    Field(discriminator="kind"),
]

ACTION = TypeAdapter[Action](Action)
"""Validates one action from JSON-ready data: `ACTION.validate_python({"kind": "cancel_order", ...})`."""

ACTIONS: dict[str, type[ActionBase]] = {
    str(cls.model_fields["kind"].default): cls for cls in ActionBase.__subclasses__()
}
"""Every action by its kind, in the order of the union."""

TICKET_ACTIONS = frozenset(
    {
        "send_reply",
        "add_internal_note",
        "tag_ticket",
        "set_priority",
        "assign_ticket",
        "escalate_to_human",
        "close_ticket",
    }
)
"""Actions that touch the helpdesk alone."""
CUSTOMER_ACTIONS = frozenset(
    {"update_customer_address", "issue_store_credit", "issue_discount_code", "suppress_promotions"}
)
"""Actions on a customer's record; all others name an order or a shipment."""


def kind_of(name: str) -> str:
    """`refund_order` for both `refund_order` and `RefundOrder`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
