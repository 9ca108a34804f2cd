"""From what arrived (an e-mail, a line of a file, plain text) to a ticket. Everything in it stays untrusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError

from agent.intake import InboundMail, IntakeError, is_automatic, readable, split
from tools.commerce import Identifier, Noun
from tools.helpdesk import Attachment, Author, Channel, Ticket, TicketMessage
from tools.moments import moment_of

LONGEST = 100_000
"""Characters of a message that are read."""
_FORMS = ("noreply", "no-reply", "donotreply", "mailer", "forms")
_FIELDS = ("id", "text", "from", "name", "subject", "at", "channel", "sender_verified")
_MOMENT = "write it like 2026-03-10T12:00:00Z, or leave it out, which means now"
_SAID = {
    "missing": "is missing",
    "string_type": 'has to be text, in quotation marks (a number too: "7")',
    "string_too_short": "is empty",
    "string_unicode": "holds bytes that are not Unicode",
    "timezone_aware": f"has no time zone; {_MOMENT}",
    "datetime_parsing": f"is not a moment; {_MOMENT}",
    "datetime_from_date_parsing": f"is not a moment; {_MOMENT}",
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
}
"""What is wrong with a field, by the kind that pydantic gives it."""


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """What the shop says about its mail.

    `proven`: Authentication-Results come from the shop's own server. Without that, whoever writes could have added
    them, and no e-mail proves its sender. `own`: the shop's addresses, lower case; what they send is no customer's.
    """

    proven: bool = False
    own: frozenset[str] = frozenset()


def _as_exported(value: object) -> object:
    """A moment as a shop platform writes it; anything else is left to the model."""
    return (moment_of(value.strip()) or value) if isinstance(value, str) else value


class PlainTicket(Noun):
    """The least that a ticket needs, for files that other systems write: an id and a text."""

    id: Identifier
    text: str = Field(min_length=1, max_length=LONGEST)
    sender: str = Field(default="", alias="from")
    name: str = ""
    subject: str = ""
    at: Annotated[AwareDatetime | None, BeforeValidator(_as_exported)] = None
    channel: Channel = Channel.EMAIL
    sender_verified: bool | None = None


def ticket_of_text(text: str, sender: str, now: datetime, *, verified: bool | None, subject: str = "") -> Ticket:
    """A ticket of one message. The same text of the same sender, equally proven, is the same ticket.

    Raises IntakeError for a text that is empty, longer than LONGEST, or not Unicode.
    """
    if not text.strip():
        raise IntakeError("the message is empty: give a text, or - to read it from standard input")
    if len(text) > LONGEST:
        raise IntakeError(f"the message has {len(text):,} characters; at most {LONGEST:,} are read, so shorten it")
    identifier = f"t-{_digest(sender, subject, text, str(verified))}"
    given = {"id": identifier, "text": text.strip(), "from": sender, "subject": subject, "sender_verified": verified}
    return _ticket(given, now)


def ticket_of_line(fields: Mapping[str, object], now: datetime) -> Ticket:
    """A ticket from one line of a file: our own noun, or the plain form. Raises IntakeError naming the field."""
    return _ticket(fields, now)


def _ticket(fields: Mapping[str, object], now: datetime) -> Ticket:
    try:
        if "messages" in fields:
            return Ticket.model_validate(fields)
        return ticket_of_plain(PlainTicket.model_validate(fields), now)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise IntakeError(f"{where}: {_said(first['type'], first['msg'])}") from None


def _said(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"is no field of a ticket; these are: {', '.join(_FIELDS)}, or messages for a whole conversation"
    if kind == "string_too_long":
        return message.replace("String should have", "may have", 1)
    return _SAID.get(kind, message.removeprefix("Value error, "))


def ticket_of_plain(plain: PlainTicket, now: datetime) -> Ticket:
    """A ticket of a plain line; without a time it arrived now.

    Its message is named by its words: the same id with another text is a new message, not one that was answered.
    """
    text, quoted = new_and_quoted(plain.text) if plain.channel is Channel.EMAIL else (plain.text, "")
    sender, name = address_and_name(plain.sender)
    message = TicketMessage(
        id=f"{plain.id[:150]}-{_digest(plain.sender, plain.text)}",
        sender=sender,
        sender_name=plain.name or name,
        sender_verified=plain.sender_verified,
        at=plain.at or now,
        text=text,
        quoted=quoted,
    )
    return Ticket(id=plain.id, channel=plain.channel, subject=plain.subject, messages=(message,))


def new_and_quoted(text: str) -> tuple[str, str]:
    """What is new in the text of an e-mail that a helpdesk exported, and what it quotes; markup becomes plain text.

    Who exports a conversation gets mails with all that they quote: the shop's own words are then no customer's. A text
    that quotes nothing stays as it is.
    """
    shown = readable(text)
    parts = split(shown)
    return (parts.text, parts.quoted) if parts.quoted else (shown, "")


def address_and_name(sender: str) -> tuple[str, str]:
    """Of `Ann Lee <ann@example.com>`, as exports write it; an address alone has no name."""
    name, address = parseaddr(sender)
    return (address, name) if "<" in sender and "@" in address else (sender, "")


def tickets_of_mail(mails: Iterable[InboundMail], now: datetime, mailbox: Mailbox | None = None) -> list[Ticket]:
    """One ticket for each thread, in the order in which the threads began in the file; messages oldest first."""
    mailbox = mailbox or Mailbox()
    every = _each_its_own(list({(_own_id(mail), mail.text, mail.from_address): mail for mail in mails}.values()), now)
    threads: dict[str, list[InboundMail]] = {}
    roots = _roots(every)
    for mail in every:
        threads.setdefault(roots[_own_id(mail)], []).append(mail)
    return [_thread(found, now, mailbox) for found in threads.values()]


def _each_its_own(mails: Sequence[InboundMail], now: datetime) -> list[InboundMail]:
    """The mails, of which no two senders share a message id: whoever used it first keeps it.

    Programs that send forms give every customer the same one, and two customers are never one conversation.
    """
    owners: dict[str, str] = {}
    for mail in sorted(mails, key=lambda mail: (mail.date or now, mail.from_address)):
        owners.setdefault(mail.message_id, mail.from_address)
    return [
        mail
        if not mail.message_id or owners[mail.message_id] == mail.from_address
        else mail.model_copy(update={"message_id": f"<{_digest(mail.message_id, mail.from_address)}@shared>"})
        for mail in mails
    ]


def _roots(mails: Iterable[InboundMail]) -> dict[str, str]:
    """Message id to one id of its thread. A reply may stand before what it answers, and what it answers be missing."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (upper := above.setdefault(name, name)) != name:
            name = above[name] = above.get(upper, upper)
        return name

    for mail in mails:
        for reference in (*mail.references, mail.in_reply_to):
            if reference:
                above[top(_own_id(mail))] = top(reference)
    return {_own_id(mail): top(_own_id(mail)) for mail in mails}


