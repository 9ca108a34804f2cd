"""The nouns of a helpdesk: what arrived, verbatim and untrusted."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from tools.commerce import Identifier, Noun


class Channel(StrEnum):
    """Where a message came from."""

    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    SOCIAL = "social"
    FORM = "form"


class Author(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ASSISTANT = "assistant"


class TicketStatus(StrEnum):
    """What the helpdesk says about a ticket."""

    OPEN = "open"
    PENDING = "pending"
    CLOSED = "closed"


class Attachment(Noun):
    """A file that came with a message. Its content is not read; its name is untrusted text."""

    name: str
    content_type: str = "application/octet-stream"
    size: int = 0


class TicketMessage(Noun):
    """One message of a ticket. `sender_verified` is True only when the channel proves who sent it (DMARC, login)."""

    id: Identifier
    author: Author = Author.CUSTOMER
    sender: str = ""
    sender_name: str = ""
    sender_verified: bool | None = None
    at: AwareDatetime
    text: str
    quoted: str = ""
    automatic: str = ""
    attachments: tuple[Attachment, ...] = ()


class Ticket(Noun):
    """A conversation with one customer about one thing. Messages are oldest first."""

    id: Identifier
    helpdesk: str = "local"
    channel: Channel = Channel.EMAIL
    subject: str = ""
    messages: tuple[TicketMessage, ...] = Field(min_length=1)
    status: TicketStatus = TicketStatus.OPEN
    tags: tuple[str, ...] = ()
    priority: str = "normal"
    assignee: str = ""
    queue: str = ""

    @property
    def latest(self) -> TicketMessage:
        """The newest message from the customer, or the newest of all when there is none."""
        customers = [message for message in self.messages if message.author is Author.CUSTOMER]
        return (customers or list(self.messages))[-1]

    @property
    def earlier(self) -> tuple[TicketMessage, ...]:
        """The messages before `latest`."""
        return self.messages[: self.messages.index(self.latest)]

    @property
    def staff(self) -> str:
        """The id of the newest message that a person of the shop wrote; empty when nobody has."""
        return next((message.id for message in reversed(self.messages) if message.author is Author.STAFF), "")


class SentMessage(Noun):
    """A reply or note that we wrote to the helpdesk."""

    id: Identifier
    ticket_id: Identifier
    kind: str
    text: str
    at: AwareDatetime
    key: str = ""
