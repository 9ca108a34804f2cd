"""What was written, by whom and when: messages of the ticket and what left from here, in one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.ui.words import initials, size
from tools.helpdesk import Author, SentMessage, Ticket, TicketMessage

SHOWN = 1_000
"""Characters of a message that stand on the page at once; the reply to it has to be in sight."""
LINES = 14
_WHO = {Author.CUSTOMER: "Customer", Author.STAFF: "Staff", Author.ASSISTANT: "Countersign"}


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message. `side`: customer, shop or note; `rest`: what of a long one is folded. Everything is untrusted."""

    side: str
    name: str
    initials: str
    at: datetime
    text: str
    rest: str = ""
    quoted: str = ""
    files: tuple[str, ...] = ()
    mark: str = ""


def conversation(ticket: Ticket, sent: Sequence[SentMessage]) -> tuple[Message, ...]:
    """Oldest first. A message that the helpdesk gave back to us after we sent it is shown once."""
    written = [_written(message) for message in ticket.messages]
    known = {message.text.strip() for message in ticket.messages}
    ours = [_ours(message) for message in sent if message.text.strip() not in known]
    return tuple(sorted([*written, *ours], key=lambda message: message.at))


def _written(message: TicketMessage) -> Message:
    name = message.sender_name or message.sender or _WHO[message.author]
    text, rest = folded(message.text.strip())
    files = tuple(f"{each.name} ({each.content_type}, {size(each.size)})" for each in message.attachments[:20])
    return Message(
        side="customer" if message.author is Author.CUSTOMER else "shop",
        name=name,
        initials=initials(name),
        at=message.at,
        text=text,
        rest=rest,
        quoted=message.quoted.strip(),
        files=files,
        mark=_mark(message),
    )


def folded(text: str) -> tuple[str, str]:
    """What is shown of a message at once, and the rest: none, unless there is enough of it to be worth a click."""
    head = "\n".join(text[:SHOWN].split("\n")[:LINES])
    if len(text) - len(head) < SHOWN // 4:
        return text, ""
    # Not in the middle of a word, where a space is near.
    cut = max(head.rfind(" "), head.rfind("\n")) if len(head) == SHOWN else len(head)
    cut = cut if cut > SHOWN // 2 or len(head) < SHOWN else len(head)
    return text[:cut].rstrip(), text[cut:].strip()


def _mark(message: TicketMessage) -> str:
    if message.automatic:
        return f"automatic: {message.automatic}"
    if message.author is Author.CUSTOMER and message.sender_verified is False:
        return "sender not proven"
    return "" if message.author is Author.CUSTOMER else _WHO[message.author]


def _ours(message: SentMessage) -> Message:
    note = message.kind != "reply"
    return Message(
        side="note" if note else "shop",
        name="Internal note" if note else "Countersign",
        initials="CS",
        at=message.at,
        text=message.text.strip(),
        mark="note, staff only" if note else "sent",
    )
