"""Who has a case, from the conversation alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.record import new_record
from agent.takeover import given_back, quiet, taken
from agent.testing import NOON
from tools.helpdesk import Author, Ticket, TicketMessage


def ticket(*authors: Author) -> Ticket:
    messages = [
        TicketMessage(id=f"m-{n}", author=author, at=NOON + timedelta(minutes=n), text="Where is my order?")
        for n, author in enumerate(authors)
    ]
    return Ticket(id="t-1", messages=tuple(messages))


@pytest.mark.system("U8")
@pytest.mark.parametrize("author", [Author.STAFF, Author.ASSISTANT])
def test_a_conversation_that_the_shop_began_is_not_answered_by_the_shop(author: Author) -> None:
    begun = ticket(author)
    record = new_record(begun, NOON)
    assert "the shop began" in taken(record, begun)
    assert taken(given_back(record, "noor", NOON + timedelta(hours=1))[0], begun) == ""
    kept, _ = quiet(record, begun, taken(record, begun), NOON)
    assert taken(kept, begun)
    assert taken(kept, ticket(author, Author.CUSTOMER)) == ""


@pytest.mark.system("U8")
def test_what_a_customer_asked_is_answered_unless_a_person_did() -> None:
    assert taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER)) == ""
    assert taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER, Author.ASSISTANT)) == ""
    assert "m-1" in taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER, Author.STAFF))
