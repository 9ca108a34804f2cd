"""From lines and e-mails to tickets: names that last, threads that hold together, proofs that are proofs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake import Authentication, InboundMail, IntakeError, read_email
from agent.receiving import LONGEST, Mailbox, proof_of, ticket_of_line, ticket_of_text, tickets_of_mail
from tools.helpdesk import Author, Channel

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PASSED = Authentication(spf="pass", dkim="pass", dmarc="pass")
PROVEN = Mailbox(proven=True)


def mail(number: int, *answers: int, **fields: object) -> InboundMail:
    given = {
        "message_id": f"<{number}@x>",
        "references": tuple(f"<{each}@x>" for each in answers),
        "in_reply_to": f"<{answers[-1]}@x>" if answers else "",
        "from_address": "ada@example.com",
        "date": NOW + timedelta(hours=number),
        "text": f"text {number}",
        "subject": f"subject {number}",
        **fields,
    }
    return InboundMail.model_validate(given)


def test_the_least_line_is_a_ticket_that_arrived_now() -> None:
    made = ticket_of_line({"id": "7", "text": "Where is #1042?"}, NOW)
    assert (made.id, made.latest.text, made.latest.at, made.latest.sender_verified) == (
        "7",
        "Where is #1042?",
        NOW,
        None,
    )


def test_a_full_line_keeps_what_it_says() -> None:
    made = ticket_of_line(
        {
            "id": "7",
            "text": "hi",
            "from": "ada@example.com",
            "name": "Ada",
            "subject": "Order",
            "at": "2026-03-01T10:00:00+01:00",
            "channel": "chat",
            "sender_verified": True,
        },
        NOW,
    )
    assert (made.subject, made.channel, made.latest.sender_name, made.latest.sender_verified) == (
        "Order",
        "chat",
        "Ada",
        True,
    )
    assert made.latest.at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_our_own_noun_is_read_as_it_is() -> None:
    noun = ticket_of_line({"id": "7", "text": "hi"}, NOW)
    assert ticket_of_line(noun.model_dump(mode="json"), NOW) == noun


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "hi"}, "id: is missing"),
        ({"id": "1"}, "text: is missing"),
        ({"id": "1", "text": ""}, "text: "),
        ({"id": "", "text": "hi"}, "id: is empty"),
        ({"id": 7, "text": "hi"}, 'id: has to be text, in quotation marks (a number too: "7")'),
        ({"id": "1", "text": "hi", "at": "yesterday"}, "at: "),
        ({"id": "1", "text": "hi", "at": "2026-03-01T10:00:00"}, "at: "),
        ({"id": "1", "text": "hi", "channel": "fax"}, "channel: "),
        ({"id": "1", "text": "hi", "body": "hi"}, "body: is no field of a ticket"),
        ({"id": "1", "text": 5}, "text: "),
        ({"id": "1", "text": "\ud800"}, "text: holds bytes that are not Unicode"),
        ({"id": "1", "text": "x" * (LONGEST + 1)}, "text: "),
        ({"id": "1", "messages": []}, "messages: "),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], said: str) -> None:
    with pytest.raises(IntakeError) as caught:
        ticket_of_line(fields, NOW)
    assert str(caught.value).startswith(said)


def test_another_text_under_the_same_id_is_a_new_message() -> None:
    one, same, other = (ticket_of_line({"id": "1", "text": text}, NOW) for text in ("lost", "lost", "thanks"))
    assert one.latest.id == same.latest.id != other.latest.id


def test_the_same_words_of_the_same_sender_are_the_same_ticket() -> None:
    one = ticket_of_text("lost", "ada@example.com", NOW, verified=None)
    assert ticket_of_text("lost", "ada@example.com", NOW + timedelta(days=1), verified=None).id == one.id
    assert ticket_of_text("lost", "bob@example.com", NOW, verified=None).id != one.id


def test_a_proven_sender_is_not_answered_with_what_an_unproven_one_was_told() -> None:
    assert (
        ticket_of_text("lost", "a@b.c", NOW, verified=None).id != ticket_of_text("lost", "a@b.c", NOW, verified=True).id
    )


@pytest.mark.parametrize("text", ["", " \n\t", "x" * (LONGEST + 1), "a\ud800"])
def test_a_text_that_cannot_be_a_message_is_refused(text: str) -> None:
    with pytest.raises(IntakeError):
        ticket_of_text(text, "", NOW, verified=None)


def test_a_thread_is_one_ticket_oldest_first() -> None:
    [made] = tickets_of_mail([mail(1), mail(3, 1, 2), mail(2, 1)], NOW)
    assert [message.text for message in made.messages] == ["text 1", "text 2", "text 3"]
    assert made.subject == "subject 1"


def test_a_reply_may_stand_before_what_it_answers() -> None:
    assert len(tickets_of_mail([mail(2, 1), mail(1)], NOW)) == 1


def test_replies_to_a_message_that_is_missing_stay_together() -> None:
    assert len(tickets_of_mail([mail(2, 1), mail(3, 1), mail(4)], NOW)) == 2


@given(st.permutations([mail(1), mail(2, 1), mail(3, 1, 2), mail(4), mail(5, 4), mail(6)]))
def test_the_order_of_a_mailbox_changes_no_ticket(mails: list[InboundMail]) -> None:
    found = {made.id: [message.id for message in made.messages] for made in tickets_of_mail(mails, NOW)}
    assert found == {
        made.id: [message.id for message in made.messages] for made in tickets_of_mail(sorted(mails, key=_date), NOW)
    }
    assert sorted(map(len, found.values())) == [1, 2, 3]


def _date(each: InboundMail) -> datetime:
    return each.date or NOW


def test_tomorrows_mailbox_continues_the_same_ticket() -> None:
    [today] = tickets_of_mail([mail(1), mail(2, 1)], NOW)
    [tomorrow] = tickets_of_mail([mail(3, 1, 2)], NOW)
    assert tomorrow.id == today.id
    [both] = tickets_of_mail([mail(1), mail(2, 1), mail(3, 1, 2)], NOW)
    assert [message.id for message in both.messages[:2]] == [message.id for message in today.messages]


def test_the_same_mail_twice_is_one_message() -> None:
    [made] = tickets_of_mail([mail(1), mail(1)], NOW)
    assert len(made.messages) == 1


def test_mails_without_ids_that_differ_are_two_tickets() -> None:
    assert len(tickets_of_mail([mail(1, message_id=""), mail(2, message_id="")], NOW)) == 2


@pytest.mark.parametrize("turned", [False, True])
def test_two_senders_under_one_message_id_are_two_tickets_and_neither_is_lost(turned: bool) -> None:
    mails = [mail(1), mail(2, message_id="<1@x>", from_address="bo@example.com")]
    made = tickets_of_mail(mails[::-1] if turned else mails, NOW)
    assert sorted((each.latest.sender, each.latest.text) for each in made) == [
        ("ada@example.com", "text 1"),
        ("bo@example.com", "text 2"),
    ]
    [alone] = tickets_of_mail(mails[:1], NOW)
    assert alone.id in {each.id for each in made}  # whoever used it first is the same ticket as before


def test_mails_without_words_and_ids_are_told_apart_by_what_is_attached() -> None:
    photo = {"name": "IMG_1.jpg", "content_type": "image/jpeg", "size": 9}
    none = {"message_id": "", "text": "", "subject": "", "date": None}
    made = tickets_of_mail([mail(1, **none), mail(2, **none, attachments=(photo,))], NOW)
    assert len({each.id for each in made}) == 2


def test_a_thread_that_goes_round_in_a_circle_ends() -> None:
    assert len(tickets_of_mail([mail(1, 2), mail(2, 1)], NOW)) == 1


@pytest.mark.system("U4")
@pytest.mark.parametrize(
    ("mailbox", "authentication", "proof"),
    [
        (PROVEN, PASSED, True),
        (Mailbox(), PASSED, None),
        (PROVEN, Authentication(spf="pass", dkim="pass"), None),
        (PROVEN, Authentication(dkim="pass"), None),
        (PROVEN, Authentication(), None),
        (PROVEN, Authentication(spf="pass", dkim="pass", dmarc="fail"), False),
        (Mailbox(), Authentication(dmarc="fail"), False),
        (Mailbox(), Authentication(spf="fail"), False),
        (PROVEN, Authentication(spf="fail", dkim="pass", dmarc="pass"), True),
    ],
)
def test_only_dmarc_of_the_shops_own_server_proves_a_sender(
    mailbox: Mailbox, authentication: Authentication, proof: bool | None
) -> None:
    assert proof_of(mail(1, authentication=authentication), mailbox) is proof


@pytest.mark.system("U4")
@pytest.mark.parametrize("reply_to", ["mallory@example.com", "mallory@evil.example"])
def test_an_answer_that_would_go_elsewhere_proves_nothing(reply_to: str) -> None:
    assert proof_of(mail(1, authentication=PASSED, reply_to=reply_to), PROVEN) is False


def test_a_form_of_the_shop_names_the_customer_and_proves_nothing() -> None:
    form = mail(1, from_address="noreply@shop.example", reply_to="ada@example.com", authentication=PASSED)
    [made] = tickets_of_mail([form], NOW, PROVEN)
    assert (made.latest.sender, made.latest.sender_verified) == ("ada@example.com", None)


@pytest.mark.system("U10")
def test_what_the_shop_itself_wrote_is_no_customers_message() -> None:
    own = Mailbox(own=frozenset({"help@shop.example"}))
    [made] = tickets_of_mail([mail(1), mail(2, 1, from_address="help@shop.example")], NOW, own)
    assert [message.author for message in made.messages] == [Author.CUSTOMER, Author.STAFF]
    assert made.latest.text == "text 1"
    [alone] = tickets_of_mail([mail(3, from_address="help@shop.example")], NOW, own)
    assert alone.latest.automatic


@pytest.mark.system("U10")
def test_a_machines_message_is_marked() -> None:
    [made] = tickets_of_mail([mail(1, auto_submitted="auto-replied")], NOW)
    assert made.latest.automatic


def test_an_eml_file_with_everything() -> None:
    raw = (
        b"From: Ada Byron <ADA@example.com>\r\nTo: help@shop.example\r\nSubject: =?utf-8?q?L=C3=A4mp?=\r\n"
        b"Message-ID: <m1@example.com>\r\nDate: Mon, 9 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt broke.\r\n\r\n'
        b"> earlier words\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=p.png\r\n\r\n"
        b"x\r\n--b--\r\n"
    )
    [made] = tickets_of_mail([read_email(raw)], NOW)
    message = made.latest
    assert (made.subject, message.sender, message.sender_name, message.text) == (
        "Lämp",
        "ada@example.com",
        "Ada Byron",
        "It broke.",
    )
    assert "earlier words" in message.quoted
    assert [attachment.name for attachment in message.attachments] == ["p.png"]
    assert message.at == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_a_mail_without_text_is_still_a_ticket() -> None:
    [made] = tickets_of_mail([mail(1, text="", subject="")], NOW)
    assert made.latest.text == "(no text)"


EXPORTED = "Still nothing!\n\nOn Mon, 3 Nov 2025 at 10:11, Support <help@shop.example> wrote:\n> We refunded you."


def test_an_exported_e_mail_is_read_without_what_it_quotes() -> None:
    made = ticket_of_line({"id": "7", "text": EXPORTED}, NOW).latest
    assert made.text == "Still nothing!"
    assert "We refunded you." in made.quoted
    chat = ticket_of_line({"id": "7", "text": EXPORTED, "channel": Channel.CHAT.value}, NOW).latest
    assert (chat.text, chat.quoted) == (EXPORTED, "")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>Hello,<br>please <b>refund</b> me</p>", "Hello,\nplease refund me"),
        ("where is it?<br>thanks", "where is it?\nthanks"),
        ("is 3 < 5, and <b> a tag?", "is 3 < 5, and <b> a tag?"),
        ("two\n\n\n\nlines  ", "two\n\n\n\nlines  "),
    ],
)
def test_markup_is_read_as_text_and_other_text_stays(text: str, read: str) -> None:
    assert ticket_of_line({"id": "7", "text": text}, NOW).latest.text == read


def test_a_sender_with_a_name_is_both() -> None:
    made = ticket_of_line({"id": "7", "text": "hi", "from": "Ann Lee <ann@example.com>"}, NOW).latest
    assert (made.sender, made.sender_name) == ("ann@example.com", "Ann Lee")
    named = ticket_of_line({"id": "7", "text": "hi", "from": "Ann <ann@example.com>", "name": "Ann Lee"}, NOW).latest
    assert (named.sender, named.sender_name) == ("ann@example.com", "Ann Lee")
