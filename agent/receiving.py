"""From what arrived (an e-mail, a line of a file, plain text) to a ticket. Everything in it stays untrusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import AwareDatetime, Field, ValidationError

from agent.intake import InboundMail, IntakeError, is_automatic
from tools.commerce import Identifier, Noun
from tools.helpdesk import Attachment, Author, Channel, Ticket, TicketMessage

LONGEST = 100_000


class PlainTicket(Noun):
    """The least that a ticket needs, for files that other systems write: an id and a text."""

    id: Identifier
    text: str = Field(min_length=1, max_length=LONGEST)
    sender: str = Field(default="", alias="from")
    name: str = ""
    subject: str = ""
    at: AwareDatetime | None = None
    channel: Channel = Channel.EMAIL
    sender_verified: bool | None = None


def ticket_of_text(text: str, sender: str, now: datetime, *, verified: bool | None, subject: str = "") -> Ticket:
    """A ticket of one message. The same text of the same sender is the same ticket."""
    if not text.strip():
        raise IntakeError("the message is empty: give a text, or - to read it from standard input")
    identifier = f"t-{_digest(sender, subject, text)}"
    plain = PlainTicket.model_validate(
        {
            "id": identifier,
            "text": text.strip()[:LONGEST],
            "from": sender,
            "subject": subject,
            "sender_verified": verified,
        }
    )
    return ticket_of_plain(plain, now)


def ticket_of_plain(plain: PlainTicket, now: datetime) -> Ticket:
    """A ticket of a plain line; without a time it arrived now."""
    message = TicketMessage(
        id=f"{plain.id}-m1",
        sender=plain.sender,
        sender_name=plain.name,
        sender_verified=plain.sender_verified,
        at=plain.at or now,
        text=plain.text,
    )
    return Ticket(id=plain.id, channel=plain.channel, subject=plain.subject, messages=(message,))


def ticket_of_line(fields: Mapping[str, object], now: datetime) -> Ticket:
    """A ticket from one line of a file: our own noun, or the plain form. Raises IntakeError naming the field."""
    try:
        if "messages" in fields:
            return Ticket.model_validate(fields)
        return ticket_of_plain(PlainTicket.model_validate(fields), now)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise IntakeError(f"{where}: {first['msg']}") from None


def tickets_of_mail(mails: Iterable[InboundMail], now: datetime) -> list[Ticket]:
    """One ticket for each thread, messages oldest first."""
    threads: dict[str, list[InboundMail]] = {}
    roots: dict[str, str] = {}
    for mail in mails:
        own = mail.message_id or _digest(mail.from_address, mail.subject, mail.text)
        before = next((roots[ref] for ref in (*mail.references, mail.in_reply_to) if ref in roots), own)
        roots[own] = before
        threads.setdefault(before, []).append(mail)
    return [_thread(root, mails, now) for root, mails in threads.items()]


def _thread(root: str, mails: list[InboundMail], now: datetime) -> Ticket:
    ordered = sorted(mails, key=lambda mail: mail.date or now)
    identifier = f"mail-{_digest(root)}"
    messages = tuple(_message(mail, f"{identifier}-m{number}", now) for number, mail in enumerate(ordered, 1))
    return Ticket(id=identifier, subject=ordered[0].subject, messages=messages)


def _message(mail: InboundMail, identifier: str, now: datetime) -> TicketMessage:
    sender = sender_of_mail(mail)
    return TicketMessage(
        id=identifier,
        author=Author.CUSTOMER,
        sender=sender,
        sender_name=mail.from_name,
        sender_verified=proof_of(mail),
        at=mail.date or now,
        text=(mail.text or mail.subject or "(no text)")[:LONGEST],
        quoted=mail.quoted[:LONGEST],
        automatic=is_automatic(mail) or "",
        attachments=tuple(Attachment(name=a.name, content_type=a.content_type, size=a.size) for a in mail.attachments),
    )


def sender_of_mail(mail: InboundMail) -> str:
    """Who wrote; for a form that the shop's own site sends, the customer it names."""
    form = mail.from_address.partition("@")[0] in ("noreply", "no-reply", "donotreply", "mailer", "forms")
    return mail.reply_to if form and mail.reply_to else mail.from_address


def proof_of(mail: InboundMail) -> bool | None:
    """What the mail server proves about the sender: True, False (it failed), or None (it says nothing)."""
    said = mail.authentication
    if sender_of_mail(mail) != mail.from_address:
        return None
    # An answer would go to somebody else than the address that was proven.
    if mail.reply_to and mail.reply_to.partition("@")[2] != mail.from_address.partition("@")[2]:
        return False
    if "fail" in (said.dmarc,) or (said.spf == "fail" and said.dkim != "pass"):
        return False
    return True if said.dmarc == "pass" or said.dkim == "pass" else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
