"""What we wrote stands in the conversation; what nobody answered is one message; quotes of ours are left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.conversation import conversation
from tools.helpdesk import Attachment, Author, SentMessage, Ticket, TicketMessage

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
REPLY = "Hi Lena,\n\nWhich item do you mean? Please reply with its name."


def said(at: int, text: str, **changes: object) -> TicketMessage:
    plain = TicketMessage(id=f"m-{at}", sender="lena@inbox.example", at=NOON + timedelta(hours=at), text=text)
    return plain.model_copy(update=changes)


def sent(at: int, text: str = REPLY, kind: str = "reply") -> SentMessage:
    return SentMessage(id=f"s-{at}", ticket_id="t-1", kind=kind, text=text, at=NOON + timedelta(hours=at))


def thread(*messages: TicketMessage) -> Ticket:
    return Ticket(id="t-1", messages=messages)


def texts(ticket: Ticket) -> list[str]:
    return [message.text for message in ticket.messages]


def test_our_reply_stands_between_the_messages_that_it_parts() -> None:
    found = conversation(thread(said(0, "I return one"), said(2, "the socks")), [sent(1)])
    assert texts(found) == ["I return one", REPLY, "the socks"]
    assert found.messages[1].author is Author.ASSISTANT


def test_notes_and_what_the_helpdesk_gives_back_are_not_added() -> None:
    echoed = said(1, REPLY.replace("\n\n", "\r\n"), author=Author.STAFF)
    ticket = thread(said(0, "I return one"), echoed, said(2, "the socks"))
    assert conversation(ticket, [sent(1), sent(1, "for staff", "note")]) == ticket


def test_a_reply_never_stands_before_what_it_answers() -> None:
    found = conversation(thread(said(0, "I return one"), said(0, "the socks", id="m-2")), [sent(0)])
    assert texts(found) == ["I return one", REPLY, "the socks"]


def test_what_nobody_answered_is_one_message() -> None:
    photo = Attachment(name="mug.jpg")
    ticket = thread(said(0, "Cancel 2409"), said(1, "Hello?"), said(2, "Hello?", attachments=(photo,)))
    found = conversation(ticket, [])
    assert texts(found) == ["Cancel 2409\n\nHello?"]
    assert (found.latest.id, found.latest.attachments) == ("m-2", (photo,))


@pytest.mark.parametrize(
    "changes", [{"sender": "else@inbox.example"}, {"sender_verified": False}, {"automatic": "out of office"}]
)
def test_words_of_somebody_else_or_of_a_program_are_not_joined(changes: dict[str, object]) -> None:
    ticket = thread(said(0, "Send it to 1 Evil Lane", **changes), said(1, "yes please"))
    assert conversation(ticket, []).latest.text == "yes please"
    other = thread(said(0, "Where is it?"), said(1, "yes please", **changes))
    assert conversation(other, []).latest.text == "yes please"


def test_what_somebody_said_was_done_is_not_taken_up_again() -> None:
    ticket = thread(said(0, "Cancel 2409"), said(2, "Do you ship to Canada?"))
    assert conversation(ticket, [], NOON + timedelta(hours=1)).latest.text == "Do you ship to Canada?"


@pytest.mark.parametrize(
    "text",
    [
        "> Which item do you mean? Please reply\n> with its name.\n\nthe socks",
        "the socks\n\n> Hi Lena,\n> Which item do you mean? Please reply with its name.",
        "the socks\nWhich item do you mean? Please reply with its name.",
    ],
)
def test_what_is_quoted_of_ours_is_not_what_the_customer_says(text: str) -> None:
    assert conversation(thread(said(0, "I return one"), said(2, text)), [sent(1)]).latest.text == "the socks"


def test_a_quote_of_somebody_else_stays() -> None:
    text = "> Delivery failed\nwhat now?"
    assert conversation(thread(said(0, "Where is it?"), said(2, text)), [sent(1)]).latest.text == text
