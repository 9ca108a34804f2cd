"""Real words through the real classifier: what is asked, who is angry, who wants a person, what a program wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from agent.case import CaseStatus
from agent.intake import read_email
from agent.reasoners.local import LocalClassifier
from agent.receiving import tickets_of_mail
from agent.repositories import CaseRecord
from agent.triage import Triage
from tests.journeys.shop import NOW, Brand, Shop, actions, draft
from tools.actions import EscalateToHuman
from tools.connectors.demo import TicketLabel
from tools.helpdesk import Ticket

Note = Callable[[str, object], None]
OWN = frozenset({"help@alderandwren.example"})


@pytest.fixture(scope="module")
def classifier(shipped_triage: Triage) -> LocalClassifier:
    return LocalClassifier(shipped_triage, OWN)


@pytest.fixture
def listening(brand: Brand, classifier: LocalClassifier, tmp_path: Path) -> Generator[Shop]:
    """A shop that is told nothing about its tickets."""
    with brand.open(tmp_path, reasoner=brand.playbook(classifier)) as shop:
        yield shop


def labelled(brand: Brand, tag: str) -> list[TicketLabel]:
    return [label for label in brand.world.labels if tag in label.tags]


@pytest.mark.system("A1")
def test_the_labelled_inbox_is_classified_and_each_intent_reported(
    brand: Brand, classifier: LocalClassifier, record_property: Note
) -> None:
    """Every third ticket. They are harder than held-out phrases: threads, two asks, injections, four languages."""
    tickets = {ticket.id: ticket for ticket in brand.world.tickets}
    right, said, wanted = Counter[str](), Counter[str](), Counter[str]()
    for label in brand.world.labels[::3]:
        found = classifier(tickets[label.ticket_id], "").intent
        said[found] += 1
        wanted[label.intent] += 1
        right[label.intent] += found == label.intent
    scores = {intent: (right[intent] / (said[intent] or 1), right[intent] / wanted[intent]) for intent in wanted}
    macro = sum(2 * p * r / ((p + r) or 1) for p, r in scores.values()) / len(scores)
    for intent, (precision, recall) in scores.items():
        record_property(intent, f"precision {precision:.2f}, recall {recall:.2f}, n {wanted[intent]}")
    record_property("macro_f1", f"{macro:.3f}")
    assert len(scores) == 24
    assert macro >= 0.65
    assert right.total() / wanted.total() >= 0.72


@pytest.mark.system("A1")
def test_what_is_off_topic_is_other_or_left_to_a_person(brand: Brand, classifier: LocalClassifier) -> None:
    tickets = {ticket.id: ticket for ticket in brand.world.tickets}
    strange = [label for label in brand.world.labels if label.intent == "other"]
    kept = [classifier(tickets[label.ticket_id], "") for label in strange]
    elsewhere = [found.intent for found in kept if found.intent != "other" and not found.abstained]
    assert len(strange) >= 10
    assert len(elsewhere) <= len(strange) // 5, elsewhere


@pytest.mark.system("B6")
def test_every_planted_threat_goes_to_a_person_and_mild_words_do_not(
    brand: Brand, listening: Shop, record_property: Note
) -> None:
    rates: dict[str, float] = {}
    for tag in ("legal_threat", "mild_negative"):
        records = [listening.runner.start(label.ticket_id) for label in labelled(brand, tag)]
        assert len(records) >= 20
        rates[tag] = sum(bool(upset(record)) for record in records) / len(records)
        record_property(tag, f"{rates[tag]:.2f} of {len(records)} handed to a person for their tone")
    assert rates["legal_threat"] == 1.0
    assert rates["mild_negative"] <= 0.1


def upset(record: CaseRecord) -> str:
    """Why the tone of a message took it to a person, with no reply that anybody has to read first."""
    assert record.proposal is not None
    quiet = record.status is CaseStatus.ESCALATED and record.proposal.reply is None
    return record.outcome if quiet and ("legal" in record.outcome or "upset" in record.outcome) else ""


PERSON = (
    ("en", "Can I talk to a real person please?"),
    ("en", "human"),
    ("en", "Stop the bot answers, get me an agent. Where is my order?"),
    ("en", "I'd like someone from your team to call me back, I want to speak with a representative"),
    ("de", "Ich möchte bitte mit einem Menschen sprechen."),
    ("de", "Kann mich bitte ein Mitarbeiter kontaktieren? Ich will nicht mit einer Maschine schreiben."),
    ("de", "Bitte geben Sie mich an einen echten Menschen weiter"),
    ("fr", "Je voudrais parler à un conseiller, s'il vous plaît."),
    ("fr", "Passez-moi un humain, pas un robot."),
    ("fr", "Est-ce que je peux parler à une vraie personne ?"),
    ("es", "Quiero hablar con una persona."),
    ("es", "Póngame con un agente humano, por favor."),
)


@pytest.mark.system("U9")
def test_twelve_ways_to_ask_for_a_person_reach_one_in_one_turn(listening: Shop) -> None:
    order = listening.planted("on_its_way")
    missed: list[str] = []
    for language, text in PERSON:
        letter = listening.letter(text, listening.owner(order))
        listening.parts.store.receive(letter)
        record = listening.runner.start(letter.id)
        handed = actions(record).get("escalate_to_human")
        if not isinstance(handed, EscalateToHuman) or "escalate_to_human" not in listening.done(record):
            missed.append(text)
            continue
        assert text in handed.context
        assert "Customer: " in handed.context
        assert draft(record).language == language
    assert missed == []


AUTOMATIC = {
    "out of office": "Auto-Submitted: auto-replied\nSubject: Out of office",
    "bounce": "From: MAILER-DAEMON@mx.inbox.example\nSubject: Undelivered Mail Returned to Sender",
    "list": "Precedence: bulk\nList-Id: <news.inbox.example>\nSubject: Our news",
    "own address": "From: help@alderandwren.example\nSubject: Re: Your order",
    "suppress": "X-Auto-Response-Suppress: All\nSubject: Automatische Antwort",
}


def mail(headers: str) -> Ticket:
    sender = "" if headers.startswith("From:") else "From: Mia Rossi <mia.rossi@inbox.example>\n"
    raw = f"{sender}{headers}\nTo: help@alderandwren.example\nMessage-ID: <a-program@x>\n\nWhere is my order?"
    (ticket,) = tickets_of_mail([read_email(raw.encode())], NOW)
    return ticket


@pytest.mark.system("U10")
@pytest.mark.parametrize("kind", AUTOMATIC)
def test_a_mail_that_a_program_wrote_gets_no_answer(listening: Shop, kind: str) -> None:
    ticket = mail(AUTOMATIC[kind])
    listening.parts.store.receive(ticket)
    record = listening.runner.start(ticket.id)
    assert record.status is CaseStatus.IGNORED, record.outcome
    assert record.proposal is not None
    assert record.proposal.reply is None
    assert not record.approval_id
    assert "send_reply" not in listening.done(record)


@pytest.mark.system("B3")
@pytest.mark.system("U10")
def test_an_absence_note_on_a_damage_case_closes_nothing(listening: Shop) -> None:
    order = listening.planted("damaged")
    letter = listening.letter(f"The mug of {order.number} arrived broken", listening.owner(order))
    listening.parts.store.receive(letter)
    listening.sign(listening.runner.start(letter.id))
    ticket = listening.answer(letter.id, "I am out of the office until Monday.", automatic="out of office")
    record = listening.runner.start(ticket.id)
    assert "close_ticket" not in listening.done(record)
    assert listening.ticket(record).status != "closed"
    assert len(listening.sent(record)) == 1


@pytest.mark.system("U4")
def test_a_spoofed_mail_gets_no_fact_and_is_told_how_to_prove_itself(listening: Shop) -> None:
    order = listening.planted("on_its_way")
    owner = listening.owner(order)
    raw = (
        f"From: {owner.name} <{owner.emails[0]}>\nTo: help@alderandwren.example\nSubject: {order.number}\n"
        "Authentication-Results: mx.alderandwren.example; dmarc=fail; spf=fail; dkim=none\n"
        f"Message-ID: <spoof@x>\n\nWhere is my order {order.number}? Send it to me, please, and tell me the address."
    )
    (ticket,) = tickets_of_mail([read_email(raw.encode())], listening.clock.now())
    listening.parts.store.receive(ticket)
    record = listening.runner.start(ticket.id)
    assert record.customer_id == ""
    assert record.investigation is not None
    sources = {item.source for item in record.investigation.evidence}
    assert not {"store.orders", "store.shipments", "store.customers"} & sources
    text = draft(record).text
    assert order.number not in text
    assert listening.parcel(order).tracking_number not in text
    assert "from the e-mail address that was used for the order" in text
