"""A further sentence that asks for something else is not dropped: a person is told, and so is the customer."""

from __future__ import annotations

import pytest

from agent.case import Classification
from agent.reasoners.beyond import MOST_READ, SURE, asked_besides, with_questions
from tests.agent.investigation.world import about, letter
from tools.helpdesk import Ticket


def besides(text: str, *asks: str, heard: str = "stock_availability", sure: float = 0.9) -> tuple[list[str], list[str]]:
    """What is asked besides, and the sentences that were read for it."""
    read: list[str] = []

    def reads(ticket: Ticket, hint: str) -> Classification:
        read.append(ticket.latest.text)
        return about(heard, confidence=sure)

    return asked_besides(letter(text), about(asks[0], *asks[1:]), reads), read


@pytest.mark.parametrize(
    "text",
    [
        "Please cancel 2145. Do you have the mug in black?",
        "cancel 2145 pls. also I need the mug in black",
        "cancel 2145. and can i get the mug in black",
        "Bitte 2145 stornieren. Haben Sie die Tasse in Schwarz?",
    ],
)
def test_a_further_sentence_that_asks_counts(text: str) -> None:
    found, read = besides(text, "cancel_order")
    assert found == ["stock_availability"]
    assert len(read) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Do you have the mug of 2145 in black?",
        "Please cancel 2145. I no longer like the mug in black.",
        "Please cancel 2145. Is that ok?",
        "Please cancel 2145. And where is order 2160 now?",
    ],
)
def test_a_sentence_that_only_tells_or_names_an_order_does_not(text: str) -> None:
    assert besides(text, "cancel_order") == ([], [])


def test_what_is_answered_or_sounds_alike_is_not_asked_besides() -> None:
    text = "Please cancel 2145. When do I get my money back?"
    assert besides(text, "cancel_order", heard="refund_status")[0] == []
    assert besides(text, "cancel_order", "stock_availability")[0] == []
    assert besides(text, "cancel_order", heard="thanks")[0] == []
    assert besides(text, "cancel_order", sure=SURE - 0.01)[0] == []


def test_what_is_asked_first_of_an_order_counts_when_a_return_leads() -> None:
    text = "where is 2466? can I return the tee"
    assert besides(text, "return_request", heard="order_status")[0] == ["order_status"]
    assert besides(text, "order_status", heard="return_request")[0] == ["return_request"]


def test_a_discount_is_asked_besides_a_refund() -> None:
    text = "Where is my refund for 2145? And can I order again with a discount?"
    assert besides(text, "refund_status", heard="promotion", sure=0.4)[0] == ["promotion"]


def test_only_so_many_sentences_are_read() -> None:
    assert len(besides("Cancel 2145. " + "Do you have it in black? " * 9, "cancel_order")[1]) == MOST_READ


@pytest.mark.parametrize(("heard", "told"), [("promotion", True), ("account", False), ("change_address", False)])
def test_only_what_needs_no_signature_is_answered_with_the_rest(heard: str, told: bool) -> None:
    said = with_questions(
        letter("Cancel 2145. And is there a student discount?"),
        about("cancel_order"),
        lambda ticket, hint: about(heard),
    )
    assert said.intents == (("cancel_order", heard) if told else ("cancel_order",))


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("where's 2466? And can I return the tee I bought last month", "return_request"),
        ("where's 2466 and can I return the tee I bought last month", "return_request"),
        ("Wo ist 2466? Und kann ich das T-Shirt vom letzten Monat zurückgeben", "return_request"),
        ("¿Dónde está el 2466? ¿Y puedo devolver la camiseta de octubre?", "return_request"),
        ("Où est 2466 ? Et puis-je renvoyer le t-shirt du mois dernier ?", "return_request"),
    ],
)
def test_what_a_further_sentence_says_outright_needs_no_sure_reading(text: str, ask: str) -> None:
    assert besides(text, "order_status", heard="subscription", sure=0.4)[0] == [ask]


@pytest.mark.parametrize(
    ("question", "told"), [("how do I send it back when it lands?", True), ("can I return it?", False)]
)
def test_how_something_goes_back_is_told_with_where_it_is(question: str, told: bool) -> None:
    said = with_questions(
        letter(f"Where is 2466? And {question}"), about("order_status"), lambda ticket, hint: about("return_request")
    )
    assert said.intents == (("order_status", "return_request") if told else ("order_status",))
