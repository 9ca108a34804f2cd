"""A ticket as one conversation: with what we wrote ourselves, and what the customer wrote since as one message. Pure.

Many helpdesks do not give our replies back as messages. Without them "the socks" answers no question, and what was
written before a reply left is lost when the next message comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from tools.helpdesk import Author, SentMessage, Ticket, TicketMessage

_MARK = re.compile(r"[ \t]*[>|][>| \t]*")
_FEWEST = 4
"""Words of a line without a mark that are no accident when we wrote the same."""


def conversation(ticket: Ticket, sent: Sequence[SentMessage], since: datetime | None = None) -> Ticket:
    """The ticket with the replies of ours that it lacks, and the unanswered messages of the customer as one.

    Args:
        ticket: As the helpdesk has it.
        sent: What we wrote on it.
        since: Until when a person says that nothing is left to do; what was written by then is not taken up again.
    """
    return _without_echo(_unanswered_as_one(_with_ours(ticket, sent), since))


def _with_ours(ticket: Ticket, sent: Sequence[SentMessage]) -> Ticket:
    known = {_plain(message.text) for message in ticket.messages if message.author is not Author.CUSTOMER}
    ours = [each for each in sent if each.kind == "reply" and _plain(each.text) not in known]
    messages = list(ticket.messages)
    for reply in ours:
        # No reply of ours stands before the message that it answers.
        place = sum(message.at < reply.at or _is_ours(message) for message in messages[1:])
        messages.insert(place + 1, TicketMessage(id=reply.id, author=Author.ASSISTANT, at=reply.at, text=reply.text))
    return ticket.model_copy(update={"messages": tuple(messages)}) if ours else ticket


def _is_ours(message: TicketMessage) -> bool:
    return message.author is Author.ASSISTANT


def _plain(text: str) -> str:
    return " ".join(text.split())


def _unanswered_as_one(ticket: Ticket, since: datetime | None) -> Ticket:
    newest, earlier = ticket.latest, ticket.earlier
    waiting = [*_back_from(earlier, newest, since)][::-1]
    if not waiting or newest.automatic:
        return ticket
    kept = (*earlier[: -len(waiting)], _joined([*waiting, newest]), *ticket.messages[len(earlier) + 1 :])
    return ticket.model_copy(update={"messages": kept})


def _back_from(
    before: Sequence[TicketMessage], newest: TicketMessage, since: datetime | None
) -> Iterator[TicketMessage]:
    """What the same person wrote just before, and nobody has answered, newest first."""
    proven = (newest.author, newest.sender.casefold(), newest.sender_verified, "")
    for message in reversed(before):
        same = (message.author, message.sender.casefold(), message.sender_verified, message.automatic) == proven
        if not same or (since is not None and message.at <= since):
            return
        yield message


def _without_echo(ticket: Ticket) -> Ticket:
    """The newest message without what it quotes of ours: that is no word of the customer."""
    ours = _plain(" ".join(each.text for each in ticket.messages if each.author is not Author.CUSTOMER))
    newest = ticket.latest
    kept = [line for line in newest.text.split("\n") if not _quotes(line, ours)]
    if not ours or len(kept) == len(newest.text.split("\n")):
        return ticket
    plain = newest.model_copy(update={"text": "\n".join(kept).strip()})
    return ticket.model_copy(update={"messages": tuple(plain if each is newest else each for each in ticket.messages)})


def _quotes(line: str, ours: str) -> bool:
    said = _plain(_MARK.sub("", line))
    return bool(said) and said in ours and (bool(_MARK.match(line)) or said.count(" ") >= _FEWEST - 1)


def _joined(messages: Sequence[TicketMessage]) -> TicketMessage:
    """One message: what was sent twice is said once."""
    texts = list(dict.fromkeys(message.text.strip() for message in messages))
    files = tuple(dict.fromkeys(file for message in messages for file in message.attachments))
    quoted = "\n".join(message.quoted for message in messages if message.quoted)
    changes = {"text": "\n\n".join(filter(None, texts)), "attachments": files, "quoted": quoted}
    return messages[-1].model_copy(update=changes)
