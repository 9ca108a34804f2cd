"""Who only asks about cancelling, tells of one, or wants part of the money, does not end an order."""

from __future__ import annotations

import csv
import time

import pytest

from agent.reading.answers import accepted
from agent.reading.asked_about import FILE, only_about, part_meant
from agent.reading.stated import LONGEST
from agent.reading.words import fold
from tests.agent.investigation.world import NOW, letter
from tests.agent.reasoners.test_together import effects, proposed
from tools.helpdesk import Author, TicketMessage

ASKED = [
    ("how do I cancel 2145?", "en"),
    ("Can I still cancel 2145 tomorrow?", "en"),
    ("If I cancelled 2145, would I get all my money back?", "en"),
    ("did you cancel 2145?", "en"),
    ("why did you refund me? order 2145", "en"),
    ("My friend cancelled hers. Mine is 2145", "en"),
    ("I might want to cancel 2145, what happens with my money then", "en"),
    ("I cancelled 2145 yesterday, where is the money?", "en"),
    ("Wie kann ich 2145 stornieren?", "de"),
    ("Kann ich 2145 morgen noch stornieren?", "de"),
    ("Wenn ich 2145 storniere, bekomme ich dann alles zurück?", "de"),
    ("Ich habe 2145 gestern storniert, wo bleibt mein Geld?", "de"),
    ("¿Cómo cancelo el pedido 2145?", "es"),
    ("Si cancelo el 2145, ¿me devuelven todo?", "es"),
    ("Cancelé el 2145, ¿dónde está mi dinero?", "es"),
    ("Comment annuler la commande 2145 ?", "fr"),
    ("Si j'annule 2145, serai-je remboursé ?", "fr"),
    ("J'ai annulé 2145 hier, où est mon argent ?", "fr"),
]
ASKS = [
    "cancel 2145",
    "Can I cancel 2145?",
    "Cancel 2145 please, and where is my refund?",
    "Cancel order. Will I get my money back?",
    "is it still possible to cancel 2145?",
    "I ordered by mistake, how can I cancel?",
    "I asked you to cancel 2145 two days ago, why was it not cancelled?",
    "I'd like my order cancelled",
    "My wife already ordered one. Please cancel 2145.",
    "I have already been waiting, cancel my order",
    "I wanted to cancel 2145 but the button does not work",
    "Ich habe falsch bestellt, bitte stornieren Sie 2145",
    "Ich habe mich vertan. Wie kann ich stornieren?",
    "Können Sie 2145 noch stornieren?",
    "Ya no lo quiero, cancele el 2145",
    "Necesito que cancelen el pedido",
    "Veuillez annuler 2145, j'ai déjà acheté ailleurs",
    "J'annule ma commande 2145",
]


@pytest.mark.parametrize(("text", "language"), ASKED)
def test_who_only_asks_or_tells_is_answered_and_nothing_ends(text: str, language: str) -> None:
    assert only_about(text)
    for ask in ("cancel_order", "refund_request", "refund_status"):
        proposal = proposed(text, ask, language=language)
        assert effects(proposal) == set(), ask
        assert proposal.reply is not None
        assert "$31" in proposal.reply.text or "31,00" in proposal.reply.text
        assert not proposal.escalate


@pytest.mark.parametrize("text", ASKS)
def test_who_asks_for_it_as_well_is_not_taken_for_one(text: str) -> None:
    assert not only_about(text)


@pytest.mark.parametrize(
    ("question", "language", "yes"),
    [("how do I cancel 2145?", "en", "Yes please"), ("Wie kann ich 2145 stornieren?", "de", "Ja bitte"),
     ("¿Cómo cancelo el 2145?", "es", "Sí"), ("Comment annuler 2145 ?", "fr", "Oui")],
)  # fmt: skip
def test_a_yes_to_the_answer_cancels(question: str, language: str, yes: str) -> None:
    answer = proposed(question, "cancel_order", language=language).reply
    assert answer is not None
    asked = letter(question)
    ours = TicketMessage(id="m-2", sender="us@example.com", author=Author.ASSISTANT, at=NOW, text=answer.text)
    back = asked.messages[0].model_copy(update={"id": "m-3", "text": yes})
    assert accepted(asked.model_copy(update={"messages": (*asked.messages, ours, back)})) == "cancel_order"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("refund just the shipping of 2145 please", "en"),
        ("please refund only the delivery fee, 2145", "en"),
        ("refund the difference for 2145", "en"),
        ("refund only one of the two, 2145", "en"),
        ("Bitte nur den Versand erstatten, 2145", "de"),
        ("Erstatten Sie eine der beiden, 2145", "de"),
        ("Quiero que me devuelvan solo el envío del 2145", "es"),
        ("Remboursez seulement les frais de port de 2145", "fr"),
    ],
)
def test_who_wants_part_of_the_money_does_not_lose_the_order(text: str, language: str) -> None:
    proposal = proposed(text, "refund_request", language=language)
    assert effects(proposal) == set()
    assert proposal.escalate


@pytest.mark.parametrize(
    "text",
    [
        "refund 2145",
        "I want a refund for 2145 including the shipping",
        "refund the mug and the shipping costs",
        "refund everything, shipping as well",
        "Please refund 2145. The shipping was slow.",
        "one of the mugs is ugly, cancel everything",
        "cancel one of my orders, 2145",
        "refund my 31.00 for 2145",
        "Eine der beiden Bestellungen bitte stornieren",
        "Erstatten Sie alles inklusive Versand",
        "Devuélvanme el dinero y el envío",
        "Remboursez tout, livraison comprise",
    ],
)
def test_the_whole_is_not_taken_for_a_part(text: str) -> None:
    assert not part_meant(text)


def test_the_money_of_what_is_cancelled_is_told_with_it() -> None:
    proposal = proposed("Bitte 2145 stornieren. Wann kommt mein Geld?", "cancel_order", "refund_status", language="de")
    assert effects(proposal) == {"cancel_order"}
    assert proposal.reply is not None
    assert "Rückgabe" not in proposal.reply.text


def test_the_words_are_folded() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["phrases"] for row in rows if fold(row["phrases"]) != row["phrases"]] == []
    assert {row["language"] for row in rows} == {"en", "de", "es", "fr"}


def test_a_hostile_text_takes_no_time() -> None:
    begun = time.process_time()
    for words in ("can i ", "how do i get a refund if i ", "cancel one of ", "j ai "):
        only_about(words * (LONGEST // len(words)))
    assert time.process_time() - begun < 2
