"""Who has a case, from the conversation alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.record import new_record
from agent.takeover import given_back, known_quiet, quiet, taken
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


def test_a_customer_waits_since_they_wrote_last_and_no_more_once_a_person_answered() -> None:
    later = NOON + timedelta(hours=2)
    asked = ticket(Author.CUSTOMER, Author.ASSISTANT, Author.CUSTOMER, Author.ASSISTANT)
    record = new_record(asked, later)
    assert record.waiting_since == NOON + timedelta(minutes=2)
    assert new_record(asked, NOON + timedelta(minutes=1)).waiting_since == NOON + timedelta(minutes=1), "not to come"
    held, events = quiet(record, asked, "noor took it over", later)
    assert (held.waiting_since, [event.kind for event in events]) == (record.waiting_since, ["taken"])
    answered = asked.model_copy(update={"messages": (*asked.messages, *ticket(Author.STAFF).messages)})
    assert not known_quiet(held, answered, "noor took it over")
    over, events = quiet(held, answered, "noor took it over", later)
    assert (over.waiting_since, list(events)) == (None, []), "who has the case knows that they answered"
    assert known_quiet(over, answered, "noor took it over")
    again = answered.model_copy(update={"messages": (*answered.messages, asked.messages[2])})
    assert quiet(over, again, "noor took it over", later)[0].waiting_since == asked.messages[2].at


@pytest.mark.system("U8")
def test_what_a_customer_asked_is_answered_unless_a_person_did() -> None:
    assert taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER)) == ""
    assert taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER, Author.ASSISTANT)) == ""
    assert "m-1" in taken(new_record(ticket(Author.CUSTOMER), NOON), ticket(Author.CUSTOMER, Author.STAFF))
