"""What other systems deliver: one documented shape for the API and for signed webhooks, and the ticket it becomes.

Everything in it is untrusted. Ids are kept apart by who brought them: ticket 5512 of `zendesk` is `zendesk-5512`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from agent.receiving import LONGEST
from tools.helpdesk import Attachment, Author, Channel, Ticket, TicketMessage

Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""Who delivers. Without a hyphen, so that no two sources can make the same ticket id."""
_ForeignId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]
_MessageId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,150}$")]
OWN = "local"
"""What came by e-mail, file or command line; nobody from outside may use this name."""


class Inbound(BaseModel):
    """Frozen, and an unknown field is an error: a misspelt `verified` must not be a silent no."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InboundFile(Inbound):
    """A file that came with a message; its content is not sent."""

    name: Annotated[str, Field(max_length=255)]
    content_type: Annotated[str, Field(max_length=100)] = "application/octet-stream"
    size: Annotated[int, Field(ge=0, le=2**40)] = 0


class InboundMessage(Inbound):
    """One message. The same id on the same ticket is the same message, whatever else it says."""

    id: Annotated[_MessageId, Field(examples=["m-1"])]
    author: Annotated[Author, Field(description="`staff` makes the assistant silent on the ticket")] = Author.CUSTOMER
    text: Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["Where is my order #1042?"])]
    at: Annotated[AwareDatetime | None, Field(description="when it was written; without it, now")] = None
    sender: Annotated[str, Field(max_length=254, examples=["mia@example.com"])] = ""
    sender_name: Annotated[str, Field(max_length=200, examples=["Mia K"])] = ""
    verified: Annotated[
        bool | None, Field(description="whether the channel proved the sender; believed only of a trusted source")
    ] = None
    automatic: Annotated[str, Field(max_length=100, description="why it was sent by a machine, if it was")] = ""
    attachments: Annotated[tuple[InboundFile, ...], Field(max_length=50)] = ()


class InboundTicket(Inbound):
    """A ticket with one new message (`message`), or with its whole conversation (`messages`)."""

    id: Annotated[_ForeignId, Field(examples=["5512"])]
    subject: Annotated[str, Field(max_length=500, examples=["Parcel"])] = ""
    channel: Channel = Channel.EMAIL
    message: InboundMessage | None = None
    messages: Annotated[tuple[InboundMessage, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _has_messages(self) -> Self:
        if bool(self.message) == bool(self.messages):
            raise ValueError("give one of message and messages")
        ids = [each.id for each in self.messages]
        if len(set(ids)) < len(ids):
            raise ValueError("two messages have the same id")
        return self

    @property
    def every(self) -> tuple[InboundMessage, ...]:
        """The messages, however they were given."""
        return (self.message,) if self.message else self.messages


def ticket_id_of(source: str, foreign: str) -> str:
    """Our id of a ticket of somebody else's helpdesk."""
    return f"{source}-{foreign}"


def ticket_of(inbound: InboundTicket, source: str, now: datetime, *, proves: bool) -> Ticket:
    """The ticket; messages oldest first. `proves`: what the source says about senders is believed."""
    messages = sorted((message_of(each, now, proves=proves) for each in inbound.every), key=lambda each: each.at)
    return Ticket(
        id=ticket_id_of(source, inbound.id),
        helpdesk=source,
        channel=inbound.channel,
        subject=inbound.subject,
        messages=tuple(messages),
    )


def message_of(inbound: InboundMessage, now: datetime, *, proves: bool) -> TicketMessage:
    """One message; one that claims to be from the future came now."""
    return TicketMessage(
        id=inbound.id,
        author=inbound.author,
        sender=inbound.sender.strip(),
        sender_name=inbound.sender_name,
        # That a proof failed is believed of everybody: it takes trust away.
        sender_verified=inbound.verified if proves or inbound.verified is False else None,
        at=min(inbound.at or now, now),
        text=inbound.text,
        automatic=inbound.automatic,
        attachments=tuple(
            Attachment(name=each.name, content_type=each.content_type, size=each.size) for each in inbound.attachments
        ),
    )