def _own_id(mail: InboundMail) -> str:
    # Of mails without any words only the day and what is attached tell them apart.
    said = mail.text or f"{mail.date or ''} {' '.join(each.name for each in mail.attachments)}".strip()
    return mail.message_id or _digest(mail.from_address, mail.subject, said)


def _thread(mails: list[InboundMail], now: datetime, mailbox: Mailbox) -> Ticket:
    ordered = sorted(mails, key=lambda mail: mail.date or now)
    first = ordered[0]
    # Named by the message that began it, so that the same thread is the same ticket in the next file too.
    identifier = f"mail-{_digest(next(iter(first.references), '') or first.in_reply_to or _own_id(first))}"
    messages = tuple(_message(mail, f"{identifier}-{_name_of(mail)}", now, mailbox) for mail in ordered)
    return Ticket(id=identifier, subject=first.subject, messages=messages)


def _name_of(mail: InboundMail) -> str:
    """A message keeps its name when an older one of its thread turns up later."""
    return _digest(_own_id(mail), mail.text)


def _message(mail: InboundMail, identifier: str, now: datetime, mailbox: Mailbox) -> TicketMessage:
    return TicketMessage(
        id=identifier,
        author=Author.STAFF if mail.from_address in mailbox.own else Author.CUSTOMER,
        sender=sender_of_mail(mail),
        sender_name=mail.from_name,
        sender_verified=proof_of(mail, mailbox),
        at=mail.date or now,
        text=(mail.text or mail.subject or "(no text)")[:LONGEST],
        quoted=mail.quoted[:LONGEST],
        automatic=is_automatic(mail, mailbox.own) or "",
        attachments=tuple(Attachment(name=a.name, content_type=a.content_type, size=a.size) for a in mail.attachments),
    )


def sender_of_mail(mail: InboundMail) -> str:
    """Who wrote; for a form that the shop's own site sends, the customer it names."""
    form = mail.from_address.partition("@")[0] in _FORMS
    return mail.reply_to if form and mail.reply_to else mail.from_address


def proof_of(mail: InboundMail, mailbox: Mailbox) -> bool | None:
    """What the mail server proves about the sender: True, False (it failed), or None (it says nothing).

    Only DMARC ties a passed check to the address in From; a DKIM signature may be that of any domain.
    """
    said = mail.authentication
    if said.dmarc == "fail" or (said.spf == "fail" and said.dkim != "pass"):
        return False
    if sender_of_mail(mail) != mail.from_address:
        return None
    # An answer would go to somebody else than the address that was proven.
    if mail.reply_to and mail.reply_to != mail.from_address:
        return False
    return True if mailbox.proven and said.dmarc == "pass" else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
